"""A database of an earlier version, brought to this one."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from digest.config.addresses import mail_key
from digest.errors import StoreError
from digest.feeds.identity import identify
from digest.model import ParsedEntry, ParsedFeed
from digest.store.migrations import HEAD
from tests import limits
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import URL, dump, pending
from tests.store.old import STAMP, STATES, add_deliveries, bring_to, make_old_database
from tests.store.test_schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterable

ENTRIES = [
    ParsedEntry("https://Site.example/1/", "https://site.example/1", "One", "", NOW, "<p>1</p>"),
    ParsedEntry("", "https://Site.example/2/?utm_source=rss", "Two", "", NOW, "<p>2</p>"),
    ParsedEntry("", "", "Three", "", NOW, "<p>3</p>"),
    ParsedEntry("urn:4", "", "Four", "", None, ""),
]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "old.db"
    make_old_database(path, URL, ENTRIES)
    return path


def test_every_entry_is_found_by_what_it_goes_by_now(old: Path) -> None:
    with closing(store_at(old)) as store:
        for number, keyed in enumerate(identify(ParsedFeed("", tuple(ENTRIES))), 1):
            (known,) = store.feeds.known(1, keyed.names)
            assert known.id == number
            assert known.in_last_body
        assert pending(store) == ["One", "Two", "Three", "Four"]


def test_the_next_answer_is_read_whole(old: Path) -> None:
    with closing(store_at(old)) as store:
        (state,) = store.feeds.states([URL])
        assert (state.etag, state.last_modified, state.body_hash) == (None, None, None)
        stamp = datetime.fromisoformat(STAMP)
        assert (state.new_at, state.succeeded_at) == (stamp, stamp)
        assert state.entries == len(ENTRIES)


def test_it_is_done_once(old: Path) -> None:
    with closing(store_at(old)) as store:
        once = dump(store)
    with closing(store_at(old)) as store:
        assert dump(store) == once


def test_an_old_database_is_not_changed_by_reading(old: Path) -> None:
    before = old.read_bytes()
    with pytest.raises(StoreError, match="older schema; run `digest run` to upgrade"):
        store_at(old, read_only=True)
    assert old.read_bytes() == before


EARLIER = tuple(f"{number:04}" for number in range(1, 15))


@pytest.fixture(scope="module")
def all_earlier(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Databases with deliveries, as each earlier revision left them; only to be copied."""
    path = tmp_path_factory.mktemp("earlier") / "old.db"
    make_old_database(path, URL, ENTRIES)
    add_deliveries(path)
    databases = {}
    for revision in EARLIER:
        bring_to(path, revision)
        databases[revision] = Path(shutil.copy(path, path.with_name(f"{revision}.db")))
    return databases


