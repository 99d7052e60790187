"""Schedules as people write them: phrases, or five-field cron (POSIX crontab, Sunday 0 and 7)."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from digest.model import Schedule

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_EXAMPLES = (
    "'daily at 07:30', 'weekdays at 08:00', 'every monday, thursday at 17:00', "
    "'monthly on the 1st at 09:00' or five cron fields like '0 9 * * mon'"
)
_PHRASE = re.compile(
    r"(?:(?P<daily>daily)|(?P<weekdays>weekdays)|monthly on the (?P<day>\d{1,2})(?:st|nd|rd|th)?"
    r"|every (?P<names>[a-z]+(?:(?:,| and|, and) ?[a-z]+)*))"
    r" at (?P<times>[\d:]+(?:(?:,| and) ?[\d:]+)*)"
)
_EVERY_LEAP_DAY_ONCE = 366 * 8


def parse_schedule(text: str) -> Schedule:
    """Read a phrase or a cron expression.

    Raises:
        ValueError: it is neither, or it describes a date that never comes.
    """
    phrase = " ".join(text.lower().split())
    if match := _PHRASE.fullmatch(phrase):
        schedule = _from_phrase(text, match)
    elif len(phrase.split()) == 5 and " at " not in phrase:
        schedule = _from_cron(text, phrase.split())
    else:
        raise ValueError(f"not a schedule: {text!r}; write {_EXAMPLES}")
    first = date(2024, 1, 1)
    if not any(schedule.on(first + timedelta(days=n)) for n in range(_EVERY_LEAP_DAY_ONCE)):
        raise ValueError(f"{text!r} describes a date that never comes")
    return schedule


def _from_phrase(text: str, match: re.Match[str]) -> Schedule:
    times = tuple(sorted({_time(part) for part in re.findall(r"[\d:]+", match["times"])}))
    if match["day"]:
        day = int(match["day"])
        if not 1 <= day <= 31:
            raise ValueError(f"there is no day {day} in a month")
        return Schedule(text, times, month_days=frozenset({day}), clamp=True)
    if match["daily"] or match["names"] == "day":
        return Schedule(text, times)
    if match["weekdays"]:
        return Schedule(text, times, weekdays=frozenset(range(5)))
    names = re.findall(r"[a-z]+", match["names"])
    return Schedule(
        text, times, weekdays=frozenset(_weekday(name) for name in names if name != "and")
    )


def _time(text: str) -> time:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", text)
    if not match or int(match[1]) > 23 or int(match[2]) > 59:
        raise ValueError(f"{text!r} is not a time of day between 00:00 and 23:59")
    return time(int(match[1]), int(match[2]))


def _weekday(name: str) -> int:
    for number, weekday in enumerate(_WEEKDAYS):
        if name in {weekday, weekday[:3]}:
            return number
    raise ValueError(f"{name!r} is not a day of the week")


def _from_cron(text: str, fields: list[str]) -> Schedule:
    minutes = _field(fields[0], "minute", 0, 59)
    hours = _field(fields[1], "hour", 0, 23)
    month_days = _field(fields[2], "day of the month", 1, 31)
    months = _field(fields[3], "month", 1, 12, _MONTHS)
    weekdays = _field(fields[4], "day of the week", 0, 7, ["sun", *(d[:3] for d in _WEEKDAYS)])
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
        raise ValueError(f"{text!r} is not a cron {what} ({low}-{high})")
    return int(text)
