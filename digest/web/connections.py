"""Limits connections: how many at a time, and how long each may keep the server waiting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal, cast

from msgspec import Struct

from digest.web.peers import client_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.web.refusals import Refusals

# Those of this machine have places of their own.
_MOST = 100
_MOST_OF_A_PEER = 20
# For the head of a request to come whole, from the connect or from the last answer on; what is
# left of an answer has to be taken in the same time.
_PATIENCE_SECONDS = 10.0
# Most bring a head with the connect, and its body with it: who is later may be out for more.
_GRACE_SECONDS = 1.0
# Where programs of this machine come from, unless they choose another of its addresses.
_HERE = frozenset({"127.0.0.1", "::1"})

_END_OF_HEAD = b"\r\n\r\n"

_Turn = Literal["head", "body", "ours"]


class _Connection(Struct):
    """One that is open; `turn` is the client's to bring a head or a body, or ours."""

    peer: str
    since: float
    turn: _Turn = "head"
    # Whether it has brought a part of a head.
    begun: bool = False
    timer: asyncio.TimerHandle | None = None


class Connections:
    """Makes the protocol of each connection: `make`'s, watched.

    Where all places are taken, one makes room that waits for its client: the one that has waited
    the longest for a whole head, but before those that have only just come one that waits for a
    body; last who takes an answer. What is worked for stays. `may_be_many` answers whether an
    address may be that of a proxy.
    """

    def __init__(
        self,
        make: Callable[[], asyncio.Protocol],
        refusals: Refusals,
        may_be_many: Callable[[str], bool] = lambda _: False,
        *,
        most: int = _MOST,
        most_of_a_peer: int = _MOST_OF_A_PEER,
        patience: float = _PATIENCE_SECONDS,
    ) -> None:
        self.make = make
        self._refusals = refusals
        self._may_be_many = may_be_many
        self._most = most
        self._most_of_a_peer = most_of_a_peer
        self._patience = patience
        # Those whose turn began first come first.
        self._open: dict[asyncio.BaseTransport, _Connection] = {}

    def __call__(self) -> asyncio.Protocol:
        """The protocol of a new connection."""
        return _Watched(self)

    def __len__(self) -> int:
        return len(self._open)

    def add(self, transport: asyncio.BaseTransport) -> bool:
        """Whether there is room for one more, or could be made; it is watched from now on."""
        address = _address_of(transport)
        peer = client_of(address)
        if not (self._may_come(address, peer) and self._has_room(self._beside(peer), self._most)):
            self._refusals.note("no place", peer=peer, reason="all places are taken")
            return False
        self._open[transport] = _Connection(peer, _now())
        self.wait_for(transport)
        return True

    def remove(self, transport: asyncio.BaseTransport) -> None:
        """Forget a connection that is closed."""
        found = self._open.pop(transport, None)
        if found and found.timer:
            found.timer.cancel()

    def begin(self, transport: asyncio.BaseTransport) -> None:
        """The client has begun to say something."""
        if found := self._open.get(transport):
            found.begun = True

    def wait_for(self, transport: asyncio.BaseTransport) -> None:
        """It is the client's turn now."""
        if found := self._turn(transport, "head"):
            loop = asyncio.get_running_loop()
            found.timer = loop.call_later(self._patience, self._lose_patience, transport)

    def work_for(self, transport: asyncio.BaseTransport) -> None:
        """It is ours now: a whole head came, and is worked for."""
        self._turn(transport, "ours")

    def wait_for_body(self, transport: asyncio.BaseTransport) -> None:
        """A whole head came that announces a body, which is waited for elsewhere."""
        self._turn(transport, "body")

    def end_body(self, transport: asyncio.BaseTransport) -> None:
        """The body came whole; perhaps so late that it is the client's turn again."""
        found = self._open.get(transport)
        if found and found.turn == "body":
            self.work_for(transport)

    def _turn(self, transport: asyncio.BaseTransport, turn: _Turn) -> _Connection | None:
        found = self._open.pop(transport, None)
        if found is None:
            return None
        if found.timer:
            found.timer.cancel()
        found.turn, found.since, found.begun, found.timer = turn, _now(), False, None
        self._open[transport] = found
        return found

    def _may_come(self, address: str, peer: str) -> bool:
        if peer in _HERE or self._may_be_many(address):
            return True
        own = [transport for transport, found in self._open.items() if found.peer == peer]
        return self._has_room(own, self._most_of_a_peer)

    def _beside(self, peer: str) -> list[asyncio.BaseTransport]:
        """Those that share their places with this peer's."""
        here = peer in _HERE
        return [
            transport for transport, found in self._open.items() if (found.peer in _HERE) is here
        ]

    def _has_room(self, group: Sequence[asyncio.BaseTransport], most: int) -> bool:
        if len(group) < most:
            return True
        first = self._first_to_go(group)
        if first is None:
            return False
        self._refusals.note("crowded out", peer=self._open[first].peer, reason="waited the longest")
        self._give_up(first)
        return True

    def _first_to_go(self, group: Sequence[asyncio.BaseTransport]) -> asyncio.BaseTransport | None:
        waiting = [transport for transport in group if self._open[transport].turn != "ours"]
        return min(waiting, key=self._rank, default=None)

    def _rank(self, transport: asyncio.BaseTransport) -> int:
        """How soon it makes room for others; of one rank, who has waited the longest."""
        found = self._open[transport]
        if _takes(transport):
            # It has brought all that it was to.
            return 4
        is_late = _now() - found.since >= _GRACE_SECONDS
        first = 0 if found.turn == "head" else 1
        return first if is_late else first + 2

    def _lose_patience(self, transport: asyncio.BaseTransport) -> None:
        found = self._open[transport]
        # One that is kept open for more, in vain, is no news.
        if found.begun or _takes(transport):
            self._refusals.note("slow", peer=found.peer, reason="too slow")
        self._give_up(transport)

    def _give_up(self, transport: asyncio.BaseTransport) -> None:
        # Its end is told later than the next may come.
        self.remove(transport)
        cast("asyncio.Transport", transport).abort()


class _Watched(asyncio.Protocol):
    """Hands all on to another protocol, once there is room for the connection."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._inner: asyncio.Protocol | None = None
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._connections.add(transport):
            cast("asyncio.Transport", transport).abort()
            return
        self._transport, self._inner = transport, self._connections.make()
        self._inner.connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._inner and self._transport:
            self._connections.remove(self._transport)
            self._inner.connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._inner and self._transport:
            self._connections.begin(self._transport)
            # Apart, so that what is wrong with a body is told to whom the head is for.
            head, end, body = data.partition(_END_OF_HEAD)
            self._inner.data_received(head + end)
            if body:
                self._inner.data_received(body)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner else None

    def pause_writing(self) -> None:
        if self._inner:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner:
            self._inner.resume_writing()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _address_of(transport: asyncio.BaseTransport) -> str:
    name = transport.get_extra_info("peername")
    return str(name[0]) if isinstance(name, tuple) else ""


def _takes(transport: asyncio.BaseTransport) -> bool:
    """Whether a client has still to take a part of an answer."""
    return cast("asyncio.Transport", transport).get_write_buffer_size() > 0
