"""Which editions are made of the times that have come, on time and late.

A time is missed when it is over half an hour past, so that a restart over the hour misses none.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import chain, islice, pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.editions.schedule import next_after, times_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from digest.model import CatchUp, Entry, Schedule

_LATE = timedelta(minutes=30)
_MOST = 3
# What comes after a longer gap is no series of editions any more.
_MOST_BY_ITSELF = 2


class Turn(Struct, frozen=True):
    """A scheduled time whose turn it is, and the time that is next once it is done with.

    Its edition takes what is dated up to `until`, all that is pending where that is None; with
    `skipped` there is none.
    """

    scheduled_for: datetime
    following: datetime
    until: datetime | None = None
    skipped: bool = False


def catch_up(
    schedule: Schedule, zone: ZoneInfo, due: datetime, now: datetime, policy: CatchUp
) -> list[Turn]:
    """The turns, in order, of a digest that has been due since `due`, which is not after `now`.

    The newest time takes all that is pending. What else was missed has turns of its own with
    `send`, for the newest three of all, and is part of the newest otherwise. Done with some of
    them, the rest is the same, asked again with the time that followed.
    """
    newest = next(_newest_first(schedule, zone, due, now))
    late = (at for at in _newest_first(schedule, zone, due, now) if now - at > _LATE)
    missed = list(islice(late, _MOST))
    if policy == "auto":
        policy = "send" if len(missed) <= _MOST_BY_ITSELF else "merge"
    older = [at for at in reversed(missed) if at < newest] if policy == "send" else []
    times = [*older, newest, next_after(schedule, zone, now)]
    return [
        Turn(
            at,
            following,
            until=at if at < newest else None,
            skipped=policy == "skip" and newest in missed,
        )
        for at, following in pairwise(times)
    ]


def as_of(entries: Iterable[Entry], at: datetime) -> list[Entry]:
    """Those that were news already: dated, and edited where that makes them news again, by then."""
    return [entry for entry in entries if max(entry.dated, entry.resend_at or entry.dated) <= at]


def _newest_first(
    schedule: Schedule, zone: ZoneInfo, due: datetime, now: datetime
) -> Iterator[datetime]:
    # The first is the store's word: it need not be one of the schedule's.
    return chain(times_between(schedule, zone, due, now), [due])
