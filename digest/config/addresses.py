"""Addresses: of feeds, apart from the credentials that may stand in them, and of people."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING
from unicodedata import normalize
from urllib.parse import unquote, urlsplit, urlunsplit

from msgspec import Struct

from digest.domains import ascii_domain

if TYPE_CHECKING:
    from collections.abc import Callable


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


class NamedAddress(Struct, frozen=True):
    """An address of a person, and the name beside it, if any.

    `local` is in quotes where it has to be, and there only (RFC 5321, section 4.1.2).
    """

    name: str
    local: str
    domain: str

    @property
    def address(self) -> str:
        """The address, as a list and an envelope have it."""
        return f"{self.local}@{self.domain}"

    @property
    def username(self) -> str:
        """What the local part says, without quotes."""
        return _unquoted(self.local)


def read_mailbox(text: str) -> NamedAddress:
    """What `address`, `Name <address>` or `address (Name)` says.

    Raises:
        ValueError: it is none of these, or several.
    """
    found = _NAMED.fullmatch(text) or _BARE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not an email address")
    local = found["local"]
    content = _unquoted(local)
    if not content:
        raise ValueError(f"{text!r} is not an email address")
    if local != content:
        local = content if _DOT_ATOM.fullmatch(content) else _quoted(content)
    name = " ".join(_QUOTED.sub(lambda part: _unquoted(part[0]), found["name"] or "").split())
    return NamedAddress(name, local, found["domain"])


def mail_address(recipient: str) -> str:
    """The address of `Name <address>`; whatever is none is its own."""
    try:
        return read_mailbox(recipient).address
    except ValueError:
        return recipient


def mail_key(recipient: str) -> str:
    """What tells recipients apart: the address of `Name <address>` without case, domain in ASCII.

    However its local part is quoted, and whether or not its domain has the closing full stop.
    Whatever is no address is its own.
    """
    return _key(recipient, ascii_domain)


def former_key(recipient: str) -> str:
    """The key that a recipient had in earlier versions, by IDNA 2003; their links still say it."""
    return mail_key(recipient) if recipient.isascii() else _key(recipient, _idna_2003)


def untagged_key(recipient: str) -> str:
    """What tells mailboxes apart: `mail_key` without what is said after a `+`.

    At Gmail full stops make no difference, and it has two names.
    """
    local, _, domain = mail_key(recipient).rpartition("@")
    if domain in _GMAIL:
        domain, local = "gmail.com", local.replace(".", "")
    return f"{local.partition('+')[0] or local}@{domain}"


_GMAIL = {"gmail.com", "googlemail.com"}
# What needs no quotes: atoms of RFC 5322 and RFC 6531. Some providers give out addresses with
# full stops where the standard has none, which go as they are.
_TEXT = r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,\"]"
_STRING = r'"(?:[^"\\]|\\[\s\S])*"'
_ADDRESS = rf"(?P<local>{_TEXT}+|{_STRING})@(?P<domain>\[[^\s\[\]\\]+\]|{_TEXT}+)"
_NAMED = re.compile(rf"\s*(?P<name>(?:{_STRING}|[^\"<>@,;])*)<\s*{_ADDRESS}\s*>\s*")
_BARE = re.compile(rf"\s*{_ADDRESS}\s*(?:\((?P<name>[^()]*)\)\s*)?")
_QUOTED = re.compile(_STRING)
_ATOMS = re.compile(rf"{_TEXT}+")
_DOT_ATOM = re.compile(rf"(?!\.)(?!.*\.\.)(?!.*\.$){_TEXT}+")


def _key(recipient: str, in_ascii: Callable[[str], str]) -> str:
    try:
        mailbox = read_mailbox(recipient)
        domain = in_ascii(mailbox.domain).removesuffix(".")
    except ValueError:
        return recipient.lower()
    content = normalize("NFC", _unquoted(mailbox.local)).lower()
    local = content if _ATOMS.fullmatch(content) else _quoted(content)
    return f"{local}@{domain}"


def _idna_2003(domain: str) -> str:
    return domain.encode("idna").decode("ascii").lower()


def _unquoted(text: str) -> str:
    return re.sub(r"\\([\s\S])", r"\1", text[1:-1]) if text.startswith('"') else text


def _quoted(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
