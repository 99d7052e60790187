"""Drops texts, and what readers and models said, when they are old enough to go."""

from __future__ import annotations

import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from digest.log import event
from digest.model import FEEDBACK_COUNTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.jobs.context import JobContext
    from digest.store import Store

_log = logging.getLogger(__name__)

_EVERY = timedelta(hours=1)
# Of models, and what was asked of them.
_ANSWERS_KEPT = timedelta(days=60)
_MOST = 50_000
# In a transaction, between which others have theirs.
_AT_ONCE = 200


class RetentionJob:
    """Drops the text of entries that were in their last edition long ago, and old feedback."""

    def __init__(self, context: JobContext) -> None:
        self._keep = context.settings.polling.keep_content
        self._has_models = bool(context.settings.models)
        self._store = context.store
        self._clock = context.clock
        self._at: datetime | None = None

    async def drop_old(self) -> int:
        """Drop what is old enough, once an hour at most; answers of how many entries."""
        now = self._clock()
        if self._at is not None and timedelta(0) <= now - self._at < _EVERY:
            return 0
        self._at, before = now, now - self._keep
        await self._store.transact(lambda store: store.feedback.drop_before(now - FEEDBACK_COUNTS))
        if self._has_models:
            await self._store.transact(lambda store: store.models.drop_before(now - _ANSWERS_KEPT))
        old = await self._store.transact(lambda store: store.keeping.outdated(before, _MOST))
        for start in range(0, len(old), _AT_ONCE):
            some = old[start : start + _AT_ONCE]
            await self._store.transact(partial(_drop, some, before))
        if old:
            event(_log, logging.INFO, "texts dropped", entries=len(old))
        return len(old)


def _drop(numbers: Sequence[int], before: datetime, store: Store) -> None:
    store.keeping.drop_content(numbers, before)
