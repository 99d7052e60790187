"""Weekly editions: what a digest's editions had in a week, for those who want it once a week.

They are editions of a digest of their own, called after the other. A week ends with the first time
of the schedule on a Monday, or on the first of its days.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from digest.model import Schedule

# No digest of a configuration has a full stop in its name.
WEEKLY = ".weekly"
_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEK = 7
_DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(366 * 2)]


def weekly_of(digest: str) -> str:
    """What the weekly editions of a digest go by."""
    return digest + WEEKLY


def is_weekly(digest: str) -> bool:
    """Whether that is what weekly editions go by."""
    return digest.endswith(WEEKLY)


def configured(digest: str) -> str:
    """The digest of the configuration that an edition is of, weekly or not."""
    return digest.removesuffix(WEEKLY)


def is_lively(schedule: Schedule) -> bool:
    """Whether it ever has two editions in a week; what has not is weekly enough as it is."""
    if len(schedule.times) > 1:
        return True
    if schedule.month_days is None and schedule.weeks is None:
        return schedule.weekdays is None or len(schedule.weekdays) > 1
    days = [day for day in _DAYS if schedule.on(day)]
    return any((later - day).days < _WEEK for day, later in pairwise(days))


def weekly_schedule(schedule: Schedule) -> Schedule:
    """When the weekly editions of a digest are due."""
    if not is_lively(schedule):
        return schedule
    every_day = schedule.weekdays is None or schedule.month_days is not None
    day = 0 if every_day else min(schedule.weekdays or {0})
    at = schedule.times[0]
    text = f"every {_NAMES[day]} at {at:%H:%M}"
    return Schedule(text, (at,), months=schedule.months, weekdays=frozenset({day}))
