"""What feedparser changes in texts, for the fast reader: repairs, and a container removed."""

from __future__ import annotations

import re
from contextlib import suppress

# Numbers of windows-1252 that people use as if they were those of Unicode.
_WINDOWS = {
    number: bytes([number]).decode("cp1252")
    for number in range(0x80, 0xA0)
    if number not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
# In UTF-8, where a search is fast.
_HAS_WINDOWS = re.compile(b"\xc2[\x80-\x9f]")


def repaired(text: str) -> str:
    """A text with two errors repaired: UTF-8 read as Latin 1, and numbers of windows-1252."""
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode()
    return text.translate(_WINDOWS) if _HAS_WINDOWS.search(text.encode()) else text


def without_container(pieces: list[str]) -> list[str]:
    """XHTML without the one `div` around all of it, if there is one."""
    pieces = [piece for piece in pieces if piece]
    while len(pieces) > 1 and not pieces[-1].strip():
        del pieces[-1]
    while len(pieces) > 1 and not pieces[0].strip():
        del pieces[0]
    if not pieces or not pieces[0].startswith(("<div>", "<div ")) or pieces[-1] != "</div>":
        return pieces
    depth = 0
    for piece in pieces[:-1]:
        depth += -1 if piece.startswith("</") else piece.startswith("<")
        if not depth:
            return pieces
    return pieces[1:-1]
