"""Excerpts: the first whole sentences of what an article says."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from digest.editions.mathematics import with_mathematics
from digest.feeds.text import one_line
from digest.rendering.plain import BREAK, CODE
from digest.rendering.sentences import sentence_ends

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# More than any excerpt takes, and how many times that its last paragraph may make of it.
_ENOUGH, _LONGEST_TELLING = 300, 5
# No article has as many before it says anything.
_MOST_PARAGRAPHS = 60
_SHORTEST = 3
# What follows a mark tells whether a sentence ends with it.
_AHEAD = 4
_MARKS = (CODE, BREAK)
_SEPARATORS = " .,:;!?|–—-。，、：！？"
_STARS = ("★", "☆", "●", "■", "◆", "▶", "►", "♥", "❤", "✨", "🔥", "*")
_DECORATION = "".join(_STARS) + "\ufe0f "
# Written one way in titles and another in texts, character for character.
_ALIKE = str.maketrans("’‘‛“”„«»–—‑\u00a0\u202f", '\'\'\'"""""---  ')
# A text may begin with so short a word by itself.
_LEAST_TITLE = 3


def telling(paragraphs: Iterable[str], title: str, enough: int = _ENOUGH) -> str:
    """The beginning of what is said, on one line: without the title again, and boilerplate.

    It ends with the paragraph that makes it longer than `enough`.
    """
    # Only worker processes clean; its expressions take long to compile.
    from digest.rendering.boilerplate import prose_of

    pieces: list[str] = []
    length = 0
    prose = (
        paragraph if paragraph in _MARKS else prose_of(paragraph)
        for paragraph in islice(paragraphs, _MOST_PARAGRAPHS)
    )
    for kept in _without_beginning(filter(None, prose), title):
        if kept in _MARKS and pieces[-1:] == [kept]:
            continue
        pieces.append(kept)
        length += len(kept)
        if length > enough:
            break
    return one_line(
        with_mathematics(" ".join(_without_last_mark(pieces))), enough * _LONGEST_TELLING
    )


def excerpt(text: str, limit: int) -> str:
    """The whole sentences that fit, or else as many whole words; at most `limit` characters.

    What a feed cut short itself ends with its last whole sentence too, if it has one.
    """
    if len(text) <= limit and not text.endswith("…"):
        return text
    ends = [end for end in sentence_ends(text[: limit + _AHEAD]) if end <= limit]
    if ends and ends[-1] >= min(limit, len(text)) // _SHORTEST:
        return text[: ends[-1]]
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else cut).rstrip(" ,;:") + "…"


def _without_last_mark(pieces: list[str]) -> list[str]:
    """The pieces of an excerpt; a mark at its end is for what a colon announces only."""
    while pieces and pieces[-1] in _MARKS and not (pieces[-1] == CODE and pieces[-2].endswith(":")):
        pieces = pieces[:-1]
    return pieces[:-1] + [piece.removesuffix(f" {BREAK}") for piece in pieces[-1:]]


def _without_beginning(paragraphs: Iterable[str], title: str) -> Iterator[str]:
    """The paragraphs; the first that says something without the title, a dateline and the like."""
    rest = iter(paragraphs)
    for paragraph in rest:
        if paragraph not in _MARKS and (kept := _after_beginning(paragraph, title)):
            yield kept
            break
    yield from rest


def _after_beginning(paragraph: str, title: str) -> str:
    from digest.rendering.boilerplate import without_beginning

    before = None
    while paragraph != before:
        before, paragraph = paragraph, _after_title(without_beginning(paragraph), title)
    return paragraph


def _after_title(paragraph: str, title: str) -> str:
    """A paragraph without the title that it begins with; after `…` where its sentence goes on."""
    if paragraph.startswith(_STARS):
        return _after_title_in_stars(paragraph, title.strip(_DECORATION))
    if len(title) < _LEAST_TITLE or _folded(paragraph[: len(title)]) != _folded(title):
        return paragraph
    rest = paragraph[len(title) :]
    kept = rest.lstrip(_SEPARATORS)
    separator = rest[: len(rest) - len(kept)]
    if not kept or separator.strip():
        return kept
    is_capital = kept[0].isupper()
    # A longer word, or a longer name: `Rust` and `Rust Belt`.
    if not separator or (is_capital and " " not in title):
        return paragraph
    return kept if is_capital or not (kept[0].islower() or kept[0].isdecimal()) else f"… {kept}"


def _after_title_in_stars(paragraph: str, title: str) -> str:
    """The same where either may have a number of its own around it: `★★ Sale ★★`."""
    bare = paragraph.lstrip(_DECORATION)
    rest = bare[len(title) :].lstrip()
    is_title = title and _folded(bare[: len(title)]) == _folded(title)
    is_whole = not rest or rest.startswith(_STARS)
    return rest.lstrip(_DECORATION) if is_title and is_whole else paragraph


def _folded(text: str) -> str:
    return text.translate(_ALIKE).casefold()
