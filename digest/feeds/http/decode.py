"""Undoes the content-codings of a body (RFC 9110, section 8.4) within a limit."""

from __future__ import annotations

import zlib

from digest.errors import FeedError

ACCEPTED = "gzip, deflate"
_GZIP = 16 + zlib.MAX_WBITS
# RFC 1952, section 2.3.1: no text begins so.
_GZIP_MAGIC = b"\x1f\x8b"
# A file that is compressed itself may be sent in gzip once more.
_MOST_GZIP = 2
_PIECE = 4_096
# Registered codings that are not asked for; any other word is none, as `utf-8` or `aws-chunked`.
_NOT_ASKED_FOR = {"br", "compress", "dcb", "dcz", "x-compress", "zstd"}
# Byte order marks, the empty half of a character of UTF-16, white space.
_BEFORE_TEXT = b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"
_TEXT_BEGINS = (b"<", b"{", b"[")


def decode_body(body: bytes, coding: str, limit: int) -> bytes:
    """The body without its content-codings; `limit` in bytes, for what any of them hides.

    What the body is counts for more than what is said of it: gzip is known by its first bytes, and
    text that is said to be coded is text.

    Raises:
        FeedError: a coding that was not asked for, damaged or too large.
    """
    codings = {each.strip().lower() for each in coding.split(",")}
    if "deflate" in codings and body and not body.startswith(_GZIP_MAGIC):
        body = _undeflated(body, limit)
    for _ in range(_MOST_GZIP):
        if body.startswith(_GZIP_MAGIC):
            body = _gunzipped(body, limit)
    if not codings.isdisjoint(_NOT_ASKED_FOR) and not _is_text(body):
        raise FeedError(f"the body is coded as {coding.strip()[:60]!r}, which was not asked for")
    return body


def _is_text(body: bytes) -> bool:
    """Whether a body begins as feeds do, in UTF-8 or in UTF-16."""
    return body[:1_000].lstrip(_BEFORE_TEXT).startswith(_TEXT_BEGINS)


def _undeflated(body: bytes, limit: int) -> bytes:
    """A body that is said to be deflated."""
    try:
        return _inflated(body, limit)
    except FeedError:
        if _is_text(body):
            return body
        raise


def _inflated(body: bytes, limit: int) -> bytes:
    # RFC 9110 means zlib by it; some servers send the bare stream.
    zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
    inflater = zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)
    decoded = bytearray()
    try:
        _feed(inflater, body, 0, decoded, limit)
    except zlib.error as error:
        raise _damaged(error) from None
    return bytes(decoded)


def _gunzipped(body: bytes, limit: int) -> bytes:
    """What the gzip members of a body hold (RFC 1952, section 2.2); what follows is left out."""
    decoded, end = bytearray(), 0
    try:
        while body.startswith(_GZIP_MAGIC, end):
            end = _feed(zlib.decompressobj(_GZIP), body, end, decoded, limit)
    except zlib.error as error:
        raise _damaged(error) from None
    return bytes(decoded)


def _feed(
    inflater: zlib._Decompress, body: bytes, begin: int, decoded: bytearray, limit: int
) -> int:
    """Add what a stream in a body holds to what is `decoded`; answers where it ends."""
    start = begin
    # Piece by piece: the end of each stream copies the rest of one, and there may be many.
    while piece := body[start : (start // _PIECE + 1) * _PIECE]:
        decoded += inflater.decompress(piece, limit + 1 - len(decoded))
        if len(decoded) > limit:
            raise FeedError(f"the body is larger than {limit:,} bytes after decompression")
        start += len(piece)
        if inflater.eof:
            return start - len(inflater.unused_data)
    raise FeedError("the compressed body ends too early")


def _damaged(error: zlib.error) -> FeedError:
    return FeedError(f"the compressed body is damaged: {error}")
