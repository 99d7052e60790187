from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.feeds.timing import IntervalFactors, next_attempt, next_poll
from digest.model import PollHints
from tests.feed_xml import NOW

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
NONE = timedelta(0)

EVERY = st.timedeltas(timedelta(seconds=1), timedelta(days=60))
SPANS = st.none() | st.timedeltas(-DAY, timedelta(days=400))
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
FAILURES = st.integers(0, 10**6)
CHANCE = st.floats(0, 1, exclude_max=True)
HOURS = st.frozensets(st.integers(0, 23))
DAYS = st.frozensets(st.integers(0, 6))
WISHES = st.builds(PollHints, interval=SPANS, skip_hours=HOURS, skip_days=DAYS)


def factors(
    every: timedelta = HOUR,
    poll_hints: PollHints = PollHints(),  # noqa: B008 - frozen
    fresh_for: timedelta | None = None,
    quiet_since: datetime | None = None,
    missed_at: datetime | None = None,
) -> IntervalFactors:
    return IntervalFactors(every, poll_hints, fresh_for, quiet_since, missed_at)


RHYTHMS = st.builds(
    factors,
    every=EVERY,
    poll_hints=WISHES,
    fresh_for=SPANS,
    quiet_since=st.none() | TIMES,
    missed_at=st.none() | TIMES,
)


def wait(of: IntervalFactors, now: datetime = NOW, chance: float = 0) -> timedelta:
    return next_poll(now, of, chance) - now


def skipped(at: datetime, poll_hints: PollHints) -> bool:
    return at.hour in poll_hints.skip_hours or at.weekday() in poll_hints.skip_days


def hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def satisfiable(poll_hints: PollHints) -> bool:
    return len(poll_hints.skip_hours) < 24 and len(poll_hints.skip_days) < 7


@given(TIMES, RHYTHMS, CHANCE)
def test_a_feed_is_never_polled_sooner_than_configured(
    now: datetime, of: IntervalFactors, chance: float
) -> None:
    assert wait(of, now, chance) >= of.every


@given(TIMES, RHYTHMS, CHANCE)
def test_chance_only_ever_adds_at_most_a_tenth(
    now: datetime, of: IntervalFactors, chance: float
) -> None:
    unhindered = factors(of.every, PollHints(of.poll_hints.interval), of.fresh_for, of.quiet_since)
    least = wait(unhindered, now)
    assert least <= wait(unhindered, now, chance) <= least * 1.1


@given(TIMES, RHYTHMS)
def test_a_wish_is_granted_up_to_a_week(now: datetime, of: IntervalFactors) -> None:
    assert wait(of, now) >= min(of.poll_hints.interval or NONE, WEEK)


@given(TIMES, RHYTHMS)
def test_no_feed_waits_longer_than_its_longest_reason(now: datetime, of: IntervalFactors) -> None:
    unhindered = factors(of.every, PollHints(of.poll_hints.interval), of.fresh_for, of.quiet_since)
    wished = min(of.poll_hints.interval or NONE, WEEK)
    assert wait(unhindered, now) <= max(of.every, wished, DAY)
    # The next allowed hour is less than a week away.
    assert wait(of, now) <= max(of.every, wished, DAY) + WEEK


