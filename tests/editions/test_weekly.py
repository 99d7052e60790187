"""Weekly editions: what they go by, and when they are due."""

from __future__ import annotations

import pytest

from digest.config.schedule import parse_schedule
from digest.editions.weekly import configured, is_lively, is_weekly, weekly_of, weekly_schedule


@pytest.mark.parametrize(
    ("text", "weekly"),
    [
        ("daily at 08:00", "every monday at 08:00"),
        ("weekdays at 07:30, 18:00", "every monday at 07:30"),
        ("every tuesday, thursday at 12:00", "every tuesday at 12:00"),
        ("every friday at 16:00, 18:00", "every friday at 16:00"),
        ("0 * * * *", "every monday at 00:00"),
        ("0 9 1-10 * *", "every monday at 09:00"),
        ("0 9 1 * fri", "every monday at 09:00"),
        ("0 9 29 2,3 *", "0 9 29 2,3 *"),
        ("every friday at 16:00", "every friday at 16:00"),
        ("monthly on the 31st at 09:00", "monthly on the 31st at 09:00"),
        ("0 9 1,15 * *", "0 9 1,15 * *"),
    ],
)
def test_a_week_ends_on_the_first_of_its_days(text: str, weekly: str) -> None:
    schedule, written = parse_schedule(text), parse_schedule(weekly)
    found = weekly_schedule(schedule)
    assert (found.text, found.times, found.weekdays) == (weekly, written.times, written.weekdays)
    assert is_lively(schedule) == (text != weekly)
    assert weekly_schedule(found) == found


def test_a_rest_of_months_is_kept() -> None:
    assert weekly_schedule(parse_schedule("0 8 * 10 *")).months == frozenset({10})


def test_what_weekly_editions_go_by() -> None:
    assert (configured(weekly_of("news")), is_weekly(weekly_of("news"))) == ("news", True)
    assert (configured("weekly"), is_weekly("weekly")) == ("weekly", False)
