"""The events of a calendar, from an iCalendar address or file (RFC 5545)."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from typing import TYPE_CHECKING, ClassVar
from zoneinfo import ZoneInfo

from msgspec import convert, to_builtins

from digest.blocks import BlockKind, Facts, Occasion, Options
from digest.config.addresses import without_credentials
from digest.feeds.http.messages import Request
from digest.feeds.parsing.icalendar_events import Event, events_between, midnight
from digest.language import counted
from digest.model import BlockDay, BlockLine, EditionBlock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.config.blocks.calendar import CalendarSettings
    from digest.language import Language

_A_DAY = timedelta(days=1)
_SHOWN_DAYS = 2
# What is read at once: `digest check --online` counts it.
_READ_DAYS = 7
_NEW_ADDRESS = "copy its iCalendar address anew from the settings of the calendar"


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
        start = midnight(date.fromisoformat(options["today"]), zone)
        return {"events": to_builtins(events_between(body, start, start + _READ_DAYS * _A_DAY))}

    def show(
        self, facts: Facts, found: Facts, settings: CalendarSettings, occasion: Occasion
    ) -> EditionBlock | None:
        """What is still to come of today, and tomorrow."""
        del found
        language, today = occasion.speech, occasion.today
        events = [_here(event, occasion) for event in convert(facts["events"], list[Event])]
        coming = [event for event in events if event.end > occasion.now]
        days, room = [], settings.max_events
        for day in (today + number * _A_DAY for number in range(_SHOWN_DAYS)):
            of_day = _of_day(coming, day, today)
            lines = [_line(event, day, language) for event in of_day[:room]]
            if more := len(of_day[room:]):
                lines.append(BlockLine(language.translate("and {count} more", count=more)))
            if lines:
                days.append(BlockDay(language.weekday(day), tuple(lines)))
            room = max(0, room - len(of_day))
        title = settings.name or language.translate("Calendar")
        return EditionBlock(settings.kind, title, tuple(days)) if days else None

    def finding(
        self, facts: Facts, found: Facts, settings: CalendarSettings, occasion: Occasion
    ) -> str:
        """How much there is: `calendar: 3 events in the next 7 days`."""
        del found, settings, occasion
        return f"calendar: {counted(len(facts['events']), 'event')} in the next {_READ_DAYS} days"


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
    if last == day or not _is_long(event):
        if event.all_day or event.start.date() == day:
            return ""
        return language.translate("until {when}", when=language.time_of_day(event.end.time()))
    is_near = last - day < timedelta(days=7)
    name = language.weekday(last) if is_near else language.day_and_month(last)
    return language.translate("until {when}", when=name)


BLOCK = Calendar()
