"""Blocks: asked as for an edition, and nothing stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.blocks import Occasion, block_of
from digest.checks import Finding, failed
from digest.errors import FeedError
from digest.jobs.ask_block import BlockClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from digest.config import Settings
    from digest.config.blocks import BlockSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.workers.pool import WorkerPool


class BlockChecks:
    """Checks the blocks of digests, each as long as a poll may take."""

    def __init__(
        self,
        settings: Settings,
        fetcher: Fetcher,
        workers: WorkerPool,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._client = BlockClient(settings.polling, fetcher, workers)
        self._now = now

    async def check(self, digest: str, settings: BlockSettings) -> Finding:
        """Ask for one, and say what was found: which place, how many events."""
        language = self._settings.digests[digest].language
        occasion = Occasion(language, self._settings.zone_of(digest).key, self._now())
        name, block = f"{digest}: {settings.subject}", block_of(settings.kind)
        try:
            answers = await self._client.ask(settings, occasion)
        except FeedError as error:
            reason = f"{settings.kind}: {error.reason}"
            return failed("block", name, reason, block.mend(error))
        found = block.finding(answers.facts, answers.found, settings, occasion)
        return Finding("block", name, "ok", found)
