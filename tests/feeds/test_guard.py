from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.errors import FeedError
from digest.feeds import fetch
from digest.feeds.fetch import Request
from digest.feeds.guard import is_public
from tests.feed_xml import item, rss
from tests.feeds.raw_server import raw_server
from tests.servers import Reply

if TYPE_CHECKING:
    from digest.feeds.fetch import Fetcher
    from tests.servers import HttpServer


@pytest.mark.parametrize(
    "address",
    [
        "8.8.8.8",
        "93.184.215.14",
        "2606:2800:21f:cb07:6820:80da:af6b:8b2c",
        "2001:4860:4860::8888",
        "::ffff:8.8.8.8",
    ],
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        # The machine itself.
        *("127.0.0.1", "127.8.9.10", "::1", "0.0.0.0", "::"),
        # Private and shared networks.
        *("10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "fc00::1"),
        *("fd12:3456::1", "fec0::1"),
        # Link-local, with the address at which clouds hand out credentials.
        *("169.254.0.1", "169.254.169.254", "fe80::1", "fe80::1%eth0"),
        # IPv4 inside IPv6: mapped, translated, NAT64, 6to4, compatible, Teredo.
        *("::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b:1::7f00:1", "2002:7f00:1::"),
        *("2002:a00:1::1", "::127.0.0.1", "::10.0.0.1", "2001:0:7f00:1::1"),
        # Multicast, broadcast, documentation, benchmarks, the future.
        *("224.0.0.1", "239.255.255.250", "ff02::1", "ff0e::1", "255.255.255.255"),
        *("192.0.2.1", "2001:db8::1", "198.18.0.1", "240.0.0.1"),
        # No addresses.
        *("", "localhost", "example.com", "127.1", "0x7f.1", "2130706433", "127.0.0.1:80", "%eth0"),
    ],
)
def test_everything_else(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "0x7f.1",
        "0x7f000001",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
    ],
)
async def test_a_feed_inside_is_refused_without_permission(
    fetcher: Fetcher, feed_server: HttpServer, host: str
) -> None:
    feed_server.replies["/feed"] = Reply(rss(item(1)))
    url = feed_server.url.replace("127.0.0.1", host) + "/feed"
    with pytest.raises(FeedError) as caught:
        await fetcher.fetch(Request(url))
    assert " is not a public address; set allow_private_networks" in caught.value.reason
    assert feed_server.seen == []


@pytest.mark.parametrize("host", ["127.1", "0177.0.0.1", "2130706433"])
async def test_short_forms_of_an_address_are_refused(
    fetcher: Fetcher, feed_server: HttpServer, host: str
) -> None:
    with pytest.raises(FeedError) as caught:
        await fetcher.fetch(Request(feed_server.url.replace("127.0.0.1", host)))
    assert caught.value.reason.startswith(f"the address cannot be used: {host} ")
    assert feed_server.seen == []


@pytest.mark.parametrize("host", ["127.0.0.2", "0x7f.2", "[::ffff:127.0.0.2]"])
async def test_a_redirect_inwards_is_refused(
    fetcher: Fetcher, feed_server: HttpServer, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No public address leads to a test: of two places inside, one is declared to be outside.
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1")
    with raw_server(lambda _: None, "127.0.0.2") as inside:
        target = f"http://{host}:{inside.port}/feed"
        feed_server.replies["/feed"] = Reply(status=302, headers={"Location": target})
        with pytest.raises(FeedError, match=r"127\.0\.0\.2 is not a public address"):
            await fetcher.fetch(Request(f"{feed_server.url}/feed"))
        assert inside.requests == 0
    assert len(feed_server.seen) == 1


async def test_a_proxy_from_the_environment_is_not_used(
    fetcher: Fetcher, feed_server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", feed_server.url)
    monkeypatch.setenv("http_proxy", feed_server.url)
    with pytest.raises(FeedError):
        await fetcher.fetch(Request("http://nowhere.invalid/feed", allow_private_networks=True))
    assert feed_server.seen == []
