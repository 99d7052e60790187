"""The picture of an entry's content, and the captions that are no part of its text."""

from __future__ import annotations

import re
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from digest.feeds.limits import MAX_LINK
from digest.feeds.text import one_line
from digest.rendering.lazy_pictures import ATTRIBUTE, IMG
from digest.rendering.pictures import is_fit, is_tracker

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMG = re.compile(IMG)
# No story has its first picture behind so many others.
_MOST_PICTURES = 40
_LONGEST_TEXT = 1_000
_PIXELS = re.compile(r"(\d{1,5})(?:px)?(?:\.\d*)?")
# WordPress and others write the size of a copy into its name.
_SIZE_IN_NAME = re.compile(r"[-_](\d{1,4})x(\d{1,4})\.\w{3,4}$")
# What belongs to no story: as a part of a path, as the name of a file, or as the last word of one.
_FURNITURE = """
    avatar avatars badge badges button buttons emoji emojis emoticons favicon gravatar icon icons
    pixel smiley smileys smilies twemoji
    """
_NO_FILES = """
    1x1 beacon blank bullet counter ping rss share sharing smile spacer stat stats tracker tracking
    transparent
    """
_FOLDERS = frozenset(_FURNITURE.split())
_FILES = _FOLDERS.union(_NO_FILES.split())
_LAST_WORDS = frozenset({"avatar", "badge", "button", "emoji", "emoticon", "favicon", "icon"})
# The same by its class: the address of an element that says so before or after it.
_CLASS = r"""\bclass\s*=\s*["'][^"'<>]*\b(?:avatar|badge|emoji|gravatar|icon|smiley|wp-smiley)\b"""
_FURNITURE_BY_CLASS = re.compile(
    rf"""<img\b(?=[^<>]*{_CLASS})(?:(?!\ssrc)[^<>])*+\ssrc\s*=\s*["']([^"'<>\s]+)""", re.IGNORECASE
)
_COUNTING_HOSTS = frozenset({"analytics", "beacon", "counter", "pixel", "stats", "tracking"})
_WORD_END = re.compile("[-_]")
# A smiley as it is typed, or an emoji by its name.
_SMILEY = re.compile(r"[^\w\s]{1,4}|[:;=8xX][-o^']?[)(DPpOo3|/\\*]|:[\w+-]+:")
# What cameras and programs call a file, and what says nothing.
_NO_TEXT = re.compile(
    r"(?:\S+\.(?:jpe?g|png|gif|webp|avif)|(?:img|dsc|dscn|pxl|image|photo|picture|comic|screenshot)"
    r"[\W\d_]*)",
    re.IGNORECASE,
)
_NOT_SHOWN = {"svg": 2, "webp": 1, "avif": 1}
_WP_CAPTION = re.compile(
    r"<(p|dd)\b(?=[^<>]*\bwp-caption-text\b)[^<>]*+>"
    r"([^<]{0,600}+(?:<(?!/?\1\b)[^<]{0,600}+){0,20}+)</\1>",
    re.IGNORECASE,
)
# Small or slanted words that are all of a paragraph, or of what follows a picture in its own.
_SMALL_CAPTION = re.compile(
    rf"({IMG}(?:\s++|<br>|</?(?:a|div|figure|p|span)\b[^<>]*+>){{0,12}}+)"
    r"<(small|em|i)>(?:[^<]|<(?!/?(?:p|div|\2)\b)){1,200}+</\2>\s*+(?=</(?:p|div)>)"
)


class ContentPicture(Struct, frozen=True):
    """Where a picture is, and what is written to it, if that says something."""

    address: str
    text: str


def content_picture(html: str, source: str) -> ContentPicture | None:
    """The first picture of clean HTML that is large enough and belongs to what is told, if any.

    `source` is the same HTML with its classes, as the feed has it. A picture of a kind that mail
    programs do not show comes after those that they do.
    """
    if "<img" not in html:
        return None
    furniture = tuple(unescape(address) for address in _FURNITURE_BY_CLASS.findall(source))
    candidates = (
        picture
        for picture in _candidates(html)
        if not (furniture and picture.address.endswith(furniture))
    )
    return min(candidates, key=lambda picture: _rank(picture.address), default=None)


def with_captions(html: str) -> str:
    """HTML of a feed with the captions of WordPress as what they are."""
    if "wp-caption-text" not in html:
        return html
    return _WP_CAPTION.sub(r"<figcaption>\2</figcaption>", html)


def without_small_captions(html: str) -> str:
    """Clean HTML without the small print that follows a picture, for the text of the entry."""
    return _SMALL_CAPTION.sub(r"\1", html) if "<img" in html else html


def _candidates(html: str) -> Iterator[ContentPicture]:
    for found in islice(_IMG.finditer(html), _MOST_PICTURES):
        attributes = {name: unescape(value) for name, value in ATTRIBUTE.findall(found[0])}
        address = attributes.get("src", "")
        if 0 < len(address) <= MAX_LINK and _belongs(address, attributes):
            yield ContentPicture(address, _text(attributes))


def _belongs(address: str, attributes: dict[str, str]) -> bool:
    if not address.startswith(("https:", "http:")) or is_tracker(address):
        return False
    if _SMILEY.fullmatch(attributes.get("alt", "").strip()):
        return False
    return _is_large(address, attributes) and not _is_furniture(address)


def _is_large(address: str, attributes: dict[str, str]) -> bool:
    """Whether a picture can be large enough, by what is said of its size."""
    width, height = (_pixels(attributes.get(name, "")) for name in ("width", "height"))
    if width is None and height is None and (size := _SIZE_IN_NAME.search(urlsplit(address).path)):
        width, height = int(size[1]), int(size[2])
    return is_fit(width, height)


def _pixels(length: str) -> int | None:
    match = _PIXELS.fullmatch(length.strip())
    return int(match[1]) if match else None


def _is_furniture(address: str) -> bool:
    parts = urlsplit(address.lower())
    if _COUNTING_HOSTS.intersection((parts.hostname or "").split(".")[:-2]):
        return True
    *folders, file = parts.path.split("/")
    name = file.partition(".")[0]
    if name in _FILES or _WORD_END.split(name)[-1] in _LAST_WORDS:
        return True
    return not _FOLDERS.isdisjoint(folders)


def _text(attributes: dict[str, str]) -> str:
    """What is written to a picture: the title, as in comics, or what stands in its place."""
    for name in ("title", "alt"):
        line = one_line(attributes.get(name, ""), _LONGEST_TEXT)
        if line and not _NO_TEXT.fullmatch(line):
            return line
    return ""


def _rank(address: str) -> int:
    return _NOT_SHOWN.get(urlsplit(address).path.rpartition(".")[2].lower(), 0)
