"""What is made of times that have come: on time, late, and far too late."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.config.schedule import parse_schedule
from digest.editions.catch_up import Turn, as_of, catch_up
from digest.editions.schedule import next_after, times_between
from tests.editions.entries import NOW, entry
from tests.editions.test_schedule import INSTANTS, SCHEDULES, ZONES

if TYPE_CHECKING:
    from digest.model import CatchUp, Schedule

UTC = ZoneInfo("UTC")
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DAILY = parse_schedule("daily at 09:00")
POLICIES = st.sampled_from(["auto", "send", "merge", "skip"])


def turns(now: datetime, policy: CatchUp, due: datetime = NOW) -> list[tuple[int, int | None]]:
    """Each turn of a daily digest, and up to when it takes, in days since NOW."""
    found = catch_up(DAILY, UTC, due, now, policy)
    assert [turn.following for turn in found] == [
        *(turn.scheduled_for for turn in found[1:]),
        next_after(DAILY, UTC, now),
    ]
    return [
        ((one.scheduled_for - NOW).days, None if one.until is None else (one.until - NOW).days)
        for one in found
        if not one.skipped
    ]


@pytest.mark.parametrize("policy", ["auto", "send", "merge", "skip"])
@pytest.mark.parametrize("late", [timedelta(), MINUTE, 30 * MINUTE])
def test_what_is_half_an_hour_late_is_not_missed(policy: CatchUp, late: timedelta) -> None:
    assert turns(NOW + late, policy) == [(0, None)]


@pytest.mark.parametrize(
    ("late", "policy", "expected"),
    [
        # One was missed.
        (30 * MINUTE + timedelta(microseconds=1), "skip", []),
        (2 * HOUR, "skip", []),
        (2 * HOUR, "auto", [(0, None)]),
        (2 * HOUR, "send", [(0, None)]),
        (2 * HOUR, "merge", [(0, None)]),
        # One was missed, and the next is on time.
        (DAY + MINUTE, "skip", [(1, None)]),
        (DAY + MINUTE, "auto", [(0, 0), (1, None)]),
        (DAY + MINUTE, "send", [(0, 0), (1, None)]),
        (DAY + MINUTE, "merge", [(1, None)]),
        # Two.
        (DAY + HOUR, "skip", []),
        (DAY + HOUR, "auto", [(0, 0), (1, None)]),
        (DAY + HOUR, "merge", [(1, None)]),
        (2 * DAY + MINUTE, "auto", [(0, 0), (1, 1), (2, None)]),
        # Three.
        (2 * DAY + HOUR, "auto", [(2, None)]),
        (2 * DAY + HOUR, "send", [(0, 0), (1, 1), (2, None)]),
        (3 * DAY + MINUTE, "auto", [(3, None)]),
        (3 * DAY + MINUTE, "send", [(0, 0), (1, 1), (2, 2), (3, None)]),
        # More: the oldest are part of the first that is sent.
        (400 * DAY + HOUR, "skip", []),
        (400 * DAY + HOUR, "auto", [(400, None)]),
        (400 * DAY + HOUR, "merge", [(400, None)]),
        (400 * DAY + HOUR, "send", [(398, 398), (399, 399), (400, None)]),
        (400 * DAY, "send", [(397, 397), (398, 398), (399, 399), (400, None)]),
    ],
)
def test_after_a_gap(
    late: timedelta, policy: CatchUp, expected: list[tuple[int, int | None]]
) -> None:
    assert turns(NOW + late, policy) == expected


def test_what_is_skipped_is_done_with_all_the_same() -> None:
    now = NOW + 5 * DAY + HOUR
    assert catch_up(DAILY, UTC, NOW, now, "skip") == [
        Turn(NOW + 5 * DAY, following=NOW + 6 * DAY, skipped=True)
    ]


def test_times_close_together_are_one_edition() -> None:
    often = parse_schedule("*/5 * * * *")
    found = catch_up(often, UTC, NOW, NOW + 28 * MINUTE, "send")
    assert found == [Turn(NOW + 25 * MINUTE, following=NOW + 30 * MINUTE)]
    found = catch_up(often, UTC, NOW, NOW + 38 * MINUTE, "send")
    assert [turn.scheduled_for - NOW for turn in found] == [0 * MINUTE, 5 * MINUTE, 35 * MINUTE]


def test_a_gap_of_years_costs_nothing() -> None:
    often = parse_schedule("* * * * *")
    (turn,) = catch_up(often, UTC, NOW, NOW + 20 * 365 * DAY, "auto")
    assert turn.scheduled_for == NOW + 20 * 365 * DAY


def test_a_time_that_is_not_of_the_schedule_is_as_good() -> None:
    odd = NOW - 7 * HOUR
    assert [turn.scheduled_for for turn in catch_up(DAILY, UTC, odd, odd, "auto")] == [odd]
    late = catch_up(DAILY, UTC, odd, NOW + HOUR, "send")
    assert [turn.scheduled_for for turn in late] == [odd, NOW]


@given(SCHEDULES, ZONES, INSTANTS, st.timedeltas(timedelta(), 60 * DAY), POLICIES)
def test_turns_lead_from_the_first_time_to_the_next_that_comes(
    schedule: Schedule, zone: ZoneInfo, since: datetime, gap: timedelta, policy: CatchUp
) -> None:
    due = next_after(schedule, zone, since)
    now = due + gap

    found = catch_up(schedule, zone, due, now, policy)

    times = [turn.scheduled_for for turn in found]
    assert times == sorted(set(times))
    assert {due, *times_between(schedule, zone, due, now)}.issuperset(times)
    assert [one.following for one in found[:-1]] == times[1:]
    assert found[-1].following == next_after(schedule, zone, now)
    assert [turn.until for turn in found] == [*times[:-1], None]
    # A crash between two of them changes nothing.
    for one, after in pairwise(found):
        assert catch_up(schedule, zone, one.following, now, policy)[0] == after


@given(SCHEDULES, ZONES, INSTANTS, st.timedeltas(timedelta(), 5 * DAY))
def test_times_between_are_those_that_follow_each_other(
    schedule: Schedule, zone: ZoneInfo, after: datetime, gap: timedelta
) -> None:
    until, expected = after + gap, []
    at = next_after(schedule, zone, after)
    while at <= until:
        expected.append(at)
        at = next_after(schedule, zone, at)

    assert list(times_between(schedule, zone, after, until)) == expected[::-1]


def test_an_edition_of_a_past_time_takes_what_was_news_then() -> None:
    old, edge, young = entry(3), entry(2), entry(1)
    again = replace(entry(4), resend_at=NOW - HOUR)
    known = replace(entry(5), resend_at=NOW - 3 * HOUR)
    seen_late = replace(entry(6, undated=True), first_seen_at=NOW)

    found = as_of([old, edge, young, again, known, seen_late], NOW - 2 * HOUR)

    assert [one.id for one in found] == [3, 2, 5]
