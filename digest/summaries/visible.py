"""Text as a person sees it: without characters that do not show."""

from __future__ import annotations

import unicodedata

# Of those that do not show, these shape the letters beside them.
_SHAPING = {"\u200c", "\u200d"}
_HIDDEN = {"Cc", "Cf", "Cn", "Co", "Cs"}


def visible_text(text: str) -> str:
    """A text on one line without control, format and tag characters, which can hide words."""
    spaced = " ".join(text.split())
    if spaced.isascii() and spaced.isprintable():
        return spaced
    return "".join(
        sign for sign in spaced if sign in _SHAPING or unicodedata.category(sign) not in _HIDDEN
    )
