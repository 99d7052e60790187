"""Header fields (RFC 5322, RFC 2047), written here and nowhere else, alike on every Python.

Not by the library's policies, which decode what already looks encoded: `=?utf-8?q?=0D=0ABcc:...?=`
in a name or a title would become a header of its own. Nor do they keep the quotes of a long name on
every Python, without which one address is several.
"""

from __future__ import annotations

import re
from email.header import Header

from msgspec import Struct

from digest.config.addresses import read_mailbox
from digest.domains import ascii_domain
from digest.feeds.text import one_line

_LONGEST_NAME = 200
_FOLD_AT = 78
# RFC 5322, section 2.1.1
_LONGEST_LINE = 998
# RFC 5322, section 3.2.3; and what RFC 6531 adds.
_ATOM = r"[^\x00-\x20\x7f\"(),.:;<>@\[\\\]]+"
_DOT_ATOM = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_WORDS = re.compile(rf"{_ATOM}( {_ATOM})*")
_FIELD = re.compile(rb"([!-9;-~]+):[ \t]*[^\r\n\0]*(?:\r\n[ \t]+[^\s\0][^\r\n\0]*)*")
# RFC 5322, section 3.6: those of ours that a message has once.
_ONCE = {
    *(b"from", b"to", b"cc", b"bcc", b"reply-to", b"sender", b"subject", b"date", b"message-id"),
    *(b"mime-version", b"content-type", b"content-transfer-encoding", b"list-id"),
    *(b"list-unsubscribe", b"list-unsubscribe-post"),
}


class Mailbox(Struct, frozen=True):
    """Somebody's address, for headers and envelopes: its domain in ASCII, without quotes."""

    display_name: str
    local: str
    domain: str

    @property
    def addr_spec(self) -> str:
        """The address alone, its local part in quotes where it needs them."""
        local = self.local if _DOT_ATOM.fullmatch(self.local) else _quoted(self.local)
        return f"{local}@{self.domain}"


def mailbox(text: str) -> Mailbox:
    """What `Name <address>` says.

    Raises:
        ValueError: it is no address.
    """
    read = read_mailbox(text)
    if not read.username.isprintable():
        raise ValueError("is no address")
    # RFC 5321 knows no full stop at the end of a domain.
    domain = ascii_domain(read.domain).removesuffix(".")
    return Mailbox(one_line(read.name, _LONGEST_NAME), read.username, domain)


def address_field(field: str, recipient: Mailbox) -> bytes:
    """The line that says who sends, or who gets it: always one address."""
    address = recipient.addr_spec
    if not recipient.display_name:
        return field_of(field, address)
    return named_field(
        field, _phrase(recipient.display_name, field, utf8=not address.isascii()), address
    )


def named_field(field: str, phrase: str, named: str) -> bytes:
    """The line that has a phrase and, in angle brackets, what that names; long ones are folded."""
    begun = len(f"{field}: {phrase}".rpartition("\n")[2])
    gap = " " if begun + len(f" <{named}>") <= _FOLD_AT else "\r\n "
    return field_of(field, f"{phrase}{gap}<{named}>")


def text_field(field: str, text: str) -> bytes:
    """A line of words, which arrive as they are."""
    return field_of(field, encoded(text, field))


def encoded(text: str, field: str) -> str:
    """Text for a header, folded; encoded (RFC 2047) where it is not plain."""
    charset = "us-ascii" if is_plain(text) else "utf-8"
    return Header(text, charset, header_name=field).encode(linesep="\r\n")


def is_plain(text: str) -> bool:
    """Whether nobody takes it for encoded."""
    return text.isascii() and "=?" not in text


def field_of(field: str, value: str) -> bytes:
    """A whole line of the header.

    Raises:
        ValueError: it would be more than one, or none.
    """
    line = f"{field}: {value}".encode()
    if not _FIELD.fullmatch(line) or max(map(len, line.split(b"\r\n"))) > _LONGEST_LINE:
        raise ValueError(f"the header {field} has what ends or spoils its line")
    return line + b"\r\n"


def check_fields(head: bytes) -> None:
    """See that a header is what it should be before it is sent; its last line has no end.

    Raises:
        ValueError: a line ends where it should not, or says what another one says.
    """
    seen = set()
    for line in re.split(rb"\r\n(?![ \t])", head):
        found = _FIELD.fullmatch(line)
        name = found[1].lower() if found else b""
        if not name or name in seen:
            raise ValueError(f"the header has a line too many: {line[:80]!r}")
        seen |= {name} & _ONCE


def _phrase(name: str, field: str, *, utf8: bool) -> str:
    """A name (RFC 5322, section 3.2.5); with `utf8` as it is, where others are encoded."""
    if "=?" in name or not (utf8 or name.isascii()):
        return Header(name, "utf-8", header_name=field).encode(linesep="\r\n")
    return name if _WORDS.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    escaped = re.sub(r'([\\"])', r"\\\1", text)
    return f'"{escaped}"'
