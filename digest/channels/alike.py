"""Whether refusals say the same: to everybody alike, they are about who sends."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

# Codes as SMTP has them (RFC 5321, RFC 3463), and HTTP.
_CODE = re.compile(r"[245]\d\d|#?[245](?:\.\d{1,3}){2}")
_EDGES = "<>()[]{}:;,.'\"`"


def alike(first: str, second: str, recipients: Collection[str]) -> bool:
    """Whether two refusals say the same, but for whom they are about, times, numbers and marks.

    Their codes are the same, and two words of three.
    """
    own = {part for each in recipients for part in (each, *each.rsplit("@", 1))}
    known = {part.casefold() for part in own}
    codes, words = zip(*(_codes_and_words(each, known) for each in (first, second)), strict=True)
    most = max(len(each) for each in words)
    common = (Counter(words[0]) & Counter(words[1])).total()
    return codes[0] == codes[1] and common * 3 >= most * 2


def _codes_and_words(words: str, own: set[str]) -> tuple[list[str], list[str]]:
    """The codes, and the words that are the server's."""
    bare = [word.strip(_EDGES) for word in words.casefold().split()]
    codes = [word for word in bare if _CODE.fullmatch(word)]
    return codes, [
        word
        for word in bare
        if word not in own and "@" not in word and not any(letter.isdigit() for letter in word)
    ]
