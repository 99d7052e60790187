"""When to poll a feed again: never sooner than configured, later where the feed asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from digest.model import PollHints

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_WEEK = timedelta(weeks=1)
_LONGEST_WISH = _WEEK
# Servers mark feeds as fresh for a year by mistake.
_LONGEST_FRESH = _DAY
_LONGEST_QUIET = _DAY
_LONGEST_BACK_OFF = _DAY
_LONGEST_RETRY_AFTER = timedelta(days=30)
_MOST_DOUBLINGS = 10
_JITTER = 0.1
# How long a feed that outran its polls is polled more often.
_HURRIED = _WEEK


class IntervalFactors(Struct, frozen=True):
    """What decides how long to wait before the next poll of a feed that answered.

    `every` is configured, `poll_hints` stand in the feed, `fresh_for` in its last answer;
    `quiet_since` is when it last brought something new, `missed_at` when two polls in a row
    shared no entry, so that entries were probably missed between them.
    """

    every: timedelta
    poll_hints: PollHints
    fresh_for: timedelta | None
    quiet_since: datetime | None
    missed_at: datetime | None


def every_now(
    own: timedelta | None, least: timedelta, missed_at: datetime | None, now: datetime
) -> timedelta:
    """How often to poll a feed: as configured for it, or twice as often where it outran its polls.

    Never more often than `least`, as configured for all.
    """
    every = max(own or least, least)
    return max(every / 2, least) if missed_at and now - missed_at <= _HURRIED else every


def next_poll(now: datetime, factors: IntervalFactors, chance: float) -> datetime:
    """When to poll after an answer, in UTC; `chance` in [0, 1) spreads polls, upwards only."""
    return _outside_skips(
        now + _spread(_interval(now, factors), chance), factors.poll_hints, chance
    )


def next_attempt(
    now: datetime, every: timedelta, failures: int, retry_after: timedelta | None, chance: float
) -> datetime:
    """When to poll after `failures` in a row, of which the last asked for `retry_after`.

    The interval doubles with each failure but the first, up to a day.
    """
    doublings = min(max(failures - 1, 0), _MOST_DOUBLINGS)
    back_off = min(every * 2**doublings, _LONGEST_BACK_OFF)
    asked = min(retry_after or timedelta(0), _LONGEST_RETRY_AFTER)
    wait = _spread(max(every, back_off, asked), chance)
    return now + max(every, min(wait, _LONGEST_RETRY_AFTER))


def _interval(now: datetime, factors: IntervalFactors) -> timedelta:
    none = timedelta(0)
    wished = min(factors.poll_hints.interval or none, _LONGEST_WISH)
    if factors.missed_at is not None and now - factors.missed_at <= _WEEK:
        # Only what the publisher asks for is worth losing entries.
        return max(factors.every, wished)
    fresh = min(factors.fresh_for or none, _LONGEST_FRESH)
    quiet_weeks = (now - factors.quiet_since) // _WEEK if factors.quiet_since else 0
    return max(factors.every, wished, fresh, min(_HOUR * quiet_weeks, _LONGEST_QUIET))


def _spread(interval: timedelta, chance: float) -> timedelta:
    return interval * (1 + _JITTER * chance)


def _outside_skips(at: datetime, poll_hints: PollHints, chance: float) -> datetime:
    """`at`, or a moment early in the next hour that is not skipped; `at` where all are."""
    if not _skipped(at, poll_hints):
        return at
    hour = at.replace(minute=0, second=0, microsecond=0)
    week = (hour + _HOUR * n for n in range(1, 7 * 24))
    allowed = next((start for start in week if not _skipped(start, poll_hints)), None)
    return at if allowed is None else allowed + _HOUR * _JITTER * chance


def _skipped(at: datetime, poll_hints: PollHints) -> bool:
    return at.hour in poll_hints.skip_hours or at.weekday() in poll_hints.skip_days
