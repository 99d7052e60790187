"""Entries to stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.editions.stories import group
from tests.editions.entries import entry

if TYPE_CHECKING:
    from digest.model import Entry


def grouped(*entries: Entry) -> list[list[int]]:
    return [[entry.id for entry in story.entries] for story in group(entries)]


def test_the_same_link_in_different_feeds_is_one_story() -> None:
    assert grouped(
        entry(1, "a", link="x"), entry(2, "b"), entry(3, "b", link="x"), entry(4, "c", link="x")
    ) == [[1, 3, 4], [2]]


def test_the_same_link_twice_in_one_feed_stays_two_stories() -> None:
    assert grouped(entry(1, "a", link="x"), entry(2, "a", link="x")) == [[1], [2]]


def test_a_link_twice_in_one_feed_and_once_in_another() -> None:
    entries = (entry(1, "a", link="x"), entry(2, "a", link="x"), entry(3, "b", link="x"))

    assert grouped(*entries) == [[1, 3], [2]]


@pytest.mark.parametrize("feeds", ["aa", "ab"])
def test_entries_without_a_link_stay_apart(feeds: str) -> None:
    assert grouped(entry(1, feeds[0], link=""), entry(2, feeds[1], link="")) == [[1], [2]]


def test_the_best_described_entry_leads() -> None:
    assert grouped(
        entry(1, "a", link="x", words=10),
        entry(2, "b", link="x", words=30),
        entry(3, "c", link="x", words=30),
    ) == [[2, 3, 1]]


ENTRIES = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", "z", ""]), st.integers(0, 9))
).map(
    lambda rows: [
        entry(number, feed, link=link, words=words)
        for number, (feed, link, words) in enumerate(rows)
    ]
)


@given(ENTRIES)
def test_every_entry_is_in_exactly_one_story(entries: list[Entry]) -> None:
    stories = group(entries)

    assert sorted(e.id for story in stories for e in story.entries) == [e.id for e in entries]
    for story in (one.entries for one in stories):
        assert len({e.feed_url for e in story}) == len(story)
        assert len({e.link for e in story}) == 1
        assert len(story) == 1 or story[0].link


@given(ENTRIES)
def test_stories_keep_the_order_of_their_first_entries(entries: list[Entry]) -> None:
    firsts = [min(story.ids) for story in group(entries)]

    assert firsts == sorted(firsts)
