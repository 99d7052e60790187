"""What goes wrong with an IMAP server, each in one clear line with its remedy."""

from __future__ import annotations

import re
import socket
import ssl
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.errors import FeedError
from digest.feeds.http.failures import IF_MEANT
from digest.feeds.http.sockets import NEVER, NOT_PUBLIC
from digest.feeds.text import one_line
from digest.network import connection_trouble

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 160
_TOO_MANY_REQUESTS = 429
# Providers lock accounts that are tried again and again with a wrong password.
_AFTER_REFUSAL = timedelta(hours=6)
# RFC 5530's codes, and the words of Gmail, Dovecot, Exchange and Yahoo.
_LIMITED = re.compile(
    r"\[(?:UNAVAILABLE|INUSE|LIMIT|THROTTLED|OVERQUOTA)\]|too many|maximum number of"
    r"|connection limit|rate.?limit|throttl|bandwidth|try again later|temporarily",
    re.IGNORECASE,
)
# What `imaplib` says where nothing comes any more.
_CLOSED = re.compile(r"socket error|EOF")
# How long it took, which Dovecot says with everything.
_TIMING = re.compile(r"\s*\([\d. +]+ secs\)\.?")
_APP_PASSWORD = "Gmail, iCloud, Yahoo and Fastmail want an app password"  # noqa: S105 - no secret
_CERTIFICATE = (
    "write the host that the certificate is for, or give the authority that signed it as ca_file"
)


def what_it_said(data: object) -> str:
    """The text of an answer, or of what was raised for one, as one short line."""
    if isinstance(data, (list, tuple)):
        return " ".join(filter(None, map(what_it_said, data)))
    text = data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data or "")
    return one_line(_TIMING.sub("", text), _LONGEST)


def is_limit(text: str) -> bool:
    """Whether a server refuses for the number of connections or requests, and not for good."""
    return bool(_LIMITED.search(text))


def limited(text: str) -> FeedError:
    """The server allows no more connections now."""
    return FeedError(f"the server allows no more now: {text}", status=_TOO_MANY_REQUESTS)


def refused_login(text: str, *, by_token: bool) -> FeedError:
    """The server takes neither the user nor the password, or not the token."""
    if is_limit(text):
        return limited(text)
    remedy = "renew access_token" if by_token else f"mend username or password; {_APP_PASSWORD}"
    return FeedError(
        f"the server refused the login: {text}", retry_after=_AFTER_REFUSAL, remedy=remedy
    )


def no_folder(folder: str, text: str, others: Sequence[str]) -> FeedError:
    """The folder cannot be opened."""
    if is_limit(text):
        return limited(text)
    there = ", ".join(map(repr, others))
    remedy = f"name one that there is: {there}" if there else "look up what the server calls it"
    return FeedError(f"cannot open the folder {folder!r}: {text}", remedy=remedy)


def refused(text: str) -> FeedError:
    """The server would not do something else, or ended the connection."""
    if is_limit(text):
        return limited(text)
    if _CLOSED.search(text):
        return FeedError("the server closed the connection")
    return FeedError(f"the server refused: {text}")


def unreachable(error: OSError, seconds: float) -> FeedError:
    """No connection, or none any more."""
    text = one_line(str(error), _LONGEST)
    if NOT_PUBLIC in text or NEVER in text:
        return FeedError(text, remedy=IF_MEANT if NOT_PUBLIC in text else "")
    if isinstance(error, ssl.SSLCertVerificationError):
        return FeedError(connection_trouble(error) or text, remedy=_CERTIFICATE)
    if isinstance(error, TimeoutError):
        return FeedError(f"no connection within {seconds:g} s", remedy="look at host and port")
    if isinstance(error, ssl.SSLError):
        remedy = "try tls: starttls, or the port that has implicit TLS, which is mostly 993"
        return FeedError(connection_trouble(error) or text, remedy=remedy)
    if isinstance(error, socket.gaierror):
        return FeedError("the host name does not resolve", remedy="look for a slip in host")
    return FeedError(f"cannot connect: {connection_trouble(error) or text}")
