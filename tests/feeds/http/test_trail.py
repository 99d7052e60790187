"""The way through redirects, and the cookies on it."""

from __future__ import annotations

import time
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

import pytest

from digest.errors import FeedError
from digest.feeds.http import redirects
from digest.feeds.http.trail import Trail
from tests import limits
from tests.feed_xml import item, rss
from tests.feeds.asking import get, refused
from tests.feeds.conftest import open_fetcher
from tests.feeds.raw_server import raw_server
from tests.servers import Reply

if TYPE_CHECKING:
    import socket

    from digest.feeds.http.fetch import Fetcher
    from tests.servers import HttpServer, Seen

FEED = rss(item(1)).encode()


def follow(start: str, *hops: tuple[str, str]) -> Trail:
    """A trail on which each hop was reached with a Set-Cookie of the one before."""
    trail = Trail(redirects.address(start))
    for url, cookie in hops:
        trail.follow(redirects.address(url), [cookie] if cookie else [], permanent=False)
    return trail


@pytest.mark.parametrize(
    ("start", "hops", "expected"),
    [
        ("http://a.example/x", [("http://a.example/y", "k=v")], "k=v"),
        ("http://a.example/x/y", [("http://a.example/x/z", "k=v")], "k=v"),
        ("http://a.example/x/y", [("http://a.example/z", "k=v")], ""),
        ("http://a.example/x/y", [("http://a.example/z", "k=v; Path=/")], "k=v"),
        ("http://a.example/", [("http://a.example/y", 'k="a b"; HttpOnly')], "k=a b"),
        ("http://a.example/", [("http://a.example/y", "k=v; Max-Age=0")], ""),
        # Its own host only, if it does not say otherwise.
        ("http://a.example/", [("http://b.example/", "k=v")], ""),
        ("http://a.example/", [("http://www.a.example/", "k=v")], ""),
        ("http://a.example/", [("http://www.a.example/", "k=v; Domain=a.example")], "k=v"),
        ("http://www.a.example/", [("http://sso.a.example/", "k=v; Domain=a.example")], "k=v"),
        ("http://www.a.example/", [("http://b.example/", "k=v; Domain=a.example")], ""),
        # For nobody else.
        ("http://a.example/", [("http://b.example/", "k=v; Domain=b.example")], ""),
        ("http://a.example/", [("http://b.example/", "k=v; Domain=example")], ""),
        ("http://a.co.uk/", [("http://b.co.uk/", "k=v; Domain=co.uk")], ""),
        ("http://127.0.0.1/", [("http://127.0.0.1/y", "k=v")], "k=v"),
        ("http://127.0.0.1/", [("http://127.0.0.2/y", "k=v; Domain=0.0.1")], ""),
        # Out to another host and back.
        ("http://a.example/", [("http://b.example/", "k=v"), ("http://a.example/y", "l=w")], "k=v"),
        # Encrypted, and back.
        ("http://a.example/", [("https://a.example/", "k=v")], "k=v"),
        ("https://a.example/", [("https://a.example/y", "k=v; Secure")], "k=v"),
        ("https://a.example/", [("http://a.example/", "k=v; Secure")], ""),
        ("https://a.example/", [("http://a.example/", "k=v")], ""),
        ("http://a.example/", [("http://a.example:8080/", "k=v")], ""),
        ("http://a.example:8080/", [("http://a.example:8080/y", "k=v")], "k=v"),
        ("http://intranet/", [("http://intranet/y", "k=v; Domain=intranet")], "k=v"),
        ("http://www.a.co.uk/", [("http://sso.a.co.uk/", "k=v; Domain=.a.co.uk")], "k=v"),
    ],
)
async def test_where_cookies_go(start: str, hops: list[tuple[str, str]], expected: str) -> None:
    assert follow(start, *hops).cookies() == expected


async def test_cookies_are_bounded() -> None:
    trail = Trail(redirects.address("http://a.example/"))
    for n in range(10):
        lines = [f"k{n}-{m}={'v' * 500}; Path=/" for m in range(120)]
        trail.follow(redirects.address(f"http://a.example/{n}"), lines, permanent=False)
    assert len(trail.cookies()) < 50_000


