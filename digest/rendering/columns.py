"""Lines of plain text, as wide as a terminal or a mail program shows them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# RFC 5322, section 2.1.1: what a line of a message should have at most.
WIDTH = 78
# No-break spaces are none of these.
_SPACES = re.compile(r"[\t\n\v\f\r ]+")
# Line_Break (Unicode UAX 14): no line ends after, and none begins with, what is of these classes.
_ENDS_NO_LINE = r"[\p{LB=OP}\p{LB=QU}\p{LB=PR}\p{LB=ZWJ}\p{LB=WJ}\p{LB=GL}]"
_BEGINS_NO_LINE = (
    r"[\p{LB=CL}\p{LB=CP}\p{LB=EX}\p{LB=IS}\p{LB=SY}\p{LB=NS}\p{LB=CJ}\p{LB=IN}\p{LB=PO}\p{LB=QU}"
    r"\p{LB=BA}\p{LB=CM}\p{LB=EM}\p{LB=ZWJ}\p{LB=WJ}\p{LB=GL}]"
)
# East_Asian_Width (Unicode UAX 11)
_TWO_COLUMNS = {"W", "F"}
_EAST_ASIAN = {*_TWO_COLUMNS, "H"}
_NO_COLUMN = {"Mn", "Me", "Cf"}


def wrap(text: str, indent: int = 0, width: int = WIDTH) -> str:
    """Lines of at most `width` columns, of which a wide character takes two.

    A word that is longer stays whole. East Asian text, which has no spaces, is broken anywhere but
    for beside its marks; Korean has spaces.
    """
    lines = [""]
    room = width - indent
    used = 0
    for gap, piece in _pieces(text):
        wide = columns(piece)
        if not lines[-1]:
            lines[-1], used = piece, wide
        elif used + len(gap) + wide <= room:
            lines[-1] += gap + piece
            used += len(gap) + wide
        else:
            lines.append(piece)
            used = wide
    space = " " * indent
    return "\n".join(space + line if line else line for line in lines)


def columns(text: str) -> int:
    """How many columns a text takes: a wide character two, a mark on another none."""
    return len(text) if text.isascii() else sum([_traits(letter).columns for letter in text])


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What cannot be broken, each with the space before it."""
    for word in filter(None, _SPACES.split(text)):
        gap = " "
        for piece in [word] if word.isascii() else _broken(word):
            yield gap, piece
            gap = ""


def _broken(word: str) -> Iterator[str]:
    """The pieces of a word between which a line can be broken: beside East Asian characters."""
    start = 0
    for at, (before, after) in enumerate(pairwise(map(_traits, word)), 1):
        beside = before.east_asian or after.east_asian
        if beside and not (before.ends_no_line or after.begins_no_line):
            yield word[start:at]
            start = at
    yield word[start:]


class _Traits(NamedTuple):
    columns: int
    east_asian: bool
    ends_no_line: bool
    begins_no_line: bool


@lru_cache(maxsize=8192)
def _traits(letter: str) -> _Traits:
    # Few texts have letters beyond ASCII.
    import regex

    width = unicodedata.east_asian_width(letter)
    wide = 2 if width in _TWO_COLUMNS else 1
    return _Traits(
        0 if unicodedata.category(letter) in _NO_COLUMN else wide,
        bool(width in _EAST_ASIAN and not regex.match(r"\p{Hangul}", letter)),
        bool(regex.match(_ENDS_NO_LINE, letter)),
        bool(regex.match(_BEGINS_NO_LINE, letter)),
    )
