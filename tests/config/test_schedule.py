"""Schedules as people write them."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.config.schedule import parse_schedule

if TYPE_CHECKING:
    from digest.model import Schedule

DAY = timedelta(days=1)
EVERY = set(range(1, 31))
# November 2026 begins on a Sunday.
SUNDAYS = {1, 8, 15, 22, 29}
MONDAYS = {2, 9, 16, 23, 30}
TUESDAYS = {3, 10, 17, 24}
WEDNESDAYS = {4, 11, 18, 25}
THURSDAYS = {5, 12, 19, 26}
FRIDAYS = {6, 13, 20, 27}
SATURDAYS = {7, 14, 21, 28}
WEEKDAYS = MONDAYS | TUESDAYS | WEDNESDAYS | THURSDAYS | FRIDAYS


def in_november(schedule: Schedule) -> set[int]:
    return {day for day in EVERY if schedule.on(date(2026, 11, day))}


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("daily at 07:30", EVERY),
        ("every day at 07:30", EVERY),
        ("weekdays at 07:30", WEEKDAYS),
        ("every monday at 07:30", MONDAYS),
        ("every mon at 07:30", MONDAYS),
        ("every sunday at 7:30", SUNDAYS),
        ("every monday, thursday at 07:30", MONDAYS | THURSDAYS),
        ("every monday and thursday at 07:30", MONDAYS | THURSDAYS),
        ("every mon, wed and fri at 07:30", MONDAYS | WEDNESDAYS | FRIDAYS),
        ("every saturday, and sunday at 07:30", SATURDAYS | SUNDAYS),
        ("monthly on the 1st at 07:30", {1}),
        ("monthly on the 2nd at 07:30", {2}),
        ("monthly on the 15 at 07:30", {15}),
        ("monthly on the 31st at 07:30", {30}),
        ("  Every   MONDAY at 07:30 ", MONDAYS),
    ],
)
def test_phrases(text: str, days: set[int]) -> None:
    schedule = parse_schedule(text)

    assert in_november(schedule) == days
    assert schedule.times == (time(7, 30),)
    assert schedule.text == text


@pytest.mark.parametrize(
    "text", ["daily at 18:00, 07:30", "daily at 18:00 and 7:30", "daily at 07:30, 18:00, 7:30"]
)
def test_several_times(text: str) -> None:
    assert parse_schedule(text).times == (time(7, 30), time(18, 0))


@pytest.mark.parametrize(
    ("day", "dates"),
    [
        ("29th", ["2026-01-29", "2026-02-28", "2026-03-29", "2026-04-29"]),
        ("31st", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("28th", ["2026-01-28", "2026-02-28", "2026-03-28", "2026-04-28"]),
    ],
)
def test_a_day_that_a_month_lacks_is_its_last(day: str, dates: list[str]) -> None:
    schedule = parse_schedule(f"monthly on the {day} at 09:00")

    start = date(2026, 1, 1)
    days = [start + n * DAY for n in range(120)]
    assert [str(day) for day in days if schedule.on(day)] == dates


def test_the_last_of_february_in_a_leap_year() -> None:
    schedule = parse_schedule("monthly on the 31st at 09:00")

    assert not schedule.on(date(2028, 2, 28))
    assert schedule.on(date(2028, 2, 29))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("0 9 * * *", EVERY),
        ("0 9 * * 0", SUNDAYS),
        ("0 9 * * 7", SUNDAYS),
        ("0 9 * * 0-0", SUNDAYS),
        ("0 9 * * sun", SUNDAYS),
        ("0 9 * * 1", MONDAYS),
        ("0 9 * * MON", MONDAYS),
        ("0 9 * * 1-5", WEEKDAYS),
        ("0 9 * * mon-fri", WEEKDAYS),
        ("0 9 * * fri-sun", FRIDAYS | SATURDAYS | SUNDAYS),
        ("0 9 * * sat-0", SATURDAYS | SUNDAYS),
        ("0 9 * * sun-tue", SUNDAYS | MONDAYS | TUESDAYS),
        ("0 9 * * 5-7", FRIDAYS | SATURDAYS | SUNDAYS),
        ("0 9 * * mon,thu", MONDAYS | THURSDAYS),
        ("0 9 * * */2", SUNDAYS | TUESDAYS | THURSDAYS | SATURDAYS),
        ("0 9 1 * *", {1}),
        ("0 9 */10 * *", {1, 11, 21}),
        ("0 9 10-20/5 * *", {10, 15, 20}),
        ("0 9 25/2 * *", {25, 27, 29}),
        ("0 9 31 * *", set()),
        ("0 9 * 11 *", EVERY),
        ("0 9 * oct-dec *", EVERY),
        ("0 9 * 1-10 *", set()),
        ("0 9 13 * fri", FRIDAYS | {13}),
        ("0 9 2 nov mon", MONDAYS),
        ("0 9 1,15 * mon", MONDAYS | {1, 15}),
    ],
)
def test_cron_days(text: str, days: set[int]) -> None:
    assert in_november(parse_schedule(text)) == days


@pytest.mark.parametrize(
    ("fields", "times"),
    [
        ("0 9", ["09:00"]),
        ("*/30 9-10", ["09:00", "09:30", "10:00", "10:30"]),
        ("15,45 0,23", ["00:15", "00:45", "23:15", "23:45"]),
        ("5 */8", ["00:05", "08:05", "16:05"]),
        ("59 23", ["23:59"]),
    ],
)
def test_cron_times(fields: str, times: list[str]) -> None:
    schedule = parse_schedule(f"{fields} * * *")

    assert [f"{at:%H:%M}" for at in schedule.times] == times


DATES = ("1/12/2026 9:00", "12/01", "01.12.", "1.12.2026", "2026-12-01 9:00")
NO_MEMORY = "a schedule does not count days and weeks"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not a schedule: '': it names no days and no times; write like 'daily at 07:30'"),
        ("and", "it names no days and no times"),
        ("daily at", "nothing follows 'at'; write like 'daily at 07:30'"),
        ("sometimes", "'sometimes' is not a word of a schedule; write like 'daily at 07:30'"),
        ("every mondy at 09:00", "'mondy' is not .*; did you mean 'monday'. Write like .*monday"),
        ("evry friday 5pm", "'evry' .* did you mean 'every'. Write like 'friday 5pm'"),
        ("every 2 weeks", NO_MEMORY),
        ("every other friday", NO_MEMORY),
        ("every 3 days", NO_MEMORY),
        ("every second day", NO_MEMORY),
        ("biweekly", NO_MEMORY),
        ("twice a day", "write the times or the days, like 'daily at 09:00, 17:00'"),
        # What could be read in two ways.
        *((text, "it has a date, or times parted by a slash") for text in DATES),
        ("8 and 9 pm", "write each of these times with am or pm"),
        ("12 in the morning", "12:00 is not in the morning"),
        ("12 in the evening", "12:00 is not in the evening"),
        ("morning at 5pm", "17:00 is not in the morning"),
        ("weekly every hour", "it goes by the hour, or by week or month, not both"),
        # What other languages say, and what no schedule says.
        ("täglich um 9 Uhr", "in English, where it is 'daily'"),
        ("mo-fr 8:00", "in English, where it is 'monday'"),
        ("chaque lundi à 9h", "in English, where it is 'every'"),
        ("weekdays except friday", "name the days on which it goes out"),
        ("every night", "write the time, like 'daily at 22:00'"),
        ("half past nine", "write the time in digits"),
        ("9am EST", "its time zone is a setting of its own"),
        ("daily at 9 Europe/Berlin", "its time zone is a setting of its own"),
        ("bi-weekly", "it may mean twice, or every second"),
        ("end of month", "write the day, like"),
        ("immediately", "a digest goes out by the clock"),
        ("0 9 ? * mon", "'\\?' is not a cron day of the month \\(1-31\\); \\* is every one"),
        ("0 9 * * friday", "write sun, mon"),
        ("every second monday", "write 'second monday of the month' for one a month"),
        ("every 3rd friday at 9", "write '3rd friday of the month' for one a month"),
        ("every 5 hours", "a day cannot be divided by 5 hours; write 'every 6 hours'"),
        ("every 0 minutes", "a day cannot be divided by 0 minutes"),
        ("every 5 months", "a year cannot be divided by 5 months"),
        ("hourly every 2 hours", "it goes by the hour twice"),
        ("hourly at 9:00", "it goes by the hour or has times of day, not both"),
        ("every 5 minutes at :15", "there are no 15 minutes past in 5 minutes"),
        ("friday at :15", "':15' is minutes past the hour: write 'hourly at :15'"),
        ("hourly from 9 to 17", "no range ends with '17'; .* like '0 9-17"),
        ("monday to first", "no range ends with 'first'"),
        ("to monday", "'to' does not belong there"),
        ("monday at 9 and thursday at 17", "a schedule has the same times on all its days"),
        ("daily at 9 and monday at 10", "a schedule has the same times on all its days"),
        ("first monday and last friday", "the same weeks of the month for all its days"),
        ("first monday and thursday", "the same weeks of the month for all its days"),
        ("thursday and first monday", "the same weeks of the month for all its days"),
        ("first weekday of the month", "name one day, like 'first monday', not several"),
        ("first friday to sunday", "name one day, like 'first monday', not several"),
        ("6th monday", "no month has so many days called 'monday'"),
        ("every month on friday", "say which of the month, like 'first monday at 09:00'"),
        ("every day and monday at 09:00", "'every day' and other days do not go together"),
        ("weekly on the 1st", "'weekly' and 'monthly' do not go together"),
        ("friday and the 13th", "go together in cron fields only, like '0 9 13 \\* fri'"),
        ("last", "the last of what"),
        ("9 UTC", "its time zone is a setting of its own, `timezone`"),
        ("9am, 18:00 in the evening and morning", "write each of these times with am or pm"),
        ("daily at 13pm", "'13 pm' is not a time of day"),
        ("daily at 24", "'24' is not a time of day between 00:00 and 23:59"),
        ("daily at 24:00", "'24:00' is not a time of day"),
        ("daily at 12:60", "'12:60' is not a time of day"),
        ("daily at 12:5", "'12:5' is not a time of day"),
        ("monthly on the 0th at 09:00", "there is no day 0 in a month"),
        ("monthly on the 32nd at 09:00", "there is no day 32 in a month"),
        ("monthly on 32 at 09:00", "there is no day 32 in a month"),
        ("* * * *", r"cron has five fields .* and '\* \* \* \*' has 4"),
        ("* * * * * *", "has 6; write one like '0 9"),
        ("@reboot", "'@reboot' is not one of @hourly, @daily"),
        ("60 * * * *", r"'60' is not a cron minute \(0-59\)"),
        ("* 24 * * *", r"'24' is not a cron hour \(0-23\)"),
        ("* * 0 * *", r"'0' is not a cron day of the month \(1-31\)"),
        ("* * * 13 *", r"'13' is not a cron month \(1-12\)"),
        ("* * * janu *", r"'janu' is not a cron month \(1-12\)"),
        ("* * * * 8", r"'8' is not a cron day of the week \(0-7\)"),
        ("mon * * * *", "'mon' is not a cron minute"),
        ("*/0 * * * *", "'0' is not a step for the cron minute"),
        ("*/ * * * *", "'' is not a step for the cron minute"),
        ("*/-1 * * * *", "'-1' is not a step for the cron minute"),
        ("1//2 * * * *", "'/2' is not a step for the cron minute"),
        ("9-5 * * * *", "'9-5' runs backwards in the cron minute"),
        ("1- * * * *", "'' is not a cron minute"),
        ("1-2-3 * * * *", "'2-3' is not a cron minute"),
        ("1,,2 * * * *", "'' is not a cron minute"),
        ("² * * * *", "'²' is not a cron minute"),
        ("0 9 30 feb *", "'0 9 30 feb \\*' describes a date that never comes"),
        ("0 9 31 4,6,9,11 *", "describes a date that never comes"),
    ],
)
def test_what_is_no_schedule_is_refused_in_clear_words(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as refused:
        parse_schedule(text)
    assert "\n" not in str(refused.value)


def test_a_leap_day_does_come() -> None:
    assert parse_schedule("0 9 29 2 *").on(date(2028, 2, 29))


@st.composite
def cron_fields(draw: st.DrawFn, low: int, high: int) -> tuple[str, set[int]]:
    """A cron field, and the values it means, found by asking each value whether it is meant."""
    texts, meant = [], set()
    for _ in range(draw(st.integers(1, 3))):
        first = draw(st.integers(low, high))
        last = draw(st.integers(first, high))
        step = draw(st.integers(1, high))
        text, start, end, every = draw(
            st.sampled_from(
                [
                    ("*", low, high, 1),
                    (f"*/{step}", low, high, step),
                    (f"{first}", first, first, 1),
                    (f"{first}/{step}", first, high, step),
                    (f"{first}-{last}", first, last, 1),
                    (f"{first}-{last}/{step}", first, last, step),
                ]
            )
        )
        texts.append(text)
        meant |= {n for n in range(low, high + 1) if start <= n <= end and (n - start) % every == 0}
    return ",".join(texts), meant


@settings(deadline=None)
@given(
    cron_fields(0, 59),
    cron_fields(0, 23),
    cron_fields(1, 31),
    cron_fields(1, 12),
    cron_fields(0, 7),
    st.dates(date(2024, 1, 1), date(2031, 12, 31)),
)
def test_cron_means_what_its_fields_mean(
    minute: tuple[str, set[int]],
    hour: tuple[str, set[int]],
    month_day: tuple[str, set[int]],
    month: tuple[str, set[int]],
    weekday: tuple[str, set[int]],
    start: date,
) -> None:
    fields = (minute, hour, month_day, month, weekday)

    def meant(day: date) -> bool:
        by_month_day = day.day in month_day[1]
        by_weekday = bool({day.isoweekday(), day.isoweekday() % 7} & weekday[1])
        if "*" in (month_day[0], weekday[0]):
            return day.month in month[1] and by_month_day and by_weekday
        return day.month in month[1] and (by_month_day or by_weekday)

    text = " ".join(written for written, _ in fields)
    if not any(meant(date(2024, 1, 1) + n * DAY) for n in range(366 * 8)):
        with pytest.raises(ValueError, match="never comes"):
            parse_schedule(text)
        return
    schedule = parse_schedule(text)

    for day in (start + n * DAY for n in range(60)):
        assert schedule.on(day) == meant(day), day
    assert [(at.hour, at.minute) for at in schedule.times] == [
        (h, m) for h in range(24) for m in range(60) if h in hour[1] and m in minute[1]
    ]


@pytest.mark.parametrize(
    ("phrase", "days"),
    [
        ("daily at 09:00", 1),
        ("0 * * * *", 1),
        ("weekdays at 08:00", 3),
        ("every monday, thursday at 17:00", 4),
        ("every friday at 17:00", 7),
        ("monthly on the 1st at 09:00", 31),
        ("0 9 1 1 *", 366),
        ("0 9 29 2 *", 366),
    ],
)
def test_the_period_is_the_longest_time_between_two_editions(phrase: str, days: int) -> None:
    assert parse_schedule(phrase).period == timedelta(days=days)
