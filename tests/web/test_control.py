"""The control socket: commands reach the daemon, whatever others do at the socket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from digest.errors import StoreError
from digest.store import database_of
from digest.web.control import control_socket
from digest.web.control_client import ask_daemon, daemon_is_alive
from tests import limits
from tests.web.site import Servers, Site, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

HALVES = [
    b"",
    b"POST /held HT",
    b"POST /held HTTP/1.1\r\nHost: digest\r\n",
    b"POST /held HTTP/1.1\r\nHost: digest\r\nContent-Length: 99\r\n\r\n{",
    b"POST /held HTTP/1.1\r\nHost: digest\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    b"GET /alive HTTP/1.1\r\nHost: digest\r\n\r\n",
]


@pytest.fixture
async def controlled(servers: Servers, tmp_path: Path) -> AsyncIterator[Site]:
    async with (
        serve(settings_for(tmp_path, servers), tmp_path) as site,
        control_socket(site.daemon),
    ):
        yield site


async def test_clients_that_say_half_or_nothing_block_nobody(
    controlled: Site, caplog: pytest.LogCaptureFixture
) -> None:
    database = database_of(controlled.daemon.settings)
    writers = []
    for number in range(120):
        _, writer = await asyncio.open_unix_connection(database.control_socket())
        writer.write(HALVES[number % len(HALVES)])
        writers.append(writer)
    async with asyncio.timeout(limits.seconds(5)):
        assert await daemon_is_alive(database)
        answer = await ask_daemon(database, "held", feeds=[], release=True)
    assert answer == {"decision": "released", "entries": 0}
    for writer in writers:
        writer.transport.abort()
    assert not any(record.exc_info for record in caplog.records)


async def test_keys_are_rotated_by_the_daemon(controlled: Site) -> None:
    database = database_of(controlled.daemon.settings)
    await controlled.log_in()
    assert (await controlled.answer("/"))[0].status == 200
    answer = await ask_daemon(database, "rotate", forget=False)
    assert answer == {"rotated": ["links", "sessions"], "retired": 1}
    assert (await controlled.answer("/"))[0].status == 303
    assert (await ask_daemon(database, "rotate", forget=True) or {})["retired"] == 0


async def test_a_command_that_is_unheard_of_is_an_error(controlled: Site) -> None:
    with pytest.raises(StoreError):
        await ask_daemon(database_of(controlled.daemon.settings), "unheard-of")
