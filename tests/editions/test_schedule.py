"""Wall-clock rules through every change of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.config.schedule import parse_schedule
from digest.editions.schedule import next_after, occurrences_on
from digest.jobs.clock import WallClockTrigger
from digest.model import Schedule
from tests.editions.zones import Stretch, expected, zones_by_shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Advance = Callable[[datetime], datetime | None]

DAY = timedelta(days=1)
YEAR = [date(2026, 1, 1) + n * DAY for n in range(365)]
HALF_HOURS = range(0, 24 * 60, 30)


def daily_at(minute: int) -> Schedule:
    return Schedule("daily", (time(minute // 60, minute % 60),))


def shown(instants: list[datetime]) -> list[str]:
    return [f"{instant:%m-%dT%H:%MZ}" for instant in instants]


def test_every_zone_is_among_the_shapes() -> None:
    shapes = zones_by_shape()

    assert sorted(zone for zones in shapes.values() for zone in zones) == sorted(
        available_timezones()
    )
    changing = [shape for shape in shapes if len(shape) > 1]
    assert len(changing) > 10


def test_a_daily_rule_has_one_instant_on_each_date_of_each_zone() -> None:
    for shape, zones in zones_by_shape().items():
        zone = ZoneInfo(zones[0])
        for minute in HALF_HOURS:
            rule = daily_at(minute)
            last = datetime.min.replace(tzinfo=UTC)
            for day in dates_to_walk(shape) if minute % 360 else YEAR:
                instants = occurrences_on(rule, zone, day)

                where = f"{zone.key} {day} {minute // 60:02}:{minute % 60:02}"
                assert len(instants) == 1, where
                assert instants[0].timestamp() == expected(shape, day, minute), where
                assert instants[0].astimezone(zone).date() == day, where
                assert instants[0] > last, where
                last = instants[0]


def dates_to_walk(shape: tuple[Stretch, ...]) -> Iterator[date]:
    """Every date around a change of the clock, and one in thirty of the others."""
    edges = [datetime.fromtimestamp(stretch.start, UTC).date() for stretch in shape[1:]]
    near = {edge + n * DAY for edge in edges for n in range(-2, 3)}
    return (day for n, day in enumerate(YEAR) if day in near or n % 30 == 0)


def by_function(rule: Schedule, zone: ZoneInfo) -> Advance:
    return lambda after: next_after(rule, zone, after)


def by_trigger(rule: Schedule, zone: ZoneInfo) -> Advance:
    trigger = WallClockTrigger(rule, zone)
    return lambda after: trigger.get_next_fire_time(after, after)


@pytest.mark.parametrize("advance_of", [by_function, by_trigger])
def test_a_daily_rule_goes_from_each_instant_to_that_of_the_next_date(
    advance_of: Callable[[Schedule, ZoneInfo], Advance],
) -> None:
    for shape, zones in zones_by_shape().items():
        zone = ZoneInfo(zones[0])
        days = list(dates_to_walk(shape))
        for minute in HALF_HOURS:
            advance = advance_of(daily_at(minute), zone)
            for day in days:
                before = expected(shape, day - DAY, minute)
                instant = advance(datetime.fromtimestamp(before, UTC))

                where = f"{zone.key} {day} {minute // 60:02}:{minute % 60:02}"
                assert instant is not None, where
                assert instant.timestamp() == expected(shape, day, minute), where


@pytest.mark.parametrize(
    ("zone", "rule", "day", "instants"),
    [
        # Skipped, so as much later as the change is long.
        ("America/New_York", "daily at 01:59", "2026-03-08", ["03-08T06:59Z"]),
        ("America/New_York", "daily at 02:00", "2026-03-08", ["03-08T07:00Z"]),
        ("America/New_York", "daily at 02:30", "2026-03-08", ["03-08T07:30Z"]),
        ("America/New_York", "daily at 03:00", "2026-03-08", ["03-08T07:00Z"]),
        ("America/New_York", "daily at 02:00, 03:00", "2026-03-08", ["03-08T07:00Z"]),
        ("Africa/Cairo", "daily at 00:00", "2026-04-24", ["04-23T22:00Z"]),
        ("Africa/Cairo", "daily at 00:30", "2026-04-24", ["04-23T22:30Z"]),
        ("Asia/Beirut", "daily at 00:00", "2026-03-29", ["03-28T22:00Z"]),
        ("Asia/Beirut", "daily at 00:30", "2026-03-29", ["03-28T22:30Z"]),
        ("Australia/Lord_Howe", "daily at 02:15", "2026-10-04", ["10-03T15:45Z"]),
        # Skipped up to midnight: later would be another date, so as much earlier.
        ("America/Nuuk", "daily at 22:59", "2026-03-28", ["03-29T00:59Z"]),
        ("America/Nuuk", "daily at 23:00", "2026-03-28", ["03-29T00:00Z"]),
        ("America/Nuuk", "daily at 23:30", "2026-03-28", ["03-29T00:30Z"]),
        ("America/Nuuk", "daily at 00:00", "2026-03-29", ["03-29T01:00Z"]),
        # Twice, so the first time.
        ("America/New_York", "daily at 01:00", "2026-11-01", ["11-01T05:00Z"]),
        ("America/New_York", "daily at 01:30", "2026-11-01", ["11-01T05:30Z"]),
        ("America/New_York", "daily at 02:00", "2026-11-01", ["11-01T07:00Z"]),
        ("Africa/Cairo", "daily at 23:30", "2026-10-29", ["10-29T20:30Z"]),
        ("Asia/Beirut", "daily at 23:30", "2026-10-24", ["10-24T20:30Z"]),
        ("America/Nuuk", "daily at 23:30", "2026-10-24", ["10-25T00:30Z"]),
        ("Australia/Lord_Howe", "daily at 01:45", "2026-04-05", ["04-04T14:45Z"]),
    ],
)
def test_around_a_change(zone: str, rule: str, day: str, instants: list[str]) -> None:
    found = occurrences_on(parse_schedule(rule), ZoneInfo(zone), date.fromisoformat(day))

    assert shown(found) == instants


@pytest.mark.parametrize(
    ("zone", "rule", "day", "apart", "count"),
    [
        ("America/New_York", "0 * * * *", "2026-11-01", 60, 25),
        ("America/New_York", "30 * * * *", "2026-11-01", 60, 25),
        ("America/New_York", "*/15 * * * *", "2026-11-01", 15, 100),
        ("America/New_York", "0 * * * *", "2026-03-08", 60, 23),
        ("America/New_York", "*/15 * * * *", "2026-03-08", 15, 92),
        ("America/New_York", "0 * * * *", "2026-06-01", 60, 24),
        ("Australia/Lord_Howe", "*/30 * * * *", "2026-04-05", 30, 49),
        ("Australia/Lord_Howe", "*/30 * * * *", "2026-10-04", 30, 47),
        ("America/Nuuk", "0 * * * *", "2026-10-24", 60, 25),
        ("Africa/Cairo", "0 * * * *", "2026-04-24", 60, 23),
    ],
)
def test_an_hourly_rule_runs_in_every_hour_there_is(
    zone: str, rule: str, day: str, apart: int, count: int
) -> None:
    date_ = date.fromisoformat(day)

    found = occurrences_on(parse_schedule(rule), ZoneInfo(zone), date_)

    assert len(found) == count
    assert {two - one for one, two in pairwise(found)} == {timedelta(minutes=apart)}
    assert {instant.astimezone(ZoneInfo(zone)).date() for instant in found} == {date_}


def test_a_rule_that_leaves_an_hour_out_runs_once_in_a_repeated_one() -> None:
    rule = parse_schedule("30 0-22 * * *")

    found = occurrences_on(rule, ZoneInfo("America/New_York"), date(2026, 11, 1))

    assert shown(found)[:3] == ["11-01T04:30Z", "11-01T05:30Z", "11-01T07:30Z"]
    assert len(found) == 23


@pytest.mark.parametrize(
    ("rule", "after", "following"),
    [
        ("every monday at 09:00", "2026-03-23T08:00Z", "2026-03-30T07:00Z"),
        ("every monday at 09:00", "2026-10-19T07:00Z", "2026-10-26T08:00Z"),
        ("every monday at 09:00", "2026-10-26T07:59Z", "2026-10-26T08:00Z"),
        ("monthly on the 31st at 09:00", "2026-01-31T08:00Z", "2026-02-28T08:00Z"),
        ("0 9 29 2 *", "2026-01-01T00:00Z", "2028-02-29T08:00Z"),
        ("0 9 29 2 *", "2096-03-01T00:00Z", "2104-02-29T08:00Z"),
        ("daily at 00:00", "2026-12-31T22:59Z", "2026-12-31T23:00Z"),
    ],
)
def test_the_next_time_in_berlin(rule: str, after: str, following: str) -> None:
    found = next_after(
        parse_schedule(rule), ZoneInfo("Europe/Berlin"), datetime.fromisoformat(after)
    )

    assert found == datetime.fromisoformat(following)


def test_a_date_that_never_comes_is_an_error() -> None:
    rule = Schedule("30 February", (time(9),), months=frozenset({2}), month_days=frozenset({30}))
    with pytest.raises(ValueError, match="'30 February' describes a date that never comes"):
        next_after(rule, ZoneInfo("UTC"), datetime(2026, 1, 1, tzinfo=UTC))


ZONES = st.sampled_from(
    [
        "UTC",
        "America/New_York",
        "Africa/Cairo",
        "Asia/Beirut",
        "America/Nuuk",
        "Australia/Lord_Howe",
        "Africa/Casablanca",
        "Asia/Kathmandu",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
    ]
).map(ZoneInfo)
INSTANTS = st.timedeltas(timedelta(), timedelta(days=5 * 365)).map(
    lambda since: datetime(2025, 1, 1, tzinfo=UTC) + since
)
SCHEDULES = st.builds(
    Schedule,
    st.just("a rule"),
    times=st.lists(st.times().map(lambda at: at.replace(second=0, microsecond=0)), min_size=1).map(
        tuple
    )
    | st.just(tuple(time(hour) for hour in range(24))),
    weekdays=st.none() | st.frozensets(st.integers(0, 6), min_size=1),
    month_days=st.none() | st.frozensets(st.integers(1, 28), min_size=1),
)


@settings(deadline=None)
@given(SCHEDULES, ZONES, INSTANTS)
def test_the_next_time_is_the_first_of_all_later_ones(
    schedule: Schedule, zone: ZoneInfo, after: datetime
) -> None:
    following = next_after(schedule, zone, after)

    first = after.astimezone(zone).date() - 2 * DAY
    days = (following.astimezone(zone).date() + 2 * DAY - first).days
    around = [i for n in range(days) for i in occurrences_on(schedule, zone, first + n * DAY)]
    assert following == min(instant for instant in around if instant > after)
    assert following.tzinfo is UTC


@settings(deadline=None)
@given(SCHEDULES, ZONES, INSTANTS, st.timedeltas(timedelta(), timedelta(days=40)))
def test_later_questions_have_later_answers(
    schedule: Schedule, zone: ZoneInfo, after: datetime, later: timedelta
) -> None:
    following = next_after(schedule, zone, after)

    assert following > after
    assert next_after(schedule, zone, following - timedelta(microseconds=1)) == following
    assert next_after(schedule, zone, following) > following
    assert next_after(schedule, zone, after + later) >= following
