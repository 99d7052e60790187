"""Limits how many requests are open, at a host and in all."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from digest.feeds.http.host_backoffs import HostBackoffs


class HostThrottle:
    """Lets so many requests through at a time, with `pause` seconds between two to a host."""

    def __init__(
        self, concurrency: int, per_host: int, pause: float, backoffs: HostBackoffs
    ) -> None:
        self._slots = asyncio.Semaphore(concurrency)
        self._per_host = per_host
        self._pause = pause if per_host else 0.0
        # Whoever waits, asks or pauses holds the slots of a host; those that nobody holds go.
        self._host_slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._backoffs = backoffs

    @asynccontextmanager
    async def slot(self, host: str) -> AsyncIterator[None]:
        """Wait for a free slot at the host, then for one in all; a pause follows.

        Raises:
            PostponedError: the host allows no more requests.
        """
        self._backoffs.check(host)
        host_slots = self._host_slots.setdefault(host, asyncio.Semaphore(self._at_a_time(host)))
        await host_slots.acquire()
        pause = 0.0
        try:
            async with self._slots:
                # The request before may just have been told.
                self._backoffs.check(host)
                pause = self._pause
                yield
        finally:
            if pause:
                # Freed later rather than slept through, so that the answer is not kept waiting.
                asyncio.get_running_loop().call_later(pause, host_slots.release)
            else:
                host_slots.release()

    def _at_a_time(self, host: str) -> int:
        # Whoever has refused one is asked by one, not by all that wait.
        return 1 if host in self._backoffs.known else self._per_host or sys.maxsize
