"""Which entries of a feed are for a digest, and which were there before it subscribed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
    URL,
    WEEK,
    entry,
    fail,
    known,
    learn,
    pending,
    plan_of,
    state_of,
    update_of,
    visit,
)

if TYPE_CHECKING:
    from digest.store import Store

NOTHING = timedelta()
MICROSECOND = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("published", "taken"),
    [
        (NOW, True),
        (NOW - WEEK, True),
        (NOW - WEEK - MICROSECOND, False),
        (NOW + 365 * DAY, True),
        (None, False),
    ],
)
def test_a_first_poll_brings_what_is_in_the_window(
    store: Store, published: datetime | None, *, taken: bool
) -> None:
    learn(store, entry("a", published))
    assert pending(store) == (["a"] if taken else [])


@pytest.mark.parametrize("published", [None, NOW - DAY, NOW, NOW + DAY])
def test_a_window_of_nothing_brings_nothing(store: Store, published: datetime | None) -> None:
    learn(store, entry("a", published), windows={"weekly": NOTHING})
    assert pending(store) == []


@pytest.mark.parametrize("window", [NOTHING, WEEK])
@pytest.mark.parametrize("published", [None, NOW - 365 * DAY, NOW, NOW + 365 * DAY])
def test_what_comes_later_is_pending_whatever_its_date(
    store: Store, window: timedelta, published: datetime | None
) -> None:
    windows = {"weekly": window}
    learn(store, entry("old", None), windows=windows)
    learn(store, entry("a", published), now=NOW + DAY, windows=windows)
    assert pending(store) == ["a"]


def test_what_comes_after_an_empty_first_body_is_pending(store: Store) -> None:
    learn(store)
    learn(store, entry("a", None), now=NOW + DAY)
    assert pending(store) == ["a"]


def test_what_other_feeds_have_changes_nothing(store: Store) -> None:
    other = "https://other.example/feed.xml"
    store.schedules.plan([plan_of(feeds=(URL, other))], NOW)
    learn(store, entry("a", None), url=other)
    learn(store, entry("b", None))
    learn(store, entry("c", None), url=other, now=NOW + DAY)
    learn(store, entry("d", None), now=NOW + DAY)
    assert pending(store, urls=(URL, other)) == ["c", "d"]


def test_each_digest_has_its_own_window(store: Store) -> None:
    store.schedules.plan([plan_of("all"), plan_of("none")], NOW)
    windows = {"weekly": DAY, "all": 365 * DAY, "none": NOTHING}
    learn(store, entry("new"), entry("old", NOW - WEEK), windows=windows)
    assert pending(store) == ["new"]
    assert pending(store, "all") == ["new", "old"]
    assert pending(store, "none") == []


def test_a_digest_that_subscribes_to_a_known_feed(store: Store) -> None:
    learn(store, entry("old", NOW - 2 * WEEK))
    learn(store, entry("recent"), entry("undated", None), now=NOW + DAY)
    now = NOW + 2 * DAY
    store.schedules.plan([plan_of(), plan_of("late"), plan_of("never", window=NOTHING)], now)
    assert pending(store, "late") == ["recent"]
    assert pending(store, "never") == []
    learn(store, entry("next", None), now=now, windows={"late": WEEK, "never": NOTHING})
    assert pending(store, "late") == ["recent", "next"]
    assert pending(store, "never") == ["next"]
    assert pending(store) == ["recent", "undated", "next"]


def test_a_changed_window_changes_nothing_for_those_who_subscribed(store: Store) -> None:
    learn(store, entry("old", NOW - WEEK), windows={"weekly": DAY})
    learn(store, entry("new", None), windows={"weekly": 365 * DAY})
    store.schedules.plan([plan_of(window=365 * DAY)], NOW)
    assert pending(store) == ["new"]


def test_an_edit_makes_nothing_new(store: Store) -> None:
    learn(store, entry("old", None))
    edited = entry("old", NOW, fingerprint="g")
    number = known(store, "old")["old"].id
    update = update_of(edited=[(number, edited)], seen=[number])
    store.feeds.record_update(state_of(store), update, visit(NOW + DAY))
    assert pending(store) == []


def test_a_feed_that_only_failed_has_no_baseline_yet(store: Store) -> None:
    fail(store)
    store.schedules.plan([plan_of()], NOW + DAY)
    learn(store, entry("in", NOW), entry("old", NOW - 2 * WEEK), now=NOW + 2 * DAY)
    assert pending(store) == ["in"]