@pytest.fixture(params=EARLIER)
def earlier(all_earlier: dict[str, Path], tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """One of them, as a test's own."""
    return Path(shutil.copy(all_earlier[request.param], tmp_path / "old.db"))


def content(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_what_each_revision_left_becomes_what_is_made_today(earlier: Path, tmp_path: Path) -> None:
    store_at(earlier).close()
    store_at(tmp_path / "created.db").close()
    assert schema(earlier) == schema(tmp_path / "created.db")
    assert rows(earlier, "PRAGMA integrity_check") == [("ok",)]
    assert rows(earlier, "PRAGMA foreign_key_check") == []
    with closing(store_at(earlier, check=True)) as store:
        assert pending(store) == ["One", "Two", "Three", "Four"]


def test_every_delivery_is_kept_and_learns_its_digest(earlier: Path) -> None:
    columns = "id, edition_id, channel, recipient, part, state, attempts, receipt, last_error"
    query = f"SELECT {columns}, message_id, created_at, changed_at FROM deliveries ORDER BY id"
    before = rows(earlier, query)
    store_at(earlier).close()
    assert rows(earlier, query) == before
    assert rows(earlier, "SELECT digest, plainer, dropped FROM deliveries ORDER BY id") == [
        (digest, 0, 0) for digest in ("weekly", "daily") * 3
    ]
    changes = "SELECT delivery_id, at, state, attempt, said FROM delivery_changes ORDER BY id"
    said = {"sent": "250 ok", "failed": "no such user"}
    noted = [
        (number, STAMP, state, number - 1, said.get(state))
        for number, state in enumerate(STATES, 1)
        if state != "pending"
    ]
    assert rows(earlier, changes) == noted
    with closing(sqlite3.connect(earlier)) as connection, connection:
        connection.execute("UPDATE deliveries SET state = 'sending', attempts = 1 WHERE id = 1")
    assert rows(earlier, changes) == [*noted, (1, STAMP, "sending", 1, None)]


def test_an_upgrade_that_fails_leaves_everything_as_it_was(earlier: Path) -> None:
    with closing(sqlite3.connect(earlier)) as connection, connection:
        # In the way of what the last migration makes.
        connection.execute("ALTER TABLE feeds ADD COLUMN rotated_at TEXT")
    before = content(earlier)
    with pytest.raises(StoreError, match="duplicate column name: rotated_at"):
        store_at(earlier)
    assert content(earlier) == before
    with closing(sqlite3.connect(earlier)) as connection, connection:
        connection.execute("ALTER TABLE feeds DROP COLUMN rotated_at")
    store_at(earlier).close()
    assert rows(earlier, "SELECT version_num FROM alembic_version") == [(HEAD,)]


# Migrates a copy of each to the end, and others in processes that are killed after the first
# change, in the middle and after the last.
_KILLED = """
import os, pathlib, shutil, signal, sys
import sqlalchemy as sa
from digest.store.migrations import HEAD
from tests.databases import store_at

changes, last = 0, None

def count(connection, cursor, statement, *rest):
    global changes
    changes += statement.lstrip().startswith(("ALTER", "CREATE", "DROP", "INSERT", "UPDATE"))
    if changes == last:
        os.kill(os.getpid(), signal.SIGKILL)

def migrate(old, name):
    copy = old.with_name(f"{old.stem}-{name}.db")
    shutil.copy(old, copy)
    store_at(copy).close()

sa.event.listen(sa.Engine, "after_cursor_execute", count)
for old in map(pathlib.Path, sys.argv[1:]):
    changes, last = 0, None
    migrate(old, "whole")
    whole, changes = changes, 0
    for number, last in enumerate((1, whole // 2, whole)):
        child = os.fork()
        if not child:
            migrate(old, number)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
"""


@pytest.fixture(scope="module")
def killed_on_the_way(
    all_earlier: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A folder with what became of a copy of each; only to be copied."""
    folder = tmp_path_factory.mktemp("killed")
    copies = [shutil.copy(path, folder) for path in all_earlier.values()]
    command = [sys.executable, "-c", _KILLED, *map(str, copies)]
    subprocess.run(command, check=True, timeout=limits.seconds(60))
    return folder


@pytest.mark.parametrize("revision", EARLIER)
def test_killed_on_the_way_it_is_as_before_and_the_next_start_migrates_it(
    all_earlier: dict[str, Path], killed_on_the_way: Path, tmp_path: Path, revision: str
) -> None:
    for path in killed_on_the_way.glob(f"{revision}-*"):
        shutil.copy(path, tmp_path)
    for number in range(3):
        killed = tmp_path / f"{revision}-{number}.db"
        assert content(killed) == content(all_earlier[revision])
        store_at(killed).close()
        assert content(killed) == content(tmp_path / f"{revision}-whole.db")


def test_a_feed_without_entries(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    make_old_database(path, URL, ENTRIES[:1])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM entries")
    with closing(store_at(path)) as store:
        (state,) = store.feeds.states([URL])
        assert state.new_at is None


RECIPIENTS = {
    # By address, the key of before and the state: the keys of now, by state.
    ("ada@a.example", "ada@a.example", "active"): {"ada@a.example": "active"},
    ("x@faß.example", "x@fass.example", "active"): {"x@xn--fa-hia.example": "active"},
    ("y@faß.example", "y@fass.example", "unsubscribed"): {
        "y@xn--fa-hia.example": "unsubscribed",
        # It is there that the mail went, and that somebody wanted no more.
        "y@fass.example": "unsubscribed",
    },
    ("j@mÜller.example", "j@xn--mller-kva.example", "active"): {
        "j@xn--mller-kva.example": "active"
    },
    ('"bob."@a.example', '"bob."@a.example', "active"): {"bob.@a.example": "active"},
}


def add_recipients(connection: sqlite3.Connection, some: Iterable[tuple[str, str, str]]) -> None:
    """By address, key and state."""
    columns = "channel, key, address, listed, state, created_at, changed_at"
    connection.executemany(
        f"INSERT INTO recipients ({columns}) VALUES ('inbox', ?, ?, 1, ?, ?, ?)",
        [(key, address, state, STAMP, STAMP) for address, key, state in some],
    )


def test_recipients_are_compared_anew(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    bring_to(path, "0009")
    with closing(sqlite3.connect(path)) as connection, connection:
        add_recipients(connection, RECIPIENTS)
        connection.executemany(
            "INSERT INTO weekly_readers VALUES ('weekly', 'inbox', ?)",
            [("x@fass.example",), ("ada@a.example",)],
        )
    with closing(store_at(path)) as store:
        once = dump(store)
        found = store.recipients.all()
        assert store.recipients.find("inbox", "X@FAß.example") is not None
        (by_link,) = store.recipients.of_person(["inbox"], "x@fass.example")
        assert by_link.address == "x@faß.example"
        assert not store.moves.know_lists(["inbox"])
    assert {mail_key(one.address): one.state for one in found} == {
        key: state for keys in RECIPIENTS.values() for key, state in keys.items()
    }
    assert rows(path, "SELECT key FROM weekly_readers ORDER BY key") == [
        ("ada@a.example",),
        ("x@xn--fa-hia.example",),
    ]
    with closing(store_at(path)) as store:
        assert dump(store) == once | {"lists": dump(store)["lists"]}


@pytest.mark.parametrize("states", [("active", "bounced"), ("bounced", "active")])
def test_of_two_that_are_the_same_now_who_left_stays_away(
    tmp_path: Path, states: tuple[str, str]
) -> None:
    path = tmp_path / "old.db"
    bring_to(path, "0009")
    same = ("a@x.example", '"a"@x.example')
    with closing(sqlite3.connect(path)) as connection, connection:
        add_recipients(connection, [(a, a, state) for a, state in zip(same, states, strict=True)])
    with closing(store_at(path)) as store:
        (one,) = store.recipients.all()
        assert one.state == "bounced"


def test_editions_keep_the_names_that_feeds_gave_them(old: Path) -> None:
    add_deliveries(old)
    bring_to(old, "0009")
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("INSERT INTO keys VALUES ('links', ?)", [b"k" * 32])
        connection.commit()
        numbers = [row[0] for row in connection.execute("SELECT id FROM editions")]
    assert numbers
    with closing(store_at(old)) as store:
        urns = store.archive.urns(numbers)
    assert urns.keys() == set(numbers)
    # Of the key and the number.
    assert urns[1] == "urn:uuid:f5c9c610-b7bd-49ba-ac8c-0a2a0b7b1b3f"
    assert len(set(urns.values())) == len(numbers)


def test_editions_of_before_there_were_feeds_have_names_too(old: Path) -> None:
    add_deliveries(old)
    with closing(store_at(old)) as store, store.database.transaction() as connection:
        named = list(connection.exec_driver_sql("SELECT urn FROM editions").scalars())
    assert named
    assert all(re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", urn) for urn in named)
    assert len(set(named)) == len(named)
