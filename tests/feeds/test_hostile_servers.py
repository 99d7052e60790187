"""Servers that do harm: each is a failure within its limits, while others are served on time."""

from __future__ import annotations

import asyncio
import gzip
import socket
import threading
import time
import tracemalloc
import zlib
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from digest.errors import FeedError
from tests import limits
from tests.feed_xml import item, rss
from tests.feeds.asking import get, refused
from tests.feeds.conftest import open_fetcher
from tests.feeds.raw_server import raw_server
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from digest.feeds.http.fetch import Fetcher
    from tests.servers import HttpServer

FEED = rss(item(1)).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NOT_HTTP = "the answer is not valid HTTP: "
LONG_HEAD = f"{NOT_HTTP}its headers are longer than 65,536 bytes"
GARBAGE = "\0\1\2\3\4\5\6\7\x08\t"
BAD_NAME = "X\N{REPLACEMENT CHARACTER}\1"
BAD_CHUNK = f"{NOT_HTTP}its body is not in whole chunks"
CUT = "the body ended too early"
LATE = "no whole answer within 1.2 s"
TOO_LARGE = "the body is larger than 1,000,000 bytes"
# Twice what is promised, since the tests share the machine; tests/benchmarks/hostile.py measures.
LONGEST_LAG = limits.seconds(0.5)


@asynccontextmanager
async def others_on_time(fetcher: Fetcher, good: str) -> AsyncIterator[None]:
    """Checks that the event loop never stays away for long, nor another feed's fetch.

    What counts is the loop's own time, since the server has its threads in this process too; a
    loop that waits for something is late by the clock.
    """
    ticks = [_times()]

    async def watch() -> None:
        while True:
            await asyncio.sleep(0.005)
            ticks.append(_times())

    async def poll() -> None:
        for _ in range(5):
            async with asyncio.timeout(20 * LONGEST_LAG):
                assert (await get(fetcher, good)).body == FEED

    watching, polling = asyncio.create_task(watch()), asyncio.create_task(poll())
    try:
        yield
        # The last tick may be due for long when the harm is over.
        ticks.append(_times())
        await polling
    finally:
        for task in (watching, polling):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    assert max(later[0] - sooner[0] for sooner, later in pairwise(ticks)) <= LONGEST_LAG
    assert max(later[1] - sooner[1] for sooner, later in pairwise(ticks)) <= 8 * LONGEST_LAG


def _times() -> tuple[float, float]:
    """Seconds that this thread has worked, and by the clock."""
    return time.thread_time(), time.monotonic()


@pytest.fixture
def good(feed_server: HttpServer) -> str:
    """A feed of another server, which is not to be kept waiting."""
    feed_server.replies["/good"] = Reply(FEED)
    return f"{feed_server.url}/good"


def say(answer: bytes) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(answer)


