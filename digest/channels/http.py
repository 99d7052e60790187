"""Asking the server of a channel by HTTP: one request, and an answer that has an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from digest.errors import ChannelError, DeliveryError
from digest.feeds.http.guard import bad_port
from digest.http_client import aiohttp, bounded, plain_session, proxy_for, trusted
from digest.network import connection_trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_CONNECT_SECONDS = 10
_TOTAL_SECONDS = 60
_PROXY_LOGIN = 407
_PROXY_MEND = "write its user and password into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT"


class Answer(Struct, frozen=True):
    """A status, headers that ignore case, and what the body begins with."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def ask(
    method: str,
    url: str,
    *,
    seconds: float = _TOTAL_SECONDS,
    begin: Callable[[], None] = lambda: None,
    **request: Any,
) -> Answer:
    """Ask once, through the proxy of the environment; a redirect is an answer like any other.

    `begin` is called before the first byte of the request is written. No error tells the address,
    which may be a secret.

    Raises:
        ChannelError: nothing was asked: no byte of the request was written.
        DeliveryError: `unknown`, since it was, and no whole answer came.
    """
    if bad := bad_port(urlsplit(url).port):
        raise ChannelError(bad, lasting=True)
    written: list[bool] = []
    trace = aiohttp.TraceConfig()

    async def note(*_: object) -> None:
        written.append(True)
        begin()

    # It hears of the request itself, not of what is said to a proxy before.
    trace.on_request_headers_sent.append(note)
    try:
        return await _ask(method, url, trace, seconds, request)
    except aiohttp.ClientHttpProxyError as error:
        raise proxy_refusal(error.status) from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        if not written:
            raise ChannelError(f"cannot connect: {_words(error)}") from None
        reason = f"no answer after the message was posted: {_words(error)}"
        raise DeliveryError(reason, "unknown") from None


def proxy_refusal(status: int) -> ChannelError:
    """What it means that a proxy lets nothing through; its own troubles may pass."""
    if status == _PROXY_LOGIN:
        return ChannelError(f"the proxy wants a login (407); {_PROXY_MEND}", lasting=True)
    return ChannelError(f"the proxy lets nothing through ({status})", lasting=status < 500)


async def _ask(
    method: str, url: str, trace: aiohttp.TraceConfig, seconds: float, request: Mapping[str, Any]
) -> Answer:
    connector = aiohttp.TCPConnector(ssl=trusted())
    timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS)
    async with (
        plain_session(connector, timeout=timeout, trace_configs=[trace]) as session,
        session.request(
            method, url, allow_redirects=False, proxy=proxy_for(url), **request
        ) as answer,
    ):
        try:
            body = await bounded(answer)
        except (aiohttp.ClientError, TimeoutError):
            # Its status is a refusal, whatever the rest would have said.
            if answer.status < 400:
                raise
            body = b""
        return Answer(answer.status, answer.headers, body)


def _words(error: Exception) -> str:
    """What happened, without the address."""
    return connection_trouble(error) or type(error).__name__
