"""The events of an iCalendar document (RFC 5545) as they are at one place, in its time zone."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from digest.errors import FeedError
from digest.feeds.text import one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_A_DAY = timedelta(days=1)
_MOST_EVENTS = 200
_TITLE, _PLACE = 100, 40
_BEGINNING, _ENDING = "BEGIN:VCALENDAR", "END:VCALENDAR"
_EVENT = re.compile(
    r"^BEGIN:VEVENT\b.*?^END:VEVENT\b[^\n]*\n?", re.MULTILINE | re.DOTALL | re.IGNORECASE
)
# What lasts or recurs by other lines than its start and end is left to the library.
_RECURS = re.compile(r"^(?:RRULE|RDATE|RECURRENCE-ID|DURATION)\b", re.MULTILINE | re.IGNORECASE)
_UID = re.compile(r"^UID[^:\r\n]*:(.*)", re.MULTILINE | re.IGNORECASE)
_START = re.compile(r"^DTSTART[^:\r\n]*:(\d{8})", re.MULTILINE | re.IGNORECASE)
_END = re.compile(r"^DTEND[^:\r\n]*:(\d{8})", re.MULTILINE | re.IGNORECASE)
# No event recurs every minute, and to count such from its start on takes forever.
_BOMB = re.compile(r"^RRULE\b.*FREQ=(?:SECONDLY|MINUTELY)", re.MULTILINE | re.IGNORECASE)
_ZONE = re.compile(r"^X-WR-TIMEZONE[^:\r\n]*:(.*)\n", re.MULTILINE | re.IGNORECASE)
# What Exchange calls the time that the library knows by its own name.
_UTC = re.compile(r'"tzone://Microsoft/Utc"', re.IGNORECASE)
# What the libraries raise where a calendar is not as it should be.
_UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError, NotImplementedError),
    # A zone that has the name of a folder of zones.
    *(OSError, RecursionError, TypeError, ValueError),
)


class Event(Struct, frozen=True):
    """An event; one that lasts `all_day` begins and ends at midnight, in the zone of the place."""

    title: str
    place: str
    start: datetime
    end: datetime
    all_day: bool


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins."""
    return datetime.combine(day, time.min, zone)


def events_between(body: bytes, start: datetime, end: datetime) -> list[Event]:
    """The events of a calendar between two moments, 200 at most, in their order.

    They are in the zone of `start`. What is cancelled, or declined by the owner of the calendar, is
    left out. The body is as hostile as can be, and may take forever.

    Raises:
        FeedError: it is no calendar.
    """
    text = body.decode("utf-8-sig", "replace").strip()
    if not text[: len(_BEGINNING)].upper() == _BEGINNING:
        raise FeedError(f"is not a calendar: it does not begin with {_BEGINNING}", status=200)
    if not text[-len(_ENDING) :].upper() == _ENDING:
        raise FeedError(f"is not a whole calendar: it does not end with {_ENDING}", status=200)
    near = _EVENT.sub(lambda event: event[0] if _may_be(event[0], start, end) else "", text)
    known = _ZONE.sub(lambda line: _zone_line(line[1].strip()), _UTC.sub("UTC", near))
    events = [event for each in _occurrences(known, start, end) for event in _read(each, start)]
    return sorted(events, key=lambda event: (event.start, event.title))[:_MOST_EVENTS]


def _may_be(event: str, start: datetime, end: datetime) -> bool:
    """Whether an event may be between two moments: calendars hold those of years."""
    if _RECURS.search(event):
        return not _BOMB.search(event)
    if not (begins := _START.search(event)):
        return True
    ends = _END.search(event) or begins
    # Other time zones are a day away.
    earliest, latest = (f"{day:%Y%m%d}" for day in (start - 2 * _A_DAY, end + 2 * _A_DAY))
    return begins[1] <= latest and ends[1] >= earliest