async def test_a_feed_behind_a_cookie(fetcher: Fetcher, feed_server: HttpServer) -> None:
    def answer(seen: Seen) -> Reply:
        if SimpleCookie(seen.headers.get("Cookie", "")).get("seen"):
            return Reply(FEED)
        return Reply(status=302, headers={"Location": "/feed", "Set-Cookie": "seen=yes; Path=/"})

    feed_server.replies["/feed"] = answer
    for _ in range(2):
        assert (await get(fetcher, f"{feed_server.url}/feed")).body == FEED
    # Each poll begins without.
    cookies = [seen.headers.get("Cookie") for seen in feed_server.seen]
    assert cookies == [None, "seen=yes", None, "seen=yes"]


async def test_a_cookie_goes_to_no_other_place(
    fetcher: Fetcher, feed_server: HttpServer, other_server: HttpServer
) -> None:
    feed_server.replies["/feed"] = Reply(
        status=302,
        headers={"Location": f"{other_server.url}/away", "Set-Cookie": "s3cret=1; Path=/"},
    )
    other_server.replies["/away"] = Reply(
        status=302, headers={"Location": f"{feed_server.url}/end", "Set-Cookie": "theirs=1; Path=/"}
    )
    feed_server.replies["/end"] = Reply(FEED)
    secret = {"Cookie": "configured=1"}
    assert (await get(fetcher, f"{feed_server.url}/feed", headers=secret)).body == FEED
    cookies = [seen.headers["Cookie"] for seen in feed_server.seen]
    assert cookies == ["configured=1", "configured=1; s3cret=1"]
    assert "Cookie" not in other_server.seen[0].headers


@pytest.mark.parametrize("error", ["circle", "404", "hang-up"])
async def test_no_cookie_in_an_error(
    fetcher: Fetcher, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    caplog.set_level(0)

    def answer(connection: socket.socket) -> None:
        if error != "circle" and server.requests > 1:
            connection.sendall(b"HTTP/1.1 404 No\r\n\r\n" if error == "404" else b"")
            return
        connection.sendall(
            b"HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: k=s3cret\r\n"
            b"Set-Cookie: (bad)=s3cret; Domain=other.example\r\n\r\n"
        )

    with raw_server(answer) as server:
        failure = await refused(fetcher, server.url)
    assert "s3cret" not in repr(failure) + failure.reason + caplog.text


async def test_the_guard_looks_at_each_hop(feed_server: HttpServer) -> None:
    cookie = {"Set-Cookie": "k=v; Path=/"}
    feed_server.replies["/feed"] = Reply(
        status=302, headers={"Location": "http://127.0.0.2:8080/feed", **cookie}
    )
    async with open_fetcher() as fetcher:
        error = await refused(fetcher, f"{feed_server.url}/feed")
    assert error.reason.startswith("127.0.0.2 is not a public address")


async def test_a_redirect_to_a_long_address(fetcher: Fetcher, feed_server: HttpServer) -> None:
    long = "/feed?" + "x" * 20_000
    feed_server.replies["/feed"] = Reply(status=302, headers={"Location": long})
    feed_server.replies[long] = Reply(FEED)
    assert (await get(fetcher, f"{feed_server.url}/feed")).body == FEED


async def test_a_redirect_in_latin_1(fetcher: Fetcher) -> None:
    def answer(connection: socket.socket) -> None:
        if server.requests == 1:
            connection.sendall(b"HTTP/1.1 301 Moved\r\nLocation: /f\xfcr\r\n\r\n")
        else:
            connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + FEED)

    with raw_server(answer) as server:
        response = await get(fetcher, server.url)
        assert (response.body, response.url) == (FEED, f"{server.url}/f%FCr")


async def test_no_address_stalls_the_others() -> None:
    deep = "http://a.example/" + "a/" * 30_000
    started = time.thread_time()
    trail = follow("http://a.example/", (deep, "k=v; Path=/"), (f"{deep}b", "l=w; Path=/"))
    assert trail.cookies() == ""
    trail.follow(redirects.address("http://a.example/b"), [], permanent=False)
    assert trail.cookies() == "k=v; l=w"
    with pytest.raises(FeedError, match="its host is too long"):
        redirects.target(trail.here, "//" + "ü." * 20_000)
    assert time.thread_time() - started < limits.seconds(1)


async def test_a_circle_over_two_hosts() -> None:
    trail = follow("http://a.example/", ("http://b.example/", ""))
    with pytest.raises(FeedError, match="redirected in a circle"):
        trail.follow(redirects.address("http://a.example/"), [], permanent=True)
