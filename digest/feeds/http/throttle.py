"""Limits how many requests are open, at a host and in all; leaves hosts alone that ask for it."""

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
    """Lets so many requests through at a time, with `pause` seconds between two to a host."""

    def __init__(self, concurrency: int, per_host: int, pause: float) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._pause = pause if per_host else 0.0
        # Whoever waits, asks or pauses holds the slots of a host; those that nobody holds go.
        self._host_slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._alone_until: dict[str, float] = {}

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Wait for a free slot at the host, then for one in all; a pause follows.

        Raises:
            NotAskedError: the host wants to be left alone.
        """
        self._check(host)
        host_slots = self._host_slots.setdefault(
            host, asyncio.Semaphore(self._per_host or sys.maxsize)
        )
        await host_slots.acquire()
        pause = 0.0
        try:
            async with self._slots:
                # The request before may just have been told.
                self._check(host)
                pause = self._pause
                yield
        finally:
            if pause:
                # Freed later rather than slept through, so that the answer is not kept waiting.
                asyncio.get_running_loop().call_later(pause, host_slots.release)
            else:
                host_slots.release()

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
