"""Asking the server of a channel by HTTP: one request, and an answer that has an end.

Nothing here tells an address, in which there may be a secret: no error, no log, no `repr`.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from digest import __version__
from digest.channels.http_answer import Answer
from digest.channels.http_verdicts import MEND, accepted, proxy_refusal
from digest.config.secrets import secrets_in
from digest.errors import ChannelError, DeliveryError
from digest.feeds.http.guard import bad_port
from digest.http_client import MOST_BYTES, aiohttp, bounded, plain_session, proxy_for, trusted
from digest.log import Redactor
from digest.network import connection_trouble

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic import SecretStr

_CONNECT_SECONDS = 10
_TOTAL_SECONDS = 60
_AGENT = {"User-Agent": f"digest/{__version__}"}
_JSON = {"Content-Type": "application/json"}
# What no header can have.
_CONTROL = re.compile(r"[\x00-\x08\n-\x1f\x7f\ud800-\udfff]")
# What else can become of an answer.
_TROUBLES = {
    aiohttp.ServerDisconnectedError: "the server closed the connection",
    aiohttp.ClientPayloadError: "the answer broke off",
    aiohttp.ClientResponseError: "the answer is no proper HTTP",
}


class Endpoint:
    """Where a channel posts; its address is secret with its parts, unless it is plain text.

    What an answer repeats of these or of `secrets` is masked. `mend` is what a person is told to do
    where nobody is there, or not for these credentials. `begun` tells whether a byte of the last
    request may have left.
    """

    def __init__(
        self, url: SecretStr | str, secrets: Iterable[str] = (), *, mend: str = MEND
    ) -> None:
        self._url = url
        self._redact = Redactor([*secrets_in(url), *secrets])
        self._mend = mend
        self.begun = False

    async def ask(self, method: str, path: str = "", **request: Any) -> Answer:
        """Ask once for what is below the address; an answer is one whatever it says.

        Errors are those of `ask`.
        """
        self.begun = False
        url = self._url if isinstance(self._url, str) else self._url.get_secret_value()
        answer = await ask(method, f"{url}{path}", begin=self._begin, **request)
        # Before anything is cut off, which could leave half of a secret.
        body = self._redact(answer.body.decode("utf-8", "replace"))
        return replace(answer, body=body.encode())

    async def post(
        self,
        payload: bytes,
        path: str = "",
        *,
        method: str = "POST",
        headers: Mapping[str, str] = MappingProxyType({}),
        judge: Callable[[Answer], Answer] | None = None,
        **request: Any,
    ) -> Answer:
        """Post JSON once; answers what was said by a service that took it.

        `judge` returns an answer that accepted, and raises what any other means; without, the
        status says it.

        Raises:
            ChannelError: nothing was posted, or the service takes nothing now.
            DeliveryError: it was refused, or nobody knows what became of it.
        """
        request["headers"] = {**_JSON, **headers}
        answer = await self.ask(method, path, data=payload, **request)
        return (judge or self.accepted)(answer)

    async def get(self, path: str = "", **request: Any) -> Answer:
        """Ask what is there; errors are those of `post`."""
        return self.accepted(await self.ask("GET", path, **request))

    def accepted(self, answer: Answer) -> Answer:
        """The same answer, if its status says that it accepted; errors are those of `post`."""
        return accepted(answer, self._mend)

    def _begin(self) -> None:
        self.begun = True


async def ask(
    method: str,
    url: str,
    *,
    seconds: float = _TOTAL_SECONDS,
    most: int = MOST_BYTES,
    begin: Callable[[], None] = lambda: None,
    **request: Any,
) -> Answer:
    """Ask once, through the proxy of the environment; a redirect is an answer like any other.

    Of its body so many bytes are read as `most` says. `begin` is called before the first byte of
    the request is written. No error tells the address, which may be a secret.

    Raises:
        ChannelError: nothing was asked: no byte of the request was written.
        DeliveryError: `unknown`, since it was, and no whole answer came.
    """
    request["headers"] = {**_AGENT, **request.get("headers", {})}
    if bad := _impossible(url, request["headers"]):
        raise ChannelError(bad, lasting=True)
    written: list[bool] = []
    trace = aiohttp.TraceConfig()

    async def note(*_: object) -> None:
        written.append(True)
        begin()

    # It hears of the request itself, not of what is said to a proxy before.
    trace.on_request_headers_sent.append(note)
    request["timeout"] = aiohttp.ClientTimeout(total=seconds, sock_connect=_CONNECT_SECONDS)
    try:
        return await _ask(method, url, trace, most, request)
    except aiohttp.ClientHttpProxyError as error:
        raise proxy_refusal(error.status) from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        if not written:
            raise ChannelError(f"cannot connect: {_words(error)}") from None
        reason = f"no answer after the message was posted: {_words(error)}"
        raise DeliveryError(reason, "unknown") from None


def _impossible(url: str, headers: Mapping[str, str]) -> str | None:
    """Why nothing can be asked like this, in words that repeat none of it; None: it can."""
    parts = urlsplit(url)
    if parts.username and any(name.lower() == "authorization" for name in headers):
        return "there is a login in the address and another beside it; leave one out"
    if any(map(_CONTROL.search, headers.values())):
        return "a token or a header has a line break or the like in it; write it without"
    return bad_port(parts.port)


async def _ask(
    method: str,
    url: str,
    trace: aiohttp.TraceConfig,
    most: int,
    request: Mapping[str, Any],
) -> Answer:
    connector = aiohttp.TCPConnector(ssl=trusted())
    async with (
        plain_session(connector, trace_configs=[trace]) as session,
        session.request(
            method, url, allow_redirects=False, proxy=proxy_for(url), **request
        ) as answer,
    ):
        try:
            body = await bounded(answer, most)
        except (aiohttp.ClientError, TimeoutError):
            # Its status is a refusal, whatever the rest would have said.
            if answer.status < 400:
                raise
            body = b""
        return Answer(answer.status, answer.headers, body)


def _words(error: Exception) -> str:
    """What happened, without the address."""
    troubles = (words for kind, words in _TROUBLES.items() if isinstance(error, kind))
    return connection_trouble(error) or next(troubles, type(error).__name__)
