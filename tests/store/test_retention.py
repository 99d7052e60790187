"""How long entries are known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.store.updates import Unchanged
from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
    WEEK,
    dump,
    entry,
    fail,
    ids,
    known,
    learn,
    pending,
    plan_of,
    publish,
    state_of,
    update_of,
    visit,
)

if TYPE_CHECKING:
    from digest.store import Store

MICROSECOND = timedelta(microseconds=1)
KEYS = ("a", "b")


def again(store: Store, *keys: str, now: datetime, forget_before: datetime | None = None) -> None:
    """A body that has these entries, and nothing else."""
    seen = [one.id for one in known(store, *keys).values()]
    learn(store, seen=seen, now=now, forget_before=forget_before)


@pytest.fixture
def two(store: Store) -> Store:
    """With two entries that were sent, of which the feed has only the second any more."""
    learn(store, *map(entry, KEYS))
    publish(store, *ids(store, *KEYS))
    again(store, "b", now=NOW + DAY)
    return store


@pytest.mark.parametrize(
    ("forget_before", "left"),
    [
        (None, {"a", "b"}),
        (NOW, {"a", "b"}),
        # It was in the feed until the last poll before the body that had it not.
        (NOW + MICROSECOND, {"b"}),
        (NOW + 300 * DAY, {"b"}),
    ],
)
def test_what_was_last_there_before_a_time_is_forgotten(
    two: Store, forget_before: datetime | None, left: set[str]
) -> None:
    again(two, "b", now=NOW + 300 * DAY, forget_before=forget_before)
    assert set(known(two, *KEYS)) == left


def test_nothing_is_left_of_what_is_forgotten(two: Store) -> None:
    number = known(two, "a")["a"].id
    again(two, "b", now=NOW + 2 * DAY, forget_before=NOW + DAY)
    tables = dump(two)
    columns = {"entry_names": 0, "entry_marks": 2, "edition_entries": 1, "entries": 0}
    for table, column in columns.items():
        assert number not in {row[column] for row in tables[table]}
    assert len(tables["editions"]) == 1
    # Back again, it is new, under another number.
    learn(two, entry("a"), now=NOW + 3 * DAY)
    assert pending(two) == ["a"]


@pytest.mark.parametrize("what", ["unchanged", "empty"])
def test_an_answer_without_news_says_that_all_is_still_there(store: Store, what: str) -> None:
    learn(store, *map(entry, KEYS))
    publish(store, *ids(store, *KEYS))
    at = visit(NOW + 9 * DAY, status=304)
    if what == "unchanged":
        store.feeds.record_unchanged([Unchanged(state_of(store), update_of().validators, at)])
    else:
        store.feeds.record_empty(state_of(store), {}, at)
    again(store, "b", now=NOW + 10 * DAY, forget_before=NOW + 9 * DAY)
    assert set(known(store, *KEYS)) == {"a", "b"}
    again(store, "b", now=NOW + 11 * DAY, forget_before=NOW + 9 * DAY + MICROSECOND)
    assert set(known(store, *KEYS)) == {"b"}


def test_failures_say_nothing_about_what_is_there(store: Store) -> None:
    learn(store, *map(entry, KEYS))
    publish(store, *ids(store, *KEYS))
    fail(store, now=NOW + 9 * DAY)
    again(store, "b", now=NOW + 10 * DAY, forget_before=NOW + DAY)
    assert set(known(store, *KEYS)) == {"b"}


def test_what_a_digest_waits_for_is_not_forgotten(store: Store) -> None:
    learn(store, *map(entry, KEYS))
    again(store, "b", now=NOW + DAY)
    again(store, "b", now=NOW + 2 * DAY, forget_before=NOW + 2 * DAY)
    assert pending(store) == ["a", "b"]


def test_what_one_of_two_digests_waits_for_is_not_forgotten(store: Store) -> None:
    store.schedules.plan([plan_of(), plan_of("other")], NOW)
    learn(store, *map(entry, KEYS), windows={"weekly": DAY, "other": DAY})
    publish(store, *ids(store, *KEYS))
    again(store, "b", now=NOW + DAY)
    again(store, "b", now=NOW + 2 * DAY, forget_before=NOW + 2 * DAY)
    assert pending(store, "other") == ["a", "b"]
    # A digest that is gone waits for nothing.
    store.schedules.plan([plan_of()], NOW + 3 * DAY)
    again(store, "b", now=NOW + 4 * DAY, forget_before=NOW + 2 * DAY)
    assert set(known(store, *KEYS)) == {"b"}


def test_what_was_in_the_baseline_is_forgotten(store: Store) -> None:
    learn(store, *(entry(key, None) for key in KEYS))
    again(store, "b", now=NOW + DAY)
    again(store, "b", now=NOW + 2 * DAY, forget_before=NOW + 2 * DAY)
    assert set(known(store, *KEYS)) == {"b"}


@pytest.mark.parametrize(
    ("release", "left"), [(None, {"a", "b"}), (True, {"a", "b"}), (False, {"b"})]
)
def test_what_is_held_is_not_forgotten_until_it_is_discarded(
    store: Store,
    release: bool | None,
    left: set[str],
) -> None:
    learn(store)
    learn(store, *map(entry, KEYS), now=NOW + DAY, flood=True)
    if release is not None:
        store.held.decide([plan_of().feeds[0]], NOW + DAY, release=release)
    again(store, "b", now=NOW + 2 * DAY)
    again(store, "b", now=NOW + 3 * DAY, forget_before=NOW + 3 * DAY)
    assert set(known(store, *KEYS)) == left


YEAR = timedelta(days=366)


def a_year_later(store: Store) -> None:
    """A body with one other entry, after which what is older than a week is forgotten."""
    now = NOW + YEAR
    learn(store, entry("much later"), now=now, forget_before=now - WEEK)


def test_what_waits_behind_others_is_not_forgotten_after_an_edition(store: Store) -> None:
    learn(store, entry("taken"), entry("waits"))
    publish(store, *ids(store, "taken"))
    a_year_later(store)
    assert pending(store) == ["waits", "much later"]
    assert known(store, "taken") == {}


def test_what_is_held_is_not_forgotten(store: Store) -> None:
    learn(store, entry("taken"))
    publish(store, *ids(store, "taken"))
    learn(store, entry("held"), now=NOW + DAY, flood=True)
    a_year_later(store)
    assert [held.titles for held in store.held.read()] == [("held",)]


def test_what_is_to_be_sent_again_is_not_forgotten(store: Store) -> None:
    learn(store, entry("a"))
    (number,) = ids(store, "a")
    publish(store, number)
    edited = [(number, entry("a", fingerprint="g"))]
    learn(store, edited=edited, seen=[number], now=NOW + DAY, resend=True)
    a_year_later(store)
    assert pending(store) == ["a", "much later"]


def test_a_forgotten_entry_leaves_its_id_to_no_other(store: Store) -> None:
    learn(store, entry("a", None), entry("b", None))
    learn(store, entry("last", None), now=NOW + DAY)
    publish(store, *ids(store, "last"))
    seen = [one.id for one in known(store, "a", "b").values()]
    learn(store, seen=seen, now=NOW + 2 * DAY)
    store.schedules.plan([plan_of(), plan_of("daily")], NOW + 3 * DAY)
    both = {"weekly": WEEK, "daily": WEEK}
    learn(store, seen=seen, now=NOW + YEAR, forget_before=NOW + YEAR - WEEK, windows=both)
    learn(store, entry("new", None), now=NOW + YEAR + DAY, windows=both)
    assert pending(store) == pending(store, "daily") == ["new"]
