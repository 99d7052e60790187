"""Parses a JSON Feed (jsonfeed.org, versions 1 and 1.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from digest.errors import FeedError
from digest.feeds.limits import MAX_HTML, MAX_ID, MAX_LINK, MAX_NAME, MAX_TITLE, within_limits
from digest.feeds.parsing.dates import read_date
from digest.feeds.parsing.discussions import with_discussion
from digest.feeds.parsing.json_values import json_object, objects, text, texts
from digest.feeds.parsing.links import is_web_address
from digest.feeds.parsing.media import RECORDINGS, is_video, media_kinds, read_seconds
from digest.feeds.text import (
    absolute_link,
    categories,
    one_line,
    paragraphs,
    well_formed,
    without_address,
)
from digest.model import ParsedEntry, ParsedFeed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OPENING = re.compile(rb"[\x00\s]*\{")


def looks_like_json(body: bytes) -> bool:
    """Whether a body begins like a JSON object."""
    return _OPENING.match(body) is not None


def parse_json_feed(body: bytes, url: str) -> ParsedFeed:
    """Parse a JSON Feed that came from `url`.

    Numbers count as text; a value of a wrong type counts as missing.

    Raises:
        FeedError: it is no JSON Feed, or not a whole one.
    """
    feed = json_object(body)
    version = text(feed, "version")
    if "jsonfeed.org/version/" not in version:
        raise FeedError("is not a feed but JSON", status=200)
    if not isinstance(feed.get("items"), list):
        raise FeedError("is a JSON Feed without items", status=200)
    authors = _authors(feed)
    return ParsedFeed(
        title=one_line(text(feed, "title"), MAX_NAME),
        entries=within_limits(_entry(item, url, authors) for item in objects(feed, "items")),
        format="json11" if version.rstrip("/").endswith("/1.1") else "json10",
        link=absolute_link(url, text(feed, "home_page_url"), MAX_LINK),
    )


def _entry(item: dict[str, Any], url: str, feed_authors: str) -> ParsedEntry:
    page = _first_link(url, _pages(item))
    parsed = ParsedEntry(
        guid=well_formed(text(item, "id")).strip()[:MAX_ID],
        link=page or _first_link(url, _files(item)),
        title=one_line(text(item, "title"), MAX_TITLE),
        author=_authors(item) or feed_authors,
        published=read_date(text(item, "date_published")) or read_date(text(item, "date_modified")),
        html=well_formed(_html(item))[:MAX_HTML],
        base=page or url,
        image=_first_link(url, _images(item)),
        seconds=_seconds(item),
        video=is_video(map(_kinds, objects(item, "attachments")), page),
        categories=categories(texts(item, "tags")),
    )
    return with_discussion(parsed)


def _first_link(url: str, addresses: Iterable[str]) -> str:
    links = (absolute_link(url, address, MAX_LINK) for address in addresses)
    return next((link for link in links if link), "")


def _pages(item: dict[str, Any]) -> Iterator[str]:
    yield text(item, "url")
    yield text(item, "external_url")
    identifier = text(item, "id").strip()
    if is_web_address(identifier):
        yield identifier


def _images(item: dict[str, Any]) -> Iterator[str]:
    yield text(item, "image")
    yield text(item, "banner_image")
    attachments = objects(item, "attachments")
    yield from (text(each, "url") for each in attachments if "image" in _kinds(each))


def _files(item: dict[str, Any]) -> Iterator[str]:
    """The addresses of the attachments that are no pictures, recordings first."""
    attachments = [each for each in objects(item, "attachments") if "image" not in _kinds(each)]
    attachments.sort(key=lambda attachment: RECORDINGS.isdisjoint(_kinds(attachment)))
    yield from (text(attachment, "url") for attachment in attachments)


def _kinds(attachment: dict[str, Any]) -> set[str]:
    return media_kinds(text(attachment, "url"), text(attachment, "mime_type"))


def _authors(item: dict[str, Any]) -> str:
    # Version 1 has one author, version 1.1 a list.
    author = item.get("author")
    authors = objects(item, "authors") or ([author] if isinstance(author, dict) else [])
    names = (without_address(text(author, "name")) for author in authors)
    return one_line(", ".join(filter(None, names)), MAX_NAME)


def _html(item: dict[str, Any]) -> str:
    return text(item, "content_html") or paragraphs(
        text(item, "content_text") or text(item, "summary")
    )


def _seconds(item: dict[str, Any]) -> int | None:
    attachments = objects(item, "attachments")
    lengths = (read_seconds(text(each, "duration_in_seconds")) for each in attachments)
    return next((seconds for seconds in lengths if seconds), None)
