"""Which stories an edition shows, and what becomes of the others."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.editions.merit import WIDE, coverage
from digest.editions.select import Room, Selection, Standing, select
from digest.model import Fact, ShownEntry
from tests.editions.entries import NOW, entry

if TYPE_CHECKING:
    from digest.editions.similarity.stories import Cluster
    from digest.model import Entry, Overflow

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
    selection = select([entry(3), entry(1), entry(2)], Room(MANY))

    assert taken(selection) == {"a": [1, 2, 3]}
    assert selection.counted == ()


def test_an_undated_entry_counts_from_when_it_was_first_seen() -> None:
    entries = [entry(1, hours_ago=3), entry(2, hours_ago=2, undated=True), entry(3, hours_ago=1)]

    assert taken(select(entries, Room(MANY))) == {"a": [3, 2, 1]}


def test_of_two_as_new_the_one_stored_last_comes_first() -> None:
    entries = [entry(number, hours_ago=1) for number in (2, 3, 1)]

    assert taken(select(entries, Room(MANY))) == {"a": [3, 2, 1]}


@pytest.mark.parametrize(
    ("most", "expected", "counted"), [(1, [1], [2, 3]), (2, [1, 2], [3]), (3, [1, 2, 3], [])]
)
def test_what_is_too_much_is_counted(most: int, expected: list[int], counted: list[int]) -> None:
    selection = select([entry(1), entry(2), entry(3)], Room(most))

    assert taken(selection) == {"a": expected}
    assert [story.lead.id for story in selection.counted] == counted


def test_stories_are_counted_not_entries() -> None:
    entries = [entry(1, "a"), entry(2, "a", link="x"), entry(3, "b", link="x")]

    assert len(select(entries, Room(1)).counted) == 1


def test_a_loud_feed_leaves_room() -> None:
    loud = [entry(number, "a") for number in range(1, 21)]
    quiet = [entry(number, "b") for number in (50, 51)]

    selection = select([*loud, *quiet], Room(6))

    assert taken(selection) == {"a": [1, 2, 3, 4], "b": [50, 51]}
    assert len(selection.counted) == 16


def test_the_last_place_goes_to_the_feed_with_the_newest_story() -> None:
    entries = [entry(1, "b"), entry(2, "a"), entry(3, "a"), entry(4, "b")]

    assert taken(select(entries, Room(3))) == {"b": [1, 4], "a": [2]}


def test_a_feed_may_have_a_limit_of_its_own() -> None:
    entries = [*(entry(number, "a") for number in range(1, 6)), entry(6, "b"), entry(7, "b")]

    selection = select(entries, Room(MANY, {"https://a.example/": 2}))

    assert taken(selection) == {"a": [1, 2], "b": [6, 7]}
    assert len(selection.counted) == 3


def test_a_story_counts_for_the_feed_of_its_leading_entry() -> None:
    entries = [entry(1, "a", link="x"), entry(2, "b", link="x", words=500), entry(3, "a")]

    selection = select(entries, Room(MANY, {"https://a.example/": 1}))

    assert taken(selection) == {"b": [2], "a": [3]}


def test_the_best_claims_come_first_what_is_watched_before_all() -> None:
    entries = [*(entry(number, "a") for number in range(1, 5)), entry(6, "b"), entry(7, "b")]

    def leads(watched: set[int]) -> list[int]:
        return [story.lead.id for story in select(entries, Room(4), Standing(watched)).stories]

    assert leads(set()) == [1, 6, 2, 7]
    assert leads({7, 4}) == [4, 7, 1, 6]


def test_what_two_feeds_tell_has_room_however_old_it_is() -> None:
    loud = [entry(number, feed) for number, feed in enumerate("abcdef", 1)]
    told = [entry(90, "a", link="https://x.example/1"), entry(91, "b", link="https://x.example/1")]

    selection = select([*loud, *told], Room(3))

    assert selection.stories[0].ids == {90, 91}
    assert len(selection.stories) == 3


def test_of_a_feed_what_readers_count_high_has_room_first() -> None:
    entries = [entry(1), replace(entry(2), facts=(Fact("points", 812),)), entry(3)]

    assert taken(select(entries, Room(2))) == {"a": [2, 1]}


def test_what_several_publishers_tell_is_shown_before_what_is_newer() -> None:
    told = [entry(40, "a", link="x"), entry(41, "b", link="x")]

    selection = select([*told, entry(1, "a"), entry(2, "b"), entry(3, "c")], Room(2))

    assert [story.lead.id for story in selection.stories] == [41, 1]


def test_of_a_feed_what_readers_count_high_is_shown_first_and_what_is_slight_last() -> None:
    liked = replace(entry(5), facts=(Fact("points", 300),))
    slight = entry(1, words=3)

    selection = select([slight, entry(2), entry(3), liked], Room(3))

    assert taken(selection) == {"a": [5, 2, 3]}
    assert [story.lead.id for story in selection.counted] == [1]


def test_what_is_watched_stays_within_the_limit_of_its_feed() -> None:
    entries = [entry(number, "a") for number in range(1, 5)]

    selection = select(entries, Room(4, {"https://a.example/": 1}), Standing({3, 4}))

    assert taken(selection) == {"a": [3]}


def test_nothing_pending_is_nothing_taken() -> None:
    assert select([], Room(MANY)) == Selection(())


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
def test_shown_and_counted_are_all_there_is(
    pending: list[Entry], most: int, caps: dict[str, int]
) -> None:
    selection = select(pending, Room(most, caps))
    everything = select(pending, Room(MANY))

    assert count(selection) + len(selection.counted) == count(everything) == stories_in(pending)
    assert count(selection) <= most
    assert len(set(ids(selection))) == len(ids(selection))
    for url, stories in by_feed(selection).items():
        assert 0 < len(stories) <= caps.get(url, most)
        assert stories == by_feed(everything)[url][: len(stories)]


@given(PENDING, MOST)
def test_but_for_what_many_tell_no_feed_takes_a_turn_more_than_one_that_still_waits(
    pending: list[Entry], most: int
) -> None:
    selection = select(pending, Room(most))

    for url, all_stories in by_feed(select(pending, Room(MANY))).items():
        mine = len(by_feed(selection).get(url, []))
        if mine < len(all_stories):
            in_turn = [
                others
                for others in by_feed(selection).values()
                if any(coverage(story) < WIDE for story in others)
            ]
            assert all(len(others) <= mine + 1 for others in in_turn)


@given(PENDING, MOST, CAPS, st.sampled_from(["list", "next", "drop"]), st.data())
def test_each_entry_is_shown_or_counted_or_waits_or_is_dropped(
    pending: list[Entry], most: int, caps: dict[str, int], overflow: Overflow, data: st.DataObject
) -> None:
    some = st.sets(st.sampled_from([e.id for e in pending] or [0]))
    waited = dict.fromkeys(data.draw(some), 3) | dict.fromkeys(data.draw(some), 1)
    earlier = [shown(e.link) for e in pending if e.id in data.draw(some)]
    standing = Standing(
        data.draw(some), waited, unread={"https://a.example/": (99, 98)}, earlier=earlier
    )

    selection = select(pending, Room(most, caps, overflow), standing)

    waiting = [number for story in selection.waiting for number in story.ids]
    every = [*ids(selection), *selection.counted_entries, *waiting, *selection.left_out]
    assert sorted(every) == sorted([*(e.id for e in pending), 98, 99])
    if overflow != "next":
        assert waiting == []
    # What is of one story goes one way; those that have waited long enough do not go back.
    assert all(max(waited.get(n, 0) for n in story.ids) < 3 for story in selection.waiting)
    assert all(story.had for story in selection.stories) == (not selection.stories)


def shown(link: str, title: str = "Story", feed: str = "z", days_ago: int = 1) -> ShownEntry:
    return ShownEntry(link, title, f"https://{feed}.example/", NOW - timedelta(days=days_ago))


def waits(*numbers: int) -> Standing:
    """What has waited for so many editions as its place in this says."""
    return Standing(waited=dict(enumerate(numbers)))


def test_what_has_waited_longest_comes_first_and_after_three_editions_it_is_counted() -> None:
    pending = [entry(number, "a") for number in range(6)]

    selection = select(pending, Room(2, overflow="next"), waits(0, 1, 2, 3, 3, 3))

    assert taken(selection) == {"a": [3, 4]}
    assert [story.lead.id for story in selection.counted] == [5]
    assert [story.lead.id for story in selection.waiting] == [2, 1, 0]


def test_what_is_watched_comes_before_what_has_waited() -> None:
    pending = [entry(number, "a") for number in range(3)]
    standing = Standing({0}, {1: 2, 2: 1})

    assert taken(select(pending, Room(2, overflow="next"), standing)) == {"a": [0, 1]}


def test_what_is_dropped_says_so() -> None:
    standing = Standing(unread={"https://a.example/": (98,)})

    selection = select([entry(1), entry(2)], Room(1, overflow="drop"), standing)

    assert selection.left_out == {2: "overflow: drop", 98: "overflow: drop"}
    assert selection.counted_entries == frozenset()


def test_what_an_edition_counted_is_in_no_story_of_a_week_by_itself() -> None:
    entries = [entry(1, "a"), entry(2, "b", link="x"), entry(3, "c", link="x"), entry(4, "a")]

    selection = select(entries, Room(4), Standing(counted={1, 3}))

    assert taken(selection) == {"c": [3], "a": [4]}
    assert selection.counted_entries == {1}


STEADY, DAYS = 40, 60


@pytest.mark.slow
def test_a_steady_flood_is_shown_or_listed_within_three_editions_at_the_same_cost() -> None:
    day_of: dict[int, int] = {}
    waiting: list[Entry] = []
    loads = []
    for day in range(DAYS):
        new = [
            replace(
                entry(day * STEADY + n, "abcde"[n % 5]), first_seen_at=NOW + timedelta(days=day)
            )
            for n in range(STEADY)
        ]
        day_of.update((e.id, day) for e in new)
        standing = Standing(waited={e.id: day - day_of[e.id] for e in waiting})
        selection = select([*waiting, *new], Room(10, overflow="next"), standing)
        done = {*ids(selection), *selection.counted_entries}
        assert all(day - day_of[number] <= 3 for number in done)
        loads.append(len(waiting) + len(new))
        waiting = [e for e in (*waiting, *new) if e.id not in done]
        assert count(selection) == 10
    assert set(loads[4:]) == {4 * STEADY}
