"""Answers that are not quite HTTP, in one piece, in two and byte by byte."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest

from tests import limits
from tests.feed_xml import item, rss
from tests.feeds.asking import get, refused
from tests.feeds.raw_server import raw_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.feeds.http.fetch import Fetcher

FEED = rss(item(1)).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(FEED)
CHUNK = b"%x\r\n%b\r\n" % (len(FEED), FEED)
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n"

READ = {
    "a length that is said twice": HEAD + LENGTH + LENGTH + b"\r\n" + FEED,
    "a length that is said twice in a line": (
        HEAD + b"Content-Length: %d, %d\r\n\r\n" % (len(FEED), len(FEED)) + FEED
    ),
    "more than the length": HEAD + LENGTH + b"\r\n" + FEED + b"\r\n<!-- cached -->",
    "more than the chunks": CHUNKED + CHUNK + b"0\r\n\r\nmore",
    "another answer after it": HEAD + LENGTH + b"\r\n" + FEED + HEAD + b"Content-Length: 0\r\n\r\n",
    "chunks with extensions": CHUNKED + CHUNK.replace(b"\r\n", b";a=b;c\r\n", 1) + b"0\r\n\r\n",
    "chunks with trailers": CHUNKED + CHUNK + b"0\r\nX: y\r\n\r\n",
    "bare line ends": (HEAD + LENGTH + b"\r\n").replace(b"\r\n", b"\n") + FEED,
    "mixed line ends": HEAD + LENGTH + b"X: y\n\r\n" + FEED,
    "empty lines before it": b"\r\n\n" + HEAD + LENGTH + b"\r\n" + FEED,
    "hints before it": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        + HEAD
        + LENGTH
        + b"\r\n"
        + FEED
    ),
    "no reason": b"HTTP/1.1 200\r\n" + LENGTH + b"\r\n" + FEED,
    "an old server": b"HTTP/1.0 200 OK\r\n\r\n" + FEED,
    "folded lines": HEAD + b"X: y\r\n z\r\n" + LENGTH + b"\r\n" + FEED,
    "a header of 60 kB": HEAD + b"Link: " + b"x" * 60_000 + b"\r\n" + LENGTH + b"\r\n" + FEED,
    "1,000 header lines": HEAD + b"X: y\r\n" * 998 + LENGTH + b"\r\n" + FEED,
    "60 kB of header lines": HEAD + (b"X: " + b"y" * 495 + b"\r\n") * 120 + LENGTH + b"\r\n" + FEED,
    "a cookie of 9 kB": HEAD + b"Set-Cookie: a=" + b"x" * 9_000 + b"\r\n" + LENGTH + b"\r\n" + FEED,
    "Latin-1 in a header": HEAD + b"X: Z\xfcrich\r\n" + LENGTH + b"\r\n" + FEED,
}

UNCHANGED = {
    "a feed": NOT_MODIFIED + LENGTH + b"\r\n" + FEED,
    "HTML": NOT_MODIFIED + b"Content-Length: 25\r\n\r\n<html>Not modified</html>",
    "a length alone": NOT_MODIFIED + b"Content-Length: 1234\r\n\r\n",
    "a line end": NOT_MODIFIED + b"\r\n\n",
    "chunks": NOT_MODIFIED + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "no end of chunks": NOT_MODIFIED + b"Transfer-Encoding: chunked\r\n\r\nzz",
    "gzip": NOT_MODIFIED + b"Content-Encoding: gzip\r\n\r\n\x1f\x8b\x08",
    "another answer": NOT_MODIFIED + b"\r\n" + HEAD + LENGTH + b"\r\n" + FEED,
    "nothing": NOT_MODIFIED + b"\r\n",
}


def whole(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(answer)


def in_two(answer: bytes) -> Callable[[socket.socket], None]:
    """The head first, and the rest when it has arrived."""
    head, end, rest = answer.partition(b"\r\n\r\n")

    def send(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(head + end)
        connection.sendall(rest)

    return send


def byte_by_byte(answer: bytes) -> Callable[[socket.socket], None]:
    def send(connection: socket.socket) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for n in range(len(answer)):
            connection.sendall(answer[n : n + 1])

    return send


PIECES = pytest.mark.parametrize("pieces", [whole, in_two, byte_by_byte])


@PIECES
@pytest.mark.parametrize("name", READ)
async def test_a_feed_is_read(
    fetcher: Fetcher, name: str, pieces: Callable[[bytes], Callable[[socket.socket], None]]
) -> None:
    with raw_server(pieces(READ[name])) as server:
        assert (await get(fetcher, server.url)).body == FEED


@PIECES
@pytest.mark.parametrize("name", UNCHANGED)
async def test_a_304_ends_with_its_headers(
    fetcher: Fetcher, name: str, pieces: Callable[[bytes], Callable[[socket.socket], None]]
) -> None:
    with raw_server(pieces(UNCHANGED[name])) as server:
        for _ in range(2):
            response = await get(fetcher, server.url, etag='"a"')
            assert (response.status, response.body, response.body_hash) == (304, None, None)


@PIECES
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"zz\r\n" + FEED, "the answer is not valid HTTP: its body is not in whole chunks"),
        (b"5\r\n" + FEED, "the answer is not valid HTTP: its body is not in whole chunks"),
        (CHUNK, "the body ended too early"),
        (CHUNK + b"0\r\n", "the body ended too early"),
    ],
)
async def test_chunks_that_are_not_whole_are_a_failure_at_once(
    fetcher: Fetcher,
    body: bytes,
    reason: str,
    pieces: Callable[[bytes], Callable[[socket.socket], None]],
) -> None:
    with raw_server(pieces(CHUNKED + body)) as server:
        async with asyncio.timeout(limits.seconds(8)):
            assert (await refused(fetcher, server.url)).reason == reason


@PIECES
async def test_a_body_that_is_shorter_than_its_length(
    fetcher: Fetcher, pieces: Callable[[bytes], Callable[[socket.socket], None]]
) -> None:
    answer = HEAD + b"Content-Length: %d\r\n\r\n" % (len(FEED) + 9) + FEED
    with raw_server(pieces(answer)) as server:
        assert (await refused(fetcher, server.url)).reason == "the body ended too early"


async def test_a_server_that_speaks_first(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def greet() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
                connection.recv(65_536)

        greeting = asyncio.create_task(asyncio.to_thread(greet))
        error = await refused(fetcher, f"http://127.0.0.1:{port}/")
        await greeting
    assert error.reason.startswith("the answer is not valid HTTP: ")
    assert "SSH-2.0-OpenSSH_9.2" in error.reason
