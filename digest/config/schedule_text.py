"""The one way to write a schedule, whichever way it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.config.cron import cron_text
from digest.config.schedule_words import LAST

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import time

    from digest.model import Schedule

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WEEKS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", LAST: "last"}
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_GROUPS = {frozenset(range(5)): "weekdays", frozenset({5, 6}): "weekends"}
# More times of day than these nobody reads.
_MOST_TIMES = 6


def canonical(schedule: Schedule) -> str:
    """The words, or the cron fields, that mean this schedule; reading them gives it again."""
    days, times = _days(schedule), _times(schedule.times)
    fields = cron_text(schedule) if days is None or times is None else None
    if fields:
        return fields
    if times is None:
        times = _at(schedule.times)
    months = _months(schedule.months)
    if days == "daily" and times.startswith("every"):
        return times if not months else f"daily{months} {times}"
    return f"{days}{months} {times}"


def _days(schedule: Schedule) -> str | None:
    """The days in words; None where only cron can say them."""
    if schedule.month_days is not None:
        unclamped = max(schedule.month_days) > 28 and not schedule.clamp
        if schedule.weekdays is not None or unclamped:
            return None
        return f"monthly on the {_listed(map(_ordinal, sorted(schedule.month_days)))}"
    if schedule.weekdays is None:
        return "daily"
    named = _listed(_WEEKDAYS[day] for day in sorted(schedule.weekdays))
    if schedule.weeks is not None:
        weeks = sorted(schedule.weeks, key=list(_WEEKS).index)
        return f"{_listed(_WEEKS[week] for week in weeks)} {named}"
    return _GROUPS.get(schedule.weekdays) or f"every {named}"


def _ordinal(day: int) -> str:
    endings = {1: "st", 2: "nd", 3: "rd"}
    return f"{day}{'th' if 10 < day < 20 else endings.get(day % 10, 'th')}"


def _months(months: frozenset[int] | None) -> str:
    return f" in {_listed(_MONTHS[month - 1] for month in sorted(months))}" if months else ""


def _times(times: Sequence[time]) -> str | None:
    """The times in words; None where they are many and not even."""
    if len(times) <= _MOST_TIMES:
        return _at(times)
    minutes = [at.hour * 60 + at.minute for at in times]
    step = minutes[1] - minutes[0]
    if minutes != list(range(minutes[0], 24 * 60, step)) or minutes[0] >= min(step, 60):
        return None
    past = f" at :{minutes[0]:02}" if minutes[0] else ""
    return f"every {_span(step)}{past}"


def _span(minutes: int) -> str:
    number, unit = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return unit if number == 1 else f"{number} {unit}s"


def _at(times: Sequence[time]) -> str:
    return f"at {_listed(f'{at:%H:%M}' for at in times)}"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(parts)
