"""Polite, bounded HTTP for feeds: one conditional GET with a total deadline."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import ssl
from collections import defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import aiohttp
from aiohttp import hdrs
from yarl import URL

from digest.errors import FeedError
from digest.feeds.decode import ACCEPTED, decode_body
from digest.feeds.guard import is_public

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType

_REDIRECTS = {301, 302, 303, 307, 308}
_MAX_REDIRECTS = 5
_CONNECT_SECONDS = 10
_PAUSE_SECONDS = 1.0
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.5"
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for; `etag` and `last_modified` are sent back byte for byte."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    allow_private_networks: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """A 200 with its whole, decoded body, or a 304 without one; `url` is where it came from."""

    status: int
    url: str
    etag: str | None = None
    last_modified: str | None = None
    body: bytes | None = field(default=None, repr=False)
    body_hash: str | None = None


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """Seconds for a poll, bytes of a body, open requests in all and per host (0: any number)."""

    timeout: float
    max_body: int
    concurrency: int
    per_host: int


class PrivateAddressError(OSError):
    """The connection would lead to an address that is not public."""


def _public_only(info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    """A socket for an address that was looked up, or given as a literal, on any hop."""
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise PrivateAddressError(f"{address[0]} is not a public address")
    return socket.socket(family, kind, protocol)


class Fetcher:
    """An HTTP client for feeds, open between `async with` and its end."""

    def __init__(self, limits: FetchLimits, user_agent: str) -> None:
        self._limits = limits
        self._user_agent = user_agent
        self._places = asyncio.Semaphore(limits.concurrency)
        self._hosts: dict[str, asyncio.Semaphore] = defaultdict(
            lambda: asyncio.Semaphore(limits.per_host)
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

    def _session(self, *, public_only: bool) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,  # _turn counts, so that waiting for a place is not part of the deadline
            socket_factory=_public_only if public_only else None,
        )
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
            headers={hdrs.USER_AGENT: self._user_agent},
        )

    async def fetch(self, request: Request) -> Response:
        """Get a feed.

        Raises:
            FeedError: anything but a whole 200 or a 304 to a request with validators.
        """
        async with self._turn(request.url):
            try:
                async with asyncio.timeout(self._limits.timeout):
                    return await self._follow(request)
            except TimeoutError:
                raise FeedError(f"no whole answer within {self._limits.timeout:g} s") from None
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise FeedError(_explain(error)) from error

    @asynccontextmanager
    async def _turn(self, url: str) -> AsyncIterator[None]:
        """Wait for a free place at the host, then for one in all; leave a pause behind."""
        if not self._limits.per_host:
            async with self._places:
                yield
            return
        host = self._hosts[urlsplit(url).netloc.lower()]
        await host.acquire()
        try:
            async with self._places:
                yield
        finally:
            # Freed later rather than slept through, so that the answer is not kept waiting.
            asyncio.get_running_loop().call_later(_PAUSE_SECONDS, host.release)

    async def _follow(self, request: Request) -> Response:
        url = request.url
        session = self._any if request.allow_private_networks else self._public
        for _ in range(_MAX_REDIRECTS + 1):
            same_host = _origin(url) == _origin(request.url)
            async with session.get(
                URL(url, encoded=url.isascii()),
                headers=_headers(request, same_host=same_host),
                allow_redirects=False,
            ) as answer:
                location = answer.headers.get(hdrs.LOCATION)
                if answer.status not in _REDIRECTS or not location:
                    return await self._read(request, url, answer)
            url = urljoin(url, location)
            if urlsplit(url).scheme.lower() not in {"http", "https"}:
                raise FeedError("redirected to an address that is not http or https")
        raise FeedError(f"more than {_MAX_REDIRECTS} redirects")

    async def _read(self, request: Request, url: str, answer: aiohttp.ClientResponse) -> Response:
        etag = _validator(answer.headers.get(hdrs.ETAG))
        last_modified = _validator(answer.headers.get(hdrs.LAST_MODIFIED))
        if answer.status == 304 and (request.etag or request.last_modified):
            return Response(304, url, etag, last_modified)
        if answer.status != 200:
            raise FeedError(
                f"answered {answer.status} {answer.reason or ''}".rstrip(), status=answer.status
            )
        raw = await self._raw_body(answer)
        coding = ", ".join(answer.headers.getall(hdrs.CONTENT_ENCODING, []))
        body = decode_body(raw, coding, self._limits.max_body)
        if not body.strip():
            raise FeedError("answered with an empty body", status=200)
        return Response(200, url, etag, last_modified, body, hashlib.sha256(body).hexdigest())

    async def _raw_body(self, answer: aiohttp.ClientResponse) -> bytes:
        limit = self._limits.max_body
        if (answer.content_length or 0) > limit:
            raise FeedError(f"the body is larger than {limit:,} bytes", status=200)
        body = bytearray()
        async for chunk in answer.content.iter_chunked(65_536):
            body += chunk
            if len(body) > limit:
                raise FeedError(f"the body is larger than {limit:,} bytes", status=200)
        return bytes(body)


def _validator(value: str | None) -> str | None:
    """As it came; None for bytes that are no text, which could not be sent back as they came."""
    return value if value and value.isprintable() else None


def _headers(request: Request, *, same_host: bool) -> dict[str, str]:
    """The configured headers may hold credentials, so they go to the feed's own host only."""
    headers = {hdrs.ACCEPT: _ACCEPT, hdrs.ACCEPT_ENCODING: ACCEPTED}
    if request.etag:
        headers[hdrs.IF_NONE_MATCH] = request.etag
    if request.last_modified:
        headers[hdrs.IF_MODIFIED_SINCE] = request.last_modified
    return headers | (dict(request.headers) if same_host else {})


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme.lower(), parts.netloc.lower()


def _explain(error: BaseException) -> str:
    """One clear line for what went wrong, from the most telling error of the chain."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in chain:
        chain.append(cause)
        cause = getattr(cause, "os_error", None) or cause.__cause__ or cause.__context__
    for kind, words in _REASONS.items():
        for link in chain:
            if isinstance(link, kind):
                return words.format(link)
    return f"{type(error).__name__}: {error}"[:300]


_REASONS: dict[type[BaseException], str] = {
    PrivateAddressError: "{}; set allow_private_networks for this feed if it should be polled",
    socket.gaierror: "the host name does not resolve",
    aiohttp.ClientConnectorDNSError: "the host name does not resolve",
    ConnectionRefusedError: "cannot connect: connection refused",
    ConnectionResetError: "the server reset the connection",
    ssl.SSLCertVerificationError: "the certificate is not valid: {0.verify_message}",
    aiohttp.ClientPayloadError: "the body ended too early",
    aiohttp.ServerDisconnectedError: "the server closed the connection without an answer",
    aiohttp.ServerTimeoutError: f"no connection within {_CONNECT_SECONDS} s",
    aiohttp.ClientConnectorError: "cannot connect: {0.strerror}",
    aiohttp.ClientResponseError: "the answer is not valid HTTP",
    ValueError: "the address cannot be used: {}",
}
