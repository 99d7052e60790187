"""A secret in the query of an address: asked with, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.errors import FeedError
from digest.feeds.http import redirects
from digest.feeds.http.messages import Request
from digest.feeds.http.secret_query import with_secret, without_secret
from tests.feed_xml import item, rss
from tests.feeds.asking import get, refused
from tests.servers import Reply

if TYPE_CHECKING:
    from digest.feeds.http.fetch import Fetcher
    from tests.servers import HttpServer

TOKEN = "s3cret+t0ken/of a reader"
ESCAPED = "s3cret%2Bt0ken%2Fof+a+reader"
SECRET = {"feed": TOKEN}
FEED = rss(item(1))


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://h.example/.rss", f"https://h.example/.rss?feed={ESCAPED}"),
        ("https://h.example/a%7eb?x=%2F&", f"https://h.example/a%7eb?x=%2F&&feed={ESCAPED}"),
        ("https://h.example/?a=b#c", f"https://h.example/?a=b&feed={ESCAPED}"),
    ],
)
def test_it_joins_what_is_asked(url: str, asked: str) -> None:
    assert str(with_secret(redirects.address(url), SECRET)) == asked


@pytest.mark.parametrize(
    ("there", "kept"),
    [
        (f"https://h.example/x?a=%2F&feed={ESCAPED}&b", "https://h.example/x?a=%2F&b"),
        (f"https://h.example/x?feed={ESCAPED.replace('+', '%20')}", "https://h.example/x"),
        ("https://h.example/x?feed=another", "https://h.example/x?feed=another"),
    ],
)
def test_it_leaves_what_a_server_repeats(there: str, kept: str) -> None:
    assert str(without_secret(redirects.address(there), SECRET)) == kept


@pytest.mark.parametrize("place", ["/{0}", "/?to=https%3A%2F%2Fh.example%2F%3Ffeed%3D{0}"])
def test_a_redirect_that_has_it_elsewhere_is_refused(place: str) -> None:
    there = redirects.address("https://h.example" + place.format("t0ken%252F1"))

    with pytest.raises(FeedError, match="has the secret in it") as caught:
        without_secret(there, {"feed": "t0ken/1"})
    assert "t0ken" not in caught.value.reason


async def test_it_goes_to_its_own_origin_and_into_no_answer(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    moved = Reply(status=301, headers={"Location": f"/new?feed={ESCAPED}"})
    feed_server.replies[f"/old?feed={ESCAPED}"] = moved
    feed_server.replies[f"/new?feed={ESCAPED}"] = Reply(FEED, headers={"ETag": '"a"'})
    old, new = f"{feed_server.url}/old", f"{feed_server.url}/new"

    first = await get(fetcher, old, secret_query=SECRET)
    again = Request(
        old,
        etag=first.etag,
        answered_by=first.url,
        moved_to=new,
        allow_private_networks=True,
        secret_query=SECRET,
    )
    await fetcher.fetch(again)

    assert (first.url, first.moved_to) == (new, new)
    assert feed_server.seen[-1].path == f"/new?feed={ESCAPED}"
    assert feed_server.seen[-1].headers["If-None-Match"] == '"a"'
    assert TOKEN not in repr(again) + repr(first)


async def test_another_origin_is_asked_without_it(
    fetcher: Fetcher, feed_server: HttpServer, other_server: HttpServer
) -> None:
    there = f"{other_server.url}/there"
    feed_server.replies[f"/x?feed={ESCAPED}"] = Reply(
        status=302, headers={"Location": f"{there}?feed={ESCAPED}"}
    )

    error = await refused(fetcher, f"{feed_server.url}/x", secret_query=SECRET)

    assert [seen.path for seen in other_server.seen] == ["/there"]
    assert (error.status, "t0ken" in error.reason) == (404, False)
