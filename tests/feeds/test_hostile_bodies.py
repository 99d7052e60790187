"""Bodies made to freeze, flood or crash a parser: each ends, and the next feed is read."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from digest.errors import FeedError
from digest.feeds.identity import identify
from digest.rendering.clean import clean_entries
from digest.workers.pool import WorkerPool
from tests import limits
from tests.feed_xml import item, parse_feed, rss

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from digest.model import ParsedFeed

URL = "https://site.example/feed.xml"
# Less than is allowed, so that the tests are quick.
SECONDS = limits.seconds(1.0)

# feedparser only knows an entity that is declared on a line of its own.
LAUGHS = "".join(f'\n<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 100}">' for n in range(9))
REPEATED = f'<!DOCTYPE rss [\n<!ENTITY e "{"x" * 60_000}">\n]><rss'
ATTRIBUTES = " ".join(f'a{n}="x"' for n in range(100_000))
NESTED = "<div>" * 200_000
MEGABYTES = 1024 * 1024


def described(html: str) -> bytes:
    return rss(item(1), f"<item><guid>2</guid><description>{html}</description></item>").encode()


def entities(doctype: str, title: str) -> bytes:
    return rss(item(1, title="T")).replace("<rss", doctype).replace(">T<", f">{title}<").encode()


def stalling(characters: int) -> bytes:
    """A document that only feedparser reads, with an author that takes it long."""
    author = f"<item><author>{'x' * characters}</author></item>"
    return rss(author).replace("<rss", "<!DOCTYPE rss><rss").encode()


BODIES = {
    "billion laughs": lambda: entities(f"<!DOCTYPE rss [{LAUGHS}]><rss", "&e8;"),
    "quadratic entities": lambda: entities(REPEATED, "&e;" * 50_000),
    "64 KB author": lambda: rss(f"<item><author>{'x' * 65_536}</author></item>").encode(),
    "64 KB author, for feedparser": lambda: stalling(65_536),
    "comments in a description": lambda: described("&lt;!--" * 40_000),
    "comments that never end": lambda: described("<!--" * 50_000),
    "CDATA that never ends": lambda: described("<![CDATA[" * 200_000),
    "100,000 attributes": lambda: described(f"<p {ATTRIBUTES}/>"),
    "200,000 nested elements": lambda: described(NESTED),
    "200,000 nested tags in HTML": lambda: described(NESTED.replace("<", "&lt;")),
    "character references": lambda: described("&#55296;&#x110000;&#99999999999;" * 50_000),
    "32 MB in a token": lambda: rss(item(1, title="x" * 32 * MEGABYTES)).encode(),
    "a million entries": lambda: rss("<item/>" * 1_000_000).encode(),
    "nested JSON": lambda: b'{"a":' * MEGABYTES,
    "a long number": lambda: b'{"version":' + b"9" * 10 * MEGABYTES + b"}",
    "nothing": lambda: b"\0" * 10 * MEGABYTES,
}


@pytest.fixture
async def workers() -> AsyncIterator[WorkerPool]:
    with closing(WorkerPool(1, task_seconds=SECONDS)) as workers:
        await workers.call(parse_feed, rss(item(1)).encode(), URL)
        yield workers


async def read(workers: WorkerPool, body: bytes) -> ParsedFeed | FeedError:
    try:
        feed = await workers.call(parse_feed, body, URL)
        await workers.call(clean_entries, identify(feed))
    except FeedError as error:
        return error
    return feed


@pytest.mark.parametrize("name", BODIES)
async def test_it_ends_and_the_next_feed_is_read(workers: WorkerPool, name: str) -> None:
    outcome = await read(workers, BODIES[name]())
    assert isinstance(outcome, FeedError) or outcome.entries
    good = await read(workers, rss(item(1)).encode())
    assert not isinstance(good, FeedError)
