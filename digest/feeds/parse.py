"""A body to what the feed said, through feedparser: the most tolerant parser there is.

Runs in a worker process that can be killed, since feedparser can stall on a hostile document.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from digest.errors import FeedError
from digest.feeds.text import absolute_link, one_line, well_formed, without_markup
from digest.model import ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ENTRIES = 2_000
MAX_TITLE = 1_000
MAX_NAME = 200
MAX_LINK = 4_096
MAX_ID = 4_096
MAX_HTML = 256 * 1024
_WITH_ADDRESS = re.compile(r"\S+@\S+ \((.+)\)|(.+) \(\S+@\S+\)")
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_END = re.compile(rb"</(?:[\w.-]+:)?(?:rss|feed|rdf)\b", re.IGNORECASE)


def parse_feed(body: bytes, url: str) -> ParsedFeed:
    """Parse a whole, decoded body that came from `url`.

    Raises:
        FeedError: it is no feed, or not a whole one.
    """
    # Only worker processes need it; the daemon stays small.
    import feedparser

    try:
        # Only ever a BytesIO: feedparser opens a plain string as a path or an address.
        whole = BytesIO(_REFERENCE.sub(_possible, body))
        parsed = feedparser.parse(whole, sanitize_html=False, resolve_relative_uris=False)
    except (ValueError, OverflowError, AttributeError, LookupError, TypeError) as error:
        raise FeedError(f"cannot be parsed: {type(error).__name__}") from error
    if not parsed.get("version") and not parsed.entries:
        what = "a web page" if _looks_like_html(body) else "something else"
        raise FeedError(f"is not a feed but {what}", status=200)
    # A cut that HTTP cannot see (HTTP/1.0) would leave half an entry, under another identity.
    if parsed.get("version") and parsed.entries and not _END.search(body.replace(b"\0", b"")):
        raise FeedError("ends before its closing tag", status=200)
    return ParsedFeed(
        title=_text(parsed.feed, "title", MAX_NAME),
        entries=_newest(_entry(entry, url) for entry in parsed.entries),
    )


def _newest(entries: Iterable[ParsedEntry]) -> tuple[ParsedEntry, ...]:
    """At most MAX_ENTRIES, in their order; of more, the newest, wherever the feed puts those."""
    everything = tuple(entries)
    if len(everything) <= MAX_ENTRIES:
        return everything
    undated = datetime.fromtimestamp(0, UTC)
    by_age = sorted(
        range(len(everything)), key=lambda n: everything[n].published or undated, reverse=True
    )
    return tuple(everything[n] for n in sorted(by_age[:MAX_ENTRIES]))


def _possible(reference: re.Match[bytes]) -> bytes:
    """A character reference, or U+FFFD for one to no character: feedparser gives up on those."""
    hexadecimal, decimal = reference.groups()
    digits = (hexadecimal or decimal).lstrip(b"0") or b"0"
    # Longer numbers are out of range, and slow to read.
    number = int(digits, 16 if hexadecimal else 10) if len(digits) <= 7 else -1
    possible = 0 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return reference[0] if possible else b"&#xFFFD;"


def _looks_like_html(body: bytes) -> bool:
    return any(mark in body[:4_096].lower() for mark in (b"<!doctype html", b"<html", b"<body"))


def _entry(entry: Any, url: str) -> ParsedEntry:
    declared = _declared_base(entry)
    base = absolute_link(url, declared, MAX_LINK) or url
    link = absolute_link(base, str(entry.get("link") or ""), MAX_LINK)
    return ParsedEntry(
        guid=well_formed(str(entry.get("id") or "")).strip()[:MAX_ID],
        link=link,
        title=_text(entry, "title", MAX_TITLE),
        author=_author(_text(entry, "author", MAX_NAME)),
        published=_date(entry),
        html=well_formed(_html(entry))[:MAX_HTML],
        base=base if declared else link or base,
    )


def _declared_base(entry: Any) -> str:
    """The xml:base in force for an entry (XML Base, section 3), or nothing."""
    details = [*entry.get("content", []), entry.get("summary_detail"), entry.get("title_detail")]
    return next((str(detail["base"]) for detail in details if detail and detail.get("base")), "")


def _author(said: str) -> str:
    """An author's name without the mail address that RSS, or feedparser, puts beside it."""
    match = _WITH_ADDRESS.fullmatch(said)
    return (match[1] or match[2]) if match else said


def _text(parsed: Any, name: str, limit: int) -> str:
    text = str(parsed.get(name) or "")
    detail = parsed.get(f"{name}_detail") or {}
    if detail.get("type") in {"text/html", "application/xhtml+xml"}:
        text = without_markup(text[: limit * 8])
    return one_line(text, limit)


def _html(entry: Any) -> str:
    """The fullest text an entry has, as HTML."""
    contents = [content for content in entry.get("content", []) if content.get("value")]
    if entry.get("summary"):
        contents.append(entry.get("summary_detail") or {"value": entry.summary})
    best = max(contents, key=lambda content: len(str(content["value"])), default=None)
    if best is None:
        return ""
    value = str(best["value"])
    if best.get("type") == "text/plain" and "<" not in value:
        return "".join(f"<p>{part}</p>" for part in value.split("\n\n"))
    return value


def _date(entry: Any) -> datetime | None:
    """When it was published, else updated; None where it says neither in a form we can read."""
    # `get("updated_parsed")` would answer with the other date, `in` does not.
    for name in ("published_parsed", "updated_parsed", "created_parsed"):
        said = entry[name] if name in entry else None  # noqa: SIM401
        # Beyond these are only slips and words for never: a zero time, a number of seconds read
        # as a year, the last day of 9999, which some time zone has no date for.
        if said and 1970 <= said.tm_year < 9999:
            try:
                return datetime.fromtimestamp(calendar.timegm(said), UTC)
            except (ValueError, OverflowError, OSError):
                continue
    return None
