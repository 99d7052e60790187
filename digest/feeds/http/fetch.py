"""Polite, bounded HTTP for feeds: one conditional GET with a total deadline."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from multidict import CIMultiDict

from digest.errors import FeedError
from digest.feeds.http import redirects
from digest.feeds.http.decode import ACCEPTED
from digest.feeds.http.freshness import fresh_for, retry_after
from digest.feeds.http.guard import is_public, may_be_private
from digest.feeds.http.messages import Request, Response
from digest.feeds.http.throttle import HostThrottle
from digest.feeds.text import one_line
from digest.http_client import aiohttp, trusted
from digest.network import chain_of, connection_trouble

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

    from aiohttp.abc import AbstractResolver
    from yarl import URL

_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_OVERLOADED = {429, 503}
_MAX_REDIRECTS = 5
# Of seconds none may be left, but a deadline of none is no deadline.
_AT_ONCE = 0.001
_RECEIVE_BUFFER = 64 * 1024
_LONGEST_REASON = 300
NOT_PUBLIC = "is not a public address"
IF_MEANT = "set allow_private_networks for this feed if it should be polled"
_ITS_OWN = "allow_private_networks is for the feed's own host; poll it there, if it is yours"
_NEVER = "is never asked: link-local, or where a cloud hands out credentials"
_REFUSED = re.compile(rf"\S+ (?:{NOT_PUBLIC}|{_NEVER})")
# What a service may ask for with limit headers of its own.
_LONGEST_REST = timedelta(days=1)


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


class Allowance:
    """The seconds and bytes that are left to a poll, over all its requests."""

    def __init__(self, seconds: float, size: int) -> None:
        self.seconds = seconds
        self.size = size


class _Redirect(Struct, frozen=True):
    url: URL
    permanent: bool


_AddressInfo = tuple[int, int, int, str, tuple[object, ...]]


def _socket(info: _AddressInfo) -> socket.socket:
    """A socket for an address that was looked up, or given as a literal, on any hop."""
    family, kind, protocol, _, _ = info
    opened = socket.socket(family, kind, protocol)
    # What has arrived is read at once, and a hostile server can make much of it costly to read.
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    return opened


def _public_socket(info: _AddressInfo) -> socket.socket:
    address = str(info[4][0])
    if not is_public(address):
        raise OSError(f"{address} {NOT_PUBLIC}")
    return _socket(info)


def _allowed_socket(info: _AddressInfo) -> socket.socket:
    address = str(info[4][0])
    if not (may_be_private(address) or is_public(address)):
        raise OSError(f"{address} {_NEVER}")
    return _socket(info)


async def _at_once() -> None:
    """Nothing to wait for."""


class Fetcher:
    """An HTTP client for feeds, open between `async with` and its end.

    `resolver` looks up host names, in place of the system's; `tls` makes encrypted connections, and
    `traces` hear of what is asked and answered.
    """

    def __init__(
        self,
        limits: FetchLimits,
        user_agent: str,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
        traces: Sequence[aiohttp.TraceConfig] = (),
    ) -> None:
        self._limits = limits
        self._user_agent = user_agent
        self._resolver = resolver
        self._tls = tls
        self._traces = traces
        self._throttle = HostThrottle(limits.concurrency, limits.per_host, limits.pause)

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

    def _session(self, *, public_only: bool) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,  # HostThrottle counts, so that waiting for a slot is not part of the deadline
            force_close=True,  # so that what follows an answer cannot pass for the next one
            socket_factory=_public_socket if public_only else _allowed_socket,
            resolver=self._resolver,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers={aiohttp.hdrs.USER_AGENT: self._user_agent},
            trace_configs=list(self._traces),
        )

    async def fetch(
        self,
        request: Request,
        ready: Callable[[], Awaitable[None]] = _at_once,
        allowance: Allowance | None = None,
    ) -> Response:
        """Get a feed; each hop of a redirect waits for a slot at its host, then for `ready`.

        What it takes is taken off the `allowance`, which is that of a poll by itself where none is
        given.

        Raises:
            FeedError: anything but a whole 200 or a 304 to a request with validators.
        """
        left = allowance or Allowance(self._limits.timeout, self._limits.max_body)
        trail = [redirects.address(request.moved_to or request.url)]
        moved_to: str | None = None
        all_permanent = True
        loop = asyncio.get_running_loop()
        for _ in range(_MAX_REDIRECTS + 1):
            async with self._throttle.slot(redirects.host(trail[-1])):
                await ready()
                started = loop.time()
                try:
                    answer = await self._ask_within(left, request, trail)
                except FeedError as error:
                    error.elsewhere = not all_permanent
                    raise
                left.seconds -= loop.time() - started
            if isinstance(answer, Response):
                return replace(answer, moved_to=moved_to) if moved_to else answer
            all_permanent = all_permanent and answer.permanent
            if all_permanent:
                moved_to = str(answer.url)
            trail.append(answer.url)
        raise FeedError(f"more than {_MAX_REDIRECTS} redirects")

    async def _ask_within(
        self, left: Allowance, request: Request, trail: Sequence[URL]
    ) -> Response | _Redirect:
        try:
            return await self._ask(left, request, trail)
        except aiohttp.ServerTimeoutError:
            raise FeedError(f"no connection within {self._limits.connect:g} s") from None
        except TimeoutError:
            raise FeedError(f"no whole answer within {self._limits.timeout:g} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FeedError(_reason(error, request)) from error

    async def _ask(
        self, left: Allowance, request: Request, trail: Sequence[URL]
    ) -> Response | _Redirect:
        url = trail[-1]
        session = self._any if _may_be_private(request, url) else self._public
        tls = (self._tls or trusted()) if url.scheme == "https" else True
        async with session.get(
            url,
            headers=_headers(request, trail),
            allow_redirects=False,
            ssl=tls,
            timeout=aiohttp.ClientTimeout(
                total=max(left.seconds, _AT_ONCE), sock_connect=self._limits.connect
            ),
        ) as answer:
            location = answer.headers.get(aiohttp.hdrs.LOCATION)
            if answer.status not in _REDIRECTS or not location:
                return await self._read(left, request, url, answer)
            return _Redirect(redirects.target(url, location), answer.status in _PERMANENT)

    async def _read(
        self, left: Allowance, request: Request, url: URL, answer: aiohttp.ClientResponse
    ) -> Response:
        now = datetime.now(UTC)
        rest = _rest(request, answer, now)
        if rest:
            self._throttle.leave_alone(redirects.host(url), rest)
        unchanged = answer.status == 304 and _is_conditional(request, url)
        if answer.status != 200 and not unchanged:
            wait = retry_after(answer.headers, now)
            if wait and answer.status in _OVERLOADED:
                self._throttle.leave_alone(redirects.host(url), wait)
            reason = one_line(f"answered {answer.status} {answer.reason or ''}", _LONGEST_REASON)
            longest = max(filter(None, (wait, rest)), default=None)
            raise FeedError(reason, status=answer.status, retry_after=longest)
        response = Response(
            answer.status,
            str(url),
            _validator(answer.headers.get(aiohttp.hdrs.ETAG)),
            _validator(answer.headers.get(aiohttp.hdrs.LAST_MODIFIED)),
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
            coding=", ".join(answer.headers.getall(aiohttp.hdrs.CONTENT_ENCODING, [])),
        )

    async def _body(self, left: Allowance, answer: aiohttp.ClientResponse) -> bytes:
        if (answer.content_length or 0) > left.size:
            raise self._too_large()
        body = bytearray()
        async for chunk in answer.content.iter_chunked(65_536):
            body += chunk
            if len(body) > left.size:
                raise self._too_large()
        left.size -= len(body)
        return bytes(body)

    def _too_large(self) -> FeedError:
        return FeedError(f"the body is larger than {self._limits.max_body:,} bytes", status=200)


def _rest(request: Request, answer: aiohttp.ClientResponse, now: datetime) -> timedelta | None:
    """How long the limit headers of a service want it to be left alone."""
    until = request.not_before(answer.headers, now)
    if until is None or until <= now:
        return None
    return min(until - now, _LONGEST_REST)


def _may_be_private(request: Request, url: URL) -> bool:
    """Whether a hop may lead to a private network: to the feed's own host, if it is allowed."""
    return request.allow_private_networks and url.host == redirects.address(request.url).host


