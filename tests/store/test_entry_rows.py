"""Commands that only read, while others write or nobody does."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from digest.errors import StoreError
from tests.databases import database_at, store_at
from tests.feed_xml import NOW
from tests.store.build import URL, dump, entry, learn, pending, plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store import Store


def test_reading_while_another_writes(store: Store, path: Path) -> None:
    with closing(store_at(path, read_only=True)) as reader:
        assert pending(reader) == []
        learn(store, entry("a"))
        assert pending(reader) == ["a"]
        with store.database.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM subscriptions")
            assert pending(reader) == ["a"]


def test_reading_never_writes(store: Store, path: Path) -> None:
    with (
        closing(store_at(path, read_only=True)) as reader,
        pytest.raises(StoreError, match="readonly"),
    ):
        reader.schedules.plan([plan_of("other")], NOW)
    assert "other" not in store.health.read().digests


def state(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.iterdir()}


def test_reading_a_closed_database_leaves_its_folder_as_it_is(path: Path) -> None:
    with closing(store_at(path)) as store:
        store.schedules.plan([plan_of()], NOW)
        learn(store, entry("a"))
    before = state(path.parent)
    assert list(before) == [path.name]
    with closing(store_at(path, read_only=True)) as reader:
        assert pending(reader) == ["a"]
        assert state(path.parent) == before
    assert state(path.parent) == before


def test_reading_what_is_not_there_makes_nothing(path: Path) -> None:
    with pytest.raises(StoreError, match="unable to open"):
        store_at(path, read_only=True)
    assert not path.parent.exists()


def test_reading_an_older_schema_says_what_to_do(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    with pytest.raises(StoreError, match="older schema; run `digest run` to upgrade"):
        store_at(path, read_only=True)
    assert path.read_bytes() == b""


_WRITE_AND_DIE = """
import os, pathlib, signal, sys
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import entry, learn, plan_of
store = store_at(pathlib.Path(sys.argv[1]))
store.schedules.plan([plan_of()], NOW)
learn(store, entry("a"))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("read_only", [True, False])
def test_what_was_committed_outlives_the_process(path: Path, *, read_only: bool) -> None:
    died = subprocess.run([sys.executable, "-c", _WRITE_AND_DIE, str(path)], check=False)
    assert died.returncode == -9
    with closing(store_at(path, read_only=read_only)) as store:
        assert pending(store) == ["a"]


def test_a_copy_is_whole_while_others_write(store: Store, path: Path, tmp_path: Path) -> None:
    learn(store, entry("a"), entry("b"))
    database_at(path).copy_into(tmp_path)
    learn(store, entry("c"))
    with closing(store_at(tmp_path / "copy.db")) as copy:
        assert pending(copy, urls=(URL,)) == ["a", "b"]
        assert dump(copy)["digests"] == dump(store)["digests"]


def test_a_copy_of_nothing(tmp_path: Path) -> None:
    assert not database_at(tmp_path / "nothing.db").copy_into(tmp_path).exists()
