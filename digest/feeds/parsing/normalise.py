"""Turns the dictionaries of feedparser, which both readers fill, into a ParsedFeed."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime
from time import struct_time
from typing import TYPE_CHECKING, Any

from digest.feeds.limits import MAX_HTML, MAX_ID, MAX_LINK, MAX_NAME, MAX_TITLE, within_limits
from digest.feeds.parsing.dates import plausible, read_date
from digest.feeds.parsing.feedparser_fields import detail_in, details_in, text_in
from digest.feeds.parsing.media import entry_credit, entry_images, entry_seconds
from digest.feeds.parsing.poll_hints import poll_hints
from digest.feeds.text import (
    absolute_link,
    categories,
    one_line,
    well_formed,
    without_markup,
)
from digest.model import ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_WITH_ADDRESS = re.compile(r"\S+@\S+ \((.+)\)|(.+) \(\S+@\S+\)")
# A date in a language that only feedparser reads, not in numbers, which it misreads.
FOREIGN_DATE = re.compile(r"[^\x00-\x7f]|[A-Za-z]{4}")


def feed_of(feed: Any, entries: Iterable[Any], version: str, url: str, body: bytes) -> ParsedFeed:
    """The parsed feed of a document in UTF-8 that came from `url`.

    Raises:
        FeedError: it is larger than `digest.feeds.limits` allows.
    """
    # RFC 4287, section 4.2.1: the authors of a feed are those of its entries that name none.
    authors = _authors(feed) if version.startswith("atom") else ""
    return ParsedFeed(
        title=_text(feed, "title", MAX_NAME),
        entries=within_limits(_entry(entry, url, authors) for entry in entries),
        format=version,
        link=absolute_link(url, text_in(feed, "link"), MAX_LINK),
        poll_hints=poll_hints(feed, body),
    )


def _entry(entry: Any, url: str, feed_authors: str) -> ParsedEntry:
    declared = _declared_base(entry)
    base = absolute_link(url, declared, MAX_LINK) or url
    return ParsedEntry(
        guid=well_formed(text_in(entry, "id")).strip()[:MAX_ID],
        link=_first_link(base, _links(entry)),
        title=_text(entry, "title", MAX_TITLE),
        author=_authors(entry) or one_line(entry_credit(entry), MAX_NAME) or feed_authors,
        published=_date(entry),
        html=well_formed(_html(entry))[:MAX_HTML],
        base=base if declared else absolute_link(base, text_in(entry, "link"), MAX_LINK) or base,
        image=_first_link(base, entry_images(entry)),
        seconds=entry_seconds(entry),
        categories=categories(
            text_in(tag, "label") or text_in(tag, "term") for tag in details_in(entry, "tags")
        ),
    )


def _first_link(base: str, addresses: Iterable[str]) -> str:
    for address in addresses:
        if link := absolute_link(base, address, MAX_LINK):
            return link
    return ""


def _links(entry: Any) -> Iterator[str]:
    """Where an entry may be read, the best first; a recording stands in for a missing page."""
    link = text_in(entry, "link")
    # In RSS a guid is an address unless it says otherwise, which generators of ids forget.
    from_guid = bool(entry.get("guidislink")) and link == text_in(entry, "id")
    if "/" in link or not from_guid:
        yield link
    for other in details_in(entry, "links"):
        kind = text_in(other, "type")
        if other.get("rel") == "enclosure" and kind.startswith(("audio/", "video/")):
            yield text_in(other, "href")


def _declared_base(entry: Any) -> str:
    """The xml:base in force for an entry (XML Base, section 3), or nothing."""
    texts = [detail_in(entry, "summary_detail"), detail_in(entry, "title_detail")]
    bases = (text_in(detail, "base") for detail in [*details_in(entry, "content"), *texts])
    return next((base for base in bases if base), "")


def _authors(parsed: Any) -> str:
    """The authors' names, without the mail addresses that RSS, or feedparser, puts beside them."""
    everyone = details_in(parsed, "authors")
    names = dict.fromkeys(name for author in everyone if (name := text_in(author, "name")))
    if len(names) > 1:
        return one_line(", ".join(names), MAX_NAME)
    # Of a single name feedparser loses a part where the address has a long top-level domain.
    author = _text(parsed, "author", MAX_NAME)
    match = _WITH_ADDRESS.fullmatch(author) if "@" in author else None
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
        text = text_in(entry, name) if name in entry else ""
        if date := read_date(text) or _foreign_date(text, entry, f"{name}_parsed"):
            return date
    return None


def _foreign_date(text: str, entry: Any, name: str) -> datetime | None:
    """The date that feedparser read in another language, if the text has its year."""
    parsed = entry[name] if FOREIGN_DATE.search(text) and name in entry else None
    if not isinstance(parsed, struct_time) or f"{parsed.tm_year:04}" not in text:
        return None
    try:
        return plausible(datetime.fromtimestamp(calendar.timegm(parsed), UTC))
    except (ValueError, OverflowError, OSError):
        return None
