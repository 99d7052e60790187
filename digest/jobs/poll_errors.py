"""Polls that fail for no fault of their feeds: bugs, and limits of this machine."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from digest.errors import FeedError, HostLimitError
from digest.workers.memory_limit import tight_memory

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model import FeedState
    from digest.store import Store

_log = logging.getLogger(__name__)


def of_unexpected(error: Exception, address: str) -> FeedError:
    """What is said of an error that nobody raised for a feed: no memory, or a bug."""
    lacks_memory = isinstance(error, MemoryError) or "new thread" in str(error)
    if lacks_memory and (limit := tight_memory()):
        return HostLimitError(f"not read: {limit}")
    _log.error("bug while polling", exc_info=error, extra={"fields": {"feed": address}})
    return FeedError(f"a bug: {type(error).__name__}")


def record_limit(store: Store, state: FeedState, now: datetime, again: datetime) -> None:
    """A poll that a limit of this machine has cut short: nothing is learned of the feed."""
    store.feeds.record_refusal(state.id, now, again)
    store.incidents.note("limit", "RLIMIT_AS", tight_memory(), now)
