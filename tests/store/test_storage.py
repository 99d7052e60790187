"""How long texts are kept, what held entries lose in an older database, and what is told of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from digest.model import Spent
from digest.store.updates import Unchanged, Validators
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
    URL,
    entry,
    ids,
    learn,
    publish,
    state_of,
    visit,
)
from tests.store.old import STAMP, bring_to

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store import Store

LONG = 30 * DAY
OVER = "brings more than is kept of a feed in a day: 5 edits wait for the next day (UTC)"


def outdated(store: Store, days: int = 31) -> list[int]:
    return store.keeping.outdated(NOW + days * DAY - LONG, 100)


def test_what_is_pending_keeps_its_text_however_old(store: Store) -> None:
    learn(store, entry("a"), entry("b"))
    assert outdated(store, 900) == []
    publish(store, *ids(store, "a"), at=NOW + DAY)
    assert outdated(store) == []
    assert outdated(store, 32) == [1]


def test_what_is_for_nobody_has_it_from_when_it_was_seen(store: Store) -> None:
    learn(store, entry("old", NOW - 90 * DAY), windows={"weekly": DAY})
    assert outdated(store, 30) == []
    assert outdated(store, 31) == [1]


def test_what_became_needed_meanwhile_keeps_it(store: Store) -> None:
    learn(store, entry("a"))
    publish(store, *ids(store, "a"))
    found = outdated(store, 60)
    publish(store, 1, at=NOW + 50 * DAY, digest="other")
    store.keeping.drop_content(found, NOW + 60 * DAY - LONG)
    assert [one.size for one in store.keeping.sizes().largest] == [len("<p>a</p>")]
    store.keeping.drop_content(found, NOW + 90 * DAY - LONG)
    assert store.keeping.sizes().largest == ()


def test_of_what_is_held_no_text_is_stored(store: Store) -> None:
    learn(store, entry("a"), flood=True)
    assert store.keeping.sizes().largest == ()
    learn(store, edited=[(1, entry("a", fingerprint="g"))], seen=[1])
    assert store.keeping.sizes().largest == ()


def test_the_largest_come_first(store: Store) -> None:
    learn(store, *(entry(f"{number}") for number in range(3)))
    sizes = store.keeping.sizes()
    assert [(one.url, one.size) for one in sizes.largest] == [(URL, 3 * len("<p>0</p>"))]
    publish(store)
    assert store.keeping.sizes().payloads == len(b"mail")


def test_sizes_are_told_without_a_look_at_the_texts(store: Store) -> None:
    learn(store, entry("a"))
    statements: list[str] = []
    sa.event.listen(
        store.database._engine,
        "before_cursor_execute",
        lambda *said: statements.append(said[2]),
    )
    store.keeping.sizes()
    (query,) = [one for one in statements if "entries" in one]
    with closing(sqlite3.connect(store.database._path)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {query}", [5, 0]).fetchall()
    assert any("COVERING INDEX entries_sized" in row[3] for row in plan)


def test_an_incident_of_too_much_ends_with_the_day(store: Store) -> None:
    day = f"{NOW:%Y-%m-%d}"
    learn(store, entry("a"), spent=Spent(day, 1, 9), complaint=OVER)
    learn(store, entry("b"), now=NOW, spent=Spent(day, 2, 9))
    assert [(one.kind, one.message) for one in store.incidents.open_ones()] == [("quota", OVER)]
    same = Unchanged(state_of(store), Validators(None, None), visit(NOW, status=304))
    store.feeds.record_unchanged([same])
    assert len(store.incidents.open_ones()) == 1
    later = replace(same, state=state_of(store), visit=visit(NOW + DAY, status=304))
    store.feeds.record_unchanged([later])
    assert store.incidents.open_ones() == []
    assert state_of(store).over_quota_at is None


def test_an_incident_of_too_much_goes_on_where_it_is_too_much_again(store: Store) -> None:
    for days in range(3):
        now = NOW + days * DAY
        spent = Spent(f"{now:%Y-%m-%d}", 1, 9)
        learn(store, entry(f"{days}"), now=now, spent=spent, complaint=f"{OVER} {days}")
    (one,) = store.incidents.open_ones()
    assert (one.message, one.opened_at) == (f"{OVER} 2", NOW)
    assert state_of(store).over_quota_at == NOW + 2 * DAY
    # Of a feed that is no more nobody has to hear.
    store.schedules.plan([], NOW + 3 * DAY)
    assert store.incidents.open_ones() == []


@pytest.mark.parametrize("hold", ["held", "discarded"])
def test_a_database_of_before_loses_the_texts_of_what_is_held(tmp_path: Path, hold: str) -> None:
    path = tmp_path / "old.db"
    bring_to(path, "0010")
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "INSERT INTO feeds (id, url, next_poll_at) VALUES (1, ?, ?)", [URL, STAMP]
        )
        for number, held in ((1, ""), (2, hold)):
            connection.execute(
                "INSERT INTO entries (id, feed_id, key, fingerprint, title, link, author, content,"
                " excerpt, words, first_seen_at, last_seen_at, hold) VALUES"
                f" ({number}, 1, 'k{number}', 'f', 'T', 'l', 'Ada', 'ü€', 'x', 1, ?, ?, ?)",
                [STAMP, STAMP, held],
            )
    store_at(path).close()
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT title, link, fingerprint, author, content, excerpt, size FROM entries"
        assert connection.execute(query).fetchall() == [
            ("T", "l", "f", "Ada", "ü€", "x", 5),
            ("T", "l", "f", "", "", "", 0),
        ]
