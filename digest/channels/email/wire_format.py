"""A message as SMTP transmits it (RFC 5321, section 4.5.2)."""

from __future__ import annotations

import re


def on_the_wire(message: bytes) -> bytes:
    """A message as DATA carries it: lines end with CRLF, dots that begin one are doubled."""
    lines = re.sub(rb"\r\n?|\n", b"\r\n", message)
    if not lines.endswith(b"\r\n"):
        lines += b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", lines) + b".\r\n"


def size_of(message: bytes) -> int:
    """The octets of a message that is `on_the_wire`, as RFC 1870 counts them."""
    return len(message) - len(b".\r\n") - message.count(b"\r\n..")
