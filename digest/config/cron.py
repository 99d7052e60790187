"""Schedules as five cron fields (POSIX crontab, Sunday 0 and 7), or by cron's nicknames."""

from __future__ import annotations

import re
from datetime import time

from digest.model import Schedule

_WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# As crontab(5) has them: cron's days begin at midnight, and its weeks on Sunday.
NICKNAMES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS = 5
_NUMERIC = re.compile(r"[\d*/,-]+")


def is_cron(text: str) -> bool:
    """Whether it is meant for cron: a nickname, a field of every value, or fields of numbers."""
    fields = text.split()
    numeric = len(fields) == _FIELDS and all(_NUMERIC.fullmatch(field) for field in fields[:2])
    return (text.startswith("@") and text.lower().split()[0] != "@every") or "*" in text or numeric


def parse_cron(text: str) -> Schedule:
    """Read a cron expression.

    Raises:
        ValueError: it is none.
    """
    folded = text.lower().strip()
    fields = NICKNAMES.get(folded, folded).split()
    if folded.startswith("@") and folded not in NICKNAMES:
        raise ValueError(f"{text!r} is not one of {', '.join(NICKNAMES)}")
    if len(fields) != _FIELDS:
        raise ValueError(
            f"cron has five fields (minute, hour, day, month, weekday), and {text!r} has"
            f" {len(fields)}; write one like '0 9 * * mon'"
        )
    minutes = _field(fields[0], "minute", 0, 59)
    hours = _field(fields[1], "hour", 0, 23)
    month_days = _field(fields[2], "day of the month", 1, 31)
    months = _field(fields[3], "month", 1, 12, _MONTHS)
    weekdays = _field(fields[4], "day of the week", 0, 7, _WEEKDAYS[:7])
    return Schedule(
        text,
        tuple(time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)),
        months=None if fields[3] == "*" else months,
        month_days=None if fields[2] == "*" else month_days,
        # Cron counts from Sunday as 0 and again as 7, dates from Monday as 0.
        weekdays=None if fields[4] == "*" else frozenset((day - 1) % 7 for day in weekdays),
    )


def _field(
    text: str, what: str, low: int, high: int, names: list[str] | None = None
) -> frozenset[int]:
    values: set[int] = set()
    for part in text.split(","):
        span, _, step_text = part.partition("/")
        step = int(step_text) if step_text.isascii() and step_text.isdigit() else 0
        if "/" in part and step == 0:
            raise ValueError(f"{step_text!r} is not a step for the cron {what}")
        first, last = _span(span, what, low, high, names)
        if "/" in part and "-" not in span:
            last = high
        values.update(range(first, last + 1, step or 1))
    return frozenset(values)


def _span(span: str, what: str, low: int, high: int, names: list[str] | None) -> tuple[int, int]:
    if span == "*":
        return low, high
    start, dash, end = span.partition("-")
    first = _number(start, what, low, high, names)
    last = _number(end, what, low, high, names) if dash else first
    if names and names[0] == "sun" and first > last == 0:
        last = 7
    if first > last:
        raise ValueError(f"{span!r} runs backwards in the cron {what}")
    return first, last


def _number(text: str, what: str, low: int, high: int, names: list[str] | None) -> int:
    if names and text in names:
        return names.index(text) + low
    if not (text.isascii() and text.isdigit()) or not low <= int(text) <= high:
        mend = f"write {names[0]}, {names[1]}..." if names and text.isalpha() else "* is every one"
        raise ValueError(f"{text!r} is not a cron {what} ({low}-{high}); {mend}")
    return int(text)


def cron_text(schedule: Schedule) -> str | None:
    """The five fields that mean the same; None where fields cannot say it."""
    hours = sorted({at.hour for at in schedule.times})
    minutes = sorted({at.minute for at in schedule.times})
    clamps = schedule.clamp and max(schedule.month_days or [0]) > 28
    if len(hours) * len(minutes) != len(schedule.times) or clamps or schedule.weeks is not None:
        return None
    weekdays = schedule.weekdays and [(day + 1) % 7 for day in schedule.weekdays]
    fields = (
        _values(minutes, 60),
        _values(hours, 24),
        *(_values(days) for days in (schedule.month_days, schedule.months, weekdays)),
    )
    return " ".join(fields)


def _values(values: frozenset[int] | list[int] | None, all_of: int = -1) -> str:
    """A field; neighbours are a range."""
    if values is None or len(values) == all_of:
        return "*"
    spans: list[list[int]] = []
    for value in sorted(values):
        if spans and spans[-1][1] == value - 1:
            spans[-1][1] = value
        else:
            spans.append([value, value])
    return ",".join(f"{a}" if a == b else f"{a}-{b}" for a, b in spans)
