"""What a configuration makes of feeds, schedules and subscriptions."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.model import HostBackoff
from tests.feed_xml import NOW
from tests.store.build import (
    DAY,
    URL,
    WEEK,
    dump,
    edition_of,
    entry,
    fail,
    learn,
    name_message,
    pending,
    plan_of,
    publish,
)

if TYPE_CHECKING:
    from digest.store import Store

OTHER = "https://other.example/feed.xml"


def due_at(store: Store, name: str = "weekly") -> object:
    return store.health.read().digests[name]["next_edition_at"]


def test_a_new_feed_is_due_at_once(empty_store: Store) -> None:
    empty_store.schedules.plan([plan_of(), plan_of("daily", feeds=(URL, OTHER))], NOW)
    assert {feed.url for feed in empty_store.feeds.due(NOW)} == {URL, OTHER}
    assert empty_store.feeds.due(NOW - timedelta(seconds=1)) == []


def test_a_known_feed_keeps_its_time(store: Store) -> None:
    learn(store, entry("a"))
    store.schedules.plan([plan_of(feeds=(URL, OTHER))], NOW)
    assert [feed.url for feed in store.feeds.due(NOW)] == [OTHER]
    assert [feed.url for feed in store.feeds.due(NOW + DAY)] == [OTHER, URL]


def test_a_new_digest_is_due_with_its_schedule(store: Store) -> None:
    assert store.schedules.due(NOW + WEEK - timedelta(microseconds=1)) == []
    assert store.schedules.due(NOW + WEEK) == [("weekly", NOW + WEEK)]


def test_the_longest_overdue_digest_comes_first(store: Store) -> None:
    store.schedules.plan([plan_of(), plan_of("daily", next_edition_at=NOW + DAY)], NOW)
    assert [name for name, _ in store.schedules.due(NOW + WEEK)] == ["daily", "weekly"]


def test_an_unchanged_schedule_keeps_a_time_that_was_missed(store: Store) -> None:
    store.schedules.plan([plan_of(next_edition_at=NOW + 3 * WEEK)], NOW + 2 * WEEK)
    assert store.schedules.due(NOW + 2 * WEEK) == [("weekly", NOW + WEEK)]


def test_a_changed_schedule_moves_the_time(store: Store) -> None:
    changed = plan_of(schedule="daily at 09:00 (UTC)", next_edition_at=NOW + DAY)
    store.schedules.plan([changed], NOW)
    assert due_at(store) == NOW + DAY


def test_planning_twice_changes_nothing(store: Store) -> None:
    learn(store, entry("a"))
    before = dump(store)
    store.schedules.plan([plan_of()], NOW + DAY)
    assert dump(store) == before


def test_first_editions_can_be_made_due(store: Store) -> None:
    store.schedules.make_first_due(NOW)
    assert store.schedules.due(NOW) == [("weekly", NOW)]


def test_only_first_editions_are_made_due(store: Store) -> None:
    store.schedules.plan([plan_of(), plan_of("sent"), plan_of("skipped")], NOW)
    store.editions.publish(edition_of(digest="sent"), NOW, (), name_message, None)
    store.schedules.skip("skipped", NOW, NOW + WEEK)
    store.schedules.make_first_due(NOW + DAY)
    assert {name for name, _ in store.schedules.due(NOW + DAY)} == {"weekly", "skipped"}


def test_a_feed_that_leaves_a_digest_loses_nothing(store: Store) -> None:
    learn(store, entry("a", NOW - 2 * DAY))
    learn(store, entry("later", None))
    store.schedules.plan([plan_of(feeds=(OTHER,))], NOW)
    assert pending(store, urls=(OTHER,)) == []
    store.schedules.plan([plan_of(window=DAY)], NOW)
    assert pending(store) == ["a", "later"]


def test_a_digest_that_comes_back_goes_on_with_a_new_schedule(store: Store) -> None:
    learn(store, entry("a", NOW - 2 * DAY))
    learn(store, entry("later", None))
    store.schedules.plan([plan_of("other")], NOW)
    assert store.schedules.due(NOW + 9 * WEEK) == [("other", NOW + WEEK)]
    store.schedules.plan([plan_of(window=DAY, next_edition_at=NOW + 3 * WEEK)], NOW)
    assert pending(store) == ["a", "later"]
    assert due_at(store) == NOW + 3 * WEEK


def test_a_feed_of_no_digest_is_polled_too(store: Store) -> None:
    store.schedules.plan([plan_of()], NOW, [OTHER])
    assert OTHER in {feed.url for feed in store.feeds.due(NOW)}


def test_what_a_clock_that_ran_ahead_wrote_holds_nothing_up(store: Store) -> None:
    later = NOW + 400 * DAY
    fail(store, now=later)
    store.schedules.skip("weekly", later, later + WEEK)
    store.schedules.plan([plan_of()], NOW)
    assert [feed.url for feed in store.feeds.due(NOW)] == [URL]
    assert due_at(store) == NOW + WEEK


def test_what_a_clock_that_ran_ahead_subscribed_reaches_back_from_now(store: Store) -> None:
    later, plans = NOW + 400 * DAY, [plan_of(window=WEEK)]
    store.schedules.plan(plans, later)
    backlog = [entry("of the week", NOW - DAY), entry("older", NOW - 8 * DAY)]
    learn(store, *backlog, now=later, windows={"weekly": WEEK})
    assert pending(store) == []
    store.schedules.plan(plans, NOW)
    assert pending(store) == ["of the week"]


@pytest.mark.parametrize("since", [NOW + 400 * DAY, NOW - DAY])
def test_nor_does_what_it_wrote_of_hosts(store: Store, since: datetime) -> None:
    backoff = HostBackoff("site.example", since, NOW + 401 * DAY, 2)
    true = HostBackoff("true.example", NOW - DAY, NOW + 30 * DAY, 1)
    store.hosts.keep([backoff, true])
    store.feeds.postpone([state.id for state in store.hosts.due_at(backoff)], backoff.until)
    assert store.feeds.due(NOW + 300 * DAY) == []
    store.schedules.plan([plan_of()], NOW)
    assert [feed.url for feed in store.feeds.due(NOW)] == [URL]
    assert store.hosts.backoffs() == [true]


def test_the_feeds_of_one_digest_are_not_those_of_another(store: Store) -> None:
    store.schedules.plan([plan_of(), plan_of("other", feeds=(OTHER,))], NOW)
    learn(store, entry("a"))
    learn(store, entry("b"), url=OTHER, windows={"other": WEEK})
    assert pending(store, urls=(URL, OTHER)) == ["a"]
    assert pending(store, "other", (URL, OTHER)) == ["b"]


def test_only_the_feeds_that_are_asked_for_are_pending(store: Store) -> None:
    store.schedules.plan([plan_of(feeds=(URL, OTHER))], NOW)
    learn(store, entry("a"))
    learn(store, entry("b"), url=OTHER)
    assert pending(store, urls=(OTHER,)) == ["b"]


def test_a_first_edition_that_was_sent_outside_the_schedule_counts(store: Store) -> None:
    learn(store, entry("a"))
    publish(store)
    store.schedules.make_first_due(NOW + DAY)
    assert store.schedules.due(NOW + DAY) == []
