"""A body to what the feed said, through feedparser: the most tolerant parser there is.

Runs in a worker process that can be killed, since feedparser can stall on a hostile document.
"""

from __future__ import annotations

import calendar
import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from io import BytesIO
from time import struct_time
from typing import TYPE_CHECKING, Any

from digest.errors import FeedError
from digest.feeds.dates import plausible, read_date
from digest.feeds.discovery import feed_links
from digest.feeds.fields import detail_in, details_in, text_in
from digest.feeds.json_feed import looks_like_json, parse_json_feed
from digest.feeds.limits import MAX_HTML, MAX_ID, MAX_LINK, MAX_NAME, MAX_TITLE, within_limits
from digest.feeds.media import entry_credit, entry_images, entry_seconds
from digest.feeds.text import absolute_link, one_line, well_formed, without_markup
from digest.feeds.wishes import wishes
from digest.model import ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterator

_WITH_ADDRESS = re.compile(r"\S+@\S+ \((.+)\)|(.+) \(\S+@\S+\)")
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
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
# A language that only feedparser reads, not a form of numbers that it misreads.
_FOREIGN = re.compile(r"[^\x00-\x7f]|[A-Za-z]{4}")


def parse_feed(body: bytes, url: str, charset: str | None = None) -> ParsedFeed:
    """Parse a whole, decoded body that came from `url`, in `charset` where it says no other.

    Raises:
        FeedError: it is no feed, or not a whole one.
    """
    if looks_like_json(body):
        return parse_json_feed(body, url)
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
    # RFC 4287, section 4.2.1: the authors of a feed are those of its entries that name none.
    authors = _authors(parsed.feed) if version.startswith("atom") else ""
    return ParsedFeed(
        title=_text(parsed.feed, "title", MAX_NAME),
        entries=within_limits(_entry(entry, url, authors) for entry in parsed.entries),
        format=version,
        link=absolute_link(url, text_in(parsed.feed, "link"), MAX_LINK),
        wishes=wishes(parsed.feed, text),
    )


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
    import feedparser

    try:
        # Only ever a BytesIO: feedparser opens a plain string as a path or an address.
        whole = BytesIO(_REFERENCE.sub(_possible, body))
        parsed = feedparser.parse(whole, sanitize_html=False, resolve_relative_uris=False)
        return parsed, body.decode(parsed.get("encoding") or "utf-8", "replace")
    except MemoryError:
        raise
    except Exception as error:  # what feedparser raises on a body has no common base
        raise FeedError(f"cannot be parsed: {type(error).__name__}") from error


def _possible(reference: re.Match[bytes]) -> bytes:
    """A character reference, or U+FFFD for one to no character: feedparser gives up on those."""
    hexadecimal, decimal = reference.groups()
    digits = (hexadecimal or decimal).lstrip(b"0") or b"0"
    # Longer numbers are out of range, and slow to read.
    number = int(digits, 16 if hexadecimal else 10) if len(digits) <= 7 else -1
    possible = 0 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return reference[0] if possible else b"&#xFFFD;"


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


def _entry(entry: Any, url: str, feed_authors: str) -> ParsedEntry:
    declared = _declared_base(entry)
    base = absolute_link(url, declared, MAX_LINK) or url
    links = (absolute_link(base, said, MAX_LINK) for said in _links(entry))
    link = next((link for link in links if link), "")
    images = (absolute_link(base, image, MAX_LINK) for image in entry_images(entry))
    return ParsedEntry(
        guid=well_formed(text_in(entry, "id")).strip()[:MAX_ID],
        link=link,
        title=_text(entry, "title", MAX_TITLE),
        author=_authors(entry) or one_line(entry_credit(entry), MAX_NAME) or feed_authors,
        published=_date(entry),
        html=well_formed(_html(entry))[:MAX_HTML],
        base=base if declared else absolute_link(base, text_in(entry, "link"), MAX_LINK) or base,
        image=next((image for image in images if image), ""),
        seconds=entry_seconds(entry),
    )


def _links(entry: Any) -> Iterator[str]:
    """Where an entry may be read, the best first; a recording stands in for a missing page."""
    said = text_in(entry, "link")
    # In RSS a guid is an address unless it says otherwise, which generators of ids forget.
    from_guid = bool(entry.get("guidislink")) and said == text_in(entry, "id")
    if "/" in said or not from_guid:
        yield said
    for one in details_in(entry, "links"):
        if one.get("rel") == "enclosure" and text_in(one, "type").startswith(("audio/", "video/")):
            yield text_in(one, "href")


def _declared_base(entry: Any) -> str:
    """The xml:base in force for an entry (XML Base, section 3), or nothing."""
    texts = [detail_in(entry, "summary_detail"), detail_in(entry, "title_detail")]
    bases = (text_in(detail, "base") for detail in [*details_in(entry, "content"), *texts])
    return next((base for base in bases if base), "")


def _authors(said: Any) -> str:
    """The authors' names, without the mail addresses that RSS, or feedparser, puts beside them."""
    everyone = details_in(said, "authors")
    names = dict.fromkeys(name for one in everyone if (name := text_in(one, "name")))
    if len(names) > 1:
        return one_line(", ".join(names), MAX_NAME)
    # Of a single name feedparser loses a part where the address has a long top-level domain.
    author = _text(said, "author", MAX_NAME)
    match = _WITH_ADDRESS.fullmatch(author)
    return (match[1] or match[2]) if match else author


def _text(parsed: Any, name: str, limit: int) -> str:
    text = text_in(parsed, name)
    if detail_in(parsed, f"{name}_detail").get("type") in {"text/html", "application/xhtml+xml"}:
        text = without_markup(text[: limit * 8])
    return one_line(text, limit)


def _html(entry: Any) -> str:
    """The fullest text an entry has, as HTML."""
    summary = {**detail_in(entry, "summary_detail"), "value": text_in(entry, "summary")}
    contents = [*details_in(entry, "content"), summary]
    best = max(contents, key=lambda content: len(text_in(content, "value")))
    value = text_in(best, "value")
    if best.get("type") == "text/plain" and "<" not in value:
        return "".join(f"<p>{part}</p>" for part in value.split("\n\n"))
    return value


def _date(entry: Any) -> datetime | None:
    """When it was published, else updated; None where it says neither in a form we can read."""
    for name in ("published", "updated", "created"):
        # `get("updated")` would answer with the other date, `in` does not.
        said = text_in(entry, name) if name in entry else ""
        if date := read_date(said) or _foreign_date(said, entry, f"{name}_parsed"):
            return date
    return None


def _foreign_date(said: str, entry: Any, name: str) -> datetime | None:
    """What feedparser read in a language of its own, where that is in the year that it says."""
    parsed = entry[name] if _FOREIGN.search(said) and name in entry else None
    if not isinstance(parsed, struct_time) or f"{parsed.tm_year:04}" not in said:
        return None
    try:
        return plausible(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    except (ValueError, OverflowError, OSError):
        return None
