"""Keeps which hosts allow no more requests, and has their feeds wait."""

from __future__ import annotations

import logging
import random
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.feeds.http.host_backoffs import asked_hosts
from digest.feeds.http.permanent_moves import settled
from digest.feeds.timing import next_attempt
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from digest.errors import PostponedError
    from digest.feeds.http.host_backoffs import HostBackoffs
    from digest.jobs.context import JobContext
    from digest.model import FeedState, HostBackoff
    from digest.store import Store

_log = logging.getLogger(__name__)

# A host that refuses everything for so long may never allow a request again.
_LASTING = timedelta(days=3)


class BackoffKeeper:
    """Keeps the backoffs of hosts in the store, so that they outlive the process."""

    def __init__(self, context: JobContext, backoffs: HostBackoffs) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zone = context.settings.zone
        self._polled = {feed.address for feed in context.settings.feeds if not feed.paused}
        self._backoffs = backoffs
        self._kept: Mapping[str, HostBackoff] | None = None

    async def load(self) -> None:
        """Go on with those that were kept, before the first poll."""
        if self._kept is None:
            self._backoffs.restore(await self._store.transact(lambda store: store.hosts.backoffs()))
            self._kept = self._backoffs.known

    async def keep(self) -> None:
        """Keep what has changed; the feeds of a host that is left alone now are put off together.

        It is told once, with their number, however many of them there are.
        """
        before, known = self._kept or {}, self._backoffs.known
        if known is self._kept:
            return
        self._kept, now = known, self._clock()
        changed = [each for host, each in known.items() if each != before.get(host)]
        complaints = {
            host: _complaint(known.get(host), now, self._zone) for host in {*before, *known}
        }

        def write(store: Store) -> list[int]:
            store.hosts.keep(known.values())
            for host, complaint in complaints.items():
                store.incidents.note("host", host, complaint, now)
            return [_put_off(store, backoff, self._polled, now) for backoff in changed]

        waiting = await self._store.transact(write)
        for backoff, number in zip(changed, waiting, strict=True):
            if number and not _is_told(before.get(backoff.host), now):
                _tell(backoff, number)

    async def postpone(self, state: FeedState, every: timedelta, error: PostponedError) -> None:
        """Have a feed wait for its host.

        One that was asked had its poll, so that another of its host is the next to be asked.
        """
        await self.keep()
        now, until = self._clock(), error.backoff.until
        if error.status is None:
            await self._store.transact(lambda store: store.feeds.postpone([state.id], until))
            return
        again = max(until, next_attempt(now, every, state.failures, None, random.random()))  # noqa: S311
        await self._store.transact(lambda store: store.feeds.record_refusal(state.id, now, again))


def _put_off(store: Store, backoff: HostBackoff, polled: Collection[str], now: datetime) -> int:
    """Have feeds wait for their host, of those that are `polled` at all; answers how many."""
    waiting = _asked_there(store.hosts.due_at(backoff), backoff.host, now)
    store.feeds.postpone([state.id for state in waiting], backoff.until)
    return sum(state.url in polled for state in waiting)


def _asked_there(states: Sequence[FeedState], host: str, now: datetime) -> list[FeedState]:
    return [state for state in states if host in hosts_of(state, now)]


def hosts_of(state: FeedState, now: datetime) -> set[str]:
    """The hosts that a poll of a feed asks: the first, and where it was answered last time."""
    first = state.move.to if state.move and settled(state.move, now) else state.url
    return asked_hosts(first, state.answered_by)


def _complaint(backoff: HostBackoff | None, now: datetime, zone: ZoneInfo) -> str | None:
    """What a person reads of a host that refuses all requests for days; else nothing."""
    if backoff is None or not backoff.refusals or now - backoff.since < _LASTING:
        return None
    since = backoff.since.astimezone(zone)
    return f"allows no requests since {since:%Y-%m-%d %H:%M %Z}, so its feeds wait"


def _is_told(before: HostBackoff | None, now: datetime) -> bool:
    """Whether the host was left alone before, so that only the end is another."""
    return before is not None and before.until > now


def _tell(backoff: HostBackoff, feeds: int) -> None:
    level = logging.WARNING if backoff.refusals else logging.INFO
    event(
        _log,
        level,
        "host allows no more requests",
        host=backoff.host,
        until=f"{backoff.until:%Y-%m-%dT%H:%M:%SZ}",
        feeds=feeds,
    )
