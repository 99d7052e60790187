"""Small feeds for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from digest.feeds.parsing.body import Body
from digest.feeds.parsing.read import parse_body

if TYPE_CHECKING:
    from digest.model import ParsedFeed

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def parse_feed(body: bytes, url: str, charset: str | None = None) -> ParsedFeed:
    """What a body says as it came, in `charset` by what its server says.

    Raises:
        FeedError: it is no feed, or not a whole one.
    """
    return parse_body(Body(body, "", limit=10**9, url=url, charset=charset))


def item(
    number: int,
    *,
    title: str | None = None,
    link: str | None = None,
    published: datetime | None = NOW,
    html: str = "<p>Some words about it. And some more.</p>",
) -> str:
    """An RSS item with its own guid."""
    link = link or f"https://site.example/{number}"
    date = f"<pubDate>{format_datetime(published)}</pubDate>" if published else ""
    return (
        f"<item><guid>https://site.example/id/{number}</guid><link>{escape(link)}</link>"
        f"<title>{escape(title or f'Story {number}')}</title>{date}"
        f"<description>{escape(html)}</description></item>"
    )


def rss(*items: str, title: str = "A feed", built: str = "") -> str:
    """An RSS 2.0 document."""
    stamp = f"<lastBuildDate>{built}</lastBuildDate>" if built else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>https://site.example/</link>"
        f"<description>d</description>{stamp}{''.join(items)}</channel></rss>"
    )
