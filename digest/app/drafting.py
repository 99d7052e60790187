"""What drafts editions and completes them: all that a preview needs beside polling."""

from __future__ import annotations

from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from digest.app.http_clients import open_block_client, open_picture_client
from digest.jobs.blocks import TOTAL_SECONDS, BlockAdder
from digest.jobs.drafts import Drafter
from digest.jobs.pictures import PictureFetcher
from digest.workers.pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from digest.config import Settings
    from digest.jobs.context import JobContext

# A thousand titles take a fifth of a second; what is made to take long is cut off before this.
_DRAFT_SECONDS = 20.0


@asynccontextmanager
async def drafting_over(context: JobContext) -> AsyncIterator[Drafter]:
    """What drafts editions; what polls bring waits for no edition, and no edition for a poll."""
    workers = WorkerPool(1, task_seconds=_DRAFT_SECONDS, doing="drafting")
    try:
        yield Drafter(context, workers)
    finally:
        workers.close()


@asynccontextmanager
async def blocks_over(context: JobContext) -> AsyncIterator[BlockAdder]:
    """What gives editions their blocks."""
    # Two, so that a calendar that takes long keeps no other from its turn.
    workers = WorkerPool(2, task_seconds=TOTAL_SECONDS, doing="reading")
    try:
        yield BlockAdder(
            context, partial(open_block_client, context.settings, TOTAL_SECONDS), workers
        )
    finally:
        workers.close()


def open_pictures(settings: Settings) -> PictureFetcher:
    """What gives editions their pictures."""
    return PictureFetcher(settings, partial(open_picture_client, settings))
