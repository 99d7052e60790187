"""The smallest bytes that are a picture of a size."""

from __future__ import annotations

import struct
import zlib


def png(width: int, height: int, *, size: int = 0) -> bytes:
    """`size` is the least number of bytes that it has."""
    header = b"IHDR" + struct.pack(">II5B", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return (b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IEND\xaeB`\x82").ljust(size, b"\0")


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\x80\0\0" + b"\0" * 6 + b";"


def jpeg(width: int, height: int, *, before: int = 0) -> bytes:
    """`before` is how many bytes of comments come before the size."""
    comments = b""
    for start in range(0, before, 60_000):
        length = min(60_000, before - start)
        comments += b"\xff\xfe" + struct.pack(">H", length + 2) + b"c" * length
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + comments + frame + b"\xff\xd9"


WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 20
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"/>'
