"""Turns the dictionaries of feedparser, which both readers fill, into a ParsedFeed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from digest.feeds.limits import MAX_HTML, MAX_ID, MAX_LINK, MAX_NAME, MAX_TITLE, within_limits
from digest.feeds.parsing.dates import read_date
from digest.feeds.parsing.discussions import with_discussion
from digest.feeds.parsing.feedparser_fields import detail_in, details_in, text_in
from digest.feeds.parsing.links import discussion_page, last_resorts, page_links
from digest.feeds.parsing.media import (
    entry_credit,
    entry_images,
    entry_seconds,
    file_kinds,
    is_video,
)
from digest.feeds.parsing.poll_hints import poll_hints
from digest.feeds.parsing.text_types import PLAIN, body_html, media_html, title_line
from digest.feeds.text import (
    absolute_link,
    categories,
    one_line,
    well_formed,
    without_address,
)
from digest.model import ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def feed_of(feed: Any, entries: Iterable[Any], version: str, url: str, body: bytes) -> ParsedFeed:
    """The parsed feed of a document in UTF-8 that came from `url`.

    Raises:
        FeedError: it is larger than `digest.feeds.limits` allows.
    """
    is_atom = version.startswith("atom")
    # RFC 4287, section 4.2.1: the authors of a feed are those of its entries that name none.
    authors = _authors(feed) if is_atom else ""
    link = _first_link(url, page_links(feed))
    # Feeds that are made elsewhere, by a proxy or a file host, mean the addresses of their site.
    origin = url if is_atom else link or url
    return ParsedFeed(
        title=_title(feed, MAX_NAME, is_atom=is_atom),
        entries=within_limits(_entry(entry, origin, authors, is_atom=is_atom) for entry in entries),
        format=version,
        link=link,
        poll_hints=poll_hints(feed, body),
    )


def _entry(entry: Any, origin: str, feed_authors: str, *, is_atom: bool) -> ParsedEntry:
    text = _fullest_text(entry)
    page = _first_link(origin, page_links(entry))
    parsed = ParsedEntry(
        guid=well_formed(text_in(entry, "id")).strip()[:MAX_ID],
        link=page or _first_link(origin, last_resorts(entry)),
        title=_title(entry, MAX_TITLE, is_atom=is_atom),
        author=_authors(entry) or one_line(entry_credit(entry), MAX_NAME) or feed_authors,
        published=_date(entry),
        html=well_formed(_html(text, entry, is_atom=is_atom))[:MAX_HTML],
        base=absolute_link(origin, text_in(text, "base"), MAX_LINK) or page or origin,
        image=_first_link(origin, entry_images(entry)),
        seconds=entry_seconds(entry),
        video=is_video(file_kinds(entry), page),
        categories=categories(
            text_in(tag, "label") or text_in(tag, "term") for tag in details_in(entry, "tags")
        ),
    )
    comments = absolute_link(origin, discussion_page(entry), MAX_LINK)
    return with_discussion(parsed, comments, text_in(entry, "slash_comments"))


def _first_link(base: str, addresses: Iterable[str]) -> str:
    for address in addresses:
        if link := absolute_link(base, address, MAX_LINK):
            return link
    return ""


def _authors(parsed: Any) -> str:
    """The authors' names, without the mail addresses that RSS, or feedparser, puts beside them."""
    everyone = (text_in(author, "name") for author in details_in(parsed, "authors"))
    names = dict.fromkeys(name for author in everyone if (name := without_address(author)))
    if len(names) > 1:
        return one_line(", ".join(names), MAX_NAME)
    # Of a single name feedparser loses a part where the address has a long top-level domain.
    return without_address(one_line(text_in(parsed, "author"), MAX_NAME))


def _title(parsed: Any, limit: int, *, is_atom: bool) -> str:
    """The title; where there is none, that of another vocabulary, or of its recording."""
    for name in ("title", "dc_title", "itunes_title", "media_title"):
        kind = text_in(detail_in(parsed, f"{name}_detail"), "type")
        text = text_in(parsed, name)[: limit * 8]
        is_literal = is_atom or (name == "media_title" and kind == PLAIN)
        if line := one_line(title_line(text, kind, is_literal=is_literal), limit):
            return line
    return ""


def _fullest_text(entry: Any) -> dict[str, Any]:
    """The text with the most characters that an entry has, with its type and its base."""
    summary = {**detail_in(entry, "summary_detail"), "value": text_in(entry, "summary")}
    contents = [*details_in(entry, "content"), summary]
    return max(contents, key=lambda content: len(text_in(content, "value")))


def _html(text: dict[str, Any], entry: Any, *, is_atom: bool) -> str:
    """A text as HTML; that about the media of the entry where there is none."""
    if value := text_in(text, "value")[:MAX_HTML]:
        return body_html(value, text_in(text, "type"), is_literal=is_atom)
    kind = text_in(detail_in(entry, "media_description_detail"), "type")
    return media_html(text_in(entry, "media_description")[:MAX_HTML], kind)


def _date(entry: Any) -> datetime | None:
    """When it was published, else updated; None where it says neither in a form we can read."""
    for name in ("published", "updated", "created", "prism_publicationdate"):
        # `get("updated")` would answer with the other date, `in` does not.
        if date := read_date(text_in(entry, name) if name in entry else ""):
            return date
    return None
