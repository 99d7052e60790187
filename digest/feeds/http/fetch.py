"""Polite, bounded HTTP for feeds: a conditional GET with a total deadline."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.errors import FeedError, PostponedError
from digest.feeds.http import heads, redirects
from digest.feeds.http.conditional import (
    is_conditional,
    may_be_about_validators,
    request_headers,
    secret_query,
    validator,
)
from digest.feeds.http.connector import LenientConnector
from digest.feeds.http.failures import failure_of, refusal, refusal_text
from digest.feeds.http.freshness import fresh_for, retry_after
from digest.feeds.http.host_backoffs import HostBackoffs
from digest.feeds.http.messages import Allowance, Request, Response
from digest.feeds.http.rate_limits import is_refusal, rest_of
from digest.feeds.http.secret_query import with_secret, without_secret
from digest.feeds.http.sockets import allowed_socket, public_socket
from digest.feeds.http.throttle import HostThrottle
from digest.feeds.http.trail import Trail
from digest.http_client import aiohttp, bounded, trusted

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import timedelta
    from types import TracebackType

    from aiohttp.abc import AbstractResolver
    from yarl import URL

# With 203 a proxy says that it changed the body (RFC 9110, section 15.3.4).
_WHOLE = {200, 203}
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_FORBIDDEN, _OVERLOADED = 403, 503
# Bytes of a refusal that are read for its reason.
_MOST_OF_REFUSAL = 10_000
# Of seconds none may be left, but a deadline of none is no deadline.
_AT_ONCE = 0.001


class FetchLimits(Struct, frozen=True):
    """Seconds for a poll, bytes of a body, open requests in all and per host (0: any number).

    `connect` and `pause`, between two requests to a host, are in seconds too.
    """

    timeout: float
    max_body: int
    concurrency: int
    per_host: int
    connect: float = 10.0
    pause: float = 1.0


class _Redirect(Struct, frozen=True):
    url: URL
    permanent: bool
    cookies: Sequence[str]


async def _at_once() -> None:
    """Nothing to wait for."""


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


class Fetcher:
    """An HTTP client for feeds, open between `async with` and its end.

    `resolver` looks up host names, in place of the system's; `tls` makes encrypted connections, and
    `traces` hear of what is asked and answered; `clock` tells the time of day. `backoffs` are the
    hosts that allow no more requests.
    """

    def __init__(
        self,
        limits: FetchLimits,
        user_agent: str,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
        traces: Sequence[aiohttp.TraceConfig] = (),
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._limits = limits
        self._user_agent = user_agent
        self._resolver = resolver
        self._tls = tls
        self._traces = traces
        self._clock = clock
        self.backoffs = HostBackoffs(clock)
        self._throttle = HostThrottle(
            limits.concurrency, limits.per_host, limits.pause, self.backoffs
        )

    async def __aenter__(self) -> Fetcher:
        self._public = self._session(public_only=True)
        self._any = self._session(public_only=False)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._public.close()
        await self._any.close()

    def slot(self, host: str) -> AbstractAsyncContextManager[None]:
        """A turn at a host that is asked by another protocol; `HostThrottle.slot` has the rest."""
        return self._throttle.slot(host)

    def _session(self, *, public_only: bool) -> aiohttp.ClientSession:
        connector = LenientConnector(
            limit=0,  # HostThrottle counts, so that waiting for a slot is not part of the deadline
            force_close=True,  # so that what follows an answer cannot pass for the next one
            socket_factory=public_socket if public_only else allowed_socket,
            resolver=self._resolver,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            max_line_size=heads.MOST_BYTES,
            max_field_size=heads.MOST_BYTES,
            max_headers=heads.MOST_LINES,
            headers={aiohttp.hdrs.USER_AGENT: self._user_agent},
            trace_configs=list(self._traces),
        )

    async def fetch(
        self,
        request: Request,
        ready: Callable[[], Awaitable[None]] = _at_once,
        allowance: Allowance | None = None,
    ) -> Response:
        """Get a feed; each request that it takes waits for a slot at its host, then for `ready`.

        Where a server refuses the validators, it is asked once more without them.

        What it takes is taken off the `allowance`, which is that of a poll by itself where none is
        given.

        Raises:
            FeedError: anything but a whole 200 or 203, or a 304 to a request with validators.
        """
        left = allowance or Allowance(self._limits.timeout, self._limits.max_body)
        trail = Trail(redirects.address(request.moved_to or request.url))
        refused = False
        while True:
            try:
                answer = await self._ask_in_turn(left, request, trail, ready)
            except FeedError as error:
                error.elsewhere = not trail.is_permanent
                if not may_be_about_validators(error, request, trail.here):
                    raise
                request, refused = replace(request, etag=None, last_modified=None), True
                continue
            if isinstance(answer, Response):
                if not (trail.moved_to or refused):
                    return answer
                return replace(answer, moved_to=trail.moved_to, refused_validators=refused)
            trail.follow(answer.url, answer.cookies, permanent=answer.permanent)
            if request.may_follow:
                await request.may_follow(str(trail.here))

    async def _ask_in_turn(
        self, left: Allowance, request: Request, trail: Trail, ready: Callable[[], Awaitable[None]]
    ) -> Response | _Redirect:
        loop = asyncio.get_running_loop()
        async with self._throttle.slot(redirects.host(trail.here)):
            await ready()
            started = loop.time()
            try:
                return await self._ask_within(left, request, trail)
            finally:
                left.seconds -= loop.time() - started

    async def _ask_within(
        self, left: Allowance, request: Request, trail: Trail
    ) -> Response | _Redirect:
        try:
            return await self._ask(left, request, trail)
        except aiohttp.ServerTimeoutError:
            raise FeedError(f"no connection within {self._limits.connect:g} s") from None
        except TimeoutError:
            raise FeedError(f"no whole answer within {self._limits.timeout:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FeedError(failure_of(error, request)) from error

    async def _ask(self, left: Allowance, request: Request, trail: Trail) -> Response | _Redirect:
        url = trail.here
        session = self._any if _may_be_private(request, url) else self._public
        tls = (self._tls or trusted()) if url.scheme == "https" else True
        async with session.get(
            with_secret(url, secret_query(request, trail)),
            headers=request_headers(request, trail),
            allow_redirects=False,
            ssl=tls,
            timeout=aiohttp.ClientTimeout(
                total=max(left.seconds, _AT_ONCE), sock_connect=self._limits.connect
            ),
        ) as answer:
            location = answer.headers.get(aiohttp.hdrs.LOCATION)
            if answer.status not in _REDIRECTS or not location:
                return await self._read(left, request, url, answer)
            return _Redirect(
                without_secret(redirects.target(url, location), request.secret_query),
                answer.status in _PERMANENT,
                answer.headers.getall(aiohttp.hdrs.SET_COOKIE, []),
            )

    async def _read(
        self, left: Allowance, request: Request, url: URL, answer: aiohttp.ClientResponse
    ) -> Response:
        now = self._clock()
        rest = rest_of(request.not_before(answer.headers, now), now)
        unchanged = answer.status == 304 and is_conditional(request, url)
        if answer.status not in _WHOLE and not unchanged:
            raise await self._error(request, redirects.host(url), answer, rest)
        self._note_rest(redirects.host(url), rest)
        response = Response(
            answer.status,
            str(url),
            validator(answer.headers.get(aiohttp.hdrs.ETAG)),
            validator(answer.headers.get(aiohttp.hdrs.LAST_MODIFIED)),
            charset=answer.charset,
            fresh_for=fresh_for(answer.headers, now),
            rest=rest,
        )
        if unchanged:
            return response
        body = await self._body(left, answer)
        if not body:
            raise FeedError("answered with an empty body", status=200)
        return replace(
            response,
            body=body,
            body_hash=sha256(body).hexdigest(),
            links=", ".join(answer.headers.getall(aiohttp.hdrs.LINK, [])),
            coding=", ".join(answer.headers.getall(aiohttp.hdrs.CONTENT_ENCODING, [])),
        )

    async def _error(
        self, request: Request, host: str, answer: aiohttp.ClientResponse, rest: timedelta | None
    ) -> FeedError:
        """What an answer is that is no success: a failure of the feed, or no room at its host."""
        status, begun = answer.status, b""
        if request.read_reason or request.limit_words:
            begun = await bounded(answer, _MOST_OF_REFUSAL)
        body = refusal_text(begun, answer.headers.get(aiohttp.hdrs.CONTENT_ENCODING, ""))
        reason = refusal(answer, request.read_reason(body) if request.read_reason else "")
        asked = retry_after(answer.headers, self._clock())
        wait = max(filter(None, (asked, rest)), default=None)
        names_limit = status == _FORBIDDEN and request.limit_words and request.limit_words in body
        if is_refusal(status, wait) or names_limit:
            return PostponedError(self.backoffs.refused(host, wait), reason, status=status)
        self._note_rest(host, wait if status == _OVERLOADED else rest)
        return FeedError(reason, status=status, retry_after=wait)

    def _note_rest(self, host: str, rest: timedelta | None) -> None:
        if rest:
            self.backoffs.leave_alone(host, rest)
        else:
            self.backoffs.answered(host)

    async def _body(self, left: Allowance, answer: aiohttp.ClientResponse) -> bytes:
        if (answer.content_length or 0) > left.size:
            raise left.too_large()
        body = bytearray()
        async for chunk in answer.content.iter_chunked(65_536):
            body += chunk
            if len(body) > left.size:
                raise left.too_large()
        left.size -= len(body)
        return bytes(body)


def _may_be_private(request: Request, url: URL) -> bool:
    """Whether a hop may lead to a private network: to the feed's own host, if it is allowed."""
    return request.allow_private_networks and url.host == redirects.address(request.url).host
