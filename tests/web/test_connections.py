"""Connections: so many and no more, none for longer than it takes, and nobody kept out by them."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from digest.web.connections import Connections
from digest.web.peers import client_of
from digest.web.refusals import Refusals
from tests import limits

HERE, ONE, OTHER = "127.0.0.1", "127.0.0.2", "127.0.0.3"


class Listening:
    """A server that says nothing, and those who came to it."""

    def __init__(self, **bounds: Any) -> None:
        self.refusals = Refusals()
        self.connections = Connections(asyncio.Protocol, self.refusals, **bounds)
        self.clients: list[socket.socket] = []

    async def __aenter__(self) -> Listening:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self.connections, HERE, 0)
        self.port = int(self._server.sockets[0].getsockname()[1])
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self.clients:
            client.close()
        self._server.close()
        await self.until(0)
        self.refusals.tell()

    async def come(self, number: int, peer: str = HERE) -> list[socket.socket]:
        """Have so many come from an address, one after the other."""
        came = []
        for _ in range(number):
            client = socket.create_connection((HERE, self.port), source_address=(peer, 0))
            client.setblocking(False)
            came.append(client)
            await self.until_known(client)
        self.clients += came
        return came

    async def until_known(self, client: socket.socket) -> None:
        """Wait until it was let in, or not."""
        name = client.getsockname()
        async with asyncio.timeout(limits.seconds(5)):
            while name not in self.names() and is_open(client):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)

    def names(self) -> set[object]:
        return {one.get_extra_info("peername") for one in self.connections._open}

    def transport(self, client: socket.socket) -> asyncio.BaseTransport:
        name = client.getsockname()
        (found,) = (one for one in self.connections._open if one.get_extra_info("peername") == name)
        return found

    async def until(self, number: int) -> None:
        """Wait until so many are open."""
        async with asyncio.timeout(limits.seconds(5)):
            while len(self.connections) != number:  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)

    async def stay(self, clients: list[socket.socket]) -> list[bool]:
        """Which of them are still open, once all that was to happen has."""
        for _ in range(5):
            await asyncio.sleep(0)
        return [is_open(client) for client in clients]


def is_open(client: socket.socket) -> bool:
    try:
        return client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


async def test_a_client_that_drips_is_given_up_in_all() -> None:
    async with Listening(patience=0.2) as there:
        reader, writer = await asyncio.open_connection(HERE, there.port)
        began = asyncio.get_running_loop().time()

        async def drip() -> None:
            for letter in b"GET / HTTP/1.1\r\nX-Slow: " + b"a" * 1000:
                writer.write(bytes([letter]))
                await asyncio.sleep(0.01)

        dripping = asyncio.create_task(drip())
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            async with asyncio.timeout(limits.seconds(5)):
                await reader.readexactly(1)
        assert 0.1 < asyncio.get_running_loop().time() - began < limits.seconds(2)
        dripping.cancel()
        writer.close()
        assert len(there.connections) == 0
        assert there.refusals.totals == {"slow": 1}


async def test_the_one_that_waited_the_longest_makes_room() -> None:
    async with Listening(most=3) as there:
        first, second, third = await there.come(3)
        new = await there.come(1)
        assert await there.stay([first, second, third, *new]) == [False, True, True, True]
        # Who has had an answer waits anew.
        there.connections.work_for(there.transport(second))
        there.connections.wait_for(there.transport(second))
        await there.come(1)
        assert await there.stay([second, third]) == [True, False]
        assert len(there.connections) == 3
        assert there.refusals.totals == {"crowded out": 2}


async def test_what_is_worked_for_stays_and_a_body_goes_after_heads() -> None:
    async with Listening(most=3) as there:
        working, bringing, idle = await there.come(3)
        there.connections.work_for(there.transport(working))
        there.connections.wait_for_body(there.transport(bringing))
        (fourth,) = await there.come(1)
        assert await there.stay([working, bringing, idle]) == [True, True, False]
        there.connections.work_for(there.transport(fourth))
        (fifth,) = await there.come(1)
        assert await there.stay([working, bringing, fifth]) == [True, False, True]
        there.connections.work_for(there.transport(fifth))
        (late,) = await there.come(1)
        assert await there.stay([working, fourth, fifth, late]) == [True, True, True, False]
        assert there.refusals.totals == {"crowded out": 2, "no place": 1}


async def test_who_has_only_just_come_stays_longer_than_who_brings_no_body() -> None:
    async with Listening(most=2) as there:
        bringing, new = await there.come(2)
        transport = there.transport(bringing)
        there.connections.wait_for_body(transport)
        there.connections._open[transport].since -= 1
        (newer,) = await there.come(1)
        assert await there.stay([bringing, new, newer]) == [False, True, True]
        # But not for ever.
        there.connections.wait_for_body(there.transport(newer))
        for one in (new, newer):
            there.connections._open[there.transport(one)].since -= 1
        (newest,) = await there.come(1)
        assert await there.stay([new, newer, newest]) == [False, True, True]


async def test_a_body_that_comes_late_takes_no_turn() -> None:
    async with Listening(patience=0.05) as there:
        (client,) = await there.come(1)
        transport = there.transport(client)
        there.connections.wait_for_body(transport)
        there.connections.end_body(transport)
        assert there.connections._open[transport].turn == "ours"
        there.connections.wait_for(transport)
        there.connections.end_body(transport)
        await there.until(0)


async def test_a_peer_takes_no_places_but_its_own() -> None:
    async with Listening(most=10, most_of_a_peer=4) as there:
        first, *_ = attack = await there.come(4, ONE)
        others = await there.come(4, OTHER)
        more = await there.come(1, ONE)
        assert await there.stay([*attack, *others, *more]) == [False, *[True] * 8]
        # All of a peer's are worked for: it has to wait for itself.
        for client in (*attack[1:], *more):
            there.connections.work_for(there.transport(client))
        refused = await there.come(1, ONE)
        assert await there.stay([*refused, *others]) == [False, *[True] * 4]
        assert is_open(first) is False


async def test_behind_a_proxy_one_peer_is_all() -> None:
    async with Listening(may_be_many=ONE.__eq__, most=10, most_of_a_peer=4) as there:
        readers = await there.come(10, ONE)
        assert await there.stay(readers) == [True] * 10
        await there.come(1, ONE)
        assert await there.stay(readers) == [False, *[True] * 9]
        # Who comes without it is one.
        await there.come(6, OTHER)
        assert await there.stay(readers) == [*[False] * 5, *[True] * 5]


async def test_this_machine_has_places_of_its_own() -> None:
    async with Listening(most=4, most_of_a_peer=4) as there:
        others = await there.come(4, ONE)
        for client in others:
            there.connections.work_for(there.transport(client))
        here = await there.come(4)
        assert await there.stay([*others, *here]) == [True] * 8
        refused = await there.come(1, OTHER)
        assert await there.stay([*refused, *here]) == [False, *[True] * 4]


async def test_thousands_that_come_and_say_nothing_keep_nobody_out() -> None:
    async with Listening() as there:
        for peer in (HERE, *(f"127.0.1.{number}" for number in range(1, 20))):
            await there.come(60, peer)
        assert len(there.connections) == 160
        (here,) = await there.come(1)
        (other,) = await there.come(1, "127.0.2.1")
        assert await there.stay([here, other]) == [True, True]


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1:ffff::7", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::7", "2001:db8:0:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        (None, "unknown"),
    ],
)
async def test_who_is_one_client(address: str | None, client: str) -> None:
    assert client_of(address) == client


async def test_what_is_being_worked_for_is_not_given_up() -> None:
    async with Listening(patience=0.05) as there:
        (client,) = await there.come(1)
        transport = there.transport(client)
        there.connections.work_for(transport)
        assert there.connections._open[transport].timer is None
        there.connections.wait_for(transport)
        await there.until(0)
        # It was kept open for more, in vain, which is no news.
        assert there.refusals.totals == {}
