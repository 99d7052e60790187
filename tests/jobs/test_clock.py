"""The clock wakes what waits, at full minutes and at a rule's instants."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from digest.jobs.clock import Clock, WallClockTrigger, seconds_to_next_minute
from digest.model import Schedule
from tests import limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BERLIN = ZoneInfo("Europe/Berlin")
MONDAYS = Schedule("every monday at 09:00", (time(9),), weekdays=frozenset({0}))
HOURLY = Schedule("0 * * * *", tuple(time(hour) for hour in range(24)))
NINE = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("now", "seconds"),
    [
        ("2026-11-16T09:00:00Z", 60),
        ("2026-11-16T09:00:00.500000Z", 59.5),
        ("2026-11-16T09:00:59.750000Z", 0.25),
    ],
)
def test_every_full_minute(now: str, seconds: float) -> None:
    assert seconds_to_next_minute(datetime.fromisoformat(now)) == pytest.approx(seconds)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_full_minute_is_at_most_a_minute_away(now: datetime) -> None:
    assert 0 < seconds_to_next_minute(now) <= 60


@pytest.mark.parametrize(
    ("previous", "now", "following"),
    [
        (None, NINE - SECOND, NINE),
        (None, NINE, NINE + WEEK),
        (NINE, NINE, NINE + WEEK),
        (NINE - WEEK, NINE - SECOND, NINE),
        # The machine slept: what was missed is one wake-up, not three.
        (NINE - 3 * WEEK, NINE - SECOND, NINE),
        # The clock was set back: the same instant does not come twice.
        (NINE, NINE - timedelta(hours=1), NINE + WEEK),
    ],
)
def test_each_instant_once(previous: datetime | None, now: datetime, following: datetime) -> None:
    assert WallClockTrigger(MONDAYS, BERLIN).get_next_fire_time(previous, now) == following


def test_an_hourly_rule_fires_in_both_of_the_repeated_hours() -> None:
    trigger = WallClockTrigger(HOURLY, BERLIN)
    at = datetime(2026, 10, 24, 23, 0, tzinfo=UTC)

    for hours in range(1, 5):
        following = trigger.get_next_fire_time(at, at)
        assert following == datetime(2026, 10, 24, 23, 0, tzinfo=UTC) + timedelta(hours=hours)
        at = following


@contextmanager
def running(how: str, wake: Callable[[], None]) -> Iterator[None]:
    clock = Clock()
    if how == "minute":
        clock.every_minute(wake)
    else:
        clock.on_schedule(MONDAYS, BERLIN, wake)
    clock.start()
    try:
        yield
    finally:
        clock.stop()


@pytest.mark.parametrize("how", ["minute", "schedule"])
@pytest.mark.parametrize("late", [timedelta(), timedelta(minutes=5)], ids=["in time", "late"])
async def test_it_calls_back_once_on_the_event_loop_however_late(how: str, late: timedelta) -> None:
    woken = asyncio.Event()
    loops = []

    def wake() -> None:
        loops.append(asyncio.get_running_loop())
        woken.set()

    with (
        time_machine.travel(NINE - timedelta(milliseconds=50), tick=True) as travel,
        running(how, wake),
    ):
        travel.shift(late)
        await asyncio.wait_for(woken.wait(), limits.seconds(10))

    assert loops == [asyncio.get_running_loop()]
