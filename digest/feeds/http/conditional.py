"""Headers of a conditional GET (RFC 9110, section 13), and the validators they are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from multidict import CIMultiDict

from digest.feeds.http import redirects
from digest.feeds.http.decode import ACCEPTED
from digest.http_client import aiohttp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yarl import URL

    from digest.feeds.http.messages import Request


def validator(value: str | None) -> str | None:
    """A validator as it came; None for bytes that are no text, which could not be sent back so.

    Nor can `*`, which stands for any body there ever was (RFC 9110, section 13.1.2).
    """
    return value if value and value.isprintable() and value != "*" else None


def is_conditional(request: Request, url: URL) -> bool:
    """Whether there are validators for what is at a URL."""
    known = redirects.address(request.answered_by or request.moved_to or request.url)
    return bool(request.etag or request.last_modified) and url == known


def request_headers(request: Request, trail: Sequence[URL]) -> CIMultiDict[str]:
    """What the last hop of a trail is asked with; with the feed's own headers if it is trusted."""
    headers = CIMultiDict(
        {aiohttp.hdrs.ACCEPT: request.accept, aiohttp.hdrs.ACCEPT_ENCODING: ACCEPTED}
    )
    if is_conditional(request, trail[-1]):
        if request.etag:
            headers[aiohttp.hdrs.IF_NONE_MATCH] = request.etag
        if request.last_modified:
            headers[aiohttp.hdrs.IF_MODIFIED_SINCE] = request.last_modified
    if redirects.is_trusted(redirects.address(request.url), trail):
        headers.update(request.headers)
    return headers
