"""The events of a calendar, from an iCalendar address or file (RFC 5545)."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from msgspec import Struct, convert, to_builtins

from digest.blocks import BlockKind, Facts, Occasion, Options
from digest.config.addresses import without_credentials
from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.feeds.text import one_line
from digest.language import counted
from digest.model import BlockDay, BlockLine, EditionBlock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from digest.config.blocks.calendar import CalendarSettings
    from digest.language import Language

_A_DAY = timedelta(days=1)
_SHOWN_DAYS = 2
# What is read at once: `digest check --online` counts it.
_READ_DAYS = 7
_MOST_EVENTS = 200
_TITLE, _PLACE = 100, 40
_NEW_ADDRESS = "copy its iCalendar address anew from the settings of the calendar"
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
# What the libraries raise where a calendar is not as it should be.
_UNREADABLE = (
    *(ArithmeticError, AttributeError, LookupError),
    *(NotImplementedError, RecursionError, TypeError, ValueError),
)


class Event(Struct, frozen=True):
    """An event; one that lasts `all_day` begins and ends at midnight, in the zone of the digest."""

    title: str
    place: str
    start: datetime
    end: datetime
    all_day: bool


class Calendar(BlockKind["CalendarSettings"]):
    """Asks for a whole calendar, and shows the events of two days."""

    remedies: ClassVar[Mapping[int, str]] = dict.fromkeys((401, 403, 404, 410), _NEW_ADDRESS)
    remedy: ClassVar[str] = "see what its address answers in a browser"

    def request(
        self, settings: CalendarSettings, occasion: Occasion, found: Facts
    ) -> Request | Path:
        """The calendar, or its file."""
        del occasion, found
        if settings.path:
            return settings.path
        assert settings.url is not None
        url, authorization = without_credentials(settings.url.get_secret_value())
        headers = {"Authorization": authorization} if authorization else {}
        return Request(url, headers=headers, accept="text/calendar, */*;q=0.5")

    def options(self, settings: CalendarSettings, occasion: Occasion) -> Options:
        """The first of the days that are read, and the time zone that they are days of."""
        del settings
        return {"today": occasion.today.isoformat(), "timezone": occasion.timezone}

    def read(self, body: bytes, options: Options) -> Facts:
        """The events of a week, in their order."""
        zone = ZoneInfo(options["timezone"])
        start = _midnight(date.fromisoformat(options["today"]), zone)
        return {"events": to_builtins(_events(body, start, start + _READ_DAYS * _A_DAY))}

    def show(
        self, facts: Facts, found: Facts, settings: CalendarSettings, occasion: Occasion
    ) -> EditionBlock | None:
        """What is still to come of today, and tomorrow."""
        del found
        language, today = occasion.speech, occasion.today
        events = [_here(event, occasion) for event in convert(facts["events"], list[Event])]
        coming = [event for event in events if event.end > occasion.now]
        days = [today + number * _A_DAY for number in range(_SHOWN_DAYS)]
        listed = [(day, event) for day in days for event in _of_day(coming, day, days[0])]
        if not listed:
            return None
        shown = [
            [
                _line(event, day, language)
                for on, event in listed[: settings.max_events]
                if on == day
            ]
            for day in days
        ]
        if more := len(listed[settings.max_events :]):
            shown[-1].append(BlockLine(language.translate("and {count} more", count=more)))
        return EditionBlock(
            settings.kind,
            settings.name or language.translate("Calendar"),
            tuple(
                BlockDay(language.weekday(day), tuple(lines))
                for day, lines in zip(days, shown, strict=True)
                if lines
            ),
        )

    def finding(
        self, facts: Facts, found: Facts, settings: CalendarSettings, occasion: Occasion
    ) -> str:
        """How much there is: `calendar: 3 events in the next 7 days`."""
        del found, settings, occasion
        return f"calendar: {counted(len(facts['events']), 'event')} in the next {_READ_DAYS} days"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _events(body: bytes, start: datetime, end: datetime) -> list[Event]:
    """The events of a calendar between two moments, the first of them, in their order.

    Raises:
        FeedError: it is no calendar.
    """
    text = body.decode("utf-8-sig", "replace").strip()
    if not text[: len(_BEGINNING)].upper() == _BEGINNING:
        raise FeedError(f"is not a calendar: it does not begin with {_BEGINNING}", status=200)
    if not text[-len(_ENDING) :].upper() == _ENDING:
        raise FeedError(f"is not a whole calendar: it does not end with {_ENDING}", status=200)
    near = _EVENT.sub(lambda event: event[0] if _may_be(event[0], start, end) else "", text)
    events = [event for each in _occurrences(near, start, end) for event in _read(each, start)]
    return sorted(events, key=lambda event: (event.start, event.title))[:_MOST_EVENTS]


def _occurrences(text: str, start: datetime, end: datetime) -> list[Any]:
    """What there is between two moments, each time that it recurs.

    The library trips over an event that is not as it should be: then each series is read alone.
    """
    try:
        return _expanded(text, start, end)
    except _UNREADABLE as error:
        series = dict.fromkeys(_series(event[0]) for event in _EVENT.finditer(text))
        if len(series) < 2:
            reason = one_line(str(error), _TITLE) or type(error).__name__
            raise FeedError(f"is a calendar that cannot be read: {reason}", status=200) from None
    found = []
    for name in series:
        with suppress(FeedError):
            found += _occurrences(_only(name, text), start, end)
    return found


def _only(series: str, text: str) -> str:
    """A calendar with one series of its events."""
    return _EVENT.sub(lambda event: event[0] if _series(event[0]) == series else "", text)


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
    ]


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


def _read(event: Any, first: datetime) -> Iterator[Event]:
    """An event as it is shown, in the zone of `first`; none where it is cancelled, or broken."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    try:
        start, end = event.start, event.end
    except _UNREADABLE:
        return
    zone = first.tzinfo
    where = str(event.get("LOCATION", "")).partition("\n")[0]
    begins = _moment(start, zone)
    yield Event(
        title=one_line(str(event.get("SUMMARY", "")), _TITLE),
        place="" if "://" in where else one_line(where, _PLACE),
        start=begins,
        # What takes no time, or ends before it begins, is there for a moment.
        end=max(_moment(end, zone), begins + timedelta(minutes=1)),
        all_day=not isinstance(start, datetime),
    )


