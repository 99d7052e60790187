"""Entries to stories."""

from __future__ import annotations

from itertools import permutations
from time import process_time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.editions.similarity.stories import group
from tests import limits
from tests.editions.entries import entry

if TYPE_CHECKING:
    from random import Random

    from digest.editions.similarity.stories import Cluster
    from digest.model import Entry

LONG = "Boeing strike ends after machinists accept new contract"
LIKE_IT = "Boeing machinists vote to end seven-week strike"
LIKE_BOTH = "Boeing strike: machinists vote to accept contract"


def grouped(*entries: Entry) -> list[list[int]]:
    return [sorted(entry.id for entry in story.entries) for story in group(entries)]


def related(*entries: Entry) -> list[list[int]]:
    return [[entry.id for entry in story.related] for story in group(entries)]


def test_the_same_link_in_different_feeds_is_one_story() -> None:
    assert grouped(
        entry(1, "a", link="x"), entry(2, "b"), entry(3, "b", link="x"), entry(4, "c", link="x")
    ) == [[1, 3, 4], [2]]


def test_links_are_the_same_however_they_are_written() -> None:
    assert grouped(
        entry(1, "a", link="https://site.example/x"),
        entry(2, "b", link="http://www.site.example/x/?utm_source=feed#comments"),
        entry(3, "c", link="https://amp.site.example/x/amp"),
    ) == [[1, 2, 3]]


def test_a_link_that_entries_of_one_feed_share_identifies_none() -> None:
    entries = (entry(1, "a", link="x"), entry(2, "a", link="x"), entry(3, "b", link="x"))

    assert grouped(*entries) == [[1], [3]]


def test_a_link_of_a_feed_stands_once_by_its_newest_entry() -> None:
    link = "https://site.example/live"
    entries = (
        entry(1, "a", link=link, title="First", hours_ago=3),
        entry(2, "a", link=f"{link}?at_medium=RSS#xtor=RSS-1", title="Second", hours_ago=1),
        entry(3, "a", link=f"{link}#second", hours_ago=2),
        entry(4, "a", link="https://site.example/", hours_ago=2),
        entry(5, "a", link="https://site.example/", hours_ago=1),
        # Two posts of a link site about one site.
        entry(6, "a", link="https://other.example/", hours_ago=2),
        entry(7, "a", link="https://other.example/", hours_ago=1),
    )

    stories = group([replace(one, feed_home="https://site.example") for one in entries])
    assert [[one.id for one in story.entries] for story in stories] == [[n] for n in range(2, 8)]
    assert [[one.id for one in story.copies] for story in stories] == [[1], *[[]] * 5]


def test_a_home_page_identifies_none() -> None:
    home = "https://site.example/paper"
    entries = (entry(1, "a", link=home), entry(2, "b", link=home))

    assert grouped(*entries) == [[1, 2]]
    assert grouped(replace(entries[0], feed_home=f"{home}/"), entries[1]) == [[1], [2]]


def test_a_page_of_all_releases_is_not_one_story() -> None:
    link = "https://site.example/tool/releases"
    entries = (
        entry(1, "a", link=link, title="Tool 2.4.1 is out"),
        entry(2, "b", link=link, title="Tool 2.4.2 is out"),
        entry(3, "c", link=link, title="A tool"),
    )

    assert grouped(*entries[:2]) == [[1], [2]]
    assert grouped(*entries[1:]) == [[2, 3]]


@pytest.mark.parametrize("feeds", ["aa", "ab"])
def test_entries_without_a_link_stay_apart(feeds: str) -> None:
    assert grouped(entry(1, feeds[0], link=""), entry(2, feeds[1], link="")) == [[1], [2]]


def test_the_same_title_in_different_feeds_is_one_story() -> None:
    assert grouped(
        entry(1, "a", title=LONG),
        entry(2, "b", title=f"BREAKING: {LONG.title()}!"),
        entry(3, "c", title=f"{LONG} - A Paper"),
        entry(4, "d", title="Other", feed_title="A paper"),
    ) == [[1, 2, 3], [4]]


def test_the_same_title_in_one_feed_is_two_stories() -> None:
    entries = (entry(1, "a", title=LONG), entry(2, "a", title=LONG), entry(3, "b", title=LONG))

    assert grouped(*entries[:2]) == [[1], [2]]
    assert grouped(*entries[1:]) == [[2, 3]]


@pytest.mark.parametrize(("days", "stories"), [(0, 1), (5, 1), (6, 2), (30, 2)])
def test_the_same_title_much_later_is_another_story(days: int, stories: int) -> None:
    entries = (entry(1, "a", title=LONG), entry(2, "b", title=LONG, hours_ago=1 + 24 * days))

    assert len(group(entries)) == stories


def test_undated_entries_are_of_when_they_were_first_seen() -> None:
    later = entry(2, "b", title=LONG, undated=True, hours_ago=24 * 9)

    assert grouped(entry(1, "a", title=LONG), later) == [[1], [2]]
    assert grouped(entry(1, "a", title=LONG, hours_ago=24 * 9), later) == [[1, 2]]


def test_a_link_and_a_title_make_one_story_together() -> None:
    assert grouped(
        entry(1, "a", link="x", title=LONG),
        entry(
            2,
            "b",
            link="x",
            title="Machinists in Seattle are back at Boeing, and planes are built again",
        ),
        entry(3, "c", title="Machinists in Seattle are back at Boeing, and planes are built again"),
        entry(4, "d", title=LONG),
    ) == [[1, 2, 3, 4]]


