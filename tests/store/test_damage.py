"""A damaged database is told when it is opened, and nothing is written to it."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from digest.errors import StoreError
from tests.databases import store_at
from tests.store.build import dump, entry, learn
from tests.store.test_schema import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from digest.store import Store

PAGE = 4096


@pytest.fixture
def filled(store: Store, path: Path) -> Path:
    """A closed database of some fifty pages."""
    learn(store, *(entry(f"{number:04}" * 50) for number in range(200)))
    store.close()
    return path


def overwrite(path: Path, start: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        file.write(content)


def cut(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 + 100)


def swap_two(path: Path) -> None:
    """Two pages in each other's places, each whole for itself."""
    content = path.read_bytes()
    names = "SELECT rootpage - 1 FROM sqlite_master WHERE name IN ('entries', 'feeds')"
    with closing(sqlite3.connect(path)) as connection:
        (first,), (second,) = connection.execute(names)
    for at, of in ((first, second), (second, first)):
        overwrite(path, at * PAGE, content[of * PAGE : (of + 1) * PAGE])


def lose_an_index_entry(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute("UPDATE sqlite_master SET rootpage = 9999 WHERE name = 'entries_listed'")


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: overwrite(path, 20 * PAGE, bytes(PAGE)),
        lambda path: overwrite(path, 10 * PAGE, b"\xff" * 20 * PAGE),
        cut,
        swap_two,
        lose_an_index_entry,
    ],
    ids=["zeros", "noise", "cut", "swapped", "no such page"],
)
def test_it_is_one_line_that_says_what_to_do(filled: Path, harm: Callable[[Path], None]) -> None:
    harm(filled)
    before = files(filled.parent)
    with pytest.raises(StoreError) as caught:
        store_at(filled, check=True)
    said = str(caught.value)
    assert said.startswith(f"{filled}: ")
    assert "is damaged" in said
    assert said.endswith("restore a backup")
    assert "\n" not in said
    assert files(filled.parent) == before


def test_without_a_header_it_is_no_database(filled: Path) -> None:
    overwrite(filled, 0, bytes(100))
    with pytest.raises(StoreError, match="is not a database; restore a backup, or set another"):
        store_at(filled, check=True)


def test_what_a_process_left_in_the_wal_stays_there(store: Store, path: Path) -> None:
    learn(store, *(entry(f"{number:04}" * 50) for number in range(200)))
    store.database._driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    learn(store, entry("last"))
    killed = path.parent.parent / "killed"
    shutil.copytree(path.parent, killed)
    overwrite(killed / path.name, 20 * PAGE, bytes(PAGE))
    before = files(killed)
    with pytest.raises(StoreError, match="damaged"):
        store_at(killed / path.name, check=True)
    after = files(killed)
    assert {name: after[name] for name in (path.name, f"{path.name}-wal")} == {
        name: before[name] for name in (path.name, f"{path.name}-wal")
    }


def test_a_first_start_that_was_cut_short_is_no_damage(path: Path, tmp_path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        # So that the pages get into the file before the transaction ends.
        writer.execute("PRAGMA cache_size=1")
        writer.execute("BEGIN")
        for number in range(50):
            writer.execute(f"CREATE TABLE t{number} (a, b UNIQUE)")
        half_done = tmp_path / "killed"
        shutil.copytree(path.parent, half_done)
    copy = half_done / path.name
    assert copy.stat().st_size > PAGE
    assert copy.with_name(f"{path.name}-journal").exists()
    with pytest.raises(StoreError, match="cut short, run `digest run`"):
        store_at(copy, read_only=True)
    store_at(copy, check=True).close()


def test_damage_that_is_met_later_says_what_to_do_too(filled: Path) -> None:
    overwrite(filled, filled.stat().st_size - 10 * PAGE, bytes(10 * PAGE))
    with (
        closing(store_at(filled)) as store,
        pytest.raises(StoreError, match=r"malformed; it is damaged, restore a backup$"),
    ):
        dump(store)


def test_what_is_whole_is_opened(filled: Path) -> None:
    with closing(store_at(filled, check=True)) as store:
        assert len(store.health.read().feeds) == 1
    with closing(store_at(filled.with_name("new.db"), check=True)) as store:
        assert store.health.read().feeds == {}
