"""What readers' votes come to: they move stories among equals, and leave none out."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.editions.feedback import mark_votes
from digest.editions.merit import best_first
from digest.editions.select import Room, Standing, select
from digest.editions.similarity.budget import Budget
from digest.editions.similarity.stories import group
from digest.model import Feedback, Leaning, Overflow
from tests.editions.entries import entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Entry, Vote

VACUUM = "PostgreSQL 19 vacuums in parallel"
INDEX = "How PostgreSQL indexes text"
BRIDGE = "The long road to a better bridge"


def vote(
    reader: int, vote: Vote = "more", feed: str = "elsewhere", title: str = BRIDGE
) -> Feedback:
    return Feedback(reader, vote, f"https://{feed}.example/", title)


@pytest.mark.parametrize(
    ("title", "votes", "leaning"),
    [
        # On its subject, of any feed; a name that is written like no other word is enough.
        (INDEX, [vote(1, title=VACUUM)], Leaning(1, 0, 2)),
        ("A bridge on the road to nowhere", [vote(1)], Leaning(1, 0, 2)),
        # One ordinary word is no subject.
        ("A bridge for hedgehogs", [vote(1)], Leaning()),
        # Of its feed.
        (INDEX, [vote(1, feed="a")], Leaning(1, 0, 1)),
        (INDEX, [vote(1, "less", feed="a")], Leaning(0, 1, -1)),
        (INDEX, [vote(1, "less", title=VACUUM)], Leaning()),
        # Readers add up; each counts once, however often it voted.
        (INDEX, [vote(1, feed="a"), vote(2, title=VACUUM)], Leaning(2, 0, 3)),
        (INDEX, [vote(1, title=VACUUM), vote(1, feed="a", title=VACUUM)] * 9, Leaning(1, 0, 2)),
        (INDEX, [vote(1, "less", feed="a")] * 9 + [vote(2, feed="a")], Leaning(1, 1, 0)),
        # Less of a loud feed, and more on this.
        (INDEX, [vote(1, "less", feed="a"), vote(1, title=VACUUM)], Leaning(1, 0, 1)),
        (INDEX, [vote(1, "less", feed="a"), vote(1, feed="a")], Leaning(0, 0, 0)),
    ],
)
def test_what_votes_come_to(title: str, votes: list[Feedback], leaning: Leaning) -> None:
    [story] = mark_votes(group([entry(1, "a", title=title)]), votes, Budget())
    assert story.leaning == leaning


def test_subjects_beyond_the_budget_are_not_compared() -> None:
    budget = Budget(12)
    stories = group([entry(number, "a", title=INDEX) for number in (1, 2)])
    marked = mark_votes(stories, [vote(1, title=VACUUM), vote(1, "less", feed="a")], budget)
    assert [story.leaning.sum for story in marked] == [1, -1]
    assert budget.is_short


def ranked(entries: Iterable[Entry], votes: list[Feedback], watched: set[int]) -> list[int]:
    return [
        story.lead.id for story in best_first(mark_votes(group(entries), votes, Budget()), watched)
    ]


def test_votes_come_behind_what_is_watched_and_what_many_tell_and_before_all_else() -> None:
    told = [entry(10, "b", link="x"), entry(11, "c", link="x")]
    quiet, loud = entry(1, "d"), [entry(number, "a") for number in (2, 3, 4, 5)]
    votes = [vote(reader, feed="a") for reader in range(50)]

    assert ranked([*told, quiet, *loud], [], {5}) == [5, 11, 1, 2, 3, 4]
    assert ranked([*told, quiet, *loud], votes, {5}) == [5, 11, 2, 3, 4, 1]
    against = [vote(reader, "less", feed=feed) for reader in range(50) for feed in "bcd"]
    assert ranked([*told, quiet, *loud], against, {5}) == [5, 11, 2, 3, 4, 1]


def test_in_each_turn_what_is_wanted_comes_first_and_what_is_not_comes_last() -> None:
    feeds = {
        letter: [entry(10 * n + m, letter) for m in range(3)] for n, letter in enumerate("abc")
    }
    pending = [each for entries in feeds.values() for each in entries]
    votes = (vote(1, "less", feed="a"), vote(1, feed="c"))

    def shown(most: int) -> list[int]:
        selection = select(pending, Room(most), Standing(feedback=votes))
        return [story.lead.id for story in selection.stories]

    # A loud feed that is wanted leaves room for the others, as before.
    assert shown(2) == [20, 10]
    assert shown(9) == [20, 10, 0, 21, 11, 1, 22, 12, 2]


def test_in_a_queue_of_a_feed_what_is_wanted_comes_first() -> None:
    pending = [replace(entry(1, "a"), facts=()), entry(2, "a", title=INDEX), entry(3, "b")]
    standing = Standing(feedback=(vote(1, title=VACUUM),))
    assert [story.lead.id for story in select(pending, Room(2), standing).stories] == [2, 3]


VOTES = st.lists(
    st.builds(
        vote,
        st.integers(0, 3),
        st.sampled_from(["more", "less"]),
        st.sampled_from("abc"),
        st.sampled_from([VACUUM, BRIDGE, "Story 4"]),
    ),
    max_size=12,
).map(tuple)


@given(VOTES, st.integers(1, 12), st.sampled_from(get_args(Overflow)))
def test_nothing_is_lost_by_votes(
    votes: tuple[Feedback, ...], most: int, overflow: Overflow
) -> None:
    pending = [entry(number, "abc"[number % 3], title=f"Story {number}") for number in range(12)]

    def sizes(*said: Feedback) -> list[int]:
        made = select(pending, Room(most, overflow=overflow), Standing(feedback=said))
        taken = [made.stories, made.counted, made.waiting, made.left_out]
        assert sum(map(len, taken)) == len(pending)
        return [len(part) for part in taken]

    assert sizes(*votes) == sizes()
