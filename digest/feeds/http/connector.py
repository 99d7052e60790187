"""Connections of aiohttp on which answers are read that are not quite HTTP.

aiohttp's parser refuses a whole answer over what follows it, or over a length that is said twice.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

from digest.feeds.http import heads
from digest.http_client import aiohttp

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.client_proto import ResponseHandler
    from aiohttp.connector import Connection

_HTTP = b"HTTP/"
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LONGEST_HEAD_END = 4
_STATUS = slice(9, 12)
# RFC 9112, section 6.3: their headers are all there is of them.
_BODILESS = {b"204", b"304"}
_SWITCHED = b"101"
_LONGEST_START = 1_000


class NotHttpError(aiohttp.ClientError):
    """An answer that is not valid HTTP; says why."""


class LenientConnector(aiohttp.TCPConnector):
    """Connects as aiohttp does; what it receives goes through an `AnswerFilter`.

    Each connection is for one request, so that what follows an answer cannot pass for the next one.
    """

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[aiohttp.tracing.Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - as aiohttp calls it
    ) -> Connection:
        """A connection for a request."""
        connection = await super().connect(req, traces, timeout)
        protocol, transport = connection.protocol, connection.transport
        # Of a queue that is empty the truth value is False.
        if protocol is not None and transport is not None:
            transport.set_protocol(AnswerFilter(protocol))
        return connection


class AnswerFilter(asyncio.Protocol):
    """Hands an answer on to aiohttp's protocol: each head as a whole and mended, then the body."""

    def __init__(self, protocol: ResponseHandler) -> None:
        self._protocol = protocol
        self._head = bytearray()
        # What is done with all that follows the last head.
        self._take: Callable[[bytes], None] | None = None

    def data_received(self, data: bytes) -> None:
        """Take what arrived: more of a head, or of what follows the last one."""
        if self._take:
            self._take(data)
            return
        searched = max(len(self._head) - _LONGEST_HEAD_END, 0)
        self._head += data
        while not self._take and (head := self._next_head(searched)):
            searched = 0
            self._take = self._hand_on(head)
        if self._take and self._head:
            self._take(bytes(self._head))
            self._head.clear()

    def _next_head(self, searched: int) -> bytes | None:
        """The next head that is there as a whole; no end of one begins before `searched`."""
        received = self._head
        if received.startswith((b"\r", b"\n")):
            # Some servers end the answer before with an empty line more.
            received[:] = received.lstrip(b"\r\n")
            searched = 0
        end = _HEAD_END.search(received, searched)
        size = end.end() if end else len(received)
        if why := _reason_to_refuse(received, size):
            self._protocol.set_exception(NotHttpError(why))
            self._take = _leave
        if self._take or not end:
            return None
        head = bytes(received[:size])
        del received[:size]
        return head

    def _hand_on(self, head: bytes) -> Callable[[bytes], None] | None:
        """Hand a head on, by itself: what is wrong in a body would cost it otherwise."""
        self._protocol.data_received(heads.mended(head))
        error = self._protocol.exception()
        if isinstance(error, aiohttp.http_exceptions.HttpProcessingError):
            error.message = heads.trouble(head)
            return _leave
        status = head[_STATUS]
        if status.startswith(b"1") and status != _SWITCHED:
            # An early hint is not the answer (RFC 9110, section 15.2).
            return None
        return _leave if status in _BODILESS else self._hand_on_body

    def _hand_on_body(self, data: bytes) -> None:
        self._protocol.data_received(data)
        if self._protocol.exception():
            self._take = _leave
            # aiohttp has only those hear of it who wait for a head.
            body = self._protocol._payload  # noqa: SLF001
            if body is not None and not body.is_eof():
                body.set_exception(NotHttpError("its body is not in whole chunks"))

    def eof_received(self) -> None:
        """The server has sent all."""
        self._protocol.eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is closed."""
        self._protocol.connection_lost(error)

    def pause_writing(self) -> None:
        """The server reads too slowly."""
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        """The server reads again."""
        self._protocol.resume_writing()


def _reason_to_refuse(start: bytearray, size: int) -> str | None:
    """Why what begins so is no head, or none that is read, of which so many bytes are there."""
    if not _HTTP.startswith(start[: len(_HTTP)]):
        return heads.wrong_start(bytes(start[:_LONGEST_START]))
    if size > heads.MOST_BYTES:
        return f"its headers are longer than {heads.MOST_BYTES:,} bytes"
    return None


def _leave(data: bytes) -> None:
    """What belongs to no answer is left alone; the connection is closed when the answer is read."""
    del data
