"""Which entries have what their source asks for, whatever became of their points before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.editions.compose import Frame
from digest.editions.filter import Rules
from digest.editions.select import Room, Standing
from digest.editions.thresholds import is_about_facts, judge_facts, likeliest
from digest.jobs.draft_material import Material
from digest.jobs.draft_task import decide
from digest.model import Fact, Thresholds
from tests.editions.entries import NOW, entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.jobs.draft_material import Draft
    from digest.model import Entry

FEED = "https://a.example/"
HOUR = timedelta(hours=1)
POINTS = Thresholds({"points": 100})
BOTH = Thresholds({"points": 99, "comments": 9})


def measured(number: int, points: int | None, comments: int | None = None, age: int = 0) -> Entry:
    facts = {"points": points, "comments": comments}
    found = tuple(Fact(name, value) for name, value in facts.items() if value is not None)
    return replace(entry(number, hours_ago=age), facts=found)


@pytest.mark.parametrize(
    ("thresholds", "points", "comments", "waiting", "left_out"),
    [
        (POINTS, 100, None, "", ""),
        (BOTH, 100, 9, "", ""),
        (
            *(POINTS, 40, 99),
            "has 40 points; min_points is 100; waits up to 48 h",
            "it had 40 points after 48 h; min_points is 100",
        ),
        (
            *(BOTH, None, 0),
            "has 0 points and 0 comments; min_points is 99 and min_comments is 9; waits up to 48 h",
            "it had 0 points and 0 comments after 48 h; min_points is 99 and min_comments is 9",
        ),
        (
            *(replace(BOTH, within=90 * HOUR / 60), 2_000, 8),
            "has 8 comments; min_comments is 9; waits up to 1.5 h",
            "it had 8 comments after 1.5 h; min_comments is 9",
        ),
    ],
)
def test_why_an_entry_waits_and_is_left_out(
    thresholds: Thresholds, points: int | None, comments: int | None, waiting: str, left_out: str
) -> None:
    young, old = (measured(n, points, comments, age) for n, age in ((1, 1), (2, 49)))

    reached = judge_facts([young, old], {FEED: thresholds}, NOW)

    assert dict(reached.waiting) == ({1: waiting} if waiting else {})
    assert dict(reached.left_out) == ({2: left_out} if left_out else {})
    assert len(reached.entries) == (0 if waiting else 2)
    assert all(map(is_about_facts, reached.left_out.values()))


def test_it_may_wait_for_as_long_as_it_is_said_and_not_longer() -> None:
    at_last = measured(1, 99, age=48)

    assert judge_facts([at_last], {FEED: POINTS}, NOW).waiting
    assert judge_facts([at_last], {FEED: POINTS}, NOW + HOUR).left_out


def test_what_is_sent_again_waits_anew() -> None:
    edited = replace(measured(1, 99, age=99), resend_at=NOW - HOUR)

    assert judge_facts([edited], {FEED: POINTS}, NOW).waiting


def test_what_is_gone_waits_to_be_there_again_whatever_it_has() -> None:
    young, old = (replace(measured(n, 500, age=n), gone_at=NOW - HOUR) for n in (1, 49))

    reached = judge_facts([young, old], {}, NOW)

    assert reached.entries == []
    assert reached.waiting == {1: "is gone from its source; waits up to 48 h to be there again"}
    assert reached.left_out == {49: "it was gone from its source after 48 h"}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        # All have enough: the highest.
        ([100, 400, 300, 200, 500, 600], [600, 500, 400, 300]),
        # Half for those who are nearly there.
        ([100, 400, 300, 99, 2, 98], [400, 300, 99, 98]),
        # None is wasted.
        ([1, 2, 3, 4, 500, 5], [500, 5, 4, 3]),
        ([100, 200, 300, 400, 500, 1], [500, 400, 300, 1]),
    ],
)
def test_the_likeliest_to_be_shown(points: list[int], expected: list[int]) -> None:
    entries = [measured(number, value) for number, value in enumerate(points)]

    found = likeliest(entries, POINTS, 4)

    assert [found_entry.facts[0].value for found_entry in found] == expected
    assert likeliest(entries, POINTS, 0) == likeliest([], POINTS, 4) == []


def drafted(pending: Iterable[Entry], hour: int) -> Draft:
    at = NOW + hour * HOUR
    frame = Frame(
        digest="d",
        title="D",
        timezone="UTC",
        period_from=None,
        period_to=at,
        composed_at=at,
        names={FEED: "A"},
    )
    reached = judge_facts(pending, {FEED: POINTS}, at)
    return decide(Material(reached, frame, Rules(), {}, Room(2), Standing()))


# What each story has from an hour on, by that hour; the first is when it is seen.
histories = st.lists(
    st.dictionaries(st.integers(0, 150), st.integers(60, 140), min_size=1, max_size=6),
    min_size=1,
    max_size=5,
)


def points_at(history: Mapping[int, int], hour: int) -> int:
    return history[max(known for known in history if known <= hour)]


@settings(max_examples=60, deadline=None)
@given(histories, st.sets(st.integers(0, 300), min_size=1, max_size=6).map(sorted))
def test_every_story_is_shown_once_and_at_its_first_chance_or_left_out_for_a_reason(
    histories: list[dict[int, int]], hours: list[int]
) -> None:
    shown: dict[int, int] = {}
    left_out: dict[int, tuple[int, str]] = {}
    for hour in hours:
        pending = [
            replace(measured(n, points_at(history, hour)), first_seen_at=NOW + min(history) * HOUR)
            for n, history in enumerate(histories)
            if min(history) <= hour and n not in shown and n not in left_out
        ]
        draft = drafted(pending, hour)
        assert not shown.keys() & draft.shown_as.keys()
        shown |= dict.fromkeys(draft.shown_as, hour)
        left_out |= {n: (hour, why) for n, why in draft.judged.left_out.items()}

    assert shown.keys().isdisjoint(left_out)
    for number, history in enumerate(histories):
        had = {hour: points_at(history, hour) for hour in hours if hour >= min(history)}
        chances = [hour for hour, points in had.items() if points >= 100]
        over = [hour for hour in had if hour - min(history) > 48]
        first, end = min(chances, default=999), min(over, default=999)
        if first <= end and chances:
            assert shown[number] == first
        elif over:
            assert left_out[number] == (
                end,
                f"it had {had[end]} points after 48 h; min_points is 100",
            )
        else:
            assert number not in shown
            assert number not in left_out
