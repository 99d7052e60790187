"""Titles and links that are made to take long: each edition has a budget."""

from __future__ import annotations

from random import Random
from time import process_time
from typing import TYPE_CHECKING

import pytest

from digest.editions.order import Heading, Layout, order
from digest.editions.select import Room, select
from digest.editions.similarity.budget import MOST_TERMS, Budget
from digest.editions.similarity.titles import read_title
from tests import limits
from tests.editions.entries import entry
from tests.editions.hostile import LINKS, TITLES, linked, titled

if TYPE_CHECKING:
    from digest.model import Entry

ENTRIES = 2_000
# Twice what one takes on a slow machine that has nothing else to do.
SECONDS = limits.seconds(2.0)


def seconds(entries: list[Entry]) -> float:
    """The processor time that the stories of an edition take, grouped, chosen and in order."""
    budget, started = Budget(), process_time()
    stories = select(entries, Room(1_000), budget=budget).stories
    headings = {one.lead.feed_url: Heading(one.lead.feed_url) for one in stories}
    order(stories, Layout(headings, 5, 1_000), budget=budget)
    return process_time() - started


@pytest.mark.parametrize("kind", TITLES)
@pytest.mark.parametrize("feeds", [2, 50])
def test_titles_take_no_longer_than_their_budget(kind: str, feeds: int) -> None:
    assert seconds(titled(kind, ENTRIES, feeds)) < SECONDS


@pytest.mark.parametrize("kind", LINKS)
def test_links_take_no_longer_than_their_budget(kind: str) -> None:
    assert seconds(linked(kind, ENTRIES)) < SECONDS


def test_what_the_budget_has_no_room_for_stays_apart() -> None:
    title = "Boeing strike ends after machinists accept new contract"
    entries = [entry(1, "a", title=title), entry(2, "b", title=title)]
    enough, little = Budget(), Budget(20)

    assert len(select(entries, Room(9), budget=enough).stories) == 1
    assert len(select(entries, Room(9), budget=little).stories) == 2
    assert (enough.is_short, little.is_short) == (False, True)


def test_what_one_feed_says_leaves_room_for_the_others() -> None:
    loud = [entry(n, "loud", title=TITLES["shared amounts"](n, Random(n))) for n in range(50)]
    title = "Boeing strike ends after machinists accept new contract"
    entries = [*loud, *(entry(n, "ab"[n % 2], title=title, hours_ago=99) for n in (1_000, 1_001))]
    budget = Budget(200)

    stories = select(entries, Room(99), budget=budget).stories
    assert max(len(one.entries) for one in stories) == 2
    assert budget.is_short


def test_a_budget_counts_what_it_has_room_for() -> None:
    budget = Budget(10)
    assert [budget.takes(terms) for terms in (4, 7, 6, 1)] == [True, False, True, False]
    assert not Budget(MOST_TERMS).is_short


def test_an_honest_edition_has_room_to_spare() -> None:
    budget = Budget(MOST_TERMS // 4)
    honest = [
        entry(n, f"f{n % 40}", title=f"{_HONEST[n % 6]} {_HONEST[(n + 7) % 5]} {n}")
        for n in range(1_000)
    ]
    select(honest, Room(1_000), budget=budget)
    assert not budget.is_short


@pytest.mark.parametrize("begins", ["word " * 100, "to be " * 17])
def test_a_long_title_is_the_same_as_itself_only(begins: str) -> None:
    assert read_title(f"{begins} one").key != read_title(f"{begins} two").key
    assert read_title(f"{begins} One").key == read_title(f"{begins} one").key


_HONEST = (
    "Parliament votes on the new law for rivers",
    "How a small team rebuilt its parser in Rust",
    "Kernel maintainers discuss memory tagging",
    "A review of the latest phones from Acme",
    "What we learned from an outage in Frankfurt",
    "Museum reopens after years of work",
)
