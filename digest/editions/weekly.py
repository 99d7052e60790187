"""Weekly editions: what a digest's editions had in a week, for those who want it once a week.

They are editions of a digest of their own, called after the other. A week ends when that one has
its first edition on a Monday, or on the first of its days; what has no two editions a week is
weekly as it is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from digest.editions.schedule import next_after, times_between
from digest.model import Schedule

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

# No digest of a configuration has a full stop in its name.
WEEKLY = ".weekly"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_INSTANT = timedelta(microseconds=1)
# A rule with months may rest for most of a year.
_LONGEST = timedelta(days=366)


def weekly_of(digest: str) -> str:
    """What the weekly editions of a digest go by."""
    return digest + WEEKLY


def is_weekly(digest: str) -> bool:
    """Whether that is what weekly editions go by."""
    return digest.endswith(WEEKLY)


def configured(digest: str) -> str:
    """The digest of the configuration that an edition is of, weekly or not."""
    return digest.removesuffix(WEEKLY)


def weekly_schedule(schedule: Schedule) -> Schedule:
    """When a digest of this schedule has its weekly editions."""
    days = sorted(schedule.weekdays if schedule.weekdays is not None else range(7))
    if schedule.month_days is not None or len(days) * len(schedule.times) == 1:
        return schedule
    at, day = schedule.times[0], days[0]
    text = f"every {_DAYS[day]} at {at:%H:%M}"
    return Schedule(text, (at,), months=schedule.months, weekdays=frozenset({day}))


def week_before(schedule: Schedule, zone: ZoneInfo, at: datetime) -> datetime:
    """When the last week of a digest's schedule ended before this time."""
    weekly = weekly_schedule(schedule)
    began = at - _LONGEST
    return next(times_between(weekly, zone, began, at - _INSTANT), began)


def week_end(schedule: Schedule, zone: ZoneInfo, at: datetime) -> datetime:
    """When the week of a digest's schedule ends that is on at this time."""
    return next_after(weekly_schedule(schedule), zone, at - _INSTANT)
