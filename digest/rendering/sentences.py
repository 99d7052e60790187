"""Where sentences end, in the languages of most feeds."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Begins with what every end has, so that a search passes over all else quickly.
_SENTENCE_END = re.compile(r"[.!?…。！？](?:(?<=[。！？])|['\"”’»)\]]*(?=\s))")
_LAST_WORD = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=[(\"“‘'«\[-]))((?:[^\W\d_]{1,2}\. ?)*[^\W_]+)\.$")
_BEGINNING = re.compile(r"\s*(\S)")
# As much before a full stop as a short form may be long.
_LOOKED_AT = 20
_SHORT_FORMS = """
    dr mr mrs ms prof rev hon st sr jr gen col capt lt sgt sen rep gov pres vs inc ltd corp co bros
    nos nr vol fig figs eq ed eds al cf approx ca est dept univ assn ave blvd rd mt ft
    jan feb mar apr jun jul aug sept sep oct nov dec dez okt janv fevr avr juil
    ph.d bzw evtl ggf inkl zzgl mio mrd tel str hr fr abs art bsp vgl sog
    p.ex mm mme mlle env p.ej sra srta ud uds ee.uu pag num av
    """
_ABBREVIATIONS = frozenset(_SHORT_FORMS.split())
_ENDINGS = frozenset(word[-3:] for word in _ABBREVIATIONS)


def sentence_ends(text: str) -> Iterator[int]:
    """The places after the marks that end a sentence; the end of the text is none of them."""
    for match in _SENTENCE_END.finditer(text):
        after = _BEGINNING.match(text, match.end())
        before = text[max(0, match.start() + 1 - _LOOKED_AT) : match.start() + 1]
        if match[0] in "。！？" or not (
            (after and after[1].islower()) or (match[0][0] == "." and _abbreviated(before))
        ):
            yield match.end()


def sentences(text: str) -> list[str]:
    """The sentences of a text, each without white space around it."""
    ends = [0, *sentence_ends(text), len(text)]
    return list(filter(None, [text[start:end].strip() for start, end in pairwise(ends)]))


def _abbreviated(text: str) -> bool:
    """Whether the full stop at the end belongs to the word: `Dr.`, `z. B.`, `J.`, `3.`."""
    ending = text[-4:-1]
    # Most words end like none of these, and to search takes ten times as long.
    if len(ending) == 3 and ending.isalnum() and ending.lower() not in _ENDINGS:
        return False
    match = _LAST_WORD.search(text)
    if not match:
        return False
    word = match[1].lower().replace(" ", "")
    ordinal = word.isdecimal() and len(word) <= 2
    initials = all(len(part) == 1 for part in word.split("."))
    return ordinal or initials or word in _ABBREVIATIONS
