"""Headers of a conditional GET (RFC 9110, section 13), and the validators they are made of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from multidict import CIMultiDict

from digest.errors import FeedError
from digest.feeds.http import redirects
from digest.feeds.http.decode import ACCEPTED
from digest.http_client import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from yarl import URL

    from digest.feeds.http.messages import Request
    from digest.feeds.http.trail import Trail
    from digest.model import FeedState

_LONGEST_VALIDATOR = 8_000
# How long nothing but 304 is believed, and how long it is remembered that validators are refused.
_BELIEVED = timedelta(days=8)
# Statuses that are about something else than how it was asked: credentials, the address, the pace.
_OTHER_REFUSALS = {401, 404, 407, 408, 410, 421, 425, 429, 451}


def validator(value: str | None) -> str | None:
    """A validator as it came; None for bytes that are no text, which could not be sent back so.

    Nor can one that is longer than servers take, nor `*`, which stands for any body there ever was
    (RFC 9110, section 13.1.2).
    """
    if not value or len(value) > _LONGEST_VALIDATOR or value == "*":
        return None
    return value if value.isprintable() else None


def is_conditional(request: Request, url: URL) -> bool:
    """Whether there are validators for what is at a URL."""
    known = redirects.address(request.answered_by or request.moved_to or request.url)
    return bool(request.etag or request.last_modified) and url == known


def may_be_about_validators(error: FeedError, request: Request, url: URL) -> bool:
    """Whether a URL may answer, where it refused, if it is asked without validators."""
    # What is more than a failure of the feed, and who asks for time, is about the host.
    if type(error) is not FeedError or error.retry_after:
        return False
    return is_conditional(request, url) and may_refuse_validators(error.status)


def may_refuse_validators(status: int | None) -> bool:
    """Whether an answer to a conditional request may be about its validators.

    412 and 400 are usual, and some servers say other statuses of their own.
    """
    return status is not None and 400 <= status < 500 and status not in _OTHER_REFUSALS


def is_to_ask_whole(state: FeedState, now: datetime) -> bool:
    """Whether a poll is to ask without validators: these are refused, or a 304 is all they bring.

    Some servers have a Last-Modified of the future, and answer 304 for ever.
    """
    if state.failures:
        return may_refuse_validators(state.last_status)
    if still_refused(state.refused_at, now):
        return True
    return state.whole_at is not None and now - state.whole_at >= _BELIEVED


def still_refused(refused_at: datetime | None, now: datetime) -> datetime | None:
    """`refused_at` for as long as it counts that a server refused validators then."""
    return refused_at if refused_at and now - refused_at < _BELIEVED else None


def _is_at_home(request: Request, trail: Trail) -> bool:
    """Whether the last hop of a trail may see what is configured for the source alone."""
    return redirects.is_trusted(redirects.address(request.url), trail.hops)


def secret_query(request: Request, trail: Trail) -> Mapping[str, str]:
    """What joins the query that the last hop of a trail is asked with, if it is trusted."""
    secret = request.secret_query
    return secret if secret and _is_at_home(request, trail) else {}


def request_headers(request: Request, trail: Trail) -> CIMultiDict[str]:
    """What the last hop of a trail is asked with; with the feed's own headers if it is trusted."""
    headers = CIMultiDict(
        {aiohttp.hdrs.ACCEPT: request.accept, aiohttp.hdrs.ACCEPT_ENCODING: ACCEPTED}
    )
    if is_conditional(request, trail.here):
        if request.etag:
            headers[aiohttp.hdrs.IF_NONE_MATCH] = request.etag
        if request.last_modified:
            headers[aiohttp.hdrs.IF_MODIFIED_SINCE] = request.last_modified
    if _is_at_home(request, trail):
        headers.update(request.headers)
    if cookies := trail.cookies():
        configured = headers.get(aiohttp.hdrs.COOKIE)
        headers[aiohttp.hdrs.COOKIE] = f"{configured}; {cookies}" if configured else cookies
    return headers
