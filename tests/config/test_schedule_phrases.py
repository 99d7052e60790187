"""Schedules as people say them: each phrase has one form, and that form gives the phrase again."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from digest.config.schedule import parse_schedule
from digest.config.schedule_text import canonical
from digest.config.schedule_words import EXAMPLES, WORDS
from digest.editions.schedule import next_after
from digest.model import Schedule

PAGE = (Path(__file__).parents[2] / "docs/schedules.md").read_text("utf-8")
DOCUMENTED = re.findall(r"(?m)^\| `([^`|]+)` \| `([^`]+)` \|$", PAGE)
# As people write beside what the page has.
PHRASES = [
    ("Every   MONDAY at 07:30 ", "every monday at 07:30"),
    ("weekly at 8", "every monday at 08:00"),
    ("once a week on friday", "every friday at 09:00"),
    ("once a day at 0730", "daily at 07:30"),
    ("each day at 7:30am", "daily at 07:30"),
    ("everyday 6am", "daily at 06:00"),
    ("9:00 a.m. daily", "daily at 09:00"),
    ("daily at 9 o'clock", "daily at 09:00"),
    ("9 o’clock", "daily at 09:00"),
    ("nine am", "daily at 09:00"),
    ("five pm on friday", "every friday at 17:00"),
    ("daily at 9 and 6 pm", "daily at 09:00, 18:00"),
    ("12 in the afternoon", "daily at 12:00"),
    ("every half hour", "every 30 minutes"),
    ("half-hourly", "every 30 minutes"),
    ("every quarter of an hour", "every 15 minutes"),
    ("@every 1h", "every hour"),
    ("daily at 12am", "daily at 00:00"),
    ("daily at 12 noon", "daily at 12:00"),
    ("12 midnight", "daily at 00:00"),
    ("daily at 17h", "daily at 17:00"),
    ("17:00", "daily at 17:00"),
    ("9", "daily at 09:00"),
    ("9am and 6pm", "daily at 09:00, 18:00"),
    ("8 in the morning", "daily at 08:00"),
    ("friday evening", "every friday at 18:00"),
    ("mornings and evenings", "daily at 09:00, 18:00"),
    ("friday evening at 7:30", "every friday at 19:30"),
    ("friday evening at 19:30", "every friday at 19:30"),
    ("every mon, wed and fri at 9", "every monday, wednesday, friday at 09:00"),
    ("mon thu 8:30", "every monday, thursday at 08:30"),
    ("tue/thu 9", "every tuesday, thursday at 09:00"),
    ("mon-fri 8:00", "weekdays at 08:00"),
    ("monday – friday 9:00", "weekdays at 09:00"),
    ("sat to mon at 9", "every monday, saturday, sunday at 09:00"),
    ("saturday and sunday", "weekends at 09:00"),
    ("every week on friday at 5 pm", "every friday at 17:00"),
    ("every week day at 9", "weekdays at 09:00"),
    ("business days at 9", "weekdays at 09:00"),
    ("every first monday of the month at 9", "first monday at 09:00"),
    ("first monday and third monday at 9", "first, third monday at 09:00"),
    ("second tuesday of each month 18:30", "second tuesday at 18:30"),
    ("every second tuesday of the month", "second tuesday at 09:00"),
    ("the last friday of the month", "last friday at 09:00"),
    ("monthly on 15 at 9", "monthly on the 15th at 09:00"),
    ("monthly 15 9:00", "monthly on the 15th at 09:00"),
    ("monthly at 9 on the 15th", "monthly on the 15th at 09:00"),
    ("the 1st and 15th at 9", "monthly on the 1st, 15th at 09:00"),
    ("first day of the month", "monthly on the 1st at 09:00"),
    ("on the last of the month at 18:00", "monthly on the 31st at 18:00"),
    ("every 3 months", "monthly on the 1st in january, april, july, october at 09:00"),
    ("march 1 at 9:00", "monthly on the 1st in march at 09:00"),
    ("1 january at 9", "monthly on the 1st in january at 09:00"),
    ("5 may 10:00", "monthly on the 5th in may at 10:00"),
    ("every may", "monthly on the 1st in may at 09:00"),
    ("daily in november to january at 8", "daily in january, november, december at 08:00"),
    ("every hour in july", "daily in july every hour"),
    ("6h", "daily at 00:00, 06:00, 12:00, 18:00"),
    ("24h", "daily at 00:00"),
    ("every 1 hour", "every hour"),
    ("every second hour", "every 2 hours"),
    ("every 90 min", "every 90 minutes"),
    ("@Annually", "monthly on the 1st in january at 00:00"),
    ("@midnight", "daily at 00:00"),
    ("0 9 31 * *", "0 9 31 * *"),
    ("0 9 13 * fri", "0 9 13 * 5"),
    ("30 9-17 * * mon-fri", "30 9-17 * * 1-5"),
    ("*/15 * * * *", "every 15 minutes"),
    ("7 * * * *", "every hour at :07"),
]


def meaning(schedule: Schedule) -> Schedule:
    return replace(schedule, text="")


@pytest.mark.parametrize(("text", "form"), [*DOCUMENTED, *PHRASES])
def test_each_phrase_has_one_form(text: str, form: str) -> None:
    schedule = parse_schedule(text)

    assert canonical(schedule) == form
    assert meaning(parse_schedule(form)) == meaning(schedule)
    assert schedule.text == text


def test_the_page_has_every_word_and_every_example() -> None:
    words = PAGE.partition("## Words")[2]
    assert set(WORDS) == set(re.findall(r"`([^`]+)`", words))
    assert len(DOCUMENTED) > 40
    assert [parse_schedule(text).text for text in EXAMPLES] == list(EXAMPLES)


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("first monday", ["2026-02-02", "2026-03-02", "2026-04-06", "2026-05-04"]),
        ("last friday", ["2026-01-30", "2026-02-27", "2026-03-27", "2026-04-24"]),
        ("fifth friday", ["2026-01-30", "2026-05-29", "2026-07-31", "2026-10-30"]),
        ("first, third monday", ["2026-01-19", "2026-02-02", "2026-02-16", "2026-03-02"]),
        ("last day of the month", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("quarterly", ["2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01"]),
    ],
)
def test_the_dates_of_a_month(text: str, dates: list[str]) -> None:
    schedule, days = parse_schedule(text), (date(2026, 1, 8) + timedelta(n) for n in range(365))

    assert [str(day) for day in days if schedule.on(day)][:4] == dates


@pytest.mark.parametrize(
    ("text", "after", "following"),
    [
        # Clocks in Berlin change on the last Sundays of March and October, at 01:00 UTC.
        ("last sunday at 2:30", "2026-03-28T12:00Z", "2026-03-29T01:30Z"),
        ("last sunday 2:30", "2026-10-24T12:00Z", "2026-10-25T00:30Z"),
        ("first monday 9am", "2026-03-29T12:00Z", "2026-04-06T07:00Z"),
        ("every 6h", "2026-03-29T00:30Z", "2026-03-29T04:00Z"),
        ("hourly", "2026-10-25T00:30Z", "2026-10-25T01:00Z"),
    ],
)
def test_phrases_across_a_change_of_the_clock(text: str, after: str, following: str) -> None:
    at = next_after(parse_schedule(text), ZoneInfo("Europe/Berlin"), datetime.fromisoformat(after))

    assert at == datetime.fromisoformat(following).astimezone(UTC)


TIMES = st.lists(
    st.builds(time, st.integers(0, 23), st.integers(0, 59)), min_size=1, max_size=9, unique=True
).map(lambda times: tuple(sorted(times))) | st.builds(
    lambda step, past: tuple(time(at // 60, at % 60) for at in range(past % step, 1440, step)),
    st.sampled_from([15, 30, 60, 90, 120, 180]),
    st.integers(0, 59),
)
MONTHS = st.none() | st.frozensets(st.integers(1, 12), min_size=1)
WEEKDAYS = st.frozensets(st.integers(0, 6), min_size=1)


def monthly(times: tuple[time, ...], days: frozenset[int], months: frozenset[int]) -> Schedule:
    return Schedule("", times, months=months, month_days=days, clamp=max(days) > 28)


@settings(deadline=None)
@given(
    st.builds(Schedule, st.just(""), TIMES, months=MONTHS, weekdays=st.none() | WEEKDAYS)
    | st.builds(
        Schedule,
        st.just(""),
        TIMES,
        months=MONTHS,
        weekdays=st.integers(0, 6).map(lambda day: frozenset({day})),
        weeks=st.frozensets(st.sampled_from([1, 2, 3, 4, -1]), min_size=1),
    )
    | st.builds(monthly, TIMES, st.frozensets(st.integers(1, 31), min_size=1), MONTHS)
)
def test_the_form_of_any_schedule_gives_it_again(schedule: Schedule) -> None:
    form = canonical(schedule)

    again = parse_schedule(form)

    assert meaning(again) == schedule
    assert canonical(again) == form


SPELLINGS = st.sampled_from(
    [*WORDS, "1st", "15th", "3rd", "9", "15", "930", "9:30", "18.00", ":15", "@daily", "*", "x"]
)


@settings(deadline=None)
@given(st.lists(SPELLINGS, min_size=1, max_size=7))
def test_any_words_are_a_schedule_with_one_form_or_refused_in_a_line(words: list[str]) -> None:
    text = " ".join(words)
    schedule = refusal = None
    try:
        schedule = parse_schedule(text)
    except ValueError as error:
        refusal = str(error)
    if schedule is None:
        assert refusal is not None
        assert refusal.isprintable()
        return

    form = canonical(schedule)

    assert meaning(parse_schedule(form)) == meaning(schedule), form
    assert canonical(parse_schedule(form)) == form
