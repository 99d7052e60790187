"""The picture, the length and the maker that a feed gives for an entry's media."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from digest.feeds.limits import LEAST_WIDTH
from digest.feeds.parsing.feedparser_fields import detail_in, details_in, text_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_CLOCK = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,4}):(?P<seconds>[0-5]?\d)")
RECORDINGS = {"audio", "video"}
_AFTER_PATH = re.compile("[?#]")
_ENDINGS = {
    "image": {"jpg", "jpeg", "png", "gif", "webp", "avif"},
    "audio": {"mp3", "m4a", "m4b", "aac", "ogg", "oga", "opus", "flac", "wav"},
    "video": {"mp4", "m4v", "mov", "webm", "ogv", "mkv", "avi", "mpg", "mpeg"},
}
# What servers say of files that they know nothing of.
_ANY_FILE = {"application/octet-stream", "binary/octet-stream"}
_VIDEO_PAGE = re.compile(
    r"https?://(?:(?:www|m)\.)?(?:youtube\.com/(?:watch|shorts|live)|youtu\.be/|vimeo\.com/\d)"
)
# The width in pixels of the text of a message, beside which pictures are shown.
_WIDE_ENOUGH = 600
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


def file_kinds(entry: Any) -> Iterator[set[str]]:
    """The kinds of each file of an entry of feedparser's."""
    yield from (kinds_in(link) for link in details_in(entry, "links") if _is_enclosure(link))
    yield from map(kinds_in, details_in(entry, "media_content"))


def is_video(kinds: Iterable[set[str]], link: str) -> bool:
    """Whether an entry with files of these kinds, or its page, is to be watched.

    One that has a file to be heard too is not.
    """
    recordings = [kind & RECORDINGS for kind in kinds if not RECORDINGS.isdisjoint(kind)]
    return {"audio"} not in recordings and (bool(recordings) or bool(_VIDEO_PAGE.match(link)))


def _is_enclosure(link: Any) -> bool:
    return bool(link.get("rel") == "enclosure")


def entry_images(entry: Any) -> Iterator[str]:
    """The addresses of the pictures of an entry of feedparser's, as written, the best first.

    Without those that are said to be too narrow, as Blogger's of 72 pixels.
    """
    thumbnails = details_in(entry, "media_thumbnail")
    contents = [c for c in details_in(entry, "media_content") if "image" in kinds_in(c)]
    contents.sort(key=lambda content: misfit(text_in(content, "width")))
    for picture in (*thumbnails, *contents):
        if not _is_narrow(text_in(picture, "width")):
            yield text_in(picture, "url")
    yield text_in(detail_in(entry, "image"), "href")
    for link in details_in(entry, "links"):
        if _is_enclosure(link) and "image" in kinds_in(link):
            yield text_in(link, "href")


def kinds_in(attributes: dict[str, Any]) -> set[str]:
    """The kinds of a file by the attributes of the element that names it."""
    address = text_in(attributes, "href") or text_in(attributes, "url")
    return media_kinds(address, text_in(attributes, "type"), text_in(attributes, "medium"))


def media_kinds(address: str, media_type: str, medium: str = "") -> set[str]:
    """What a file is, of image, audio and video: as is said of it, else by its address."""
    kinds = {medium, media_type.partition("/")[0].lower()} & _ENDINGS.keys()
    if kinds or medium or ("/" in media_type and media_type.lower() not in _ANY_FILE):
        return kinds
    ending = _AFTER_PATH.split(address, maxsplit=1)[0].rpartition(".")[2].lower()
    return {kind for kind, endings in _ENDINGS.items() if ending in endings}


def entry_credit(entry: Any) -> str:
    """Who an entry of feedparser's says made its recording (Media RSS, `media:credit`)."""
    # Where there are only pictures, a credit without a role is the photographer's.
    role = "author" if any(map(is_recording, details_in(entry, "media_content"))) else ""
    makers = details_in(entry, "media_credit")
    authors = (maker for maker in makers if maker.get("role", role) == "author")
    return next(filter(None, (text_in(author, "content") for author in authors)), "")


def is_recording(attributes: dict[str, Any]) -> bool:
    """Whether a file is a recording, by its attributes or its address."""
    return not RECORDINGS.isdisjoint(kinds_in(attributes))


def _is_narrow(width: str) -> bool:
    return width.isdecimal() and len(width) < 6 and int(width) < LEAST_WIDTH


def misfit(width: str) -> tuple[bool, int]:
    """How badly a picture of this width fits: the narrowest that is wide enough is the best."""
    # One without a width is taken to fit, so that pictures stay in their order where none has any.
    pixels = int(width) if width.isdecimal() and len(width) < 6 else _WIDE_ENOUGH
    return (pixels < _WIDE_ENOUGH, pixels if pixels >= _WIDE_ENOUGH else -pixels)
