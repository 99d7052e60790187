"""The parts of a message as bytes (RFC 2045, RFC 2046): the same for the same content."""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import encodebytes
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.model import PictureFile

_LINE_END = re.compile(r"\r\n?")
_BASE64_LINE = 76
# The library does not count that a space at the end of a line takes three characters.
_TOO_LONG = re.compile(rb"(?m)^(.{74,75})(=20|=09)$")


def text_part(text: str, kind: str) -> bytes:
    """Text as `text/plain` or `text/html`, in the transfer encoding that makes it smaller."""
    encoding, body = _encoded(text)
    head = (
        f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n'
    )
    return head.encode() + b"\r\n" + body


def picture_part(content_id: str, picture: PictureFile) -> bytes:
    """A picture that HTML beside it shows by its id (RFC 2392)."""
    head = (
        f"Content-Type: image/{picture.kind}\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-ID: <{content_id}>\r\nContent-Disposition: inline\r\n"
    )
    return head.encode() + b"\r\n" + _base64(picture.data)


def multipart(kind: str, *parts: bytes) -> bytes:
    """Parts as one; `kind` is the subtype, with its parameters.

    A random boundary would make every attempt a different message.
    """
    boundary = f"=_{hashlib.sha256(b''.join(parts)).hexdigest()[:32]}".encode()
    head = b'Content-Type: multipart/%b; boundary="%b"\r\n\r\n' % (kind.encode(), boundary)
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts)
    return head + body + b"--%b--\r\n" % boundary


def encoded_size(text: str) -> int:
    """The bytes that text takes in a message."""
    return len(_encoded(text)[1])


def _encoded(text: str) -> tuple[str, bytes]:
    """The name of the smaller transfer encoding, and the text in it."""
    lines = _LINE_END.sub("\n", text)
    raw = (lines if lines.endswith("\n") else f"{lines}\n").encode()
    readable = _TOO_LONG.sub(rb"\1=\n\2", binascii.b2a_qp(raw)).replace(b"\n", b"\r\n")
    # RFC 2046, section 4.1.1: lines of text end in CRLF whatever the encoding.
    canonical = raw.replace(b"\n", b"\r\n")
    digits = -(-len(canonical) // 3) * 4
    if len(readable) <= digits + 2 * -(-digits // _BASE64_LINE):
        return "quoted-printable", readable
    return "base64", _base64(canonical)


def _base64(data: bytes) -> bytes:
    return encodebytes(data).replace(b"\n", b"\r\n")