@given(TIMES, RHYTHMS, CHANCE)
def test_a_skipped_hour_or_day_is_never_polled_in(
    now: datetime, of: IntervalFactors, chance: float
) -> None:
    at = next_poll(now, of, chance)
    unhindered = next_poll(
        now,
        IntervalFactors(
            of.every, PollHints(of.poll_hints.interval), of.fresh_for, of.quiet_since, of.missed_at
        ),
        chance,
    )
    if not satisfiable(of.poll_hints) or not skipped(unhindered, of.poll_hints):
        assert at == unhindered
        return
    assert not skipped(at, of.poll_hints)
    first, last = hour_of(unhindered), hour_of(at)
    assert first < last <= at <= last + 6 * MINUTE
    between = (first + HOUR * n for n in range((last - first) // HOUR))
    assert all(skipped(hour, of.poll_hints) for hour in between)


@given(TIMES, RHYTHMS, st.timedeltas(NONE, WEEK))
def test_where_entries_were_missed_only_wishes_lengthen(
    now: datetime, of: IntervalFactors, ago: timedelta
) -> None:
    missed = IntervalFactors(of.every, of.poll_hints, of.fresh_for, of.quiet_since, now - ago)
    wishes_only = factors(of.every, of.poll_hints)
    assert next_poll(now, missed, 0) == next_poll(now, wishes_only, 0)


@pytest.mark.parametrize(
    ("fresh_for", "expected"),
    [
        (None, HOUR),
        (30 * MINUTE, HOUR),
        (3 * HOUR, 3 * HOUR),
        (timedelta(days=365), DAY),
    ],
)
def test_a_fresh_answer_is_not_asked_for_again_for_up_to_a_day(
    fresh_for: timedelta | None, expected: timedelta
) -> None:
    assert wait(factors(fresh_for=fresh_for)) == expected


@pytest.mark.parametrize(
    ("interval", "expected"),
    [(30 * MINUTE, HOUR), (2 * DAY, 2 * DAY), (timedelta(days=365), WEEK)],
)
def test_a_wish_lengthens_the_interval(interval: timedelta, expected: timedelta) -> None:
    assert wait(factors(poll_hints=PollHints(interval))) == expected


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [(0.9, HOUR), (1, HOUR), (2, 2 * HOUR), (2.9, 2 * HOUR), (24, DAY), (500, DAY), (-9, HOUR)],
)
def test_a_quiet_feed_is_polled_slower(weeks: float, expected: timedelta) -> None:
    assert wait(factors(quiet_since=NOW - weeks * WEEK)) == expected


def test_a_gap_of_long_ago_is_forgotten() -> None:
    of = factors(fresh_for=3 * HOUR, quiet_since=NOW - 2 * WEEK, missed_at=NOW - WEEK - MINUTE)
    assert wait(of) == 3 * HOUR


@pytest.mark.parametrize(
    ("hours", "days", "expected"),
    [
        # NOW is a Monday, 09:00: an hour later is 10:00.
        (set(), set(), NOW + HOUR),
        ({9, 11}, {1}, NOW + HOUR),
        ({10}, set(), NOW + 2 * HOUR),
        (set(range(24)) - {3}, set(), datetime(2026, 11, 17, 3, tzinfo=UTC)),
        ({0, 1}, {0, 1}, datetime(2026, 11, 18, 2, tzinfo=UTC)),
        (set(range(24)) - {9}, {1, 2, 3, 4, 5, 6}, NOW + WEEK),
        (set(range(24)), set(), NOW + HOUR),
        (set(), set(range(7)), NOW + HOUR),
    ],
)
def test_skipped_hours_and_days(hours: set[int], days: set[int], expected: datetime) -> None:
    poll_hints = PollHints(skip_hours=frozenset(hours), skip_days=frozenset(days))
    assert next_poll(NOW, factors(poll_hints=poll_hints), 0) == expected


@pytest.mark.parametrize(
    ("failures", "hours"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 24), (99, 24)]
)
def test_the_interval_doubles_with_each_failure_up_to_a_day(failures: int, hours: int) -> None:
    assert next_attempt(NOW, HOUR, failures, None, 0) == NOW + hours * HOUR


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [(MINUTE, 2 * HOUR), (3 * DAY, 3 * DAY), (timedelta(days=365), timedelta(days=30))],
)
def test_retry_after_is_kept_up_to_30_days(retry_after: timedelta, expected: timedelta) -> None:
    assert next_attempt(NOW, HOUR, 2, retry_after, 0) == NOW + expected


@given(EVERY, FAILURES, SPANS, CHANCE)
def test_no_attempt_is_sooner_than_configured_or_asked(
    every: timedelta, failures: int, retry_after: timedelta | None, chance: float
) -> None:
    again = next_attempt(NOW, every, failures, retry_after, chance) - NOW
    assert again >= max(every, min(retry_after or NONE, timedelta(days=30)))


@given(EVERY, FAILURES, SPANS, CHANCE)
def test_chance_adds_at_most_a_tenth_to_an_attempt(
    every: timedelta, failures: int, retry_after: timedelta | None, chance: float
) -> None:
    least = next_attempt(NOW, every, failures, retry_after, 0) - NOW
    again = next_attempt(NOW, every, failures, retry_after, chance) - NOW
    assert least <= again <= least * 1.1


@given(EVERY, FAILURES)
def test_more_failures_never_mean_an_earlier_attempt(every: timedelta, failures: int) -> None:
    fewer = next_attempt(NOW, every, failures, None, 0)
    assert next_attempt(NOW, every, failures + 1, None, 0) >= fewer


@given(EVERY, FAILURES)
def test_a_failing_feed_is_tried_daily_or_as_configured(every: timedelta, failures: int) -> None:
    assert next_attempt(NOW, every, failures, None, 0) <= NOW + max(every, DAY)
