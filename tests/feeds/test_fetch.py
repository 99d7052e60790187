from __future__ import annotations

import asyncio
import gzip
import hashlib
import socket
import struct
import threading
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from digest.errors import FeedError
from digest.feeds.fetch import Request
from tests.feed_xml import item, rss
from tests.feeds.conftest import USER_AGENT, open_fetcher
from tests.feeds.raw_server import raw_server
from tests.servers import Reply

if TYPE_CHECKING:
    from digest.feeds.fetch import Fetcher, Response
    from tests.servers import HttpServer, Seen

FEED = rss(item(1)).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


async def get(fetcher: Fetcher, url: str, **more: Any) -> Response:
    return await fetcher.fetch(Request(url, allow_private_networks=True, **more))


async def refused(fetcher: Fetcher, url: str, **more: Any) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await get(fetcher, url, **more)
    return caught.value


def deflate(body: bytes, bits: int) -> bytes:
    deflater = zlib.compressobj(wbits=bits)
    return deflater.compress(body) + deflater.flush()


async def test_a_200_brings_body_hash_and_validators(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    dated = "Mon, 16 Nov 2026 09:00:00 GMT"
    feed_server.replies["/feed"] = Reply(FEED, headers={"ETag": '"a"', "Last-Modified": dated})
    response = await get(fetcher, f"{feed_server.url}/feed")
    assert (response.status, response.body, response.etag) == (200, FEED, '"a"')
    assert response.last_modified == dated
    assert response.url == f"{feed_server.url}/feed"
    assert response.body_hash == hashlib.sha256(FEED).hexdigest()


@pytest.mark.parametrize("etag", ['"a"', 'W/"a"', 'W/"a-gzip"', "unquoted", '"a b,c;d"', '""'])
async def test_validators_come_and_go_byte_for_byte(
    fetcher: Fetcher, feed_server: HttpServer, etag: str
) -> None:
    odd_date = "mon, 16 november 2026  9:00 cet"

    def answer(seen: Seen) -> Reply:
        same = (
            seen.headers.get("If-None-Match") == etag
            and seen.headers.get("If-Modified-Since") == odd_date
        )
        return Reply(FEED, 304 if same else 200, {"ETag": etag, "Last-Modified": odd_date})

    feed_server.replies["/feed"] = answer
    first = await get(fetcher, f"{feed_server.url}/feed")
    again = await get(
        fetcher, f"{feed_server.url}/feed", etag=first.etag, last_modified=first.last_modified
    )
    assert (first.status, again.status, again.body, again.body_hash) == (200, 304, None, None)
    assert not {"If-None-Match", "If-Modified-Since"} & feed_server.seen[0].headers.keys()


async def test_a_304_may_bring_new_validators(fetcher: Fetcher, feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = Reply(status=304, headers={"ETag": '"b"'})
    response = await get(fetcher, f"{feed_server.url}/feed", etag='"a"')
    assert (response.etag, response.last_modified) == ('"b"', None)


async def test_a_304_nobody_asked_for_is_refused(fetcher: Fetcher, feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = Reply(status=304, headers={"ETag": '"a"'})
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert (error.status, error.reason) == (304, "answered 304 Not Modified")


async def test_requests_are_polite(fetcher: Fetcher, feed_server: HttpServer) -> None:
    cookie = {"Set-Cookie": "tracked=yes; Path=/"}
    # By name, since no client keeps the cookies of a bare address.
    url = feed_server.url.replace("127.0.0.1", "localhost")
    feed_server.replies["/feed"] = Reply(FEED, headers=cookie)
    feed_server.replies["/old"] = Reply(status=301, headers={"Location": "/feed", **cookie})
    await get(fetcher, f"{url}/feed")
    await get(fetcher, f"{url}/old")
    assert [seen.path for seen in feed_server.seen] == ["/feed", "/old", "/feed"]
    for seen in feed_server.seen:
        assert seen.method == "GET"
        assert seen.headers["User-Agent"] == USER_AGENT
        assert seen.headers["Accept-Encoding"] == "gzip, deflate"
        assert "application/rss+xml" in seen.headers["Accept"]
        assert not {"Cookie", "Referer", "Cache-Control", "Pragma"} & seen.headers.keys()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(FEED)),
        ("x-gzip", gzip.compress(FEED)),
        ("gzip", gzip.compress(FEED[:100]) + gzip.compress(FEED[100:])),
        ("deflate", deflate(FEED, zlib.MAX_WBITS)),
        ("deflate", deflate(FEED, -zlib.MAX_WBITS)),
        ("identity", FEED),
    ],
)
async def test_compressed_bodies(
    fetcher: Fetcher, feed_server: HttpServer, coding: str, body: bytes
) -> None:
    feed_server.replies["/feed"] = Reply(body, headers={"Content-Encoding": coding})
    response = await get(fetcher, f"{feed_server.url}/feed")
    assert response.body == FEED
    assert response.body_hash == hashlib.sha256(FEED).hexdigest()