def _moment(value: date, zone: Any) -> datetime:
    """A time in the zone of the digest; one of no zone is the same in all of them."""
    if not isinstance(value, datetime):
        return _midnight(value, zone)
    return value.astimezone(zone) if value.tzinfo else value.replace(tzinfo=zone)


def _here(event: Event, occasion: Occasion) -> Event:
    """An event that JSON has kept, which knows offsets and no zones."""
    zone = occasion.zone
    return Event(
        event.title,
        event.place,
        event.start.astimezone(zone),
        event.end.astimezone(zone),
        event.all_day,
    )


def _of_day(events: list[Event], day: date, today: date) -> list[Event]:
    """The events of a day, those of all of it first; a night that follows is of the day before."""
    found = [
        event
        for event in events
        if event.start.date() <= day <= _last_day(event)
        and (_is_long(event) or day == max(event.start.date(), today))
    ]
    return sorted(found, key=lambda event: event.start.date() == day and not event.all_day)


def _is_long(event: Event) -> bool:
    return event.all_day or event.end.astimezone(UTC) - event.start.astimezone(UTC) >= _A_DAY


def _last_day(event: Event) -> date:
    return (event.end - timedelta(microseconds=1)).date()


def _line(event: Event, day: date, language: Language) -> BlockLine:
    at = (
        ""
        if event.all_day or event.start.date() < day
        else language.time_of_day(event.start.time())
    )
    about = " · ".join(filter(None, (event.place, _until(event, day, language))))
    return BlockLine(event.title or language.translate("Busy"), about, at)


def _until(event: Event, day: date, language: Language) -> str:
    """When an event ends that is of other days too."""
    last = _last_day(event)
    if not _is_long(event):
        if event.start.date() == day:
            return ""
        time_of_day = language.time_of_day(event.end.time())
        return language.translate("until {when}", when=time_of_day)
    if last == day:
        return ""
    is_near = last - day < timedelta(days=7)
    name = language.weekday(last) if is_near else language.day_and_month(last)
    return language.translate("until {when}", when=name)


BLOCK = Calendar()
