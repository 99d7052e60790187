"""Reported cases that take more than answers: redirects, and what is carried along them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.feed_xml import item, rss
from tests.jobs.bench import InPlace
from tests.jobs.poller import Poller
from tests.servers import HttpServer, Reply

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import PollResult


def found(location: str, **headers: str) -> Reply:
    return Reply(status=302, headers={"Location": location, **headers})


async def polled(server: HttpServer, folder: Path) -> PollResult:
    async with Poller(server, folder, InPlace()) as poller:
        (result,) = await poller.polling.poll([poller.url])
    return result


async def test_a_cookie_of_a_redirect_is_sent_back(feed_server: HttpServer, tmp_path: Path) -> None:
    feed_server.replies["/feed"] = found("/login", **{"Set-Cookie": "session=1; Path=/"})
    feed_server.replies["/login"] = found("/there", **{"Set-Cookie": "seen=2; Path=/"})
    feed_server.replies["/there"] = Reply(rss(item(1)))

    assert (await polled(feed_server, tmp_path)).new == 1
    (asked,) = feed_server.requests_to("/there")
    assert {*asked.headers["Cookie"].split("; ")} == {"session=1", "seen=2"}


@pytest.mark.parametrize("hops", [5, 6, 10])
async def test_redirects_are_followed(feed_server: HttpServer, tmp_path: Path, hops: int) -> None:
    for hop in range(hops):
        feed_server.replies[f"/{hop}" if hop else "/feed"] = found(f"/{hop + 1}")
    feed_server.replies[f"/{hops}"] = Reply(rss(item(1)))

    assert (await polled(feed_server, tmp_path)).new == 1


@pytest.mark.parametrize(
    ("location", "path"),
    [
        pytest.param("/" + "x" * 9_000, "", id="loc-long"),
        # As raw UTF-8, which a header is no place for.
        pytest.param("/ä/feed".encode().decode("latin-1"), "/%C3%A4/feed", id="loc-utf8"),
        pytest.param("/a b/feed", "/a%20b/feed", id="loc-space"),
        pytest.param("//{host}/there", "/there", id="loc-proto-rel"),
    ],
)
async def test_where_a_redirect_leads(
    feed_server: HttpServer, tmp_path: Path, location: str, path: str
) -> None:
    host = feed_server.url.removeprefix("http://")
    feed_server.replies["/feed"] = found(location.replace("{host}", host))
    feed_server.replies[path or location] = Reply(rss(item(1)))

    assert (await polled(feed_server, tmp_path)).new == 1
