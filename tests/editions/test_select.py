"""Which stories an edition takes, and how many wait."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.editions.select import Selection, select
from tests.editions.entries import entry

if TYPE_CHECKING:
    from digest.editions.similarity.stories import Cluster
    from digest.model import Entry

MANY = 1000


def taken(selection: Selection) -> dict[str, list[int]]:
    """The numbers of the leading entries, by the letter of their feed."""
    return {
        url.removeprefix("https://")[0]: [story.lead.id for story in stories]
        for url, stories in by_feed(selection).items()
    }


def by_feed(selection: Selection) -> dict[str, list[Cluster]]:
    found: dict[str, list[Cluster]] = {}
    for story in selection.stories:
        found.setdefault(story.lead.feed_url, []).append(story)
    return found


def ids(selection: Selection) -> list[int]:
    return [number for story in selection.stories for number in story.ids]


def count(selection: Selection) -> int:
    return len(selection.stories)


def test_newest_first() -> None:
    selection = select([entry(3), entry(1), entry(2)], MANY, {})

    assert taken(selection) == {"a": [1, 2, 3]}
    assert selection.held_back == 0


def test_an_undated_entry_counts_from_when_it_was_first_seen() -> None:
    entries = [entry(1, hours_ago=3), entry(2, hours_ago=2, undated=True), entry(3, hours_ago=1)]

    assert taken(select(entries, MANY, {})) == {"a": [3, 2, 1]}


def test_of_two_as_new_the_one_stored_last_comes_first() -> None:
    entries = [entry(number, hours_ago=1) for number in (2, 3, 1)]

    assert taken(select(entries, MANY, {})) == {"a": [3, 2, 1]}


@pytest.mark.parametrize(
    ("most", "expected", "held_back"), [(1, [1], 2), (2, [1, 2], 1), (3, [1, 2, 3], 0)]
)
def test_what_is_too_much_is_held_back(most: int, expected: list[int], held_back: int) -> None:
    selection = select([entry(1), entry(2), entry(3)], most, {})

    assert taken(selection) == {"a": expected}
    assert selection.held_back == held_back


def test_held_back_counts_stories_not_entries() -> None:
    entries = [entry(1, "a"), entry(2, "a", link="x"), entry(3, "b", link="x")]

    assert select(entries, 1, {}).held_back == 1


def test_a_loud_feed_leaves_room() -> None:
    loud = [entry(number, "a") for number in range(1, 21)]
    quiet = [entry(number, "b") for number in (50, 51)]

    selection = select([*loud, *quiet], 6, {})

    assert taken(selection) == {"a": [1, 2, 3, 4], "b": [50, 51]}
    assert selection.held_back == 16


def test_the_last_place_goes_to_the_feed_with_the_newest_story() -> None:
    entries = [entry(1, "b"), entry(2, "a"), entry(3, "a"), entry(4, "b")]

    assert taken(select(entries, 3, {})) == {"b": [1, 4], "a": [2]}


def test_a_feed_may_have_a_limit_of_its_own() -> None:
    entries = [*(entry(number, "a") for number in range(1, 6)), entry(6, "b"), entry(7, "b")]

    selection = select(entries, MANY, {"https://a.example/": 2})

    assert taken(selection) == {"a": [1, 2], "b": [6, 7]}
    assert selection.held_back == 3


def test_a_story_counts_for_the_feed_of_its_leading_entry() -> None:
    entries = [entry(1, "a", link="x"), entry(2, "b", link="x", words=500), entry(3, "a")]

    selection = select(entries, MANY, {"https://a.example/": 1})

    assert taken(selection) == {"b": [2], "a": [3]}


def test_what_waits_is_counted_by_feed() -> None:
    entries = [*(entry(number, "a") for number in range(1, 6)), entry(6, "b"), entry(7, "b")]

    selection = select(entries, 3, {})

    assert selection.waiting == {"https://a.example/": 3, "https://b.example/": 1}


def test_the_best_claims_come_first_what_is_watched_before_all() -> None:
    entries = [*(entry(number, "a") for number in range(1, 5)), entry(6, "b"), entry(7, "b")]

    def leads(watched: set[int]) -> list[int]:
        return [story.lead.id for story in select(entries, 4, {}, watched).stories]

    assert leads(set()) == [1, 6, 2, 7]
    assert leads({7, 4}) == [4, 7, 1, 6]


def test_what_is_watched_stays_within_the_limit_of_its_feed() -> None:
    entries = [entry(number, "a") for number in range(1, 5)]

    selection = select(entries, 4, {"https://a.example/": 1}, {3, 4})

    assert taken(selection) == {"a": [3]}


def test_nothing_pending_is_nothing_taken() -> None:
    assert select([], MANY, {}) == Selection((), {})


FEEDS = "abc"
PENDING = st.lists(
    st.tuples(
        st.sampled_from(FEEDS),
        st.sampled_from(["x", "y", "z", "", None]),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    max_size=25,
).map(
    lambda rows: [
        entry(number, feed, link=link, hours_ago=hours, words=words)
        for number, (feed, link, hours, words) in enumerate(rows)
    ]
)
CAPS = st.dictionaries(
    st.sampled_from([f"https://{feed}.example/" for feed in FEEDS]), st.integers(1, 4)
)
MOST = st.integers(1, 12)


def stories_in(pending: list[Entry]) -> int:
    """One for each link of a feed, but that feeds that say a link once share one."""
    by_feed = Counter((e.link, e.feed_url) for e in pending if e.link)
    sharing = Counter(link for (link, _), times in by_feed.items() if times == 1)
    repeated = sum(times - 1 for times in (*by_feed.values(), *sharing.values()))
    return len(pending) - repeated


@given(PENDING, MOST, CAPS)
def test_taken_and_held_back_are_all_there_is(
    pending: list[Entry], most: int, caps: dict[str, int]
) -> None:
    selection = select(pending, most, caps)
    everything = select(pending, MANY, {})

    assert count(selection) + selection.held_back == count(everything) == stories_in(pending)
    assert count(selection) <= most
    assert len(set(ids(selection))) == len(ids(selection))
    for url, stories in by_feed(selection).items():
        assert 0 < len(stories) <= caps.get(url, most)
        assert stories == by_feed(everything)[url][: len(stories)]


@given(PENDING, MOST)
def test_no_feed_takes_a_turn_more_than_one_that_still_waits(
    pending: list[Entry], most: int
) -> None:
    selection = select(pending, most, {})

    for url, all_stories in by_feed(select(pending, MANY, {})).items():
        mine = len(by_feed(selection).get(url, []))
        if mine < len(all_stories):
            assert all(len(others) <= mine + 1 for others in by_feed(selection).values())


@given(PENDING, MOST, CAPS)
def test_what_is_held_back_comes_with_the_next_editions(
    pending: list[Entry], most: int, caps: dict[str, int]
) -> None:
    waiting = {e.id: e for e in pending}
    sent: list[int] = []
    while waiting:
        selection = select(waiting.values(), most, caps)
        assert selection.stories
        sent += ids(selection)
        for number in ids(selection):
            del waiting[number]

    assert sorted(sent) == [e.id for e in pending]