def test_similar_titles_are_shown_together_and_stay_entries_of_their_own() -> None:
    entries = (entry(1, "a", title=LONG), entry(2, "b", title=LIKE_IT), entry(3, "c"))

    assert grouped(*entries) == [[2], [3]]
    assert related(*entries) == [[1], []]
    assert [story.everything for story in group(entries)] == [
        (entries[1], entries[0]),
        (entries[2],),
    ]


def test_the_name_of_a_site_behind_a_title_is_not_compared() -> None:
    one, other = (
        entry(1, "a", title=f"{LONG} - The Verge"),
        entry(2, "b", title=f"{LONG} | CNN"),
    )

    assert related(one, other) == [[1]]


def test_similar_titles_of_one_feed_are_not_shown_together() -> None:
    assert grouped(entry(1, "a", title=LONG), entry(2, "a", title=LIKE_IT)) == [[1], [2]]


def test_all_of_a_story_that_is_like_another_goes_with_it() -> None:
    entries = (
        entry(1, "a", title=LIKE_IT, link="y", hours_ago=9),
        entry(2, "b", title=LONG, link="x"),
        entry(3, "c", title=LONG, link="x"),
    )

    assert {*grouped(*entries)[0], *related(*entries)[0]} == {1, 2, 3}


def test_of_what_is_alike_the_story_that_most_feeds_have_leads_however_late_it_was_seen() -> None:
    entries = (
        entry(1, "a", title=LIKE_IT, link="y", hours_ago=9),
        entry(2, "b", title=LONG, link="x"),
        entry(3, "c", title=LONG, link="x"),
    )

    assert grouped(*entries) == [[2, 3]]
    assert related(*entries) == [[1]]
    assert grouped(*entries[:2]) == [[1]]


def test_what_two_contradict_does_not_bring_them_together() -> None:
    titles = [
        "Acme CLI 2.4.1 fixes a crash on Windows start",
        "Acme CLI 2.4.2 fixes a crash on Windows start",
        "Acme CLI fixes a crash on Windows start",
    ]
    entries = [entry(at, "abc"[at], title=title) for at, title in enumerate(titles)]

    for story in group(entries):
        assert not {0, 1} <= {one.id for one in story.everything}


def numbers(stories: list[Cluster]) -> set[tuple[frozenset[int], frozenset[int]]]:
    return {
        (frozenset(e.id for e in story.entries), frozenset(e.id for e in story.related))
        for story in stories
    }


def test_the_order_of_the_entries_changes_only_the_order_of_the_stories() -> None:
    entries = (
        entry(1, "a", title=LONG, link="x"),
        entry(2, "b", title=LIKE_IT, words=300),
        entry(3, "c", link="x"),
        entry(4, "d", title=LIKE_BOTH),
        entry(5, "e", title=LIKE_BOTH),
    )

    assert len({frozenset(numbers(group(mixed))) for mixed in permutations(entries)}) == 1


TITLES = st.sampled_from(
    [LONG, LIKE_IT, LIKE_BOTH, f"Update: {LONG}", "Weekly links", "", "Acme 2.1", "Acme 2.2"]
)
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from("abcd"),
        st.sampled_from(["x", "y", "z", "", None]),
        TITLES,
        st.integers(0, 3),
        st.integers(0, 300),
    ),
    max_size=20,
).map(
    lambda rows: [
        entry(number, feed, link=link, title=title, words=words, hours_ago=hours)
        for number, (feed, link, title, words, hours) in enumerate(rows)
    ]
)


@given(ENTRIES, st.randoms())
def test_every_entry_is_in_exactly_one_story(entries: list[Entry], random: Random) -> None:
    stories = group(entries)

    assert sorted(e.id for story in stories for e in story.everything) == [e.id for e in entries]
    for story in stories:
        assert len({e.feed_url for e in story.entries}) == len(story.entries)
    mixed = list(entries)
    random.shuffle(mixed)
    assert numbers(group(mixed)) == numbers(stories)


@given(ENTRIES)
def test_stories_keep_the_order_of_their_first_entries(entries: list[Entry]) -> None:
    firsts = [min(e.id for e in story.everything) for story in group(entries)]

    assert firsts == sorted(firsts)


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=80))
def test_any_title_and_any_link_will_do(one: str, other: str, link: str) -> None:
    entries = (
        entry(1, "a", title=one, link=f"https://{link}"),
        entry(2, "b", title=other, link=link, feed_title=one),
    )

    assert {e.id for story in group(entries) for e in story.everything} == {1, 2}


def test_a_full_edition_is_soon_grouped() -> None:
    words = LONG.split() + LIKE_IT.split()
    entries = [
        entry(n, "abcdefgh"[n % 8], title=f"{words[n % 15]} {words[n % 11]} {n} {words[n % 7]} x")
        for n in range(1000)
    ]

    started = process_time()
    group(entries)

    assert process_time() - started < limits.seconds(3)


@pytest.mark.parametrize(
    ("release", "other", "stories"),
    [
        ("immich v3.0.0", "Immich 3.0 is out", 1),
        ("Larder v3.0.0", "Show HN: Larder 3.0 – self-hosted pantry", 1),
        ("tern 0.12.4", "Tern 0.12.4: faster resolver and lockfile export", 1),
        ("immich v3.0.0", "larder v3.0.0", 2),
        ("larder v3.0.0-rc.2", "Larder 3.0 is out", 2),
        ("uv 0.12.4", "uv 0.12.5", 2),
    ],
)
def test_a_release_meets_what_is_written_of_it(release: str, other: str, stories: int) -> None:
    assert len(group([entry(1, "a", title=release), entry(2, "b", title=other)])) == stories
