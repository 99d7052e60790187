"""Which entry of a story leads it, whatever publishers say of themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.editions.order import Heading, Layout, order
from digest.editions.select import Room, select
from digest.editions.similarity.leads import distance, publishers
from digest.editions.similarity.stories import group
from tests.editions.entries import NOW, entry

if TYPE_CHECKING:
    from digest.model import Entry

ARTICLE = "https://source.example/2026/strike"
LONG = "Boeing strike ends after machinists accept new contract"
LIKE_IT = "Boeing machinists vote to end seven-week strike"


def seen(number: int, feed: str, *, minutes: int, **more: object) -> Entry:
    """An entry of a feed, first seen so many minutes after the others, and dated then."""
    at = NOW + timedelta(minutes=minutes)
    return replace(
        entry(number, feed, link=ARTICLE, title=LONG), first_seen_at=at, published=at, **more
    )


def leading(*entries: Entry, feeds: tuple[str, ...] = ()) -> int:
    (story,) = group(entries, feeds)
    return story.lead.id


def test_the_source_leads_before_an_aggregator_that_had_it_first() -> None:
    assert leading(seen(1, "links", minutes=0), seen(2, "source", minutes=9)) == 2


def test_neither_length_nor_any_other_word_of_a_publisher_decides() -> None:
    first = seen(1, "a", minutes=0, words=0, excerpt="")
    loud = seen(2, "b", minutes=1, words=90_000, excerpt="All of it!", image="https://b.example/i")
    assert leading(first, loud) == leading(loud, first) == 1


@pytest.mark.parametrize("days", [-365, -1, 1, 365])
def test_dates_that_a_publisher_gives_do_not_decide(days: int) -> None:
    other = seen(2, "b", minutes=1)
    dated = replace(other, published=NOW + timedelta(days=days))
    (story,) = group([seen(1, "a", minutes=0), dated])
    assert story.lead.id == 1


def test_of_what_was_seen_at_once_the_first_feed_of_the_configuration_leads() -> None:
    entries = (seen(1, "a", minutes=0), seen(2, "b", minutes=0))
    both = ("https://b.example/", "https://a.example/")
    assert leading(*entries, feeds=both) == 2
    assert leading(*entries, feeds=both[::-1]) == 1


def test_a_copy_under_a_link_of_its_own_takes_no_place() -> None:
    copy = replace(seen(3, "copycat", minutes=5), link="https://copycat.example/strike")
    assert leading(seen(1, "links", minutes=0), copy, seen(2, "source", minutes=9)) == 2
    assert leading(seen(1, "links", minutes=0), copy) == 1


def test_of_similar_titles_the_one_seen_first_leads() -> None:
    like = seen(1, "a", minutes=0, title=LIKE_IT)
    source = replace(seen(2, "source", minutes=3, words=9_000), link=f"{ARTICLE}-2")
    (story,) = group([like, source])
    assert [one.id for one in story.everything] == [1, 2]


@pytest.mark.parametrize(
    ("link", "address", "home", "expected"),
    [
        ("source.example/x", "https://source.example/feed", "", 0),
        ("source.example/x", "http://www.source.example:8080/feed", "", 0),
        ("xn--bcher-kva.example/x", "https://bücher.example/feed", "", 0),
        ("blog.source.example/x", "https://source.example/feed", "", 1),
        ("source.example/x", "https://feeds.source.example/x", "https://www.source.example/", 1),
        # What a feed says of its home counts for no host that is not its own.
        ("source.example/x", "https://evil.example/feed", "https://source.example/", 2),
        ("source.example/x", "https://evilsource.example/feed", "https://source.example/", 2),
        ("a.hosting.example/x", "https://b.hosting.example/f", "https://hosting.example/", 2),
        ("hosting.example/x", "https://b.hosting.example/f", "https://hosting.example/", 2),
        ("hosting.example/x", "https://b.feeds.hosting.example/f", "https://hosting.example/", 2),
        ("medium.com/@ada/x", "https://mallory.medium.com/feed", "https://medium.com/@ada", 2),
        ("a.hosting.example/x", "https://b.hosting.example/f", "https://a.hosting.example/", 2),
        ("source.example/x", "https://source.example.evil.example/f", "", 2),
        ("source.example/x", "https://feeds.source.example/x", "", 2),
        ("", "https://source.example/feed", "", 2),
        ("source.example/x", "https://[", "https://[", 2),
    ],
)
def test_a_feed_is_at_home_where_its_address_says_so(
    link: str, address: str, home: str, expected: int
) -> None:
    assert distance(link, replace(entry(1), feed_url=address, feed_home=home)) == expected


def test_a_link_that_only_leads_through_a_host_is_not_at_home_there() -> None:
    wrapped = replace(
        seen(1, "google", minutes=0),
        feed_url="https://google.com/rss",
        link=f"https://google.com/url?q={ARTICLE}",
    )
    assert leading(wrapped, seen(2, "source", minutes=5)) == 2


def test_several_feeds_of_one_publisher_are_one() -> None:
    addresses = ("https://one.evil.example/f", "https://two.evil.example/f", "https://evil.example")
    entries = [replace(entry(n), feed_url=url) for n, url in enumerate(addresses)]
    assert publishers(entries) == 1
    british = [
        replace(entry(n), feed_url=url)
        for n, url in enumerate(("https://a.co.uk/f", "https://b.co.uk/f", "https://1.2.3.4/f"))
    ]
    assert publishers(british) == 3


def test_one_publisher_with_many_feeds_does_not_top_what_two_have() -> None:
    mine = [
        replace(
            entry(n, title=LONG, link="https://evil.example/x"),
            feed_url=f"https://{n}.evil.example/",
        )
        for n in range(1, 6)
    ]
    two = [entry(n, "ab"[n % 2], link=ARTICLE, title=LIKE_IT + " now") for n in (6, 7)]
    rest = [entry(n, "cdefghijklmn"[n % 12], title=f"Other {n}") for n in range(8, 20)]
    stories = select([*mine, *two, *rest], Room(100)).stories
    headings = {one.lead.feed_url: Heading(one.lead.feed_url) for one in stories}
    lead = order(stories, Layout(headings, 3, 100)).lead
    assert lead is not None
    assert {one.id for one in lead.everything} >= {6, 7}


@pytest.mark.parametrize("link", [ARTICLE, ""])
def test_who_says_a_thing_twice_keeps_no_others_apart(link: str) -> None:
    honest = [seen(1, "a", minutes=0), seen(2, "b", minutes=0)]
    twice = [seen(n, "evil", minutes=n) for n in (3, 4)]
    entries = [
        replace(one, link=link or f"https://site.example/{one.id}") for one in (*honest, *twice)
    ]
    (story,) = group(entries)
    assert {one.id for one in story.entries} >= {1, 2}
    assert story.lead.id == 1
    assert story.ids == {1, 2, 3, 4}


@given(st.permutations(range(6)), st.integers(0, 3))
def test_who_leads_depends_on_no_order(places: list[int], distance_in_time: int) -> None:
    feeds = ("a", "b", "source", "c", "d", "e")
    entries = [seen(n, feeds[n], minutes=n * distance_in_time) for n in range(6)]
    assert leading(*[entries[n] for n in places]) == 2