def _reason(error: Exception, request: Request) -> str:
    reason = explain(error)
    return reason.replace(IF_MEANT, _ITS_OWN) if request.allow_private_networks else reason


def _validator(value: str | None) -> str | None:
    """As it came; None for bytes that are no text, which could not be sent back as they came.

    Nor can `*`, which stands for any body there ever was (RFC 9110, section 13.1.2).
    """
    return value if value and value.isprintable() and value != "*" else None


def _is_conditional(request: Request, url: URL) -> bool:
    known = redirects.address(request.answered_by or request.moved_to or request.url)
    return bool(request.etag or request.last_modified) and url == known


def _headers(request: Request, trail: Sequence[URL]) -> CIMultiDict[str]:
    headers = CIMultiDict(
        {aiohttp.hdrs.ACCEPT: request.accept, aiohttp.hdrs.ACCEPT_ENCODING: ACCEPTED}
    )
    if _is_conditional(request, trail[-1]):
        if request.etag:
            headers[aiohttp.hdrs.IF_NONE_MATCH] = request.etag
        if request.last_modified:
            headers[aiohttp.hdrs.IF_MODIFIED_SINCE] = request.last_modified
    if redirects.is_trusted(redirects.address(request.url), trail):
        headers.update(request.headers)
    return headers


def explain(error: Exception) -> str:
    """One clear line for what went wrong, from the most telling error of the chain."""
    # The errors of a name's addresses are a text in one error, no longer of their kinds.
    if refused := _REFUSED.findall(str(getattr(error, "os_error", ""))):
        mend = f"; {IF_MEANT}" if any(NOT_PUBLIC in each for each in refused) else ""
        return one_line(f"{', '.join(refused)}{mend}", _LONGEST_REASON)
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        # It is of the other's kind too, without what that says.
        error = error.certificate_error
    chain = list(chain_of(error))
    for kind, words in _REASONS.items():
        for link in chain:
            if isinstance(link, kind):
                trouble = connection_trouble(link) or getattr(link, "strerror", None) or link
                return one_line(words.format(link, trouble=trouble), _LONGEST_REASON)
    return one_line(f"{type(error).__name__}: {error}", _LONGEST_REASON)


_REASONS: dict[type[BaseException], str] = {
    socket.gaierror: "the host name does not resolve",
    aiohttp.ClientConnectorDNSError: "the host name does not resolve",
    ConnectionRefusedError: "cannot connect: {trouble}",
    ConnectionResetError: "the server reset the connection",
    ssl.SSLCertVerificationError: "the certificate is not valid: {0.verify_message}",
    aiohttp.ClientPayloadError: "the body ended too early",
    aiohttp.ServerDisconnectedError: "the server closed the connection without an answer",
    aiohttp.ClientConnectorError: "cannot connect: {trouble}",
    aiohttp.ClientResponseError: "the answer is not valid HTTP",
    ValueError: "the address cannot be used: {}",
}
