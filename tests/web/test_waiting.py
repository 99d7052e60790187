"""A daemon that waits for its disk: healthy, and no command is carried out."""

from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import aiohttp
import pytest

from digest.errors import StoreError
from digest.web.control_client import ask_daemon, daemon_is_alive
from digest.web.waiting import answers_while_waiting
from tests.databases import database_at

if TYPE_CHECKING:
    from pathlib import Path

    from digest.config import Settings
    from digest.store import DatabaseAddress

REASON = "nothing can be written on its disk: No space left on device"


@pytest.fixture
def database(tmp_path: Path) -> DatabaseAddress:
    """One that was never made."""
    return database_at(tmp_path / "data" / "digest.db")


def settings_of(database: DatabaseAddress, port: int | None = None) -> Settings:
    listening = port and SimpleNamespace(address=("127.0.0.1", port))
    return cast("Settings", SimpleNamespace(database=database.url, web=listening))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def test_it_is_alive_and_says_why_no_command_is_done(database: DatabaseAddress) -> None:
    assert not await daemon_is_alive(database)
    async with answers_while_waiting(settings_of(database), REASON):
        assert await daemon_is_alive(database)
        with pytest.raises(StoreError, match=f"waits for its disk: {REASON}"):
            await ask_daemon(database, "poll", feeds=[])
        assert not database.exists()
    assert not await daemon_is_alive(database)


async def test_its_pages_are_healthy_and_not_ready(database: DatabaseAddress) -> None:
    port = free_port()
    async with (
        answers_while_waiting(settings_of(database, port), REASON),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session,
    ):
        found = {}
        for path in ("/healthz", "/readyz", "/"):
            async with session.get(path) as answer:
                found[path] = answer.status
    assert found == {"/healthz": 200, "/readyz": 503, "/": 503}
    # The daemon itself listens there next.
    socket.create_server(("127.0.0.1", port)).close()


async def test_a_port_that_another_has_does_not_end_it(
    database: DatabaseAddress, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        async with answers_while_waiting(settings_of(database, taken), REASON):
            assert await daemon_is_alive(database)
    assert [record.getMessage() for record in caplog.records] == ["no pages"]
