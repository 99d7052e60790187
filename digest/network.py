"""What keeps a connection from being made, in the same words for all that connects."""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# The most telling first: a name's addresses may each fail in a way of its own.
_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "the server reset the connection",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "no route to the host",
    errno.ETIMEDOUT: "timed out",
}
_LISTENING = {
    errno.EADDRINUSE: "another program listens there; stop it, or choose another port",
    errno.EADDRNOTAVAIL: "this machine has no such address; 0.0.0.0 is all that it has",
    errno.EACCES: "only root may listen there; choose a port from 1024 on",
}
_NUMBER = re.compile(r"\[Errno (\d+)\]")


def connection_trouble(error: BaseException) -> str | None:
    """Why nothing could be connected to; None where it is something else, or nobody says."""
    links = list(chain_of(error))
    if any(isinstance(link, socket.gaierror | UnicodeError) for link in links):
        return "the host name does not resolve"
    numbers = {number for link in links if isinstance(link, OSError) for number in _numbers(link)}
    if any(isinstance(link, TimeoutError) for link in links):
        numbers.add(errno.ETIMEDOUT)
    told = (words for number, words in _WORDS.items() if number in numbers)
    return next(told, None) or next(filter(None, map(_broken_off, links)), None)


def _broken_off(error: BaseException) -> str | None:
    """What ended a connection that was there; OpenSSL's own text has lines of its source in it.

    aiohttp's errors are of the same kinds, without what those say; what led to them has it.
    """
    if verdict := getattr(error, "verify_message", None):
        return f"the certificate is not valid: {verdict}"
    if isinstance(error, ssl.SSLError) and (reason := getattr(error, "reason", None)):
        return f"it cannot be encrypted: {reason.replace('_', ' ').lower()}"
    return "the server closed the connection" if isinstance(error, ConnectionError) else None


def listening_trouble(error: Exception, host: str, port: int) -> str:
    """Why nobody can listen at an address, and what to do about it."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "the host name does not resolve; write an address of this machine"
    number = getattr(error, "errno", None) or _refused_bind(host, port)
    return _LISTENING.get(number or 0) or (os.strerror(number) if number else str(error))


def _refused_bind(host: str, port: int) -> int | None:
    """What the system says to a bind of one's own; not every asyncio passes on what it heard."""
    places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    try:
        for family, kind, protocol, _, address in places:
            with socket.socket(family, kind, protocol) as trying:
                trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trying.bind(address)
    except OSError as refusal:
        return refusal.errno
    return None


def chain_of(error: BaseException) -> Iterator[BaseException]:
    """An error and what led to it, the last first."""
    seen: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in seen:
        seen.append(cause)
        yield cause
        cause = getattr(cause, "os_error", None) or cause.__cause__ or cause.__context__


def _numbers(error: OSError) -> set[int]:
    """What the system calls it; the errors of several addresses are a text in one error."""
    return {error.errno} if error.errno else {int(found) for found in _NUMBER.findall(str(error))}
