"""The tolerant reader: parses any feed with feedparser, however damaged it is.

Runs in a worker process that can be killed, since feedparser can stall on a hostile document.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from io import BytesIO
from typing import TYPE_CHECKING, Any

from digest.errors import FeedError
from digest.feeds.discovery import feed_links
from digest.feeds.parsing.char_refs import without_impossible
from digest.feeds.parsing.normalise import feed_of

if TYPE_CHECKING:
    from digest.model import ParsedFeed

_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\sencoding\s*=", re.IGNORECASE)
_WIDE_CLAIM = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\sencoding=.(?:utf|ucs)-?(?:16|32|2|4)[^>]*\?>",
    re.IGNORECASE,
)
# Comments and CDATA sections, which may hide anything, and the tags of roots and entries.
_BOUNDARY = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<(?P<slash>/?)(?:[\w.-]+:)?(?P<name>rss|feed|rdf|channel|item|entry)(?:[\s/][^<>]*)?>",
    re.IGNORECASE | re.DOTALL,
)
# feedparser reads this format, but does not say so.
_CDF = re.compile(r"<channel[\s>]", re.IGNORECASE)


def parse(body: bytes, url: str, charset: str | None = None) -> ParsedFeed:
    """Parse a feed in XML that came from `url`, in `charset` where it says no other.

    Raises:
        FeedError: it is no feed, or not a whole one.
    """
    return _parse_xml(_in_said_charset(_without_wide_characters(body), charset), url)


def _parse_xml(body: bytes, url: str) -> ParsedFeed:
    parsed, text = _feedparser(body)
    version = parsed.get("version") or ("cdf" if parsed.entries and _CDF.search(text) else "")
    if not parsed.get("version") and (not parsed.entries or _looks_like_html(text)):
        what = _web_page(body, url) if _looks_like_html(text) else "something else"
        raise FeedError(f"is not a feed but {what}", status=200)
    if parsed.bozo:
        # Read again without what a server appended, which would make even ids read differently.
        whole = _whole(text, version)
        parsed, text = (parsed, text) if whole == text else _feedparser(_in_utf_8(whole))
    return feed_of(parsed.feed, parsed.entries, version, url, text)


def _without_wide_characters(body: bytes) -> bytes:
    """A document in UTF-16 or 32 as UTF-8; any other as it is, but for a claim to be one.

    feedparser believes the declaration: UTF-16 that has none is read as UTF-8 with NULs, and
    UTF-8 that says it is UTF-16, as .NET has it, as Chinese.
    """
    encoding = json.detect_encoding(body)
    if encoding.startswith(("utf-16", "utf-32")):
        return _in_utf_8(body.decode(encoding, "replace"))
    return _WIDE_CLAIM.sub(b"", body)


def _in_said_charset(body: bytes, charset: str | None) -> bytes:
    """A document as UTF-8 that only the server says the encoding of (RFC 7303, section 3)."""
    if not charset or _DECLARED.match(body):
        return body
    try:
        body.decode()
    except UnicodeDecodeError:
        with suppress(LookupError, ValueError):  # some codecs replace nothing
            return body.decode(charset, "replace").encode("utf-8", "replace")
    return body


def _in_utf_8(text: str) -> bytes:
    # The declaration may name another encoding.
    return _DECLARATION.sub("", text).encode("utf-8", "replace")


def _feedparser(body: bytes) -> tuple[Any, str]:
    """What feedparser makes of a body, and the text that it saw."""
    # Only worker processes need it; the daemon stays small.
    import feedparser.api

    from digest.feeds.parsing.feedparser_elements import LooseParser, StrictParser

    feedparser.api.PREFERRED_XML_PARSERS[:] = ["digest.feeds.parsing.sax"]
    feedparser.api.StrictFeedParser = StrictParser
    feedparser.api.LooseFeedParser = LooseParser
    try:
        # Only ever a BytesIO: feedparser opens a plain string as a path or an address.
        whole = BytesIO(without_impossible(body))
        parsed = feedparser.parse(whole, sanitize_html=False, resolve_relative_uris=False)
        return parsed, body.decode(parsed.get("encoding") or "utf-8", "replace")
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
    roots = {"channel"} if version == "cdf" else {"rss", "feed", "rdf"}
    end = 0
    for match in _BOUNDARY.finditer(text):
        name = (match["name"] or "").lower()
        if name in roots | {"item", "entry"}:
            end = match.end() if match["slash"] and name in roots else 0
    if not end:
        # A cut that HTTP cannot see (HTTP/1.0) would leave half an entry, under another identity.
        raise FeedError("ends before its closing tag", status=200)
    return text[:end]
