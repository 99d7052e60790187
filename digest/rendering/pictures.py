"""Which pictures are shown, and how."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.feeds.limits import LEAST_HEIGHT, LEAST_WIDTH
from digest.model import Picture, PictureFile

if TYPE_CHECKING:
    from digest.model import Pictures

# What every mail program shows: not WebP, not SVG.
_KINDS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}
# A size is read from the beginning; to look through what has none takes long.
_HEAD_BYTES = 256 * 1024
# How often one picture is shown: each time it is there whole.
_MOST_SHOWN = 10
_MOST_SIDE = 10_000
_WIDEST, _TALLEST = 4.0, 3.0
# Hosts of what only counts readers, and of portraits, badges, smileys and buttons.
_TRACKERS = (
    *("feedburner.com", "feedsportal.com", "pheedo.com", "buysellads.com", "doubleclick.net"),
    *("google-analytics.com", "googlesyndication.com", "pixel.wp.com", "stats.wordpress.com"),
    *("scorecardresearch.com", "quantserve.com", "imrworldwide.com", "gravatar.com"),
    *("shields.io", "badge.fury.io", "badgen.net", "s.w.org", "twemoji.maxcdn.com"),
    *("addtoany.com", "addthis.com", "sharethis.com", "buymeacoffee.com", "ko-fi.com"),
)


def is_tracker(url: str) -> bool:
    """Whether an address is known to be of no picture that belongs to a story."""
    host = (urlsplit(url).hostname or "").lower()
    return any(host == tracker or host.endswith(f".{tracker}") for tracker in _TRACKERS)


def read_picture(url: str, data: bytes) -> tuple[Picture, PictureFile]:
    """What was found at an address, as a picture that may be shown, with its content id.

    Raises:
        ValueError: it may not, and why.
    """
    kind = next((kind for magic, kind in _KINDS.items() if data.startswith(magic)), None)
    if kind is None:
        raise ValueError("it is not PNG, JPEG or GIF")
    width, height = _size(data)
    if reason := _unfit(width, height):
        raise ValueError(f"it has {width} x {height} pixels: {reason}")
    # RFC 2392: an id names its content, wherever it came from.
    content_id = f"{hashlib.sha256(data).hexdigest()[:32]}@digest.invalid"
    return Picture(url, width, height, content_id), PictureFile(kind, data)


def _size(data: bytes) -> tuple[int, int]:
    # Few editions have pictures.
    import imagesize

    width, height = imagesize.get(BytesIO(data[:_HEAD_BYTES]))
    return int(width), int(height)


def is_fit(width: int | None, height: int | None) -> bool:
    """Whether a picture may be shown by what is known of its size before it is seen."""
    if width is None or height is None:
        return (width or LEAST_WIDTH) >= LEAST_WIDTH and (height or LEAST_HEIGHT) >= LEAST_HEIGHT
    return not _unfit(width, height)


def _unfit(width: int, height: int) -> str:
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return "too small, or none"
    if max(width, height) > _MOST_SIDE:
        return "too large"
    if width > _WIDEST * height or height > _TALLEST * width:
        return "too long for a picture"
    return ""


def source(picture: Picture) -> str:
    """Where a picture is loaded from: the message it is part of (RFC 2392), or its address."""
    return f"cid:{picture.content_id}" if picture.content_id else picture.url


def self_contained(html: str, pictures: Pictures) -> str:
    """The HTML of a message with its pictures in itself, for browsers."""
    for content_id, picture in pictures.items():
        data = f"data:image/{picture.kind};base64,{b64encode(picture.data).decode()}"
        html = html.replace(f'"cid:{content_id}"', f'"{data}"', _MOST_SHOWN)
    return html
