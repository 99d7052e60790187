"""Weekly editions: when there is one, and that whoever changes its mind misses nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.schedule import parse_schedule
from digest.editions.schedule import times_between
from digest.editions.weekly import (
    configured,
    is_weekly,
    week_before,
    week_end,
    weekly_of,
    weekly_schedule,
)
from digest.model import Choice, Frequency, Recipient

ADA = Recipient("inbox", "ada@example.com")
BERLIN = ZoneInfo("Europe/Berlin")
# A Wednesday, with a change of the clock in the weeks that follow.
BEGIN = datetime(2026, 10, 14, tzinfo=UTC)
END = BEGIN + timedelta(weeks=6)
LIVELY = [
    "daily at 08:00",
    "weekdays at 07:30, 18:00",
    "every tuesday, thursday at 02:30",
    "0 * * * *",
    "0 8 * 10 *",
]
CALM = ["every friday at 16:00", "monthly on the 31st at 09:00", "0 9 1,15 * *"]


@pytest.mark.parametrize(
    ("text", "weekly"),
    [
        ("daily at 08:00", "every monday at 08:00"),
        ("weekdays at 07:30, 18:00", "every monday at 07:30"),
        ("every tuesday, thursday at 12:00", "every tuesday at 12:00"),
        ("every friday at 16:00, 18:00", "every friday at 16:00"),
        ("0 * * * *", "every monday at 00:00"),
        *((text, text) for text in CALM),
    ],
)
def test_a_week_ends_with_the_first_edition_of_a_day(text: str, weekly: str) -> None:
    found, written = weekly_schedule(parse_schedule(text)), parse_schedule(weekly)
    assert (found.text, found.times, found.weekdays) == (weekly, written.times, written.weekdays)
    assert weekly_schedule(found) == found


@pytest.mark.parametrize("text", [*LIVELY, *CALM])
def test_weeks_follow_each_other(text: str) -> None:
    schedule, at = parse_schedule(text), BEGIN
    for _ in range(10):
        end = week_end(schedule, BERLIN, at)
        second = timedelta(seconds=1)
        assert week_before(schedule, BERLIN, end) < at <= end == week_end(schedule, BERLIN, end)
        assert week_before(schedule, BERLIN, end + second) == end
        at = end + second


def test_what_weekly_editions_go_by() -> None:
    assert (configured(weekly_of("news")), is_weekly(weekly_of("news"))) == ("news", True)
    assert (configured("weekly"), is_weekly("weekly")) == ("weekly", False)


instants = st.datetimes(
    BEGIN.replace(tzinfo=None), END.replace(tzinfo=None), timezones=st.just(UTC)
)
minds = st.lists(st.tuples(instants, st.sampled_from(get_args(Frequency))), max_size=12)


@given(st.sampled_from([*LIVELY, *CALM]), minds, st.lists(instants, max_size=5), st.booleans())
def test_whoever_changes_its_mind_gets_all_of_it_once(
    text: str, minds: list[tuple[datetime, Frequency]], by_hand: list[datetime], weekly: bool
) -> None:
    schedule = parse_schedule(text)
    weeks = sorted(times_between(weekly_schedule(schedule), BERLIN, BEGIN, END))
    editions = sorted({*times_between(schedule, BERLIN, BEGIN, END), *by_hand})
    ada = Recipient("inbox", ADA.address, choices=(Choice("weekly", None),)) if weekly else ADA
    for at, frequency in sorted(minds):
        ada = ada.choosing(frequency, at)

    def gets(at: datetime) -> Frequency:
        return ada.frequency_after(week_before(schedule, BERLIN, at))

    got = [at for at in editions if gets(at) == "each"]
    for end in weeks:
        if gets(end) == "weekly":
            began = week_before(schedule, BERLIN, end)
            got += [at for at in editions if began < at <= end]
    # What came after the last end of a week may still come.
    last = weeks[-1] if weeks else BEGIN - timedelta(seconds=1)
    assert sorted(at for at in got if at <= last) == [at for at in editions if at <= last]


def test_a_choice_holds_from_the_next_week_on() -> None:
    monday = datetime(2026, 11, 16, 8, tzinfo=UTC)
    tuesday, week = monday + timedelta(days=1), timedelta(days=7)
    ada = ADA.choosing("weekly", tuesday)
    assert (ada.frequency, ada.frequency_after(monday)) == ("weekly", "each")
    assert ada.frequency_after(monday + week) == "weekly"
    assert ada.choosing("weekly", tuesday + week) is ada
    back = ada.choosing("each", tuesday + timedelta(hours=1))
    assert [back.frequency_after(monday + n * week) for n in range(3)] == ["each"] * 3


def test_a_program_that_changes_its_mind_fills_nothing() -> None:
    ada = ADA
    for n in range(1000):
        ada = ada.choosing("each" if n % 2 else "weekly", BEGIN + timedelta(seconds=n))
    assert len(ada.choices) == 20
