"""Calendars as people have them: recurrences, exceptions, time zones, and bombs."""

from __future__ import annotations

from contextlib import closing
from datetime import date, datetime, time, timedelta
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from digest.blocks import Occasion, block_of
from digest.config.blocks.calendar import CalendarSettings
from digest.errors import FeedError
from digest.feeds.http.messages import Request
from digest.jobs.ask_block import RawAnswer, read
from digest.workers.pool import WorkerPool
from tests import limits
from tests.blocks.stand_ins import TODAY, at, calendar, lines_of
from tests.feed_xml import NOW

CALENDAR = block_of("calendar")
BERLIN = Occasion("en", "Europe/Berlin", NOW)
TOMORROW = TODAY + timedelta(days=1)
LONG_AGO = TODAY - timedelta(days=700)
TZ = ";TZID=Europe/Berlin"
ODD_ZONE = """\
BEGIN:VTIMEZONE
TZID:Office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+053015
TZOFFSETTO:+053015
END:STANDARD
END:VTIMEZONE
"""


def settings(**given: Any) -> CalendarSettings:
    given = {"url": "https://calendar.example/s3cret/basic.ics", **given}
    return CalendarSettings.model_validate({"kind": "calendar", **given})


def facts(text: str, occasion: Occasion = BERLIN) -> Any:
    return CALENDAR.read(text.encode(), CALENDAR.options(settings(), occasion))


def shown(text: str, occasion: Occasion = BERLIN, **given: Any) -> list[str]:
    """What is shown, a line each: `Monday 14:00 Dentist (Room 4)`."""
    block = CALENDAR.show(facts(text, occasion), {}, settings(**given), occasion)
    return [
        " ".join(filter(None, (day.name, line.at, line.text, line.about and f"({line.about})")))
        for day in (block.days if block else ())
        for line in day.lines
    ]


def days(number: int, start: date = TODAY) -> date:
    return start + timedelta(days=number)


