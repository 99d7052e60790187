"""The picture, the length and the maker that a feed gives for an entry's media."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from digest.feeds.parsing.feedparser_fields import detail_in, details_in, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator

_CLOCK = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,4}):(?P<seconds>[0-5]?\d)")
_SECONDS = re.compile(r"(\d{1,7})(?:\.\d*)?")


def read_seconds(text: str) -> int | None:
    """A length written `H:MM:SS`, `MM:SS` or as seconds; None for anything else, and for zero."""
    text = text.strip()
    if not text:
        return None
    if clock := _CLOCK.fullmatch(text):
        parts = clock.groupdict(default="0")
        seconds = int(parts["hours"]) * 3600 + int(parts["minutes"]) * 60 + int(parts["seconds"])
        return seconds or None
    number = _SECONDS.fullmatch(text)
    return (int(number[1]) or None) if number else None


def entry_seconds(entry: Any) -> int | None:
    """The length of the recording of an entry of feedparser's, in seconds (iTunes, Media RSS)."""
    if seconds := read_seconds(text_in(entry, "itunes_duration")):
        return seconds
    for content in details_in(entry, "media_content"):
        if seconds := read_seconds(text_in(content, "duration")):
            return seconds
    return None


def entry_images(entry: Any) -> Iterator[str]:
    """The addresses of the pictures of an entry of feedparser's, as written, the best first."""
    for thumbnail in details_in(entry, "media_thumbnail"):
        yield text_in(thumbnail, "url")
    for content in details_in(entry, "media_content"):
        if content.get("medium") == "image" or _is_image(content):
            yield text_in(content, "url")
    yield text_in(detail_in(entry, "image"), "href")
    for link in details_in(entry, "links"):
        if link.get("rel") == "enclosure" and _is_image(link):
            yield text_in(link, "href")


def entry_credit(entry: Any) -> str:
    """Who an entry of feedparser's says made its recording (Media RSS, `media:credit`)."""
    # Where there are only pictures, a credit without a role is the photographer's.
    role = "author" if any(map(_is_recording, details_in(entry, "media_content"))) else ""
    makers = details_in(entry, "media_credit")
    authors = (maker for maker in makers if maker.get("role", role) == "author")
    return next(filter(None, (text_in(author, "content") for author in authors)), "")


def is_picture(content: dict[str, Any]) -> bool:
    """Whether the attributes of a `media:content` are not those of a recording."""
    return not _is_recording(content)


def _is_recording(content: dict[str, Any]) -> bool:
    kind = text_in(content, "type")
    return kind.startswith(("audio/", "video/")) or content.get("medium") in {"audio", "video"}


def _is_image(detail: dict[str, Any]) -> bool:
    return text_in(detail, "type").startswith("image/")