def endless(start: bytes, piece: bytes) -> Callable[[socket.socket], None]:
    """Writes for as long as it is let."""

    def pour(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(piece)

    return pour


def bomb() -> bytes:
    """About 1 MB of gzip that is 1 GB of zeros."""
    deflater = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    megabyte = bytes(1_000_000)
    start = deflater.compress(megabyte) + deflater.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers back, so the block can be repeated.
    block = deflater.compress(megabyte) + deflater.flush(zlib.Z_FULL_FLUSH)
    return start + block * 999 + deflater.flush()


GZIP = HEAD + b"Content-Encoding: gzip\r\nConnection: close\r\n\r\n"

# More than one reason where it depends on how the bytes arrive, or how fast.
HARM: dict[str, tuple[Callable[[socket.socket], None], str | set[str]]] = {
    "garbage for a status line": (
        say(b"220 mail ESMTP\r\n"),
        f"{NOT_HTTP}another protocol is spoken at this port; it begins with '220 mail ESMTP'",
    ),
    "TLS": (
        say(b"\x15\x03\x01\0\x02\x02\x16"),
        f"{NOT_HTTP}the server speaks TLS at this port; write https:// in the address",
    ),
    "a document alone": (
        say(FEED),
        f"{NOT_HTTP}it has no status line and no headers (HTTP/0.9)",
    ),
    "bytes": (
        say(bytes(range(256)) * 100),
        f"{NOT_HTTP}another protocol is spoken at this port; it begins with {GARBAGE!r}",
    ),
    "a status of four digits": (
        say(b"HTTP/1.1 2000 OK\r\n\r\n"),
        f"{NOT_HTTP}its status line is not one of HTTP/1.1: 'HTTP/1.1 2000 OK'",
    ),
    "a header without a name": (
        say(HEAD + b": x\r\n\r\n"),
        f"{NOT_HTTP}a header line does not begin with a name and a colon: ''",
    ),
    "a header with NUL": (
        say(HEAD + b"X: a\0b\r\n\r\n"),
        f"{NOT_HTTP}there is a NUL in its header 'X'",
    ),
    "a name with bad bytes": (
        say(HEAD + b"X\xff\x01: a\r\n\r\n"),
        f"{NOT_HTTP}a header line does not begin with a name and a colon: {BAD_NAME!r}",
    ),
    "a secret without a colon": (
        say(HEAD + b"Set-Cookie : s3cret\r\n\r\n"),
        f"{NOT_HTTP}a header line does not begin with a name and a colon: 'Set-Cookie '",
    ),
    "two lengths": (
        say(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        f"{NOT_HTTP}its Content-Length is '1' and '2'",
    ),
    "a negative length": (
        say(HEAD + b"Content-Length: -1\r\n\r\n"),
        f"{NOT_HTTP}its Content-Length is '-1'",
    ),
    "a length after many spaces": (
        say(HEAD + b"Content-Length:" + b" " * 60_000 + b"x\r\n\r\n"),
        f"{NOT_HTTP}its Content-Length is 'x'",
    ),
    "a length of many commas": (
        say(HEAD + b"Content-Length: 1" + b",1" * 30_000 + b",2\r\n\r\n"),
        f"{NOT_HTTP}its Content-Length is {','.join('1' * 30)!r}".replace("1'", "1,'"),
    ),
    "a length and chunks": (
        say(HEAD + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        f"{NOT_HTTP}it has both a Content-Length and a Transfer-Encoding",
    ),
    "a header of 70 kB": (say(HEAD + b"X: " + b"x" * 70_000 + b"\r\n\r\n"), LONG_HEAD),
    "headers of 70 kB": (say(HEAD + (b"X: " + b"x" * 700 + b"\r\n") * 100 + b"\r\n"), LONG_HEAD),
    "1,001 header lines": (
        say(HEAD + b"X: y\r\n" * 1_000 + b"\r\n"),
        f"{NOT_HTTP}it has more than 1,000 header lines",
    ),
    "an endless header": (endless(HEAD + b"X: ", bytes(65_536).replace(b"\0", b"x")), LONG_HEAD),
    "endless headers": (endless(HEAD, b"X-A: b\r\n" * 8_000), LONG_HEAD),
    "an endless status line": (endless(b"HTTP/1.1 200 ", b"x" * 65_536), LONG_HEAD),
    "endless early hints": (endless(b"", b"HTTP/1.1 103 Hint\r\nX: y\r\n\r\n" * 1_000), LATE),
    "endless line ends": (endless(b"", b"\r\n" * 30_000), LATE),
    "endless trailers": (
        endless(CHUNKED + b"4\r\n<a/>\r\n0\r\n", b"X-A: b\r\n" * 8_000),
        {BAD_CHUNK, LATE},
    ),
    "an endless chunk extension": (endless(CHUNKED + b"4;", b"x" * 65_536), LATE),
    "an endless body": (endless(HEAD + b"\r\n", bytes(65_536)), TOO_LARGE),
    "an endless body in small chunks": (
        endless(CHUNKED, b"1\r\nx\r\n" * 10_000),
        {LATE, TOO_LARGE},
    ),
    "an endless body of an error": (
        endless(b"HTTP/1.1 500 Oops\r\n\r\n", bytes(65_536)),
        "answered 500 Oops",
    ),
    "an endless body of a redirect": (
        endless(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", bytes(65_536)),
        "redirected in a circle",
    ),
    "another protocol": (
        endless(
            b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
            bytes(65_536),
        ),
        "answered 101 Switching",
    ),
    "a body of 200 MB, declared": (say(HEAD + b"Content-Length: 200000000\r\n\r\n"), TOO_LARGE),
    "a body that is cut": (
        say(HEAD + b"Content-Length: 10000\r\n\r\n" + FEED),
        CUT,
    ),
    "chunks that are cut": (say(CHUNKED + b"2710\r\n" + FEED), CUT),
    "chunks without their end": (
        say(CHUNKED + b"%x\r\n%s\r\n" % (len(FEED), FEED)),
        CUT,
    ),
    "a chunk of no size": (say(CHUNKED + b"zz\r\n" + FEED), BAD_CHUNK),
    "gzip that is damaged": (
        say(GZIP + b"\x1f\x8b\x08\0" + FEED),
        "the compressed body is damaged: Error -3 while decompressing data: invalid block type",
    ),
    "a bomb in gzip": (say(GZIP + gzip.compress(bomb())), f"{TOO_LARGE} after decompression"),
    "brotli": (
        say(HEAD + b"Content-Encoding: br\r\n\r\n\x8b\x02\x80"),
        "the body is coded as 'br', which was not asked for",
    ),
    "a 304 nobody asked for": (
        say(b"HTTP/1.1 304 Not Modified\r\n\r\n"),
        "answered 304 Not Modified",
    ),
    "silence": (lambda _: None, "the server closed the connection without an answer"),
}


@pytest.mark.parametrize("name", HARM)
async def test_harm_is_one_failure_and_nobody_else_waits(name: str, good: str) -> None:
    answer, reason = HARM[name]
    with raw_server(answer) as server:
        async with open_fetcher(timeout=1.2) as fetcher, others_on_time(fetcher, good):
            error = await refused(fetcher, server.url)
    assert error.reason in ({reason} if isinstance(reason, str) else reason)


async def test_all_of_it_at_a_time(good: str) -> None:
    with (
        raw_server(endless(HEAD + b"\r\n", bytes(65_536))) as pouring,
        raw_server(say(GZIP + bomb())) as bombing,
        raw_server(endless(HEAD, b"X-A: b\r\n" * 8_000)) as heading,
    ):
        async with open_fetcher(timeout=3.0) as fetcher, others_on_time(fetcher, good):
            urls = [server.url for server in (pouring, bombing, heading)] * 10
            errors = await asyncio.gather(*(refused(fetcher, url) for url in urls))
    bombed = f"{TOO_LARGE} after decompression"
    assert [error.reason for error in errors] == [TOO_LARGE, bombed, LONG_HEAD] * 10


async def test_a_gzip_bomb_is_refused_in_little_memory(good: str) -> None:
    body = bomb()
    assert 900_000 < len(body) < 2_000_000
    with raw_server(say(GZIP + body)) as server:
        async with open_fetcher(max_body=10_000_000) as fetcher, others_on_time(fetcher, good):
            tracemalloc.start()
            error = await refused(fetcher, server.url)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
    assert error.reason == "the body is larger than 10,000,000 bytes after decompression"
    assert peak < 40_000_000


async def test_more_than_a_million_gzip_members(good: str) -> None:
    # On the event loop itself they would take most of a second.
    body = gzip.compress(b"") * 1_400_000
    with raw_server(say(GZIP + body)) as server:
        async with open_fetcher(max_body=30_000_000) as fetcher, others_on_time(fetcher, good):
            error = await refused(fetcher, server.url)
    assert error.reason == "answered with an empty body"


@pytest.mark.parametrize(
    "start", [CHUNKED, HEAD + b"Content-Length: 200000000\r\n\r\n", HEAD + b"\r\n"]
)
async def test_no_more_is_read_of_a_body_than_is_allowed(fetcher: Fetcher, start: bytes) -> None:
    piece = bytes(100_000)
    sent = 0

    def pour(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(start)
        for _ in range(2000):
            chunk = b"%x\r\n%s\r\n" % (len(piece), piece)
            connection.sendall(chunk if start == CHUNKED else piece)
            sent += len(piece)

    with raw_server(pour) as server:
        error = await refused(fetcher, server.url)
    assert error.reason == TOO_LARGE
    # What the kernel takes in before anybody reads is not ours to limit.
    assert sent < 20_000_000


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200", HEAD, HEAD + b"Content-Length: 1000\r\n\r\n", CHUNKED + b"9;"]
)
async def test_a_slow_drip_does_not_outlive_the_deadline(start: bytes, good: str) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(start)
        while not server.stopping.wait(0.05):
            connection.sendall(b"x")

    with raw_server(drip) as server:
        async with open_fetcher(timeout=0.4) as fetcher, others_on_time(fetcher, good):
            started = time.monotonic()
            error = await refused(fetcher, server.url)
            took = time.monotonic() - started
    # Not HTTP from its first byte on, where the drip is all there is, or in the size of a chunk.
    is_late = error.reason == "no whole answer within 0.4 s"
    assert is_late or error.reason.startswith(NOT_HTTP)
    assert took < limits.seconds(2)
    assert took > 0.3 or not is_late


async def test_redirects_share_one_deadline(good: str) -> None:
    def dawdle(connection: socket.socket) -> None:
        server.stopping.wait(0.2)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /%d\r\n\r\n" % server.requests)

    with raw_server(dawdle) as server:
        async with open_fetcher(timeout=0.5) as fetcher, others_on_time(fetcher, good):
            started = time.monotonic()
            error = await refused(fetcher, server.url)
            took = time.monotonic() - started
    assert error.reason == "no whole answer within 0.5 s"
    assert took < limits.seconds(2)


async def test_a_server_that_never_answers(feed_server: HttpServer, good: str) -> None:
    feed_server.replies["/feed"] = Reply(FEED, hold=threading.Event())
    async with open_fetcher(timeout=0.2) as fetcher, others_on_time(fetcher, good):
        error = await refused(fetcher, f"{feed_server.url}/feed")
    assert (error.reason, error.status) == ("no whole answer within 0.2 s", None)
    assert len(feed_server.requests_to("/feed")) == 1


async def test_no_time_left_is_not_all_the_time_there_is(feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = Reply(FEED, hold=threading.Event())
    async with open_fetcher(timeout=0.0) as fetcher, asyncio.timeout(limits.seconds(10)):
        error = await refused(fetcher, f"{feed_server.url}/feed")
    assert error.reason == "no whole answer within 0 s"


async def test_a_host_that_takes_no_connection(good: str) -> None:
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for waiting in (first, second):  # More than these the kernel does not let wait.
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        port = listener.getsockname()[1]
        async with open_fetcher(connect=0.2) as fetcher, others_on_time(fetcher, good):
            error = await refused(fetcher, f"http://127.0.0.1:{port}/")
    assert error.reason == "no connection within 0.2 s"


async def test_a_cut_http_1_0_body_is_for_the_parser_to_judge(fetcher: Fetcher) -> None:
    cut = FEED[: len(FEED) // 2]
    with raw_server(say(b"HTTP/1.0 200 OK\r\n\r\n" + cut)) as server:
        assert (await get(fetcher, server.url)).body == cut


@pytest.mark.parametrize(
    "first",
    [HEAD + b"Content-Length: 4\r\n\r\n<a/>", b"HTTP/1.1 304 Not Modified\r\n\r\n"],
)
async def test_what_follows_an_answer_is_not_taken_for_the_next_one(
    fetcher: Fetcher, first: bytes
) -> None:
    forged = HEAD + b"Content-Length: 6\r\n\r\nforged"
    answered, sent = threading.Event(), threading.Event()

    def answer_twice(connection: socket.socket) -> None:
        connection.sendall(first)
        answered.wait(limits.seconds(10))
        try:
            connection.sendall(forged)
        finally:
            sent.set()

    with raw_server(answer_twice) as server:
        honest = await get(fetcher, server.url, etag='"a"')
        answered.set()
        await asyncio.to_thread(sent.wait, 10)
        assert (await get(fetcher, server.url, etag='"a"')).body == honest.body


@pytest.mark.parametrize("piece", [bytes(65_536), (HEAD + b"Content-Length: 0\r\n\r\n") * 900])
async def test_a_304_with_an_endless_body(piece: bytes, good: str) -> None:
    stopped = threading.Event()

    def pour(connection: socket.socket) -> None:
        try:
            endless(b"HTTP/1.1 304 Not Modified\r\n\r\n", piece)(connection)
        finally:
            stopped.set()

    with raw_server(pour) as server:
        async with open_fetcher() as fetcher, others_on_time(fetcher, good):
            with suppress(FeedError):
                await get(fetcher, server.url, etag='"a"')
            # The connection is closed with the answer, not when the fetcher is.
            assert await asyncio.to_thread(stopped.wait, 10)


@pytest.mark.parametrize(("hops", "good_end"), [(6, True), (10, True), (11, False)])
async def test_at_most_ten_redirects(
    fetcher: Fetcher, feed_server: HttpServer, hops: int, *, good_end: bool
) -> None:
    for hop in range(hops):
        feed_server.replies[f"/{hop}"] = Reply(status=302, headers={"Location": f"/{hop + 1}"})
    feed_server.replies[f"/{hops}"] = Reply(FEED)
    if good_end:
        assert (await get(fetcher, f"{feed_server.url}/0")).body == FEED
    else:
        error = await refused(fetcher, f"{feed_server.url}/0")
        assert error.reason == "more than 10 redirects"
        assert feed_server.requests_to(f"/{hops}") == []


async def test_a_redirect_in_a_circle(fetcher: Fetcher, feed_server: HttpServer) -> None:
    cookie = {"Set-Cookie": "seen=yes"}
    feed_server.replies["/feed"] = Reply(status=301, headers={"Location": "/feed", **cookie})
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert error.reason == "redirected in a circle"
    # Once more with the cookie, since many only want to see it again.
    assert [seen.headers.get("Cookie") for seen in feed_server.seen] == [None, "seen=yes"]