STAND_UP = f"DTSTART{TZ}:{at(LONG_AGO, 15)}\nDTEND{TZ}:{at(LONG_AGO, 15, 15)}\nSUMMARY:Stand-up\n"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (f"{STAND_UP}RRULE:FREQ=DAILY", ["Monday 15:00 Stand-up", "Tuesday 15:00 Stand-up"]),
        (
            f"{STAND_UP}RRULE:FREQ=DAILY\nEXDATE{TZ}:{at(TODAY, 15)}",
            ["Tuesday 15:00 Stand-up"],
        ),
        (f"{STAND_UP}RRULE:FREQ=DAILY;UNTIL={at(TODAY, 16)}Z", ["Monday 15:00 Stand-up"]),
        (f"{STAND_UP}RDATE{TZ}:{at(TOMORROW, 11)}", ["Tuesday 11:00 Stand-up"]),
        # Summer time has ended since: three in the afternoon it still is.
        (f"{STAND_UP}RRULE:FREQ=WEEKLY;BYDAY=MO", ["Monday 15:00 Stand-up"]),
        (f"{STAND_UP}RRULE:FREQ=DAILY\nSTATUS:CANCELLED", []),
        (f"DTSTART:{at(TODAY, 23, 30)}Z\nSUMMARY:Late in London", ["Tuesday 00:30 Late in London"]),
        (
            f"DTSTART;TZID=America/New_York:{at(TODAY, 20)}\nSUMMARY:Call",
            ["Tuesday 02:00 Call"],
        ),
        (f"DTSTART;TZID=Office:{at(TODAY, 21)}\nSUMMARY:Own zone", ["Monday 16:29 Own zone"]),
        (
            f"DTSTART;TZID=W. Europe Standard Time:{at(TODAY, 12)}\nSUMMARY:Windows",
            ["Monday 12:00 Windows"],
        ),
        (
            f'DTSTART;TZID="tzone://Microsoft/Utc":{at(TODAY, 12)}\nSUMMARY:Exchange',
            ["Monday 13:00 Exchange"],
        ),
        (f"DTSTART:{at(TODAY, 18)}\nSUMMARY:Floating", ["Monday 18:00 Floating"]),
        (f"DTSTART;VALUE=DATE:{TODAY:%Y%m%d}\nSUMMARY:Birthday", ["Monday Birthday"]),
        (
            f"SUMMARY:Trip\nDTSTART;VALUE=DATE:{days(-3):%Y%m%d}\nDTEND;VALUE=DATE:{days(3):%Y%m%d}",
            ["Monday Trip (until Wednesday)", "Tuesday Trip (until Wednesday)"],
        ),
        (
            f"SUMMARY:Trip\nDTSTART;VALUE=DATE:{days(-3):%Y%m%d}\nDTEND;VALUE=DATE:{days(20):%Y%m%d}",
            ["Monday Trip (until 5 December)", "Tuesday Trip (until 5 December)"],
        ),
        (
            f"DTSTART{TZ}:{at(TODAY, 22)}\nDTEND{TZ}:{at(TOMORROW, 3)}\nSUMMARY:Party",
            ["Monday 22:00 Party"],
        ),
        (
            f"DTSTART{TZ}:{at(days(-1), 22)}\nDTEND{TZ}:{at(TODAY, 11)}\nSUMMARY:Night train",
            ["Monday Night train (until 11:00)"],
        ),
        (f"DTSTART{TZ}:{at(TODAY, 8)}\nDURATION:PT1H\nSUMMARY:Over", []),
        (f"DTSTART{TZ}:{at(days(2), 8)}\nSUMMARY:In two days", []),
        (
            f"DTSTART{TZ}:{at(TODAY, 15)}\nDTEND{TZ}:{at(TODAY, 14)}\nSUMMARY:Backwards",
            ["Monday 14:00 Backwards"],
        ),
        (
            f"DTSTART{TZ}:{at(TODAY, 15)}\nSUMMARY:Fold\n ed\nLOCATION:Room 4\\nBerlin",
            ["Monday 15:00 Folded (Room 4)"],
        ),
        (f"DTSTART{TZ}:{at(TODAY, 15)}\nLOCATION:https://meet.example/a", ["Monday 15:00 Busy"]),
        (
            (
                f"DTSTART{TZ}:{at(TODAY, 15)}\nSUMMARY:Lunch\n"
                "LOCATION:Café Müller\\, Hauptstr. 5\\, 10827 Berlin\\, Germany"
            ),
            ["Monday 15:00 Lunch (Café Müller, Hauptstr. 5, 10827 Berlin…)"],
        ),
        (
            f"DTSTART{TZ}:{at(days(-1), 15)}\nDTEND{TZ}:{at(TOMORROW, 18)}\nSUMMARY:Fair",
            ["Monday Fair (until Tuesday)", "Tuesday Fair (until 18:00)"],
        ),
        # A day from midnight to midnight is all of it, also one of 23 or 25 hours.
        (f"DTSTART{TZ}:{at(TODAY)}\nDTEND{TZ}:{at(TOMORROW)}\nSUMMARY:Off", ["Monday Off"]),
        (
            (
                f"DTSTART;TZID=Eastern Standard Time:{at(TODAY)}\n"
                f"DTEND;TZID=Eastern Standard Time:{at(TOMORROW)}\n"
                "X-MICROSOFT-CDO-ALLDAYEVENT:TRUE\nSUMMARY:Thanks"
            ),
            ["Monday Thanks"],
        ),
        (
            f"{STAND_UP}RRULE:FREQ=DAILY;COUNT=2\nRDATE;VALUE=PERIOD:{at(TODAY, 17)}Z/PT2H",
            ["Monday 18:00 Stand-up"],
        ),
        (
            f"{STAND_UP}RRULE:FREQ=DAILY\nEXDATE:{at(TODAY, 14)}Z,{at(TOMORROW, 14)}Z",
            [],
        ),
    ],
)
def test_an_event_is_shown_when_it_is(event: str, expected: list[str]) -> None:
    assert shown(calendar(event, zones=ODD_ZONE)) == expected


@pytest.mark.parametrize(
    "bad",
    [
        "SUMMARY:No time",
        "DTSTART:soon",
        "DTSTART:20261316T000000",
        f"DTSTART:{at(TODAY, 15)}\nRRULE:FREQ=OFTEN",
        f"DTSTART:{at(TODAY, 15)}\nRRULE:BYDAY",
        f"DTSTART:{at(TODAY, 15)}\nRDATE:never",
        f"DTSTART:{at(TODAY, 15)}\nEXDATE:never\nRRULE:FREQ=DAILY",
        f"DTSTART;TZID=No/Where:{at(TODAY, 15)}\nRRULE:FREQ=DAILY;UNTIL=20261317",
        f"DTSTART:{at(TODAY, 15)}\nDTEND:later",
        f"DTSTART:{at(TODAY, 15)}\nDURATION:long",
        f"RECURRENCE-ID:never\nDTSTART:{at(TODAY, 15)}",
        f"DTSTART;VALUE=DATE:{TODAY:%Y%m%d}\nDTEND:{at(TODAY, 15)}",
        f"DTSTART;TZID=Europe:{at(TODAY, 15)}",
    ],
)
def test_one_bad_event_keeps_no_other_out(bad: str) -> None:
    text = calendar(f"SUMMARY:Bad\n{bad}", f"DTSTART{TZ}:{at(TODAY, 16)}\nSUMMARY:Good")

    assert "Good" in lines_of(facts(text))


