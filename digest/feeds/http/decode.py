"""Undoes one content-coding (RFC 9110, section 8.4) within a limit."""

from __future__ import annotations

import zlib

from digest.errors import FeedError

ACCEPTED = "gzip, deflate"
_GZIP = 16 + zlib.MAX_WBITS
_PIECE = 4_096


def decode_body(body: bytes, coding: str, limit: int) -> bytes:
    """The body without its content-coding; `limit` in bytes.

    Raises:
        FeedError: more than one coding, one that was not asked for, damaged or too large.
    """
    coding = coding.strip().lower()
    if coding in {"", "identity"} or not body:
        return body
    if coding in {"gzip", "x-gzip"}:
        return _inflate(body, _GZIP, limit)
    if coding == "deflate":
        # RFC 9110 means zlib by it; some servers send the bare stream.
        zlib_header = len(body) > 1 and body[0] & 0x0F == 8 and (body[0] << 8 | body[1]) % 31 == 0
        return _inflate(body, zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS, limit)
    raise FeedError(f"the body is coded as {coding[:60]!r}, which was not asked for")


def _inflate(body: bytes, bits: int, limit: int) -> bytes:
    decoded = bytearray()
    inflater = zlib.decompressobj(bits)
    try:
        # Piece by piece: the end of each member copies the rest, and there may be many members.
        for start in range(0, len(body), _PIECE):
            piece = body[start : start + _PIECE]
            while piece:
                if inflater.eof:
                    if bits != _GZIP:
                        return bytes(decoded)
                    # A gzip body may be several members in a row (RFC 1952, section 2.2).
                    inflater = zlib.decompressobj(bits)
                decoded += inflater.decompress(piece, limit + 1 - len(decoded))
                if len(decoded) > limit:
                    raise FeedError(f"the body is larger than {limit:,} bytes after decompression")
                piece = inflater.unused_data
    except zlib.error as error:
        raise FeedError(f"the compressed body is damaged: {error}") from None
    if not inflater.eof:
        raise FeedError("the compressed body ends too early")
    return bytes(decoded)
