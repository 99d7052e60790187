"""When to poll a feed again."""

from __future__ import annotations

from datetime import datetime, timedelta

_LONGEST_BACK_OFF = timedelta(days=1)
_MOST_DOUBLINGS = 10
_JITTER = 0.1


def next_poll(now: datetime, every: timedelta, failures: int, chance: float) -> datetime:
    """The time of the next poll; `chance` in [0, 1) spreads polls, upwards only.

    After failures in a row the interval doubles with each, up to a day.
    """
    interval = every
    if failures > 1:
        doubled = every * 2 ** min(failures - 1, _MOST_DOUBLINGS)
        interval = max(every, min(doubled, _LONGEST_BACK_OFF))
    return now + interval * (1 + _JITTER * chance)
