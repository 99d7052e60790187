from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.timing import next_poll
from tests.feed_xml import NOW

HOUR = timedelta(hours=1)
EVERY = st.timedeltas(timedelta(seconds=1), timedelta(days=60))
FAILURES = st.integers(0, 10**6)
CHANCE = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("failures", "hours"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (99, 24)]
)
def test_the_interval_doubles_with_each_failure_up_to_a_day(failures: int, hours: int) -> None:
    assert next_poll(NOW, HOUR, failures, 0) == NOW + timedelta(hours=hours)


@given(EVERY, FAILURES, CHANCE)
def test_a_feed_is_never_polled_sooner_than_configured(
    every: timedelta, failures: int, chance: float
) -> None:
    assert next_poll(NOW, every, failures, chance) >= NOW + every


@given(EVERY, FAILURES, CHANCE)
def test_chance_adds_at_most_a_tenth(every: timedelta, failures: int, chance: float) -> None:
    least = next_poll(NOW, every, failures, 0) - NOW
    assert least <= next_poll(NOW, every, failures, chance) - NOW <= least * 1.1


@given(EVERY, FAILURES)
def test_more_failures_never_mean_an_earlier_poll(every: timedelta, failures: int) -> None:
    assert next_poll(NOW, every, failures + 1, 0) >= next_poll(NOW, every, failures, 0)


@given(EVERY, FAILURES)
def test_a_feed_is_tried_daily_or_as_configured(every: timedelta, failures: int) -> None:
    assert next_poll(NOW, every, failures, 0) <= NOW + max(every, timedelta(days=1))
