"""Where a redirect leads, and what may be sent there."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from yarl import URL

from digest.errors import FeedError
from digest.feeds.http.guard import bad_port
from digest.feeds.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_REASON = 200
# With a user, a password and a port; a longer one takes long to encode.
_LONGEST_HOST = 2_000
# How a byte of a header stands in its text (PEP 383).
_UNDECODED = re.compile("[\udc80-\udcff]")


# Every poll asks for the address of its feed (docs/performance.md).
@lru_cache(maxsize=512)
def address(url: str) -> URL:
    """An address, byte for byte where it can be sent as it is.

    Raises:
        FeedError: it is none.
    """
    try:
        parsed = URL(url, encoded=url.isascii() and url.isprintable() and " " not in url)
        # Both are parsed only when they are asked for.
        complete = parsed.host_port_subcomponent and parsed.port
    except (ValueError, IndexError) as error:  # yarl indexes the empty host of `[::1]@`
        raise _unusable(str(error)) from None
    if not complete:
        raise _unusable("it names no host")
    if bad := bad_port(parsed.port):
        raise _unusable(bad)
    return parsed


def target(url: URL, location: str) -> URL:
    """Where a Location leads from `url` (RFC 9110, section 10.2.2), without its fragment.

    A user and a password in it are left out: they would be stored and shown with the address.

    Raises:
        FeedError: it is no address, or not of http or https.
    """
    # Bytes that are no UTF-8 go back as they came.
    sendable = _UNDECODED.sub(_percent_encoded, location.strip())
    try:
        there = urldefrag(urljoin(str(url), sendable)).url
        host_size = len(urlsplit(there).netloc)
    except ValueError as error:
        raise _unusable(str(error)) from None
    if host_size > _LONGEST_HOST:
        raise _unusable("its host is too long")
    if not there.lower().startswith(("http:", "https:")):
        raise FeedError("redirected to an address that is not http or https")
    return address(there).with_user(None)


def host(url: URL) -> str:
    """The host as it is named to people, with its port where that is not the scheme's own."""
    return (url.host_port_subcomponent or "").lower()


def is_trusted(home: URL, trail: Sequence[URL]) -> bool:
    """Whether the last hop of `trail` may see what is configured for the feed at `home`.

    That may hold credentials: only the feed's own origin (RFC 6454) gets them, or its upgrade to
    https, and no http after https.
    """
    here = trail[-1]
    if is_downgraded(trail):
        return False
    upgrade = ("https", home.host, 443) if _origin(home) == ("http", home.host, 80) else None
    return _origin(here) in {_origin(home), upgrade}


def is_downgraded(trail: Sequence[URL]) -> bool:
    """Whether the last hop of `trail` is http after https."""
    return trail[-1].scheme == "http" and any(hop.scheme == "https" for hop in trail)


def _origin(url: URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.host, url.port


def _percent_encoded(undecoded: re.Match[str]) -> str:
    return f"%{ord(undecoded[0]) - 0xDC00:02X}"


def _unusable(why: str) -> FeedError:
    return FeedError(f"the address cannot be used: {one_line(why, _LONGEST_REASON)}")
