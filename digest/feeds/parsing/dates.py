"""Reads dates in every form that feeds write them.

Forms are those of RFC 822 and 2822, ISO 8601 with its profiles RFC 3339 and W3CDTF, and what
feeds write instead. A missing or unknown zone is UTC (RFC 2822, section 4.3).
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from digest.feeds.parsing.date_words import in_english

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 100
# In whatever zone: a program that counts from it adds its own.
_FIRST = datetime(1970, 1, 2)  # noqa: DTZ001
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = [name.lower() for name in calendar.day_abbr]
# The names of RFC 822, and others that mean one thing only, as hours from UTC: not IST, which is
# Indian, Irish and Israeli.
_ABBREVIATIONS: dict[float, str] = {
    -10: "hst",
    -9: "akst",
    -8: "akdt pst",
    -7: "mst pdt",
    -6: "cst mdt",
    -5: "est cdt cot pet",
    -4: "ast edt clt",
    -3.5: "nst",
    -3: "adt art brt clst uyt",
    -2.5: "ndt",
    -2: "brst",
    0: "ut utc gmt z wet",
    1: "west bst cet met mez wat",
    2: "cest cedt mest mesz eet cat sast",
    3: "eest msk trt eat",
    4: "msd",
    5: "pkt",
    5.75: "npt",
    7: "ict wib",
    8: "hkt sgt myt pht awst wita",
    9: "jst kst wit",
    9.5: "acst",
    10: "aest",
    10.5: "acdt",
    11: "aedt",
    12: "nzst",
    13: "nzdt",
}
_ZONES = {name: hours for hours, names in _ABBREVIATIONS.items() for name in names.split()}

_WEEKDAY = r"(?:[a-z]{2,9}\b[.,]*\s*)?"
_TELLING_WEEKDAY = r"(?:(?P<weekday>[a-z]{2,9})\b[.,]*\s*)?"
_TIME = (
    r"(?P<hour>\d\d?)[:.]?(?P<minute>\d\d)(?:[:.]?(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[ap])\.?m\b\.?)?"
)
_OFFSET = r"(?:[a-z]{1,3}(?:/[a-z]{3})?\s*)?(?P<sign>[+-])(?P<hours>\d\d?):?(?P<minutes>\d\d)?"
_AREA = r"(?P<area>[a-z]+(?:/[a-z_]+)+(?:[+-]\d\d?)?)"
# After an offset, its name may be repeated; a name in brackets says the same again.
_ZONE = rf"(?:{_AREA}|{_OFFSET}(?:\s*[a-z]+)?|(?P<zone>[a-z]+))?\s*(?:\(.*\)|\[.*\])?"
_REST = rf"(?:(?:\s*t\s*|[\s,]+(?:at\s+|[-|]\s+)?){_TIME})?\s*{_ZONE}"
_NAMED_DAY = r"(?P<day>\d\d?)(?:st|nd|rd|th)?"
_NAME = r"(?P<name>[a-z]{3})[a-z]*"
_YEAR_FIRST = r"(?P<year>\d{4})([-/.])\s?(?P<month>\d\d?)\2\s?(?P<day>\d\d?)\.?"
_YEAR_LAST = (
    r"(?P<former>\d\d?)(?P<mark>[-/.])\s?(?P<latter>\d\d?)(?P=mark)\s?(?P<year>\d{4}|(?<=\.)\d\d)"
)
_WITH_DAY = tuple(
    re.compile(form, re.IGNORECASE | re.ASCII)
    for form in (
        rf"{_WEEKDAY}{_YEAR_FIRST}{_REST}",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d){_REST}",
        rf"(?P<year>\d{{4}})-?(?P<ordinal>\d{{3}}){_REST}",
        rf"{_TELLING_WEEKDAY}{_YEAR_LAST}{_REST}",
        rf"{_WEEKDAY}{_NAMED_DAY}[\s.-]*{_NAME}[\s.,-]*(?P<year>\d{{4}}|\d\d){_REST}",
        rf"{_WEEKDAY}{_NAME}\.?\s+{_NAMED_DAY}[\s,]+(?P<year>\d{{4}}){_REST}",
        rf"{_WEEKDAY}{_NAME}\s+(?P<day>\d\d?)\s+{_TIME}\s+{_ZONE}\s*(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[\s.-]+{_NAME}[\s.-]+(?P<day>\d\d?)\.?{_REST}",
    )
)
_FORMS = (re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d\d))?", re.ASCII), *_WITH_DAY)
_TWO_NUMBERS = re.compile(r"\d\D+\d")
# Programs of Microsoft put marks of the direction of text before dates.
_DIRECTION_MARKS = "\u200e\u200f\u202a\u202b\u202c\ufeff"
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
    outside 1970 to 9998, and the first day of 1970, are slips and words for never.
    """
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    try:
        moment = _usual(text) or _unusual(text)
        return moment and _plausible(moment)
    except (ValueError, OverflowError):
        return None


