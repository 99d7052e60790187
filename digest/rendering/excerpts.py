"""Excerpts: the first whole sentences of what an article says."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from digest.feeds.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# More than any excerpt takes.
_ENOUGH, _LONGEST_TELLING = 300, 1_500
# No article has as many before it says anything.
_MOST_PARAGRAPHS = 60
_SENTENCE_END = re.compile(r"[.!?…]['\"”’»)\]]*(?=\s)|[。！？]")
_LAST_WORD = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=[(\"“‘'«\[-]))((?:[^\W\d_]{1,2}\. ?)*[^\W_]+)\.$")
_SHORT_FORMS = """
    dr mr mrs ms prof rev hon st sr jr gen col capt lt sgt sen rep gov pres vs inc ltd corp co bros
    nos nr vol fig figs eq ed eds al cf approx ca est dept univ assn ave blvd rd mt ft
    jan feb mar apr jun jul aug sept sep oct nov dec dez okt janv fevr avr juil
    ph.d bzw evtl ggf inkl zzgl mio mrd tel str hr fr abs art bsp vgl sog
    p.ex mm mme mlle env p.ej sra srta ud uds ee.uu pag num av
    """
_ABBREVIATIONS = frozenset(_SHORT_FORMS.split())
_SHORTEST = 3
# What follows a mark tells whether a sentence ends with it.
_AHEAD = 4


def telling(paragraphs: Iterable[str], title: str) -> str:
    """The beginning of what is said, on one line: without the title again, and boilerplate."""
    # Only worker processes clean; its expressions take long to compile.
    from digest.rendering.boilerplate import is_boilerplate, without_end

    sentences: list[str] = []
    length = 0
    for paragraph in _without_title(islice(paragraphs, _MOST_PARAGRAPHS), title):
        if is_boilerplate(paragraph):
            continue
        if kept := without_end(paragraph).strip():
            sentences.append(kept)
            length += len(kept)
        if length > _ENOUGH:
            break
    return one_line(" ".join(sentences), _LONGEST_TELLING)


def excerpt(text: str, limit: int) -> str:
    """The whole sentences that fit, or else as many whole words; at most `limit` characters.

    What a feed cut short itself ends with its last whole sentence too, if it has one.
    """
    if len(text) <= limit and not text.endswith("…"):
        return text
    ends = [end for end in _sentence_ends(text[: limit + _AHEAD]) if end <= limit]
    if ends and ends[-1] >= min(limit, len(text)) // _SHORTEST:
        return text[: ends[-1]]
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else cut).rstrip(" ,;:") + "…"


def _sentence_ends(text: str) -> Iterator[int]:
    for match in _SENTENCE_END.finditer(text):
        after = text[match.end() :].lstrip()[:1]
        if match[0] in "。！？" or not (
            after.islower() or (match[0][0] == "." and _abbreviated(text[: match.start() + 1]))
        ):
            yield match.end()


def _abbreviated(text: str) -> bool:
    """Whether the full stop at the end belongs to the word: `Dr.`, `z. B.`, `J.`, `3.`."""
    match = _LAST_WORD.search(text[-20:])
    if not match:
        return False
    word = match[1].lower().replace(" ", "")
    ordinal = word.isdecimal() and len(word) <= 2
    initials = all(len(part) == 1 for part in word.split("."))
    return ordinal or initials or word in _ABBREVIATIONS


def _without_title(paragraphs: Iterable[str], title: str) -> Iterator[str]:
    """The paragraphs, without the title where the first of them begins with it."""
    rest = iter(paragraphs)
    for paragraph in rest:
        if kept := _after_title(paragraph, title):
            yield kept
            break
    yield from rest


def _after_title(paragraph: str, title: str) -> str:
    if not title or paragraph[: len(title)].casefold() != title.casefold():
        return paragraph
    rest = paragraph[len(title) :]
    kept = rest.lstrip(" .:!?|–—-")
    # A sentence may begin with the words of the title and go on.
    parted = rest[: len(rest) - len(kept)].strip() or (" " in title and kept[:1].isupper())
    return kept if parted or not kept else paragraph
