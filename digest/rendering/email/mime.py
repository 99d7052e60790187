"""The parts of a message as bytes (RFC 2045, RFC 2046): the same for the same content."""

from __future__ import annotations

import binascii
import hashlib
import re
from base64 import encodebytes
from typing import TYPE_CHECKING

from digest.model import PictureFile

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_END = re.compile(r"\r\n?")
_BASE64_LINE = 76
# The library does not count that a space at the end of a line takes three characters.
_TOO_LONG = re.compile(rb"(?m)^(.{74,75})(=20|=09)$")


def text_part(text: str, kind: str, marker: str = "") -> bytes:
    """Text as `text/plain` or `text/html`, in the transfer encoding that makes it smaller.

    Where the text has the marker, lines of its own have that, for `digest.rendering.email.personal`
    to fill in another text. It is a multiple of three letters long, and never first or last.
    """
    encoding, body = _encoded(text, marker.encode())
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


def pictures_in(message: bytes) -> dict[str, PictureFile]:
    """The pictures that a message has in it, by content id."""
    # Only pages in a browser take messages apart.
    from email import message_from_bytes

    found = {}
    for part in message_from_bytes(message).walk():
        data = part.get_payload(decode=True)
        if part.get_content_maintype() == "image" and isinstance(data, bytes):
            content_id = str(part.get("Content-ID", "")).strip("<>")
            found[content_id] = PictureFile(part.get_content_subtype(), data)
    return found


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


def _encoded(text: str, marker: bytes = b"") -> tuple[str, bytes]:
    """The name of the smaller transfer encoding, and the text in it."""
    lines = _LINE_END.sub("\n", text)
    raw = (lines if lines.endswith("\n") else f"{lines}\n").encode()
    pieces = raw.split(marker) if marker else [raw]
    # A line that ends in = goes on in the next.
    readable = (b"=\r\n%b=\r\n" % marker).join(_quoted_printable(piece) for piece in pieces)
    # RFC 2046, section 4.1.1: lines of text end in CRLF whatever the encoding.
    canonical = raw.replace(b"\n", b"\r\n")
    digits = -(-len(canonical) // 3) * 4
    if len(readable) <= digits + 2 * -(-digits // _BASE64_LINE):
        return "quoted-printable", readable
    return "base64", b"".join(_base64(piece) for piece in _around(canonical, marker))


def _quoted_printable(raw: bytes) -> bytes:
    return _TOO_LONG.sub(rb"\1=\n\2", binascii.b2a_qp(raw)).replace(b"\n", b"\r\n")


def _around(data: bytes, marker: bytes) -> Iterator[bytes]:
    """The data in pieces: each marker has one of its own, and up to two bytes on either side.

    The pieces are multiples of three bytes, and so nothing is padded but the end.
    """
    begin = 0
    while marker and (at := data.find(marker, begin)) >= 0:
        start = at - (at - begin) % 3
        end = at + len(marker) + (start - at) % 3
        yield data[begin:start]
        yield data[start:end]
        begin = end
    yield data[begin:]


def _base64(data: bytes) -> bytes:
    return encodebytes(data).replace(b"\n", b"\r\n")
