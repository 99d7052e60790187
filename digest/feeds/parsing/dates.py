"""Reads dates in every form that feeds write them.

Forms are those of RFC 822 and 2822, ISO 8601 with its profiles RFC 3339 and W3CDTF, and what
feeds write instead. A missing or unknown zone is UTC (RFC 2822, section 4.3).
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 100
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
# The names of RFC 822, and others that mean one thing only.
_ZONES = {
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "ast": -4,
    "adt": -3,
    "akst": -9,
    "akdt": -8,
    "hst": -10,
    "wet": 0,
    "west": 1,
    "bst": 1,
    "cet": 1,
    "cest": 2,
    "met": 1,
    "mest": 2,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "jst": 9,
    "kst": 9,
    "aest": 10,
    "aedt": 11,
    "nzst": 12,
    "nzdt": 13,
}

_WEEKDAY = r"(?:[a-z]{2,9}\b[.,]*\s*)?"
_TIME = (
    r"(?P<hour>\d\d?):?(?P<minute>\d\d)(?::?(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?"
)
_OFFSET = r"(?:[a-z]{1,3}(?:/[a-z]{3})?\s*)?(?P<sign>[+-])(?P<hours>\d\d?):?(?P<minutes>\d\d)?"
# After an offset, its name may be repeated; a name in brackets says the same again.
_ZONE = rf"(?:{_OFFSET}(?:\s*[a-z]+)?|(?P<zone>[a-z/]+))?\s*(?:\(.*\)|\[.*\])?"
_REST = rf"(?:(?:\s*t\s*|[\s,]+(?:at\s+)?){_TIME})?\s*{_ZONE}"
_NAMED_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_NAME = r"(?P<name>[a-z]{3})[a-z]*"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        r"(?P<year>\d{4})(?:-(?P<month>\d\d))?",
        rf"{_WEEKDAY}(?P<year>\d{{4}})([-/.])(?P<month>\d\d?)\2(?P<day>\d\d?){_REST}",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d){_REST}",
        rf"(?P<year>\d{{4}})-?(?P<ordinal>\d{{3}}){_REST}",
        rf"{_WEEKDAY}(?P<former>\d\d?)([-/.])(?P<latter>\d\d?)\2(?P<year>\d{{4}}){_REST}",
        rf"{_WEEKDAY}{_NAMED_DAY}[\s.-]*{_NAME}[\s.,-]*(?P<year>\d{{4}}|\d\d){_REST}",
        rf"{_WEEKDAY}{_NAME}\.?\s+{_NAMED_DAY}[\s,]+(?P<year>\d{{4}}){_REST}",
        rf"{_WEEKDAY}{_NAME}\s+(?P<day>\d\d?)\s+{_TIME}\s+{_ZONE}\s*(?P<year>\d{{4}})",
    )
)
# The two forms that nearly all feeds write, as they are meant to be written; trying the forms above
# takes longer (docs/performance.md).
_RFC_2822 = re.compile(
    r"(?:[A-Z][a-z]{2}, )?(\d\d?) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) "
    r"(?:GMT|([+-](?:0\d|1[0-5])[0-5]\d))",
    re.ASCII,
)
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-](?:0\d|1[0-5]):[0-5]\d)", re.ASCII)


def read_date(text: str) -> datetime | None:
    """The moment that a text names, in UTC; None where it names none, or could mean two.

    What a calendar lacks is the last that it has: 31 June is 30 June, second 60 is 59. Years
    outside 1970 to 9998 are slips and words for never.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    try:
        moment = _usual(text) or (_number(text) if text.isdecimal() else _written(text))
    except (ValueError, OverflowError):
        return None
    return plausible(moment)


def _usual(text: str) -> datetime | None:
    """The moment in one of the two usual forms, without trying all the others; else None."""
    if usual := _RFC_2822.fullmatch(text):
        day, name, year, time, offset = usual.groups(default="Z")
        text = f"{year}-{_MONTHS.get(name.lower(), 0):02}-{day:0>2}T{time}{offset}"
    elif not _RFC_3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def plausible(moment: datetime | None) -> datetime | None:
    """A moment of the years 1970 to 9998, or None."""
    return moment if moment and 1970 <= moment.year < 9999 else None


def _number(digits: str) -> datetime | None:
    """Seconds or milliseconds since 1970, or ISO 8601's basic format: the length tells which."""
    match len(digits):
        case 9 | 10:
            return datetime.fromtimestamp(int(digits), UTC)
        case 13:
            return datetime.fromtimestamp(int(digits) // 1000, UTC)
        case 12 | 14:
            return _written(f"{digits[:8]}T{digits[8:]}")
    return _written(digits)


def _written(text: str) -> datetime | None:
    match = next((found for form in _FORMS if (found := form.fullmatch(text))), None)
    if match is None:
        return None
    parts = match.groupdict()
    day = _day(parts)
    return day and (day + _time(parts)).replace(tzinfo=_zone(parts)).astimezone(UTC)


def _day(parts: Mapping[str, str | None]) -> datetime | None:
    if ordinal := parts.get("ordinal"):
        return datetime.strptime(f"{parts['year']} {ordinal}", "%Y %j")  # noqa: DTZ007
    year = _year(parts["year"] or "")
    month_and_day = _month_and_day(parts)
    if month_and_day is None:
        return None
    month, day = month_and_day
    last = calendar.monthrange(year, month)[1]
    return datetime(year, month, min(day, last) if day <= 31 else day)  # noqa: DTZ001


def _year(digits: str) -> int:
    year = int(digits)
    # RFC 2822, section 4.3.
    return year if len(digits) == 4 else year + (2000 if year < 50 else 1900)


def _month_and_day(parts: Mapping[str, str | None]) -> tuple[int, int] | None:
    if name := parts.get("name"):
        month = _MONTHS.get(name.lower())
        return (month, int(parts["day"] or 1)) if month else None
    if "former" not in parts:
        return int(parts.get("month") or 1), int(parts.get("day") or 1)
    former, latter = int(parts["former"] or 0), int(parts["latter"] or 0)
    # Some write the day first, others the month: it is clear only where one cannot be a month.
    if former <= 12 and latter <= 12 and former != latter:
        return None
    return (latter, former) if former > 12 else (former, latter)


def _time(parts: Mapping[str, str | None]) -> timedelta:
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    if half := parts.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError(hour)
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    # ISO 8601 ends a day at 24:00, and a leap second at 60.
    if minute > 59 or second > 60 or (hour, minute, second) > (24, 0, 0):
        raise ValueError(hour)
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _zone(parts: Mapping[str, str | None]) -> timezone:
    if not parts.get("sign"):
        return timezone(timedelta(hours=_ZONES.get((parts.get("zone") or "").lower(), 0)))
    hours, minutes = int(parts["hours"] or 0), int(parts["minutes"] or 0)
    if hours > 15 or minutes > 59:
        raise ValueError(hours)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if parts["sign"] == "-" else offset)