def _usual(text: str) -> datetime | None:
    """The moment in one of the two usual forms, without trying all the others; else None."""
    if usual := _RFC_2822.fullmatch(text):
        day, name, year, time, offset = usual.groups(default="Z")
        text = f"{year}-{_MONTHS.get(name.lower(), 0):02}-{day:0>2}T{time}{offset}"
    elif not _RFC_3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _unusual(text: str) -> datetime | None:
    text = text.strip(_DIRECTION_MARKS)
    if text.isdecimal():
        return _number(text)
    moment = _written(text, _FORMS)
    if moment or not _TWO_NUMBERS.search(text):
        return moment
    return _written(in_english(text, _ZONES), _WITH_DAY)


def _plausible(moment: datetime) -> datetime | None:
    """The moment in UTC; None for what nobody means, such as what programs without a date write."""
    if not 1970 < moment.year < 9998:
        is_meant = moment.replace(tzinfo=None) >= _FIRST and moment.astimezone(UTC).year < 9999
        return moment.astimezone(UTC) if is_meant else None
    return moment.astimezone(UTC)


def _number(digits: str) -> datetime | None:
    """Seconds or milliseconds since 1970, or ISO 8601's basic format: the length tells which."""
    match len(digits):
        case 9 | 10:
            return datetime.fromtimestamp(int(digits), UTC)
        case 13:
            return datetime.fromtimestamp(int(digits) // 1000, UTC)
        case 12 | 14:
            return _written(f"{digits[:8]}T{digits[8:]}", _FORMS)
    return _written(digits, _FORMS)


def _written(text: str, forms: tuple[re.Pattern[str], ...]) -> datetime | None:
    match = next((found for form in forms if (found := form.fullmatch(text))), None)
    if match is None:
        return None
    parts = match.groupdict()
    day = _day(parts)
    return day and (day + _time(parts)).replace(tzinfo=_zone(parts))


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
    if former > 12 or (parts["mark"] == "." and latter <= 12):
        return latter, former
    if latter > 12 or former == latter:
        return former, latter
    # Some write the day first, others the month: it is clear only where the weekday tells.
    year, weekday = int(parts["year"] or 0), (parts["weekday"] or "")[:3].lower()
    either = [(former, latter), (latter, former)]
    fitting = [each for each in either if _WEEKDAYS[calendar.weekday(year, *each)] == weekday]
    return fitting[0] if len(fitting) == 1 else None


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


def _zone(parts: Mapping[str, str | None]) -> tzinfo:
    if area := parts.get("area"):
        return _area(area)
    if not parts.get("sign"):
        return timezone(timedelta(hours=_ZONES.get((parts.get("zone") or "").lower(), 0)))
    hours, minutes = int(parts["hours"] or 0), int(parts["minutes"] or 0)
    if hours > 15 or minutes > 59:
        raise ValueError(hours)
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if parts["sign"] == "-" else offset)


def _area(name: str) -> tzinfo:
    """A zone of the IANA by its name, such as `Europe/Berlin`; an unknown one is UTC."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # the last for a folder of zones
        return UTC
