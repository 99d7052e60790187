"""Holds back questions to servers while more bodies wait than memory is meant for."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Backlog:
    """The bodies that arrived and are not recorded yet; whoever would ask for more waits."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._bodies = 0
        self._room = asyncio.Event()
        self._room.set()
        self._door = asyncio.Lock()

    async def room(self) -> None:
        """Wait until there are fewer than the most."""
        # One by one: all at once would keep the event loop from all else.
        async with self._door:
            await self._room.wait()

    @contextmanager
    def one_more(self) -> Iterator[None]:
        """Count a body until the block ends."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        self._bodies += more
        if self._bodies < self._most:
            self._room.set()
        else:
            self._room.clear()
