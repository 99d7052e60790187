from __future__ import annotations

import asyncio
import gzip
import hashlib
import socket
import struct
import threading
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.errors import FeedError, PostponedError
from digest.feeds.http.messages import Request
from tests import limits
from tests.feed_xml import item, rss
from tests.feeds.asking import get, refused
from tests.feeds.conftest import USER_AGENT, open_fetcher
from tests.feeds.raw_server import raw_server
from tests.servers import Reply

if TYPE_CHECKING:
    from digest.feeds.http.fetch import Fetcher
    from tests.servers import HttpServer, Seen

FEED = rss(item(1)).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"


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
        headers = {"ETag": etag, "Last-Modified": odd_date}
        return Reply(status=304, headers=headers) if same else Reply(FEED, headers=headers)

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
    # No cookie but within one chain of redirects.
    assert feed_server.seen[2].headers.pop("Cookie") == "tracked=yes"
    for seen in feed_server.seen:
        assert seen.method == "GET"
        assert seen.headers["User-Agent"] == USER_AGENT
        assert seen.headers["Accept-Encoding"] == "gzip, deflate"
        for kind in ("rss+xml", "atom+xml", "rdf+xml", "feed+json"):
            assert f"application/{kind}" in seen.headers["Accept"]
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
        ("aws-chunked", FEED),
        ("aws-chunked,gzip", gzip.compress(FEED)),
        ("UTF-8", FEED),
        ("gzip", FEED),
        ("gzip", gzip.compress(FEED) + bytes(16)),
        ("gzip, gzip", gzip.compress(gzip.compress(FEED))),
        ("", gzip.compress(FEED)),
    ],
)
async def test_compressed_bodies(
    fetcher: Fetcher, feed_server: HttpServer, coding: str, body: bytes
) -> None:
    headers = {"Content-Encoding": coding} if coding else {}
    feed_server.replies["/feed"] = Reply(body, headers=headers)
    response = await get(fetcher, f"{feed_server.url}/feed")
    assert response.body == FEED
    # Of what came, so that it need not be decoded to be known.
    assert response.body_hash == hashlib.sha256(body).hexdigest()


