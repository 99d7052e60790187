"""Asks sources for the points and comments of pending entries, just before an edition is made."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from digest.editions.thresholds import likeliest
from digest.errors import FeedError
from digest.feeds.sources import MOST_REFRESHED, source_of
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from digest.config import SourceSettings
    from digest.jobs.ask_source import SourceClient
    from digest.jobs.context import JobContext
    from digest.model import Fact
    from digest.store import Store

_log = logging.getLogger(__name__)

# No edition waits longer for them: where they do not come, those of the last poll count.
_TOTAL_SECONDS = 5.0


class FactRefresh:
    """Has the facts of the entries that an edition is likeliest to show brought up to date."""

    def __init__(
        self, context: JobContext, sources: SourceClient, total_seconds: float = _TOTAL_SECONDS
    ) -> None:
        self._settings = context.settings
        self._store = context.store
        self._clock = context.clock
        self._sources = sources
        self._total_seconds = total_seconds

    async def refresh(self, digest: str) -> None:
        """Ask each source of a digest that can tell, once; what goes wrong changes nothing.

        Raises:
            StoreError: the database cannot be used.
        """
        wanted = {
            feed.address: (feed, await self._wanted(digest, feed))
            for feed in self._settings.feeds_of(digest)
            if not feed.paused and source_of(feed.kind).refreshes
        }
        answers = await asyncio.gather(
            *(self._ask(digest, feed, entries) for feed, entries in wanted.values() if entries)
        )
        now = self._clock()
        for measured, gone in filter(None, answers):
            await self._store.transact(partial(_record, measured=measured, gone=gone, now=now))

    async def _wanted(self, digest: str, feed: SourceSettings) -> dict[str, int]:
        """The numbers of the entries to ask for, by guid."""
        pending = await self._store.transact(
            lambda store: store.facts.pending(digest, feed.address)
        )
        entries = (measurable.entry for measurable in pending)
        chosen = {entry.id for entry in likeliest(entries, feed.thresholds, MOST_REFRESHED)}
        return {each.guid: each.entry.id for each in pending if each.entry.id in chosen}

    async def _ask(
        self, digest: str, feed: SourceSettings, entries: Mapping[str, int]
    ) -> _Answer | None:
        """What a source says of entries; None where it does not."""
        try:
            async with asyncio.timeout(self._total_seconds):
                facts = await self._sources.facts(feed, tuple(entries))
        except (FeedError, TimeoutError) as error:
            _tell(digest, feed, str(error) or "it took too long")
            return None
        except Exception:  # noqa: BLE001 - a bug is logged whole, and the edition is made
            fields = {"digest": digest, "feed": feed.address}
            _log.exception("bug while asking for facts", extra={"fields": fields})
            return None
        measured = {number: facts[guid] for guid, number in entries.items() if guid in facts}
        if 2 * len(measured) < len(entries):
            # That says more of the service than of the entries.
            _tell(digest, feed, "its answer has less than half of what was asked")
            return None
        return _Answer(measured, {*entries.values()} - measured.keys())


class _Answer(NamedTuple):
    """What entries have now, by their numbers, and which are gone."""

    measured: Mapping[int, tuple[Fact, ...]]
    gone: Collection[int]


def _record(
    store: Store, measured: Mapping[int, tuple[Fact, ...]], gone: Collection[int], now: datetime
) -> None:
    store.facts.record(measured, gone, now)


def _tell(digest: str, feed: SourceSettings, reason: str) -> None:
    event(_log, logging.INFO, "not refreshed", digest=digest, feed=feed.address, reason=reason)
