"""What went wrong with a request, in one clear line."""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING

from digest.errors import FeedError
from digest.feeds.http.connector import NotHttpError
from digest.feeds.http.decode import decode_body
from digest.feeds.http.sockets import NEVER, NOT_PUBLIC
from digest.feeds.text import one_line
from digest.http_client import aiohttp
from digest.network import chain_of, connection_trouble

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.feeds.http.messages import Request

_LONGEST_REASON = 300
IF_MEANT = "set allow_private_networks for this feed if it should be polled"
_ITS_OWN = "allow_private_networks is for the feed's own host; poll it there, if it is yours"
_UNAUTHORIZED = 401
# Bytes of a refusal, without its coding.
_MOST_DECODED = 65_536
# Logins that answer to what the server says each time.
_UNSPOKEN = ("Digest", "NTLM", "Negotiate")
# The scheme of a challenge, and no parameter of one.
_CHALLENGE = re.compile(r"(?:^|,)\s*([\w-]+)(?=\s+[\w-]+\s*=|\s*(?:,|$))")
_REFUSED = re.compile(rf"\S+ (?:{NOT_PUBLIC}|{NEVER})")


def failure_of(error: Exception, request: Request) -> str:
    """What `explain` says, with the remedy that fits a feed that may be in a private network."""
    reason = explain(error)
    return reason.replace(IF_MEANT, _ITS_OWN) if request.allow_private_networks else reason


def status_line(status: int, phrase: str | None) -> str:
    """An answer that is no success, with the server's own words for it."""
    return one_line(f"answered {status} {phrase or ''}", _LONGEST_REASON)


def refusal(answer: aiohttp.ClientResponse, reason: str = "") -> str:
    """An answer that is no success, with the login that it asks for where that is not spoken.

    `reason` is what its body says of it.
    """
    line = status_line(answer.status, answer.reason)
    if answer.status == _UNAUTHORIZED:
        line += unspoken_login(answer.headers.getall(aiohttp.hdrs.WWW_AUTHENTICATE, []))
    reason = one_line(reason, _LONGEST_REASON)
    return f"{line}: {reason}" if reason else line


def refusal_text(body: bytes, coding: str) -> bytes:
    """How the body of a refusal begins, without its coding; nothing where that is damaged."""
    try:
        return decode_body(body, coding, _MOST_DECODED)
    except FeedError:
        return b""


def unspoken_login(challenges: Iterable[str]) -> str:
    """What a 401 asks for that no header of a feed's settings can answer; nothing, if one can.

    `challenges` are its WWW-Authenticate headers (RFC 9110, section 11.6.1).
    """
    schemes = {scheme.lower() for header in challenges for scheme in _CHALLENGE.findall(header)}
    asked = [name for name in _UNSPOKEN if name.lower() in schemes]
    if not asked or schemes - {name.lower() for name in _UNSPOKEN}:
        return ""
    return (
        f": it asks for {' or '.join(asked)} authentication, which digest does not speak;"
        " use an address of the feed with a key in it, or let the server take Basic"
    )


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
    NotHttpError: "the answer is not valid HTTP: {}",
    aiohttp.ClientPayloadError: "the body ended too early",
    aiohttp.ServerDisconnectedError: "the server closed the connection without an answer",
    aiohttp.ClientConnectorError: "cannot connect: {trouble}",
    aiohttp.ClientResponseError: "the answer is not valid HTTP: {0.message}",
    ValueError: "the address cannot be used: {}",
}