def test_one_of_a_series_can_be_moved_or_called_off() -> None:
    series = f"UID:s\n{STAND_UP}RRULE:FREQ=DAILY"
    moved = f"UID:s\nRECURRENCE-ID{TZ}:{at(TODAY, 15)}\nDTSTART{TZ}:{at(TODAY, 17)}\nSUMMARY:Later"
    off = (
        f"UID:s\nRECURRENCE-ID{TZ}:{at(TOMORROW, 15)}\nDTSTART{TZ}:{at(TOMORROW, 15)}\n"
        "STATUS:CANCELLED\nSUMMARY:Stand-up"
    )
    # The first UID that stands in each is the one of the stand-in.
    text = calendar(series, moved, off)
    for number in (1, 2, 3):
        text = text.replace(f"UID:{number}@example.com\r\n", "")

    assert shown(text) == ["Monday 17:00 Later"]


def test_this_and_all_future_ones_of_a_series_can_be_moved() -> None:
    series = f"UID:s\n{STAND_UP}RRULE:FREQ=DAILY"
    moved = (
        f"UID:s\nRECURRENCE-ID;RANGE=THISANDFUTURE{TZ}:{at(days(-9), 15)}\n"
        f"DTSTART{TZ}:{at(days(-9), 17)}\nDTEND{TZ}:{at(days(-9), 18)}\nSUMMARY:Later"
    )
    text = calendar(series, moved)
    for number in (1, 2):
        text = text.replace(f"UID:{number}@example.com\r\n", "")

    assert shown(text) == ["Monday 17:00 Later", "Tuesday 17:00 Later"]


@pytest.mark.parametrize(
    ("owner", "expected"), [("ada@example.com", []), ("Family", ["Monday 15:00 Dinner"])]
)
def test_what_its_owner_declined_is_left_out(owner: str, expected: list[str]) -> None:
    event = (
        f"DTSTART{TZ}:{at(TODAY, 15)}\nSUMMARY:Dinner\n"
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@example.com\n"
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ada@example.com"
    )

    assert shown(calendar(event, zones=f"X-WR-CALNAME:{owner}\n")) == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("America/New_York", "Monday 21:00 Call"),
        ("Eastern Standard Time", "Monday 21:00 Call"),
        ("Nowhere", "Monday 15:00 Call"),
        ("../Europe", "Monday 15:00 Call"),
    ],
)
def test_a_calendar_may_have_a_zone_of_its_own(zone: str, expected: str) -> None:
    event = f"DTSTART:{at(TODAY, 15)}\nSUMMARY:Call"

    assert shown(calendar(event, zones=f"X-WR-TIMEZONE:{zone}\n")) == [expected]


@pytest.mark.parametrize(
    ("day", "zone"),
    [
        ("2026-10-25", "Europe/Berlin"),
        ("2027-03-28", "Europe/Berlin"),
        ("2026-11-01", "America/New_York"),
        ("2027-03-14", "America/New_York"),
        ("2026-10-25", "Asia/Kolkata"),
    ],
)
def test_days_on_which_clocks_change_are_days(day: str, zone: str) -> None:
    today = date.fromisoformat(day)
    tomorrow, tz = days(1, today), f";TZID={zone}"
    occasion = Occasion("en", zone, datetime.combine(today, time(0, 30), ZoneInfo(zone)))
    text = calendar(
        f"DTSTART;VALUE=DATE:{today:%Y%m%d}\nSUMMARY:All day",
        "DTSTART;VALUE=DATE:20260901\nRRULE:FREQ=DAILY\nSUMMARY:Every day",
        f"DTSTART{tz}:20260901T080000\nRRULE:FREQ=DAILY\nSUMMARY:At eight",
        f"DTSTART{tz}:{at(today)}\nDTEND{tz}:{at(tomorrow)}\nSUMMARY:Off",
        f"DTSTART{tz}:{at(tomorrow)}\nSUMMARY:At midnight",
    )

    assert shown(text, occasion, max_events=20) == [
        "Sunday All day",
        "Sunday Every day",
        "Sunday Off",
        "Sunday 08:00 At eight",
        "Monday Every day",
        "Monday 00:00 At midnight",
        "Monday 08:00 At eight",
    ]


def test_days_are_those_of_the_digest() -> None:
    event = f"DTSTART:{at(TODAY, 23, 30)}Z\nDTEND:{at(TODAY, 23, 45)}Z\nSUMMARY:A call"

    assert shown(calendar(event), replace(BERLIN, timezone="America/New_York")) == [
        "Monday 18:30 A call"
    ]
    assert shown(calendar(event), replace(BERLIN, timezone="Asia/Tokyo")) == [
        "Tuesday 08:30 A call"
    ]


