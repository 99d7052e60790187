"""What was: editions by page, what a feed brought, since when things wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.model import Outcome
from tests.feed_xml import NOW
from tests.store.build import DAY, INBOX, URL, entry, feed_id, learn, plan_of, publish

if TYPE_CHECKING:
    from digest.store import Store


def test_editions_come_newest_first_page_by_page(store: Store) -> None:
    made = [publish(store, at=NOW + n * DAY) for n in range(5)]
    other = publish(store, digest="daily")
    first = store.archive.editions(("weekly",), 2)
    assert [one.id for one in first] == [made[4], made[3]]
    second = store.archive.editions(("weekly",), 2, first[-1].id)
    assert [one.id for one in second] == [made[2], made[1]]
    assert [one.digest for one in store.archive.editions((), 1)] == ["daily"]
    assert [one.id for one in store.archive.editions((), 9)] == [other, *reversed(made)]
    assert store.archive.editions(("none",), 2) == []


def test_a_feed_is_told_poll_by_poll(store: Store) -> None:
    learn(store, entry("old"), now=NOW - 40 * DAY)
    learn(store, entry("a"), entry("b"), now=NOW - DAY)
    learn(store, entry("c"), now=NOW)
    found = store.archive.feed(feed_id(store), NOW - 30 * DAY)
    assert found.entries == 4
    assert found.brought == ((NOW, 1), (NOW - DAY, 2))
    assert [one.title for one in found.newest] == ["c", "b", "a", "old"]
    assert found.newest[0].first_seen_at == NOW


def test_a_feed_is_told_of_itself_alone(store: Store) -> None:
    other = "https://other.example/feed"
    store.schedules.plan([plan_of(feeds=(URL, other))], NOW)
    learn(store, entry("a"), url=other)
    assert store.archive.feed(feed_id(store), NOW).entries == 0


def test_nothing_waits(store: Store) -> None:
    waiting = store.archive.waiting([])
    assert (waiting.delivery, waiting.feed) == (None, None)


def test_the_oldest_waits(store: Store) -> None:
    publish(store, at=NOW)
    publish(store, at=NOW + DAY)
    assert store.archive.waiting([URL]).delivery == NOW
    assert store.archive.waiting([URL]).feed == NOW
    for one in store.ledger.due(INBOX.channel, INBOX.kind, NOW):
        if one.created_at == NOW:
            claimed = store.ledger.claim([one], NOW)
            assert claimed
            store.ledger.record(claimed.id, Outcome("sent"), NOW)
    assert store.archive.waiting([URL]).delivery == NOW + DAY
    learn(store, entry("a"), now=NOW)
    assert store.archive.waiting([URL]).feed == NOW + DAY
