"""Addresses: of feeds, apart from the credentials that may stand in them, and of people."""

from __future__ import annotations

from base64 import b64decode, b64encode
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit, urlunsplit

from digest.domains import ascii_domain


def without_credentials(text: str) -> tuple[str, str | None]:
    """The address alone, and the `Authorization` its credentials ask for (RFC 7617).

    Text that is no address, such as a feed's name, stays as it is.
    """
    if "@" not in text and text == text.strip():
        # Hardly any has some, and there may be thousands.
        return text, None
    try:
        parts = urlsplit(text.strip())
    except ValueError:
        return text, None
    if not parts.netloc:
        return text, None
    if parts.username is None:
        return text.strip(), None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    alone = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return alone, "Basic " + b64encode(pair.encode()).decode()


def password_of(authorization: str) -> str:
    """The password of a Basic authorization (RFC 7617), or nothing."""
    scheme, _, pair = authorization.partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return b64decode(pair, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def mail_address(recipient: str) -> str:
    """The address of `Name <address>`, as it is written."""
    return parseaddr(recipient)[1] if "<" in recipient else recipient


def mail_key(recipient: str) -> str:
    """What tells recipients apart: the address of `Name <address>` without case, domain in ASCII.

    Whatever is no address is its own.
    """
    address = mail_address(recipient)
    if address.isascii():
        return address.lower()
    local, at, domain = address.rpartition("@")
    try:
        return f"{local.lower()}{at}{ascii_domain(domain)}"
    except UnicodeError:
        return address.lower()
