"""The tolerant reader: parses any feed with feedparser, however damaged it is.

Runs in a worker process that can be killed, since feedparser can stall on a hostile document.
"""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from digest.errors import FeedError
from digest.feeds.discovery import feed_links
from digest.feeds.parsing.char_refs import without_impossible
from digest.feeds.parsing.normalise import feed_of
from digest.feeds.parsing.tags import ROOTS, end_of_root

if TYPE_CHECKING:
    from digest.model import ParsedFeed

# It keeps feedparser from looking for an encoding of its own.
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
# feedparser reads this format, but does not say so.
_CDF = re.compile(r"<channel[\s>]", re.IGNORECASE)


def parse(body: bytes, url: str) -> ParsedFeed:
    """Parse a feed in XML and UTF-8 that came from `url`.

    Raises:
        FeedError: it is no feed, or not a whole one.
    """
    parsed, text = _feedparser(body), body.decode("utf-8", "replace")
    version = parsed.get("version") or ("cdf" if parsed.entries and _CDF.search(text) else "")
    if not parsed.get("version") and (not parsed.entries or _looks_like_html(text)):
        what = _web_page(body, url) if _looks_like_html(text) else "something else"
        raise FeedError(f"is not a feed but {what}", status=200)
    if parsed.bozo:
        # Read again without what a server appended, which would make even ids read differently.
        whole = _whole(text, version)
        body = whole.encode("utf-8", "replace")
        parsed = parsed if whole == text else _feedparser(body)
    return feed_of(parsed.feed, parsed.entries, version, url, body)


def _feedparser(body: bytes) -> Any:
    # Only worker processes need it; the daemon stays small.
    import feedparser.api

    from digest.feeds.parsing.feedparser_elements import LooseParser, StrictParser

    feedparser.api.PREFERRED_XML_PARSERS[:] = ["digest.feeds.parsing.sax"]
    feedparser.api.StrictFeedParser = StrictParser
    feedparser.api.LooseFeedParser = LooseParser
    try:
        # Only ever a BytesIO: feedparser opens a plain string as a path or an address.
        return feedparser.parse(
            BytesIO(without_impossible(body)),
            response_headers=_HEADERS,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception as error:  # what feedparser raises on a body has no common base
        raise FeedError(f"cannot be parsed: {type(error).__name__}") from error


def _web_page(body: bytes, url: str) -> str:
    links = feed_links(body, url)
    return f"a web page; its feed may be {links[0]}" if links else "a web page"


def _looks_like_html(text: str) -> bool:
    return any(mark in text[:4_096].lower() for mark in ("<!doctype html", "<html"))


def _whole(text: str, version: str) -> str:
    """A document that is not well-formed, up to the end of its root.

    Raises:
        FeedError: an entry begins or ends after the last such end, or there is none.
    """
    end = end_of_root(text, {"channel"} if version == "cdf" else ROOTS)
    if not end:
        # A cut that HTTP cannot see (HTTP/1.0) would leave half an entry, under another identity.
        raise FeedError("ends before its closing tag", status=200)
    return text[:end]
