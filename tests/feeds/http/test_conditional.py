"""Servers that refuse validators, and those that have nothing but 304."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.errors import FeedError, PostponedError
from digest.feeds.http.conditional import is_to_ask_whole, still_refused, validator
from digest.feeds.http.messages import Request
from digest.model import FeedState
from tests import limits
from tests.feed_xml import NOW, item, rss
from tests.feeds.asking import get, refused
from tests.feeds.conftest import open_fetcher
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.feeds.http.fetch import Fetcher
    from tests.servers import HttpServer, Seen

FEED = rss(item(1)).encode()
DAY = timedelta(days=1)


def picky(status: int, second: Reply) -> Callable[[Seen], Reply]:
    """Answers a request with validators with a status, others as told."""

    def answer(seen: Seen) -> Reply:
        conditional = {"If-None-Match", "If-Modified-Since"} & seen.headers.keys()
        return Reply(b"no", status) if conditional else second

    return answer


@pytest.mark.parametrize("status", [400, 403, 405, 406, 409, 412, 416, 417, 422, 428, 499])
@pytest.mark.parametrize("validators", [{"etag": '"a"'}, {"last_modified": "yesterday"}])
async def test_validators_that_are_refused_are_left_out(
    fetcher: Fetcher, feed_server: HttpServer, status: int, validators: dict[str, str]
) -> None:
    feed_server.replies["/feed"] = picky(status, Reply(FEED, headers={"ETag": '"b"'}))
    response = await get(fetcher, f"{feed_server.url}/feed", **validators)
    assert (response.status, response.body, response.etag) == (200, FEED, '"b"')
    assert response.refused_validators
    assert len(feed_server.seen) == 2


@pytest.mark.parametrize("status", [401, 404, 407, 408, 410, 429, 451, 500, 502, 503])
async def test_other_refusals_are_not_about_validators(
    fetcher: Fetcher, feed_server: HttpServer, status: int
) -> None:
    feed_server.replies["/feed"] = picky(status, Reply(FEED))
    error = await refused(fetcher, f"{feed_server.url}/feed", etag='"a"')
    assert (error.status, len(feed_server.seen)) == (status, 1)


async def test_without_validators_nothing_is_asked_twice(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    feed_server.replies["/feed"] = Reply(b"no", 400)
    assert (await refused(fetcher, f"{feed_server.url}/feed")).status == 400
    elsewhere = {"etag": '"a"', "answered_by": "http://other.example/"}
    assert (await refused(fetcher, f"{feed_server.url}/feed", **elsewhere)).status == 400
    assert len(feed_server.seen) == 2


async def test_who_asks_for_time_gets_it(fetcher: Fetcher, feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = Reply(b"no", 403, {"Retry-After": "60"})
    error = await refused(fetcher, f"{feed_server.url}/feed", etag='"a"')
    assert isinstance(error, PostponedError)
    assert error.status == 403
    assert len(feed_server.seen) == 1


async def test_a_second_refusal_is_the_failure(fetcher: Fetcher, feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = picky(412, Reply(b"no", 410))
    error = await refused(fetcher, f"{feed_server.url}/feed", etag='"a"')
    assert (error.status, error.elsewhere, len(feed_server.seen)) == (410, False, 2)


async def test_a_304_to_the_second_request_is_refused(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    feed_server.replies["/feed"] = picky(412, Reply(b"", 304))
    assert (await refused(fetcher, f"{feed_server.url}/feed", etag='"a"')).status == 304


async def test_validators_may_be_refused_where_a_redirect_led(
    fetcher: Fetcher, feed_server: HttpServer
) -> None:
    cookie = {"Location": "/new", "Set-Cookie": "k=v"}
    feed_server.replies["/feed"] = Reply(status=301, headers=cookie)
    feed_server.replies["/new"] = picky(412, Reply(FEED))
    new = f"{feed_server.url}/new"
    secret = {"Authorization": "s3cret"}
    response = await get(
        fetcher, f"{feed_server.url}/feed", etag='"a"', answered_by=new, headers=secret
    )
    assert (response.url, response.moved_to, response.body) == (new, new, FEED)
    # What came before is not asked again.
    assert [seen.path for seen in feed_server.seen] == ["/feed", "/new", "/new"]
    assert [seen.headers.get("Cookie") for seen in feed_server.seen] == [None, "k=v", "k=v"]
    assert {seen.headers["Authorization"] for seen in feed_server.seen} == {"s3cret"}


async def test_the_second_request_shares_the_bounds(feed_server: HttpServer) -> None:
    feed_server.replies["/feed"] = picky(412, Reply(FEED))
    async with open_fetcher(max_body=len(FEED) - 1) as fetcher:
        error = await refused(fetcher, f"{feed_server.url}/feed", etag='"a"')
    assert "larger than" in error.reason
    async with open_fetcher(pause=limits.seconds(0.05), per_host=1) as fetcher:
        assert (await get(fetcher, f"{feed_server.url}/feed", etag='"a"')).body == FEED
    async with open_fetcher() as fetcher:
        with pytest.raises(FeedError, match="not a public address"):
            await fetcher.fetch(Request(f"{feed_server.url}/feed", etag='"a"'))


@pytest.mark.parametrize(
    ("state", "whole"),
    [
        ({}, False),
        ({"whole_at": NOW - 8 * DAY}, True),
        ({"whole_at": NOW - 8 * DAY + timedelta(seconds=1)}, False),
        ({"refused_at": NOW - 7 * DAY}, True),
        ({"refused_at": NOW - 8 * DAY, "whole_at": NOW}, False),
        ({"failures": 1, "last_status": 412}, True),
        ({"failures": 1, "last_status": 403}, True),
        ({"failures": 1, "last_status": 404}, False),
        ({"failures": 1, "last_status": 500}, False),
        ({"failures": 1, "last_status": 304, "whole_at": NOW - 9 * DAY}, False),
        ({"failures": 1, "last_status": None}, False),
        ({"failures": 0, "last_status": 200}, False),
    ],
)
def test_when_a_whole_body_is_asked_for(state: dict[str, Any], *, whole: bool) -> None:
    assert is_to_ask_whole(FeedState(1, "http://a.example/", **state), NOW) is whole


@pytest.mark.parametrize("value", [None, "", "*", "\xff\t", "x" * 8_001])
def test_what_cannot_be_sent_back_is_no_validator(value: str | None) -> None:
    assert validator(value) is None
    assert validator("x" * 8_000) == "x" * 8_000


def test_how_long_a_refusal_is_remembered() -> None:
    assert still_refused(None, NOW) is None
    assert still_refused(NOW - 7 * DAY, NOW) == NOW - 7 * DAY
    assert still_refused(NOW - 8 * DAY, NOW) is None
