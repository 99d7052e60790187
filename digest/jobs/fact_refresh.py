"""Asks sources for the points and comments of pending entries, just before an edition is made."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from digest.editions.thresholds import likeliest
from digest.errors import FeedError
from digest.feeds.sources import MOST_REFRESHED, source_of
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from digest.config import SourceSettings
    from digest.jobs.ask_source import SourceClient
    from digest.jobs.context import JobContext
    from digest.model import Fact
    from digest.store.facts import Measurable

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
        feeds = [
            feed
            for feed in self._settings.feeds_of(digest)
            if not feed.paused and source_of(feed.kind).refreshes
        ]
        if feeds:
            await asyncio.gather(*(self._refresh(digest, feed) for feed in feeds))

    async def _refresh(self, digest: str, feed: SourceSettings) -> None:
        wanted = await self._wanted(digest, feed)
        if not wanted:
            return
        guids = [measurable.guid for measurable in wanted]
        try:
            async with asyncio.timeout(self._total_seconds):
                facts = await self._sources.facts(feed, guids)
        except (FeedError, TimeoutError) as error:
            _tell(digest, feed, str(error) or "it took too long")
            return
        except Exception:  # noqa: BLE001 - a bug is logged whole, and the edition is made
            fields = {"digest": digest, "feed": feed.address}
            _log.exception("bug while asking for facts", extra={"fields": fields})
            return
        if _is_too_little(guids, facts):
            _tell(digest, feed, "its answer has less than half of what was asked")
            return
        measured = {one.entry.id: facts[one.guid] for one in wanted if one.guid in facts}
        gone = [one.entry.id for one in wanted if one.guid not in facts]
        now = self._clock()
        await self._store.transact(lambda store: store.facts.record(measured, gone, now))

    async def _wanted(self, digest: str, feed: SourceSettings) -> list[Measurable]:
        pending = await self._store.transact(
            lambda store: store.facts.pending(digest, feed.address)
        )
        chosen = likeliest(
            (measurable.entry for measurable in pending), feed.thresholds, MOST_REFRESHED
        )
        numbers = {entry.id for entry in chosen}
        return [measurable for measurable in pending if measurable.entry.id in numbers]


def _is_too_little(guids: Collection[str], facts: Mapping[str, tuple[Fact, ...]]) -> bool:
    """Whether an answer says more of its service than of the entries it does not have."""
    return 2 * len(facts.keys() & set(guids)) < len(guids)


def _tell(digest: str, feed: SourceSettings, reason: str) -> None:
    event(_log, logging.WARNING, "not refreshed", digest=digest, feed=feed.address, reason=reason)