async def test_codings_not_asked_for_are_refused(fetcher: Fetcher, feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = Reply(b"\x8b\x02", headers={"Content-Encoding": "br"})
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert error.reason == "the body is coded as 'br', which was not asked for"


async def test_a_file_in_gzip(fetcher: Fetcher, feed_server: HttpServer) -> None:
    kind = {"Content-Type": "application/gzip"}
    feed_server.replies["/feed.xml.gz"] = Reply(gzip.compress(FEED), headers=kind)
    assert (await get(fetcher, f"{feed_server.url}/feed.xml.gz")).body == FEED


async def test_a_203_is_an_answer(fetcher: Fetcher, feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = Reply(FEED, 203, {"ETag": '"a"'})
    response = await get(fetcher, f"{feed_server.url}/feed")
    assert (response.status, response.body, response.etag) == (203, FEED, '"a"')


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


async def test_configured_headers_replace_ours_whatever_their_case(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    feed_server.replies["/feed"] = lambda seen: Reply(repr(list(seen.headers.items())))
    mine = {"accept": "text/plain", "USER-AGENT": "mine"}
    body = (await get(fetcher, f"{feed_server.url}/feed", headers=mine)).body or b""
    assert (body.lower().count(b"'accept'"), body.lower().count(b"'user-agent'")) == (1, 1)
    assert b"text/plain" in body
    assert b"'mine'" in body


async def test_a_remembered_move_is_asked_without_credentials_for_another_place(
    fetcher: Fetcher, feed_server: HttpServer, other_server: HttpServer
) -> None:
    other_server.replies["/new"] = Reply(FEED)
    moved = f"{other_server.url}/new"
    secret = {"Authorization": "Bearer s3cret"}
    response = await get(fetcher, f"{feed_server.url}/feed", moved_to=moved, headers=secret)
    assert (response.url, response.moved_to) == (moved, None)
    assert feed_server.seen == []
    assert "s3cret" not in str(other_server.seen)


async def test_a_remembered_move_keeps_credentials_at_home(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    feed_server.replies["/new"] = Reply(FEED)
    url, moved = f"{feed_server.url}/feed", f"{feed_server.url}/new"
    await get(fetcher, url, moved_to=moved, headers={"Authorization": "Bearer s3cret"})
    assert [(seen.path, seen.headers["Authorization"]) for seen in feed_server.seen] == [
        ("/new", "Bearer s3cret")
    ]


@pytest.mark.parametrize(
    ("statuses", "moved_to"),
    [
        ([], None),
        ([301], "/1"),
        ([308], "/1"),
        ([302], None),
        ([307], None),
        ([303], None),
        ([301, 308, 301], "/3"),
        ([301, 302], "/1"),
        ([301, 307, 301], "/1"),
        ([302, 301], None),
    ],
)
async def test_where_permanent_redirects_led(
    fetcher: Fetcher, feed_server: HttpServer, statuses: list[int], moved_to: str | None
) -> None:
    for hop, status in enumerate(statuses):
        target = f"{feed_server.url}/{hop + 1}#part"
        feed_server.replies[f"/{hop}"] = Reply(status=status, headers={"Location": target})
    last = f"/{len(statuses)}"
    feed_server.replies[last] = Reply(FEED)
    response = await get(fetcher, f"{feed_server.url}/0")
    assert response.moved_to == (moved_to and feed_server.url + moved_to)
    assert response.url == feed_server.url + last


async def test_a_move_is_told_by_a_304_too(fetcher: Fetcher, feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = Reply(status=301, headers={"Location": "/new"})
    feed_server.replies["/new"] = Reply(status=304)
    new = f"{feed_server.url}/new"
    response = await get(fetcher, f"{feed_server.url}/feed", etag='"a"', answered_by=new)
    assert (response.status, response.moved_to) == (304, new)
    # What the new place gave means nothing to the old one.
    assert [seen.headers.get("If-None-Match") for seen in feed_server.seen] == [None, '"a"']


async def test_no_304_is_taken_from_a_server_that_was_asked_for_everything(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    feed_server.replies["/feed"] = Reply(status=304)
    with pytest.raises(FeedError, match="answered 304"):
        await get(fetcher, f"{feed_server.url}/feed", etag='"a"', answered_by="https://b.example/")


@pytest.mark.parametrize("status", [200, 304])
async def test_how_long_an_answer_is_fresh(
    fetcher: Fetcher, feed_server: HttpServer, status: int
) -> None:
    fresh = {"Cache-Control": "public, max-age=7200", "Age": "600"}
    body = FEED if status == 200 else b""
    feed_server.replies["/feed"] = Reply(body, status, fresh)
    feed_server.replies["/stale"] = Reply(body, status, {"Cache-Control": "no-cache"})
    response = await get(fetcher, f"{feed_server.url}/feed", etag='"a"')
    assert (response.status, response.fresh_for) == (status, timedelta(seconds=6600))
    assert (await get(fetcher, f"{feed_server.url}/stale", etag='"a"')).fresh_for is None


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_an_error_says_when_to_come_back(
    fetcher: Fetcher, feed_server: HttpServer, status: int
) -> None:
    feed_server.replies["/feed"] = Reply(b"", status, {"Retry-After": "7200"})
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert (error.status, error.retry_after) == (status, timedelta(hours=2))


async def test_a_date_to_come_back_is_by_the_clock_of_the_server(fetcher: Fetcher) -> None:
    dates = {
        "Date": "Mon, 16 Nov 2020 09:00:00 GMT",
        "Retry-After": "Mon, 16 Nov 2020 10:00:00 GMT",
    }
    answer = b"HTTP/1.1 500 x\r\n" + "".join(f"{k}: {v}\r\n" for k, v in dates.items()).encode()
    with raw_server(lambda connection: connection.sendall(answer + b"\r\n")) as server:
        error = await refused(fetcher, server.url)
    assert error.retry_after == timedelta(hours=1)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_host_that_asks_for_it_is_left_alone(
    feed_server: HttpServer, other_server: HttpServer, status: int
) -> None:
    feed_server.replies["/feed"] = Reply(b"", status, {"Retry-After": "7200"})
    feed_server.replies["/other"] = other_server.replies["/feed"] = Reply(FEED)
    away = Reply(status=302, headers={"Location": f"{feed_server.url}/feed"})
    other_server.replies["/away"] = away
    async with open_fetcher(per_host=1, pause=0.01) as fetcher:
        # By way of a redirect: it is the host that answered which is meant.
        await refused(fetcher, f"{other_server.url}/away")
        error = await refused(fetcher, f"{feed_server.url}/other")
        through = await refused(fetcher, f"{other_server.url}/away")
        assert (await get(fetcher, f"{other_server.url}/feed")).body == FEED
    host = feed_server.url.removeprefix("http://")
    for each in (error, through):
        assert isinstance(each, PostponedError)
        assert each.reason.startswith("waits until 2")
        assert each.reason.endswith(f"since {host} allows no more requests until then")
        assert each.status is None
        wait = each.backoff.until - datetime.now(UTC)
        assert timedelta(hours=1.9) < wait <= timedelta(hours=2)
    assert [seen.path for seen in feed_server.seen] == ["/feed"]


@pytest.mark.parametrize(("status", "said"), [(500, "7200"), (503, "soon"), (403, "")])
async def test_a_host_that_does_not_ask_for_it_is_not_left_alone(
    fetcher: Fetcher, feed_server: HttpServer, status: int, said: str
) -> None:
    feed_server.replies["/feed"] = Reply(b"", status, {"Retry-After": said})
    feed_server.replies["/other"] = Reply(FEED)
    await refused(fetcher, f"{feed_server.url}/feed")
    assert (await get(fetcher, f"{feed_server.url}/other")).body == FEED


@pytest.mark.parametrize(
    ("status", "headers", "minutes"),
    [
        (429, {}, 1),
        (429, {"Retry-After": "0"}, 1),
        (429, {"Retry-After": "7200"}, 120),
        (403, {"Retry-After": "600"}, 10),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "600"}, 10),
    ],
)
async def test_a_refusal_is_of_the_host(
    fetcher: Fetcher,
    feed_server: HttpServer,
    status: int,
    headers: dict[str, str],
    minutes: int,
) -> None:
    feed_server.replies["/feed"] = Reply(b"", status, headers)
    error = await refused(fetcher, f"{feed_server.url}/feed")
    assert isinstance(error, PostponedError)
    assert error.status == status
    assert error.reason.startswith(f"answered {status} ")
    assert (await refused(fetcher, f"{feed_server.url}/other")).status is None
    (backoff,) = fetcher.backoffs.known.values()
    assert backoff == error.backoff
    assert (backoff.refusals, backoff.until - backoff.since) == (1, timedelta(minutes=minutes))


@pytest.mark.parametrize("status", [200, 304, 404, 500])
async def test_no_requests_left_is_said_of_the_host_by_any_answer(
    fetcher: Fetcher, feed_server: HttpServer, status: int
) -> None:
    limit = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "600"}
    feed_server.replies["/feed"] = Reply(FEED if status == 200 else b"", status, limit)
    with suppress(FeedError):
        await get(fetcher, f"{feed_server.url}/feed", etag='"a"')
    assert isinstance(await refused(fetcher, f"{feed_server.url}/other"), PostponedError)
    (backoff,) = fetcher.backoffs.known.values()
    assert (backoff.refusals, backoff.until - backoff.since) == (0, timedelta(minutes=10))


async def test_a_host_with_another_port_is_another_host(
    fetcher: Fetcher, feed_server: HttpServer, other_server: HttpServer
) -> None:
    feed_server.replies["/feed"] = Reply(b"", 429)
    other_server.replies["/feed"] = Reply(FEED)
    await refused(fetcher, f"{feed_server.url}/feed")
    assert (await get(fetcher, f"{other_server.url}/feed")).body == FEED


async def test_a_reason_is_fit_for_a_terminal(fetcher: Fetcher) -> None:
    answer = b"HTTP/1.1 500 \x1b[31mred " + b"x" * 1000 + b"\r\nContent-Length: 0\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(answer)) as server:
        error = await refused(fetcher, server.url)
    assert error.reason.isprintable()
    assert len(error.reason) <= 300


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


def meeting(guests: int, patience: float) -> tuple[Any, list[bool]]:
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

    return answer, met


async def test_one_request_at_a_time_per_host(feed_server: HttpServer) -> None:
    feed_server.replies["/feed"], met = meeting(2, limits.seconds(0.2))
    # The wait for a turn is no part of the deadline.
    pause, timeout = limits.seconds(0.3), limits.seconds(0.5)
    async with open_fetcher(per_host=1, pause=pause, timeout=timeout) as fetcher:
        both = [get(fetcher, f"{feed_server.url}/feed") for _ in range(2)]
        responses = await asyncio.gather(*both)
    assert [response.body for response in responses] == [FEED, FEED]
    assert met == [False, False]


async def test_a_redirect_takes_its_turn_at_the_host_it_leads_to(
    feed_server: HttpServer, other_server: HttpServer
) -> None:
    feed_server.replies["/feed"], met = meeting(2, limits.seconds(0.2))
    moved = Reply(status=302, headers={"Location": f"{feed_server.url}/feed"})
    other_server.replies["/moved"] = moved
    timeout = limits.seconds(0.5)
    async with open_fetcher(per_host=1, pause=0.01, timeout=timeout) as fetcher:
        await asyncio.gather(
            get(fetcher, f"{feed_server.url}/feed"), get(fetcher, f"{other_server.url}/moved")
        )
    assert met == [False, False]


async def test_hosts_that_redirect_to_each_other_do_not_wait_for_ever(
    feed_server: HttpServer, other_server: HttpServer
) -> None:
    servers = (feed_server, other_server)
    for here, there in (servers, servers[::-1]):
        here.replies["/feed"] = Reply(FEED)
        target = f"{there.url}/feed"
        here.replies["/moved"] = Reply(status=302, headers={"Location": target})
    async with open_fetcher(per_host=1, pause=0.01, concurrency=2) as fetcher:
        async with asyncio.timeout(limits.seconds(10)):
            urls = [f"{server.url}/moved" for server in servers * 5]
            answers = await asyncio.gather(*(get(fetcher, url) for url in urls))
    assert [answer.body for answer in answers] == [FEED] * 10


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


async def test_the_encoding_that_the_server_names(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    kind = {"Content-Type": 'text/xml; charset="ISO-8859-2"'}
    feed_server.replies["/feed"] = Reply(b"<rss/>", headers=kind)
    request = Request(f"{feed_server.url}/feed", allow_private_networks=True)
    assert (await fetcher.fetch(request)).charset == "ISO-8859-2"


async def test_a_password_in_a_redirect_is_neither_sent_nor_kept(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    there = feed_server.url.replace("://", "://user:s3cret@") + "/new"
    feed_server.replies["/feed"] = Reply(status=301, headers={"Location": there})
    feed_server.replies["/new"] = Reply(FEED)
    response = await get(fetcher, f"{feed_server.url}/feed")
    assert response.moved_to == response.url == f"{feed_server.url}/new"
    assert all("Authorization" not in seen.headers for seen in feed_server.seen)


@pytest.mark.parametrize(
    ("body", "headers", "about"),
    [
        (b'{"message": "You have exceeded a secondary rate limit."}', {}, PostponedError),
        (
            gzip.compress(b'{"message": "exceeded a secondary rate limit"}', mtime=0),
            {"Content-Encoding": "gzip"},
            PostponedError,
        ),
        (b'{"message": "Resource not accessible by personal access token"}', {}, FeedError),
        (b"\x1f\x8bbroken", {"Content-Encoding": "gzip"}, FeedError),
        (b" " * 20_000 + b"secondary rate limit", {}, FeedError),
    ],
)
async def test_a_403_is_about_the_pace_by_the_words_of_its_service(
    fetcher: Fetcher,
    feed_server: HttpServer,
    body: bytes,
    headers: dict[str, str],
    about: type[FeedError],
) -> None:
    feed_server.replies["/feed"] = Reply(body, 403, headers)

    error = await refused(fetcher, f"{feed_server.url}/feed", limit_words=b"secondary rate limit")

    assert (type(error), error.status) == (about, 403)
    assert bool(fetcher.backoffs.known) == (about is PostponedError)
