"""What the system says of connecting and listening, whatever Python and its libraries say of it."""

from __future__ import annotations

import asyncio
import errno
import socket

import pytest

from digest.network import connection_trouble, listening_trouble

FOREIGN = "203.0.113.1"


async def trouble_at(host: str, port: int) -> str:
    loop = asyncio.get_running_loop()
    with pytest.raises((OSError, UnicodeError)) as caught:
        await loop.create_server(asyncio.Protocol, host, port)
    return listening_trouble(caught.value, host, port)


async def test_why_nobody_can_listen() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert (await trouble_at("127.0.0.1", port)).startswith("another program listens there; ")
        # One of its addresses is free.
        assert (await trouble_at("", port)).startswith("another program listens there; ")
    assert (await trouble_at(FOREIGN, 8080)).startswith("this machine has no such address; ")
    for name in ("no.such.host.invalid", "a" * 70):
        assert (await trouble_at(name, 8080)).startswith("the host name does not resolve; ")


@pytest.mark.parametrize(
    "said", ["could not bind on any address out of [('203.0.113.1', 8080)]", "anything else", ""]
)
def test_where_a_library_does_not_say_why_the_system_is_asked(said: str) -> None:
    words = listening_trouble(OSError(said), FOREIGN, 8080)

    assert words == "this machine has no such address; 0.0.0.0 is all that it has"


def test_a_number_without_words_of_ours_is_the_systems() -> None:
    error = OSError(errno.ENOBUFS, "error while attempting to bind")

    assert listening_trouble(error, "127.0.0.1", 0) == "No buffer space available"


async def test_why_nothing_can_be_connected_to_at_any_address_of_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    loop = asyncio.get_running_loop()
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{n}", port)) for n in (1, 2)]

    async def both(*_: object, **__: object) -> object:
        return places

    monkeypatch.setattr(loop, "getaddrinfo", both)
    with pytest.raises(OSError, match=r".") as caught:
        await loop.create_connection(asyncio.Protocol, "two.example", port)

    assert connection_trouble(caught.value) == "connection refused"
