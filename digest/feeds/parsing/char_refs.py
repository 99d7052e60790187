"""Numeric character references such as `&#65;`."""

from __future__ import annotations

import re

# All shorter numbers are characters.
_LONG = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{4,})|([0-9]{5,}));?")


def without_impossible(body: bytes) -> bytes:
    """A body with U+FFFD for references to what is no character: feedparser fails on those."""
    return _LONG.sub(_possible, body)


def _possible(reference: re.Match[bytes]) -> bytes:
    hexadecimal, decimal = reference.groups()
    digits = (hexadecimal or decimal).lstrip(b"0") or b"0"
    # Longer numbers are out of range, and slow to read.
    number = int(digits, 16 if hexadecimal else 10) if len(digits) <= 7 else -1
    possible = 0 <= number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF
    return reference[0] if possible else b"&#xFFFD;"
