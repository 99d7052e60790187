"""Entries that came in a flood."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.feed_xml import NOW
from tests.store.build import DAY, URL, dump, entry, feed_id, learn, pending, plan_of

if TYPE_CHECKING:
    from digest.store import Store

OTHER_URL = "https://other.example/feed.xml"


def flood(store: Store, *keys: str, url: str = URL, days: int = 1) -> None:
    learn(store, *map(entry, keys), url=url, now=NOW + days * DAY, flood=True)


def test_what_is_held_is_for_no_digest(store: Store) -> None:
    learn(store, entry("a"))
    flood(store, *"bcde")
    assert pending(store) == ["a"]
    (held,) = store.held.read()
    assert (held.url, held.feed_title, held.entries) == (URL, "A feed", 4)
    assert (held.since, held.titles) == (NOW + DAY, ("b", "c", "d"))


def test_two_floods_are_held_together(store: Store) -> None:
    learn(store, entry("a"))
    flood(store, "b")
    flood(store, "c", days=2)
    (held,) = store.held.read()
    assert (held.entries, held.since) == (2, NOW + DAY)


def test_a_decision_is_about_its_feeds(store: Store) -> None:
    both = (URL, OTHER_URL)
    store.schedules.plan([plan_of(feeds=both)], NOW)
    for url in both:
        learn(store, entry("a"), url=url)
        flood(store, "b", "c", url=url)
    assert store.held.decide([URL], NOW + 2 * DAY, release=True) == 2
    assert pending(store, urls=both) == ["a", "b", "c", "a"]
    assert [one.url for one in store.held.read()] == [OTHER_URL]
    assert store.held.decide([URL], NOW + 2 * DAY, release=False) == 0
    assert store.held.decide(["https://unknown.example/"], NOW, release=True) == 0
    assert store.held.decide(both, NOW + 2 * DAY, release=False) == 2
    assert pending(store, urls=both) == ["a", "b", "c", "a"]
    assert store.held.read() == []


def test_nothing_held_is_nothing_decided(store: Store) -> None:
    learn(store, entry("a"))
    before = dump(store)
    assert store.held.decide([URL], NOW, release=True) == 0
    assert store.held.read() == []
    assert dump(store) == before


def test_a_flood_is_no_pace(store: Store) -> None:
    learn(store, entry("a"))
    learn(store, entry("b"), now=NOW + DAY)
    learn(store, entry("c"), now=NOW + 2 * DAY)
    assert store.feeds.pace(feed_id(store)) == 1.0
    flood(store, *"defghij", days=2)
    assert store.feeds.pace(feed_id(store)) == 1.0
    store.held.decide([URL], NOW + 2 * DAY, release=True)
    assert store.feeds.pace(feed_id(store)) == 4.5


def test_the_pace_is_that_of_the_last_month_that_was_watched(store: Store) -> None:
    assert store.feeds.pace(feed_id(store)) == 0.0
    learn(store, *map(entry, "abc"))
    # Of a first body nobody knows how long it took.
    assert store.feeds.pace(feed_id(store)) == 0.0
    for days, keys in ((1, "def"), (40, "gh"), (50, "ij"), (60, "k")):
        learn(store, *map(entry, keys), now=NOW + days * DAY)
    assert store.feeds.pace(feed_id(store)) == 5 / 30
