"""Connections: only so many at a time, and none that keeps the server waiting."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, cast

from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)

_MOST = 100
# For the head of a request to come whole, from the connect or from the last answer on; what is
# left of an answer has to be taken in the same time.
_PATIENCE_SECONDS = 10.0
_TELL_SECONDS = 60.0


class Connections:
    """Makes the protocol of each connection: `make`'s, watched.

    aiohttp waits for the head of a request for as long as it takes.
    """

    def __init__(
        self,
        make: Callable[[], asyncio.Protocol],
        most: int = _MOST,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self._make = make
        self._most = most
        self._patience = patience
        self._open: dict[asyncio.BaseTransport, asyncio.TimerHandle | None] = {}
        # Those that have begun a request, and not brought its head whole.
        self._begun: set[asyncio.BaseTransport] = set()
        self._refused = 0

    def __call__(self) -> asyncio.Protocol:
        """The protocol of a new connection."""
        return _Watched(self._make(), self)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, transport: asyncio.BaseTransport) -> bool:
        """Whether there is room for one more; it is watched from now on."""
        if len(self._open) >= self._most:
            self._refuse()
            return False
        self._open[transport] = None
        self.wait_for(transport)
        return True

    def remove(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection that is closed."""
        self._begun.discard(transport)
        if timer := self._open.pop(transport, None):
            timer.cancel()

    def begin(self, transport: asyncio.BaseTransport) -> None:
        """The client has begun to say something."""
        self._begun.add(transport)

    def wait_for(self, transport: asyncio.BaseTransport) -> None:
        """It is the client's turn now."""
        self.work_for(transport)
        if transport in self._open:
            loop = asyncio.get_running_loop()
            self._open[transport] = loop.call_later(self._patience, self._give_up, transport)

    def work_for(self, transport: asyncio.BaseTransport) -> None:
        """It is ours now: a whole head came, and is worked for."""
        self._begun.discard(transport)
        if timer := self._open.get(transport):
            timer.cancel()
            self._open[transport] = None

    def _give_up(self, transport: asyncio.BaseTransport) -> None:
        # One that is kept open for more, in vain, is no news.
        level = logging.WARNING if transport in self._begun else logging.DEBUG
        event(_log, level, "connection given up", peer=_peer(transport), reason="too slow")
        cast("asyncio.Transport", transport).abort()

    def _refuse(self) -> None:
        # A line for each would fill the log.
        if not self._refused:
            asyncio.get_running_loop().call_later(_TELL_SECONDS, self._tell)
            event(_log, logging.WARNING, "connections refused", reason=f"{self._most} are open")
        self._refused += 1

    def _tell(self) -> None:
        event(_log, logging.WARNING, "connections refused", number=self._refused)
        self._refused = 0


class _Watched(asyncio.Protocol):
    """Hands all on to another protocol, once there is room for the connection."""

    def __init__(self, inner: asyncio.Protocol, connections: Connections) -> None:
        self._inner = inner
        self._connections = connections
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._connections.add(transport):
            cast("asyncio.Transport", transport).abort()
            return
        self._transport = transport
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._transport is not None:
            self._connections.remove(self._transport)
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._transport is not None:
            self._connections.begin(self._transport)
            self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._transport is not None else None

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()


def _peer(transport: asyncio.BaseTransport) -> str:
    name = transport.get_extra_info("peername")
    return str(name[0]) if name else "unknown"
