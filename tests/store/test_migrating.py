"""A database of the version before, brought to this one."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from digest.errors import StoreError
from digest.feeds.identity import identify
from digest.model import ParsedEntry, ParsedFeed
from digest.store import Store
from tests.feed_xml import NOW
from tests.store.build import URL, dump, pending
from tests.store.old import STAMP, make_old_database

if TYPE_CHECKING:
    from pathlib import Path

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
    with closing(Store(old)) as store:
        for number, keyed in enumerate(identify(ParsedFeed("", tuple(ENTRIES))), 1):
            (known,) = store.feeds.known(1, keyed.names)
            assert known.id == number
            assert known.in_last_body
        assert pending(store) == ["One", "Two", "Three", "Four"]


def test_the_next_answer_is_read_whole(old: Path) -> None:
    with closing(Store(old)) as store:
        (state,) = store.feeds.states([URL])
        assert (state.etag, state.last_modified, state.body_hash) == (None, None, None)
        stamp = datetime.fromisoformat(STAMP)
        assert (state.new_at, state.succeeded_at) == (stamp, stamp)
        assert state.entries == len(ENTRIES)


def test_it_is_done_once(old: Path) -> None:
    with closing(Store(old)) as store:
        once = dump(store)
    with closing(Store(old)) as store:
        assert dump(store) == once


def test_an_old_database_is_not_changed_by_reading(old: Path) -> None:
    before = old.read_bytes()
    with pytest.raises(StoreError, match="older schema; run `digest run` to upgrade"):
        Store(old, read_only=True)
    assert old.read_bytes() == before


def test_an_upgrade_that_fails_leaves_everything_as_it_was(old: Path) -> None:
    with closing(sqlite3.connect(old)) as connection, connection:
        # In the way of the last table that is made.
        connection.execute("CREATE TABLE incidents (id INTEGER)")
        before = list(connection.iterdump())
    with pytest.raises(StoreError, match="incidents"):
        Store(old)
    with closing(sqlite3.connect(old)) as connection:
        assert list(connection.iterdump()) == before


def test_a_feed_without_entries(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    make_old_database(path, URL, ENTRIES[:1])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM entries")
    with closing(Store(path)) as store:
        (state,) = store.feeds.states([URL])
        assert state.new_at is None
