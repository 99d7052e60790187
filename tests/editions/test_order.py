"""The order of an edition: what leads, what is on top, what is folded, what is gathered."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.editions.order import Heading, Layout, order
from digest.editions.similarity.stories import group
from digest.model import Fact
from tests.editions.entries import entry

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from digest.editions.order import Order, Place
    from digest.model import Entry

URLS = [f"https://{name}.example/" for name in "abcdefgh"]
TIPS = [entry(number, "c", title=f"Kubernetes tip number {number}") for number in (7, 8, 9)]
OUTAGE = [
    entry(20 + place, feed, title="Northlight outage takes half the web down", link="")
    for place, feed in enumerate("abd")
]


def ordered(
    *entries: Entry,
    watched: Collection[int] = (),
    top: int = 3,
    fold: int = 100,
    headings: Mapping[str, Heading] | None = None,
) -> Order:
    own = {url: Heading(url[8], feed_url=url) for url in URLS}
    layout = Layout(headings or own, top, fold)
    return order(group(entries, URLS), layout, watched)


def leads(places: tuple[Place, ...]) -> list[int]:
    return [place.story.lead.id for place in places]


def sections(made: Order) -> dict[str, list[int]]:
    return {heading.title: leads(places) for heading, places in made.sections.items()}


def brief(made: Order) -> set[int]:
    every = [*made.top, *(place for places in made.sections.values() for place in places)]
    return {place.story.lead.id for place in every if place.brief}


def some(count: int, feed: str, start: int = 100) -> list[Entry]:
    return [entry(start + number, feed) for number in range(count)]


class TestTop:
    def test_what_is_watched_goes_up_with_its_subject(self) -> None:
        made = ordered(*TIPS, *some(6, "a"), watched={8})

        assert leads(made.top)[:3] == [9, 8, 7]
        assert {place.story.group for place in made.top[:3]} == {"Kubernetes tip number"}
        assert not {7, 8, 9} & {number for places in sections(made).values() for number in places}

    def test_wide_coverage_keeps_a_place_beside_what_is_watched(self) -> None:
        watched = some(6, "e")
        others = [*OUTAGE, *some(6, "f", 200)]

        made = ordered(*watched, *others, watched={one.id for one in watched})

        assert leads(made.top) == [100, 101, 22]

    def test_the_only_place_is_for_what_is_watched(self) -> None:
        made = ordered(*OUTAGE, *some(9, "e"), watched={105}, top=1)

        assert leads(made.top) == [105]

    def test_what_is_watched_and_widely_told_needs_no_other_place(self) -> None:
        made = ordered(*OUTAGE, *some(12, "e"), watched={22, 101, 102}, top=3)

        assert leads(made.top) == [22, 101, 102]

    def test_a_subject_is_on_top_only_if_it_is_watched_or_widely_told(self) -> None:
        assert not {7, 8, 9} & {*leads(ordered(*TIPS, *some(9, "a")).top)}
        told = ordered(*TIPS, entry(30, "b", link=TIPS[0].link, hours_ago=1), *some(9, "a"))
        assert leads(told.top) == [9, 8, 7, 100]

    def test_of_a_long_subject_the_first_have_their_text(self) -> None:
        tips = [entry(n, "c", title=f"Kubernetes tip number {n}") for n in range(10, 18)]

        made = ordered(*tips, *some(4, "a"), watched={12})

        assert [place.brief for place in made.top[:8]] == [False] * 3 + [True] * 5

    def test_it_is_of_different_feeds(self) -> None:
        assert leads(ordered(*some(8, "a"), *some(8, "b", 200)).top) == [100, 200]


class TestFold:
    def test_what_two_feeds_have_is_never_folded(self) -> None:
        twice = [[entry(n, "a", link=f"x{n}"), entry(n + 10, "b", link=f"x{n}")] for n in range(5)]

        made = ordered(*(one for pair in twice for one in pair), *some(3, "e"), top=0, fold=0)

        assert brief(made) == {100, 101, 102}

    def test_what_two_feeds_have_is_of_those_with_their_text(self) -> None:
        made = ordered(*OUTAGE, *some(5, "e"), top=0, fold=3)

        assert brief(made) == {102, 103, 104}

    def test_of_a_section_the_best_have_their_text(self) -> None:
        liked = replace(entry(105, "e"), facts=(Fact("points", 300),))

        made = ordered(*some(5, "e"), liked, top=0, fold=2)

        assert sections(made)["e"][:2] == [105, 100]
        assert brief(made) == {101, 102, 103, 104}


class TestSmallSections:
    def test_those_of_one_or_two_lines_are_gathered_behind_the_others(self) -> None:
        small = [*some(1, "b", 200), *some(2, "c", 300)]

        made = ordered(*some(4, "a"), *small, *some(3, "d", 400), top=0, fold=5)
        assert sections(made) == {
            "a": [100, 101, 102, 103],
            "b": [200],
            "d": [400, 401, 402],
            "Also": [300, 301],
        }

    def test_what_stands_first_stays_in_its_section(self) -> None:
        made = ordered(entry(1, "a"), entry(2, "b"), entry(3, "c"), top=0, fold=0)

        assert sections(made) == {"a": [1], "Also": [2, 3]}

    def test_below_a_top_all_can_be_gathered(self) -> None:
        made = ordered(*(entry(n, feed) for n, feed in enumerate("abcdefgh")), fold=2)

        assert leads(made.top) == [0, 1]
        assert sections(made) == {"Also": [2, 3, 4, 5, 6, 7]}

    def test_a_tag_that_is_called_the_same_loses_nothing(self) -> None:
        tagged = {url: Heading("Also" if url < URLS[3] else url[8]) for url in URLS}

        made = ordered(
            *some(3, "b"), *some(3, "f", 200), *some(1, "h", 300), top=0, fold=0, headings=tagged
        )

        assert sections(made) == {"Also": [100, 101, 102, 300], "f": [200, 201, 202]}


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdefgh"),
            st.sampled_from(["x", "y", "z", None]),
            st.sampled_from([None, "Kubernetes tip", "Northlight outage takes the web down"]),
        ),
        max_size=30,
    ),
    st.sets(st.integers(0, 30), max_size=8),
    st.integers(0, 4),
    st.integers(0, 12),
)
def test_every_story_has_one_place_and_the_first_leads(
    rows: list[tuple[str, str | None, str | None]], watched: set[int], top: int, fold: int
) -> None:
    entries = [
        entry(number, feed, link=link, title=title and f"{title} {number}")
        for number, (feed, link, title) in enumerate(rows)
    ]

    made = ordered(*entries, watched=watched, top=top, fold=fold)

    places = [*made.top, *(place for places in made.sections.values() for place in places)]
    numbers = Counter(number for place in places for number in place.story.ids)
    assert numbers == Counter(range(len(rows)))
    assert made.lead == (places[0].story if places else None)
    assert not any(place.brief and len(place.story.entries) > 1 for place in places)
    assert all(made.sections.values())


@pytest.mark.parametrize("top", [0, 3])
def test_nothing_is_in_order_too(top: int) -> None:
    made = ordered(top=top)

    assert (made.top, made.sections, made.lead) == ((), {}, None)