@pytest.mark.parametrize("coding", ["gzip, gzip", "br"])
async def test_other_codings_are_refused(
    fetcher: Fetcher, feed_server: HttpServer, coding: str
) -> None:
    twice = gzip.compress(gzip.compress(FEED))
    feed_server.replies["/feed"] = Reply(twice, headers={"Content-Encoding": coding})
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert error.reason == f"the body is coded as {coding!r}, which was not asked for"


def gzip_bomb() -> bytes:
    """About 1 MB of gzip that is 1 GB of zeros."""
    deflater = zlib.compressobj(9, wbits=zlib.MAX_WBITS | 16)
    megabyte = bytes(1_000_000)
    start = deflater.compress(megabyte) + deflater.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers back, so the block can be repeated.
    block = deflater.compress(megabyte) + deflater.flush(zlib.Z_FULL_FLUSH)
    return start + block * 999 + deflater.flush()


async def test_a_gzip_bomb_is_refused_in_little_memory(feed_server: HttpServer) -> None:
    bomb = gzip_bomb()
    assert 900_000 < len(bomb) < 2_000_000
    feed_server.replies["/feed"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    async with open_fetcher(max_body=10_000_000) as fetcher:
        tracemalloc.start()
        error = await refused(fetcher, f"{feed_server.url}/feed")
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert error.reason == "the body is larger than 10,000,000 bytes after decompression"
    assert peak < 40_000_000


@pytest.mark.parametrize("framing", ["declared", "chunked", "until close"])
async def test_a_body_of_200_megabytes_is_refused_early(fetcher: Fetcher, framing: str) -> None:
    headers = {
        "declared": b"Content-Length: 200000000\r\n\r\n",
        "chunked": b"Transfer-Encoding: chunked\r\n\r\n",
        "until close": b"Connection: close\r\n\r\n",
    }
    piece = bytes(100_000)
    sent = 0

    def pour(connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(HEAD + headers[framing])
        for _ in range(2000):
            if framing == "chunked":
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            else:
                connection.sendall(piece)
            sent += len(piece)

    with raw_server(pour) as server:
        error = await refused(fetcher, server.url)
    assert error.reason == "the body is larger than 1,000,000 bytes"
    # What the kernel takes in before anybody reads is not ours to limit.
    assert sent < 20_000_000


async def test_a_body_that_is_declared_too_large_is_not_waited_for(fetcher: Fetcher) -> None:
    def declare(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 1000001\r\n\r\n")
        server.stopping.wait(60)

    with raw_server(declare) as server:
        error = await refused(fetcher, server.url)
    assert error.reason == "the body is larger than 1,000,000 bytes"


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 10000\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n2710\r\n"]
)
async def test_a_truncated_body_is_refused(fetcher: Fetcher, framing: bytes) -> None:
    with raw_server(lambda connection: connection.sendall(HEAD + framing + FEED)) as server:
        error = await refused(fetcher, server.url)
    assert error.reason == "the body ended too early"


async def test_a_slow_drip_does_not_outlive_the_deadline() -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
        while not server.stopping.wait(0.05):
            connection.sendall(b"x")

    with raw_server(drip) as server:
        async with open_fetcher(timeout=0.5) as fetcher:
            started = time.monotonic()
            error = await refused(fetcher, server.url)
            took = time.monotonic() - started
    assert error.reason == "no whole answer within 0.5 s"
    assert 0.4 < took < 2


async def test_a_server_that_never_answers(feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = Reply(FEED, hold=threading.Event())
    async with open_fetcher(timeout=0.2) as fetcher:
        error = await refused(fetcher, f"{feed_server.url}/feed")
    assert (error.reason, error.status) == ("no whole answer within 0.2 s", None)
    assert len(feed_server.seen) == 1


async def test_a_server_that_hangs_up(fetcher: Fetcher) -> None:
    with raw_server(lambda _: None) as server:
        error = await refused(fetcher, server.url)
    assert error.reason == "the server closed the connection without an answer"


async def test_a_server_that_resets_the_connection(fetcher: Fetcher) -> None:
    def reset(connection: socket.socket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with raw_server(reset) as server:
        error = await refused(fetcher, server.url)
    assert error.reason == "the server reset the connection"


async def test_a_closed_port(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = await refused(fetcher, f"http://127.0.0.1:{port}/")
    assert error.reason == "cannot connect: connection refused"


async def test_a_host_that_does_not_resolve(fetcher: Fetcher) -> None:
    error = await refused(fetcher, "http://nowhere.invalid/feed")
    assert error.reason == "the host name does not resolve"


async def test_a_server_without_tls(fetcher: Fetcher, feed_server: HttpServer) -> None:
    error = await refused(fetcher, feed_server.url.replace("http://", "https://"))
    assert error.reason.startswith("cannot connect: ")


@pytest.mark.parametrize(
    "answer",
    [
        b"220 mail ESMTP\r\n",
        HEAD + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    ],
)
async def test_what_is_not_http(fetcher: Fetcher, answer: bytes) -> None:
    with raw_server(lambda connection: connection.sendall(answer)) as server:
        error = await refused(fetcher, server.url)
    assert error.reason == "the answer is not valid HTTP"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("relative", [True, False])
async def test_redirects_are_followed(
    fetcher: Fetcher, feed_server: HttpServer, status: int, *, relative: bool
) -> None:
    target = "../new/feed?a=b" if relative else f"{feed_server.url}/new/feed?a=b"
    feed_server.replies["/old/feed"] = Reply(b"moved", status, {"Location": target})
    feed_server.replies["/new/feed?a=b"] = Reply(FEED)
    response = await get(fetcher, f"{feed_server.url}/old/feed")
    assert (response.body, response.url) == (FEED, f"{feed_server.url}/new/feed?a=b")


@pytest.mark.parametrize(("hops", "good"), [(5, True), (6, False)])
async def test_at_most_five_redirects(
    fetcher: Fetcher, feed_server: HttpServer, hops: int, *, good: bool
) -> None:
    for hop in range(hops):
        feed_server.replies[f"/{hop}"] = Reply(status=302, headers={"Location": f"/{hop + 1}"})
    feed_server.replies[f"/{hops}"] = Reply(FEED)
    if good:
        assert (await get(fetcher, f"{feed_server.url}/0")).body == FEED
    else:
        error = await refused(fetcher, f"{feed_server.url}/0")
        assert error.reason == "more than 5 redirects"
        assert feed_server.requests_to(f"/{hops}") == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/x", "javascript:1"])
async def test_redirects_to_other_schemes_are_refused(
    fetcher: Fetcher, feed_server: HttpServer, target: str
) -> None:
    feed_server.replies["/feed"] = Reply(status=302, headers={"Location": target})
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert error.reason == "redirected to an address that is not http or https"


@pytest.mark.parametrize("target", ["http://[", "http://1.2.3.400/", "http://a:b/"])
async def test_redirects_to_nonsense_are_refused(
    fetcher: Fetcher, feed_server: HttpServer, target: str
) -> None:
    feed_server.replies["/feed"] = Reply(status=302, headers={"Location": target})
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert error.reason.startswith("the address cannot be used: ")


async def test_configured_headers_stay_at_their_host(
    fetcher: Fetcher, feed_server: HttpServer, other_server: HttpServer
) -> None:
    away, back = f"{other_server.url}/away", f"{feed_server.url}/back"
    feed_server.replies["/feed"] = Reply(status=302, headers={"Location": "/same"})
    feed_server.replies["/same"] = Reply(status=302, headers={"Location": away})
    other_server.replies["/away"] = Reply(status=302, headers={"Location": back})
    feed_server.replies["/back"] = Reply(FEED)
    secret = {"Authorization": "Bearer s3cret", "X-Key": "s3cret"}
    await get(fetcher, f"{feed_server.url}/feed", headers=secret)
    for seen in feed_server.seen:
        assert (seen.headers["Authorization"], seen.headers["X-Key"]) == ("Bearer s3cret", "s3cret")
    assert "s3cret" not in str(other_server.seen)
    assert len(other_server.seen) == 1


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (404, "answered 404 Not Found"),
        (410, "answered 410 Gone"),
        (500, "answered 500 Internal Server Error"),
        (204, "answered 204 No Content"),
        (302, "answered 302 Found"),
    ],
)
async def test_other_answers_are_refused(
    fetcher: Fetcher, feed_server: HttpServer, status: int, reason: str
) -> None:
    feed_server.replies["/feed"] = Reply(b"", status, {"ETag": '"error"'})
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert (error.status, error.reason) == (status, reason)


@pytest.mark.parametrize("body", [b"", b" \r\n\t", gzip.compress(b"", mtime=0)])
async def test_an_empty_body_is_refused(
    fetcher: Fetcher, feed_server: HttpServer, body: bytes
) -> None:
    coding = {"Content-Encoding": "gzip"} if body.startswith(b"\x1f\x8b") else {}
    feed_server.replies["/feed"] = Reply(body, headers={"ETag": '"empty"', **coding})
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert error.reason == "answered with an empty body"


def meeting(guests: int, patience: float) -> tuple[Reply, Any]:
    """A reply that notes whether as many requests were open at a time."""
    barrier = threading.Barrier(guests)
    met: list[bool] = []

    def answer(_: Seen) -> Reply:
        try:
            barrier.wait(patience)
            met.append(True)
        except threading.BrokenBarrierError:
            barrier.reset()
            met.append(False)
        return Reply(FEED)

    return answer, met  # type: ignore[return-value]


async def test_one_request_at_a_time_per_host(
    feed_server: HttpServer,
) -> None:
    feed_server.replies["/feed"], met = meeting(2, 0.2)
    # The wait for a turn is no part of the deadline.
    async with open_fetcher(per_host=1, timeout=0.9) as fetcher:
        both = [get(fetcher, f"{feed_server.url}/feed") for _ in range(2)]
        responses = await asyncio.gather(*both)
    assert [response.body for response in responses] == [FEED, FEED]
    assert met == [False, False]


async def test_hosts_do_not_wait_for_each_other(
    feed_server: HttpServer, other_server: HttpServer
) -> None:
    feed_server.replies["/feed"], met = meeting(2, 10)
    other_server.replies = feed_server.replies
    async with open_fetcher(per_host=1) as fetcher:
        await asyncio.gather(
            get(fetcher, f"{feed_server.url}/feed"), get(fetcher, f"{other_server.url}/feed")
        )
    assert met == [True, True]


async def test_without_a_limit_per_host_requests_run_side_by_side(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    feed_server.replies["/feed"], met = meeting(4, 10)
    await asyncio.gather(*(get(fetcher, f"{feed_server.url}/feed") for _ in range(4)))
    assert met == [True] * 4


async def test_a_limit_for_all_hosts_together(
    feed_server: HttpServer, other_server: HttpServer
) -> None:
    feed_server.replies["/feed"], met = meeting(2, 0.2)
    other_server.replies = feed_server.replies
    async with open_fetcher(concurrency=1) as fetcher:
        await asyncio.gather(
            get(fetcher, f"{feed_server.url}/feed"), get(fetcher, f"{other_server.url}/feed")
        )
    assert met == [False, False]