def test_all_day_first_then_by_time_and_no_more_than_there_is_room_for() -> None:
    events = [f"DTSTART{TZ}:{at(TODAY, 23 - n)}\nSUMMARY:Event {n}" for n in range(6)]
    events.append(f"DTSTART;VALUE=DATE:{TODAY:%Y%m%d}\nSUMMARY:Birthday")

    assert shown(calendar(*events), max_events=3) == [
        "Monday Birthday",
        "Monday 18:00 Event 5",
        "Monday 19:00 Event 4",
        "Monday and 4 more",
    ]


def test_what_there_is_no_room_for_is_counted_by_its_day() -> None:
    events = [
        f"DTSTART{TZ}:{at(day, 15 + n)}\nSUMMARY:Event {n}"
        for n in range(3)
        for day in (TODAY, TOMORROW)
    ]

    assert shown(calendar(*events), max_events=2) == [
        "Monday 15:00 Event 0",
        "Monday 16:00 Event 1",
        "Monday and 1 more",
        "Tuesday and 3 more",
    ]


def test_no_more_events_are_read_than_a_week_has() -> None:
    hourly = f"DTSTART{TZ}:{at(TODAY)}\nSUMMARY:Often\nRRULE:FREQ=HOURLY"

    assert len(lines_of(facts(calendar(hourly, hourly)))) == 200


def test_a_calendar_of_years_is_read_in_time() -> None:
    old = [
        f"DTSTART{TZ}:{at(LONG_AGO, 9)}\nDTEND{TZ}:{at(LONG_AGO, 10)}\nSUMMARY:{n}\n"
        f"DESCRIPTION:{'x' * 200}"
        for n in range(5_000)
    ]
    text = calendar(*old, f"DTSTART{TZ}:{at(TODAY, 15)}\nSUMMARY:Now")
    began = monotonic()

    assert lines_of(facts(text)) == ["Now"]
    assert monotonic() - began < limits.seconds(1)


def test_what_recurs_every_second_is_no_event() -> None:
    bomb = "DTSTART:19700101T000000Z\nSUMMARY:Bomb\nRRULE:FREQ=SECONDLY"
    began = monotonic()

    assert lines_of(facts(calendar(bomb, f"DTSTART{TZ}:{at(TODAY, 15)}\nSUMMARY:Real"))) == ["Real"]
    assert monotonic() - began < limits.seconds(1)


def test_a_bad_event_among_many_series_costs_no_time() -> None:
    zone = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nEND:VTIMEZONE\n"
    series = [f"DTSTART{TZ}:{at(days(-7), 15)}\nSUMMARY:Weekly\nRRULE:FREQ=WEEKLY"] * 300
    bad = f"SUMMARY:Bad\nDTSTART;TZID=No/Where:{at(TODAY, 15)}\nRRULE:FREQ=DAILY;UNTIL=20261317"
    began = monotonic()

    assert lines_of(facts(calendar(*series, bad, zones=zone)))[0] == "Weekly"
    assert monotonic() - began < limits.seconds(1)


async def test_a_recurrence_without_an_end_is_cut_off() -> None:
    bomb = calendar("DTSTART:19700101T000000Z\nSUMMARY:Bomb\nRRULE:FREQ=DAILY;INTERVAL=0")
    answer = RawAnswer("calendar", bomb.encode(), "", 1_000_000)
    options = CALENDAR.options(settings(), BERLIN)
    with (
        closing(WorkerPool(1, task_seconds=0.4, doing="reading")) as workers,
        pytest.raises(FeedError, match=r"reading took longer than 0.4 s"),
    ):
        await workers.call(read, answer, options)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!DOCTYPE html><title>Sign in</title>", "is not a calendar: it does not begin with"),
        ("", "is not a calendar"),
        ("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "is not a whole calendar"),
        (
            calendar(f"DTSTART;TZID=Europe:{at(TODAY, 15)}"),
            "that cannot be read: it names a time zone that is none$",
        ),
    ],
)
def test_what_is_no_calendar_is_said(text: str, message: str) -> None:
    with pytest.raises(FeedError, match=message):
        facts(text)


def test_an_address_for_subscribing_is_one_of_the_web() -> None:
    given = settings(url="webcal://ada:pa55@calendar.example/x.ics")
    request = CALENDAR.request(given, BERLIN, {})

    assert isinstance(request, Request)
    assert request.url == "https://calendar.example/x.ics"
    assert request.headers == {"Authorization": "Basic YWRhOnBhNTU="}
    assert given.subject == "calendar.example"


@pytest.mark.parametrize("given", [{}, {"url": "https://a.example/x", "path": "x.ics"}])
def test_a_calendar_is_somewhere(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="give a url or a path"):
        CalendarSettings.model_validate({"kind": "calendar", **given})


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.config.extras.find_spec", lambda _: None)

    with pytest.raises(ValueError, match=r"needs an extra: pip install 'feed-digest\[calendar\]'"):
        settings()
