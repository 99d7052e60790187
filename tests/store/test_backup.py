"""Backups: whole while others write, seen whole or not at all, for their owner only."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from digest.errors import StoreError, UsageError
from tests.databases import database_at, store_at
from tests.store.build import dump, entry, learn, pending
from tests.store.old import bring_to
from tests.store.test_damage import PAGE, overwrite

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store import Store


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "digest.db"


def test_it_has_what_was_committed_before(store: Store, path: Path, target: Path) -> None:
    learn(store, entry("a"), entry("b"))
    assert database_at(path).back_up(target) == target.stat().st_size
    before = dump(store)
    learn(store, entry("c"))
    with closing(store_at(target, check=True)) as copy:
        assert dump(copy) == before


def test_it_is_for_its_owner_only_and_leaves_nothing_beside(
    store: Store, path: Path, target: Path
) -> None:
    learn(store, entry("a"))
    target.write_bytes(b"yesterday's")
    target.chmod(0o644)
    database_at(path).back_up(target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert names(target.parent) == {target.name}


def test_without_a_daemon_nothing_is_left_beside_the_database(
    store: Store, path: Path, target: Path
) -> None:
    store.close()
    database_at(path).back_up(target)
    assert names(path.parent) == {path.name}


def test_every_backup_is_whole_while_another_process_writes(
    store: Store, path: Path, target: Path
) -> None:
    """A row is either in both tables or in none."""
    write = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA synchronous=OFF")
number = 0
while True:
    number += 1
    connection.execute("BEGIN IMMEDIATE")
    for kind in "ab":
        connection.execute("INSERT INTO incidents (kind, subject, message, opened_at, changed_at,"
            " closed_at) VALUES (?, ?, hex(randomblob(100)), '', '', '')", (kind, number))
    connection.execute("COMMIT")
    if number == 20:
        print("going", flush=True)
"""
    command = [sys.executable, "-c", write, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout
        assert writer.stdout.readline() == "going\n"
        found = []
        for _ in range(5):
            database_at(path).back_up(target)
            with closing(sqlite3.connect(target)) as copy:
                query = "SELECT count(*) FROM incidents WHERE kind = ?"
                found.append([copy.execute(query, kind).fetchone()[0] for kind in "ab"])
        writer.kill()
    assert all(a == b >= 20 for a, b in found)
    assert found[0] != found[-1]
    assert store.health.read().incidents == []


def test_nobody_sees_half_a_backup(store: Store, path: Path, target: Path) -> None:
    learn(store, *(entry(f"{number:04}" * 50) for number in range(500)))
    database_at(path).back_up(target)
    sizes, done = {target.stat().st_size}, threading.Event()

    def look() -> None:
        while not done.is_set():
            sizes.add(target.stat().st_size)

    watching = threading.Thread(target=look)
    watching.start()
    for _ in range(5):
        database_at(path).back_up(target)
    done.set()
    watching.join()
    assert len(sizes) == 1


def test_a_database_that_is_damaged_replaces_no_backup(
    store: Store, path: Path, target: Path
) -> None:
    learn(store, *(entry(f"{number:04}" * 50) for number in range(200)))
    store.close()
    database_at(path).back_up(target)
    good = target.read_bytes()
    overwrite(path, path.stat().st_size - 10 * PAGE, bytes(PAGE))
    with pytest.raises(StoreError) as caught:
        database_at(path).back_up(target)
    assert str(caught.value).startswith(f"{path}: the database is damaged (")
    assert target.read_bytes() == good
    assert names(target.parent) == {target.name}


def test_a_database_of_an_earlier_version_is_backed_up_as_it_is(
    tmp_path: Path, target: Path
) -> None:
    bring_to(tmp_path / "old.db", "0001")
    database_at(tmp_path / "old.db").back_up(target)
    with pytest.raises(StoreError, match="older schema"):
        store_at(target, read_only=True)


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal", ".lock", ".sock"])
def test_the_database_is_never_replaced(store: Store, path: Path, suffix: str) -> None:
    learn(store, entry("a"))
    with pytest.raises(UsageError, match="belongs to the database itself; name another file"):
        database_at(path).back_up(path.with_name(f"{path.name}{suffix}"))
    assert pending(store) == ["a"]


@pytest.mark.usefixtures("store")
def test_nor_is_it_by_another_name(path: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").symlink_to(path.parent)
    (tmp_path / "file").symlink_to(path)
    os.link(path, tmp_path / "link")
    for target in (tmp_path / "folder" / path.name, tmp_path / "file", tmp_path / "link"):
        with pytest.raises(UsageError, match="belongs to the database itself"):
            database_at(path).back_up(target)


@pytest.mark.usefixtures("store")
def test_where_no_file_can_be(path: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file or directory"):
        database_at(path).back_up(tmp_path / "nowhere" / "copy.db")
    with pytest.raises(UsageError, match="is no file"):
        database_at(path).back_up(tmp_path)
    with pytest.raises(UsageError, match="Not a directory"):
        database_at(path).back_up(path / "copy.db")


def test_a_database_that_is_not_there_yet(path: Path, target: Path) -> None:
    with pytest.raises(StoreError, match="not there yet; `digest run` makes it"):
        database_at(path).back_up(target)
    assert not target.exists()


def test_a_writer_that_begins_meanwhile_is_waited_out(
    store: Store, path: Path, target: Path
) -> None:
    """Read without locks, as nobody seemed to write, the copy is made again."""
    learn(store, *(entry(f"{number:04}" * 50) for number in range(200)))
    store.close()
    script = """
import os, pathlib, signal, sqlite3, sys
from tests.databases import database_at
copies = 0
def begin(event, arguments):
    global copies
    if event == "sqlite3.connect" and "mode=ro" in str(arguments[0]):
        copies += 1
        if copies == 1:
            os.utime(sys.argv[1], ns=(1, 1))
sys.addaudithook(begin)
database_at(pathlib.Path(sys.argv[1])).back_up(pathlib.Path(sys.argv[2]))
print(copies)
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(path), str(target)],
        capture_output=True,
        text=True,
        check=True,
    )
    # Two to copy, one to check.
    assert done.stdout == "3\n"
