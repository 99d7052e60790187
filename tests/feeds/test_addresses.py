"""Addresses inside, through the real fetcher: what is connected to counts, not what it is called.

Only addresses of this machine get traffic: of two places inside, one is declared to be outside.
"""

from __future__ import annotations

import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from digest.errors import FeedError
from digest.feeds.http import sockets
from digest.feeds.http.fetch import Fetcher, FetchLimits
from digest.feeds.http.messages import Request
from tests.feed_xml import item, rss
from tests.feeds.conftest import USER_AGENT
from tests.feeds.raw_server import raw_server
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers import HttpServer

FEED = rss(item(1)).encode()
OUTSIDE = "127.0.0.1"
INSIDE = "127.0.0.2"
ADVICE = "set allow_private_networks for this feed if it should be polled"


class FakeNames(AbstractResolver):
    """Answers each look-up with the next of its lists of addresses."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in self._answers.pop(0)
        ]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def fetcher_with(names: FakeNames) -> AsyncIterator[Fetcher]:
    limits = FetchLimits(timeout=10.0, max_body=1_000_000, concurrency=5, per_host=0)
    async with Fetcher(limits, USER_AGENT, names) as fetcher:
        yield fetcher


@pytest.fixture
def port(feed_server: HttpServer) -> int:
    """Of a server that any address of this machine leads to, 127.0.0.1 first of all."""
    feed_server.replies["/feed"] = Reply(FEED)
    return int(feed_server.url.rpartition(":")[2])


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "is_public", lambda address: address == OUTSIDE)


async def refused(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FeedError) as caught:
        await fetcher.fetch(Request(url))
    return caught.value.reason


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1.2.3", "127.1.2.3"),
        ("0.0.0.0", "0.0.0.0"),
        ("10.0.0.1", "10.0.0.1"),
        ("172.16.0.1", "172.16.0.1"),
        ("192.168.1.1", "192.168.1.1"),
        ("100.64.0.1", "100.64.0.1"),
        ("169.254.0.1", "169.254.0.1"),
        ("169.254.169.254", "169.254.169.254"),
        ("224.0.0.1", "224.0.0.1"),
        # Written as the C library takes them.
        ("0x7f.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0xa9fea9fe", "169.254.169.254"),
        ("[::1]", "::1"),
        ("[::]", "::"),
        ("[fc00::1]", "fc00::1"),
        ("[fe80::1]", "fe80::1"),
        ("[fe80::1%25lo]", "fe80::1%25lo"),
        # IPv4 inside: mapped, NAT64, 6to4, Teredo, compatible.
        ("[::ffff:127.0.0.1]", "::ffff:127.0.0.1"),
        ("[::ffff:7f00:1]", "::ffff:7f00:1"),
        ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1"),
        ("[2002:7f00:1::]", "2002:7f00:1::"),
        ("[2001:0:7f00:1::1]", "2001:0:7f00:1::1"),
        ("[::127.0.0.1]", "::127.0.0.1"),
    ],
)
async def test_an_address_inside_is_refused_and_named(
    fetcher: Fetcher, feed_server: HttpServer, port: int, host: str, named: str
) -> None:
    reason = await refused(fetcher, f"http://{host}:{port}/feed")
    assert reason == f"{named} is not a public address; {ADVICE}"
    assert feed_server.seen == []


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST"])
async def test_a_name_of_this_machine_is_refused(
    fetcher: Fetcher, feed_server: HttpServer, port: int, host: str
) -> None:
    reason = await refused(fetcher, f"http://{host}:{port}/feed")
    assert reason.endswith(f" is not a public address; {ADVICE}")
    assert feed_server.seen == []


@pytest.mark.parametrize("host", ["127.1", "0177.0.0.1", "017700000001", "2130706433", "127.0.1"])
@pytest.mark.parametrize("allowed", [True, False])
async def test_decimal_and_octal_forms_are_no_addresses(
    fetcher: Fetcher, feed_server: HttpServer, port: int, host: str, *, allowed: bool
) -> None:
    with pytest.raises(FeedError) as caught:
        await fetcher.fetch(Request(f"http://{host}:{port}/", allow_private_networks=allowed))
    assert caught.value.reason.startswith(f"the address cannot be used: {host} ")
    assert feed_server.seen == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "0.0.0.0", "0x7f.1", "0x7f000001", "[::ffff:127.0.0.1]", "localhost"]
)
async def test_an_address_inside_is_polled_where_the_feed_allows_it(
    fetcher: Fetcher, port: int, host: str
) -> None:
    request = Request(f"http://{host}:{port}/feed", allow_private_networks=True)
    assert (await fetcher.fetch(request)).body == FEED


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["::1", INSIDE]])
async def test_a_name_that_leads_inside_is_refused(
    feed_server: HttpServer, port: int, addresses: list[str]
) -> None:
    async with fetcher_with(FakeNames(addresses)) as fetcher:
        reason = await refused(fetcher, f"http://name.example:{port}/feed")
    assert reason.endswith(f" is not a public address; {ADVICE}")
    assert any(f"{address} is not a public address" in reason for address in addresses)
    assert feed_server.seen == []


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("addresses", [[INSIDE, OUTSIDE], [OUTSIDE, INSIDE]])
async def test_of_a_name_with_both_only_the_place_outside_is_asked(
    port: int, addresses: list[str]
) -> None:
    with raw_server(lambda _: None, INSIDE, port) as inside:
        async with fetcher_with(FakeNames(addresses)) as fetcher:
            response = await fetcher.fetch(Request(f"http://name.example:{port}/feed"))
        assert (response.body, inside.requests) == (FEED, 0)


@pytest.mark.usefixtures("outside")
async def test_a_name_that_leads_outside_first_and_inside_then(
    feed_server: HttpServer, port: int
) -> None:
    with raw_server(lambda _: None, INSIDE) as inside:
        target = f"http://name.example:{inside.port}/feed"
        feed_server.replies["/away"] = Reply(status=302, headers={"Location": target})
        async with fetcher_with(FakeNames([OUTSIDE], [INSIDE])) as fetcher:
            reason = await refused(fetcher, f"http://name.example:{port}/away")
        assert inside.requests == 0
    assert reason == f"{INSIDE} is not a public address; {ADVICE}"
    assert len(feed_server.seen) == 1


@pytest.mark.usefixtures("outside")
@pytest.mark.parametrize("host", [INSIDE, "0x7f.2", "[::ffff:127.0.0.2]", "[64:ff9b::7f00:2]"])
async def test_a_redirect_inwards_is_refused(
    fetcher: Fetcher, feed_server: HttpServer, port: int, host: str
) -> None:
    with raw_server(lambda _: None, INSIDE) as inside:
        target = f"http://{host}:{inside.port}/feed"
        feed_server.replies["/feed"] = Reply(status=302, headers={"Location": target})
        reason = await refused(fetcher, f"http://{OUTSIDE}:{port}/feed")
        assert inside.requests == 0
    assert reason.endswith(f" is not a public address; {ADVICE}")
    assert len(feed_server.seen) == 1


@pytest.mark.usefixtures("outside")
async def test_a_remembered_move_inwards_is_refused(fetcher: Fetcher, port: int) -> None:
    with raw_server(lambda _: None, INSIDE) as inside:
        moved = f"http://{INSIDE}:{inside.port}/feed"
        with pytest.raises(FeedError, match="is not a public address"):
            await fetcher.fetch(Request(f"http://{OUTSIDE}:{port}/feed", moved_to=moved))
        assert inside.requests == 0


OWN = "allow_private_networks is for the feed's own host; poll it there, if it is yours"


@pytest.mark.parametrize("way", ["redirect", "two redirects", "remembered move"])
async def test_a_feed_that_may_be_inside_is_let_to_no_other_host_there(
    fetcher: Fetcher, feed_server: HttpServer, port: int, way: str
) -> None:
    with raw_server(lambda _: None, INSIDE) as inside:
        target = f"http://{INSIDE}:{inside.port}/feed"
        away = Reply(status=301, headers={"Location": target})
        feed_server.replies["/away"] = away
        feed_server.replies["/further"] = Reply(status=302, headers={"Location": "/away"})
        path = "further" if way == "two redirects" else "away"
        request = Request(
            f"http://127.0.0.1:{port}/{path}",
            allow_private_networks=True,
            moved_to=target if way == "remembered move" else None,
        )
        with pytest.raises(FeedError) as caught:
            await fetcher.fetch(request)
        assert inside.requests == 0
    assert caught.value.reason == f"{INSIDE} is not a public address; {OWN}"


async def test_a_feed_that_may_be_inside_may_move_on_its_own_host(
    fetcher: Fetcher, port: int
) -> None:
    with raw_server(lambda one: one.sendall(b"HTTP/1.1 301 \r\nLocation: " + there)) as other:
        there = f"http://127.0.0.1:{port}/feed\r\nContent-Length: 0\r\n\r\n".encode()
        request = Request(f"{other.url}/feed", allow_private_networks=True)
        assert (await fetcher.fetch(request)).body == FEED


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[::ffff:169.254.169.254]", "[fe80::1]", "100.100.100.200"]
)
@pytest.mark.parametrize("redirected", [True, False])
async def test_what_hands_out_credentials_is_asked_by_nobody(
    fetcher: Fetcher, feed_server: HttpServer, host: str, *, redirected: bool
) -> None:
    async with fetcher_with(FakeNames([host.strip("[]")])) as by_name:
        for asking, there in ((fetcher, host), (by_name, "metadata.example")):
            target = f"http://{there}/latest/meta-data/"
            feed_server.replies["/away"] = Reply(status=302, headers={"Location": target})
            url = f"{feed_server.url}/away" if redirected else target
            with pytest.raises(FeedError) as caught:
                await asking.fetch(Request(url, allow_private_networks=True))
            reason = caught.value.reason
            assert reason.startswith(host.strip("[]"))
            assert " is never asked: " in reason or (redirected and reason.endswith(OWN))


async def test_addresses_that_are_never_asked_are_told_each() -> None:
    async with fetcher_with(FakeNames(["169.254.169.254", "fe80::1"])) as by_name:
        with pytest.raises(FeedError) as caught:
            await by_name.fetch(Request("http://two.example/", allow_private_networks=True))
    for address in ("169.254.169.254", "fe80::1"):
        assert f"{address} is never asked: link-local, or where a cloud" in caught.value.reason


@pytest.mark.parametrize("redirected", [True, False])
@pytest.mark.parametrize("port", [22, 25, 6667])
async def test_a_port_of_another_protocol_is_refused(
    fetcher: Fetcher, feed_server: HttpServer, port: int, *, redirected: bool
) -> None:
    target = f"http://127.0.0.1:{port}/"
    feed_server.replies["/away"] = Reply(status=302, headers={"Location": target})
    url = f"{feed_server.url}/away" if redirected else target
    with pytest.raises(FeedError) as caught:
        await fetcher.fetch(Request(url, allow_private_networks=True))
    said = "is for another protocol, and no browser asks there"
    assert caught.value.reason == f"the address cannot be used: port {port} {said}"


async def test_a_proxy_from_the_environment_is_not_used(
    fetcher: Fetcher, feed_server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", feed_server.url)
    monkeypatch.setenv("http_proxy", feed_server.url)
    with pytest.raises(FeedError):
        await fetcher.fetch(Request("http://nowhere.invalid/feed", allow_private_networks=True))
    assert feed_server.seen == []
