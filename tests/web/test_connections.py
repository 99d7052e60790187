"""Connections: so many and no more, and none for longer than it takes."""

from __future__ import annotations

import asyncio
import socket

import pytest

from digest.web.connections import Connections


async def listen(connections: Connections) -> tuple[asyncio.Server, int]:
    server = await asyncio.get_running_loop().create_server(connections, "127.0.0.1", 0)
    return server, int(server.sockets[0].getsockname()[1])


async def until(connections: Connections, number: int) -> None:
    """Wait until so many are open."""
    async with asyncio.timeout(5):
        while len(connections) != number:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)


async def test_a_client_that_drips_is_given_up_in_all(caplog: pytest.LogCaptureFixture) -> None:
    connections = Connections(asyncio.Protocol, patience=0.2)
    server, port = await listen(connections)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = asyncio.get_running_loop().time()

    async def drip() -> None:
        for letter in b"GET / HTTP/1.1\r\nX-Slow: " + b"a" * 1000:
            writer.write(bytes([letter]))
            await asyncio.sleep(0.01)

    dripping = asyncio.create_task(drip())
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        async with asyncio.timeout(5):
            await reader.readexactly(1)
    assert 0.1 < asyncio.get_running_loop().time() - began < 2
    dripping.cancel()
    writer.close()
    assert len(connections) == 0
    assert "connection given up" in {record.message for record in caplog.records}
    server.close()


async def test_no_more_connections_than_the_most(caplog: pytest.LogCaptureFixture) -> None:
    connections = Connections(asyncio.Protocol, most=3)
    server, port = await listen(connections)
    clients = [socket.create_connection(("127.0.0.1", port)) for _ in range(3)]
    await until(connections, 3)
    for _ in range(20):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.close()
    assert len(connections) == 3
    # However many are refused, the log is not filled by it.
    assert [record.message for record in caplog.records].count("connections refused") == 1
    for client in clients:
        client.close()
    await until(connections, 0)
    server.close()


async def test_what_is_being_worked_for_is_not_given_up() -> None:
    connections = Connections(asyncio.Protocol, patience=0.05)
    server, port = await listen(connections)
    client = socket.create_connection(("127.0.0.1", port))
    await until(connections, 1)
    (transport,) = connections._open
    connections.work_for(transport)
    assert connections._open[transport] is None
    connections.wait_for(transport)
    await until(connections, 0)
    client.close()
    server.close()