def _zone_line(name: str) -> str:
    """The zone of a calendar by its IANA name, where it has one; the library trips over others."""
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

    name = WINDOWS_TO_OLSON.get(name, name)
    try:
        ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        return ""
    return f"X-WR-TIMEZONE:{name}\r\n"


def _occurrences(text: str, start: datetime, end: datetime) -> list[Any]:
    """What there is between two moments, each time that it recurs.

    The library trips over an event that is not as it should be: then each half of the series is
    read alone, until that one is.

    Raises:
        FeedError: no series can be read.
    """
    try:
        return _expanded(text, start, end)
    except _UNREADABLE as error:
        series = [*dict.fromkeys(_series(event[0]) for event in _EVENT.finditer(text))]
        reason = one_line(str(error), _TITLE) or type(error).__name__
        if isinstance(error, OSError):
            reason = "it names a time zone that is none"
        trouble = FeedError(f"is a calendar that cannot be read: {reason}", status=200)
    half, readable = len(series) // 2, []
    for some in (series[:half], series[half:]) if half else ():
        with suppress(FeedError):
            readable.append(_occurrences(_only(set(some), text), start, end))
    if not readable:
        raise trouble
    return [event for found in readable for event in found]


def _only(series: Collection[str], text: str) -> str:
    """A calendar with some of the series of its events."""
    return _EVENT.sub(lambda event: event[0] if _series(event[0]) in series else "", text)


def _series(event: str) -> str:
    """What tells the series of an event from others: its UID, or all of it."""
    uid = _UID.search(event)
    return uid[1] if uid else event


def _expanded(text: str, start: datetime, end: datetime) -> list[Any]:
    # Only worker processes load them.
    from icalendar import Calendar as Document
    from recurring_ical_events import of

    return [
        event
        for calendar in Document.from_ical(text, multiple=True)
        for event in of(calendar, skip_bad_series=True).between(start, end)
        if not _is_off(event, str(calendar.get("X-WR-CALNAME", "")))
    ]


def _is_off(event: Any, owner: str) -> bool:
    """Whether an event is cancelled, or its calendar's owner, by mail address, has declined it.

    Google names the calendar of an account by its address; others do not say whose it is.
    """
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return True
    asked = event.get("ATTENDEE", [])
    return any(
        str(each).lower() == f"mailto:{owner.lower()}"
        and str(each.params.get("PARTSTAT", "")).upper() == "DECLINED"
        for each in (asked if isinstance(asked, list) else [asked])
    )


def _read(event: Any, first: datetime) -> Iterator[Event]:
    """An event as it is shown, in the zone of `first`; none where it is broken."""
    try:
        start, end = event.start, event.end
    except _UNREADABLE:
        return
    if str(event.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).upper() == "TRUE":
        # Exchange writes whole days as those from midnight to midnight, of its own zone.
        start, end = date(*start.timetuple()[:3]), date(*end.timetuple()[:3])
    zone = first.tzinfo
    where = str(event.get("LOCATION", "")).partition("\n")[0]
    begins, ends = _moment(start, zone), _moment(end, zone)
    yield Event(
        title=_shortened(str(event.get("SUMMARY", "")), _TITLE),
        place="" if "://" in where else _shortened(where, _PLACE),
        start=begins,
        # What takes no time, or ends before it begins, is there for a moment.
        end=max(ends, begins + timedelta(minutes=1)),
        all_day=not isinstance(start, datetime) or (_is_midnight(begins, ends) and begins < ends),
    )


def _is_midnight(*moments: datetime) -> bool:
    return all(moment.time() == time.min for moment in moments)


def _moment(value: date, zone: Any) -> datetime:
    """A time in the zone of the place; one of no zone is the same in all of them."""
    if not isinstance(value, datetime):
        return midnight(value, zone)
    return value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)


def _shortened(text: str, most: int) -> str:
    """A line of at most so many characters, that says where it is cut."""
    line = one_line(text, most + 1)
    return line if len(line) <= most else line[: most - 1].rstrip(" ,;·-") + "…"
