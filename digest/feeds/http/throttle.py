"""Whose turn it is: how many requests are open at a host and in all, and who wants none."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from digest.errors import NotAskedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class HostThrottle:
    """Lets requests through, as many at a time as allowed; `pause` in seconds between two."""

    def __init__(self, concurrency: int, per_host: int, pause: float) -> None:
        self._places = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._pause = pause if per_host else 0.0
        # Whoever waits, asks or pauses holds its host's; what nobody holds is forgotten.
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._alone_until: dict[str, float] = {}

    @asynccontextmanager
    async def take(self, host: str) -> AsyncIterator[None]:
        """Wait for a free place at the host, then for one in all; leave a pause behind.

        Raises:
            NotAskedError: the host wants to be left alone.
        """
        self._check(host)
        turn = self._hosts.setdefault(host, asyncio.Semaphore(self._per_host or sys.maxsize))
        await turn.acquire()
        pause = 0.0
        try:
            async with self._places:
                # The one before may just have been told.
                self._check(host)
                pause = self._pause
                yield
        finally:
            if pause:
                # Freed later rather than slept through, so that the answer is not kept waiting.
                asyncio.get_running_loop().call_later(pause, turn.release)
            else:
                turn.release()

    def leave_alone(self, host: str, span: timedelta) -> None:
        """Let nobody through to a host for a while."""
        now = asyncio.get_running_loop().time()
        self._alone_until = {
            name: until for name, until in self._alone_until.items() if until > now
        } | {host: now + span.total_seconds()}

    def _check(self, host: str) -> None:
        left = self._alone_until.get(host, 0.0) - asyncio.get_running_loop().time()
        if left > 0:
            span = timedelta(seconds=left)
            until = datetime.now(UTC) + span
            raise NotAskedError(
                f"not asked: {host} wants to be left alone until {until:%Y-%m-%d %H:%M} UTC",
                retry_after=span,
            )
