"""The lead: the best whole sentences of an entry itself, in their order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.config.rules import folded
from digest.editions.similarity.stop_words import GENERIC, STOP
from digest.rendering.plain import BREAK, CODE
from digest.rendering.sentences import sentences

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 400
"""Characters of a lead, at the most."""
READ = 4_000
"""Characters of prose that a lead is chosen from."""
_MOST_SENTENCES = 3
# Up to so many sentences a text says first what matters; longer ones may begin with a story.
_SHORT_TEXT = 12
_OPENING = 3
# A sentence that begins like this needs the one before it.
_LEANS_ON = frozenset(
    """
    he she it they this that these those but and so yet or still then however instead also there
    his her its their such er sie es dies diese dieser dieses das aber und doch dann dort seine il
    elle ils elles ce cela cette ces mais et donc son sa ses ello ella esto esta este pero y
    entonces su sus lui lei questo questa ma e poi ele ela isso mas hij zij het dit maar en dan
    """.split()  # noqa: SIM905 - a table that can be read
)
_WORDS = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_QUOTES = ('"', "“", "”", "„", "«", "»", "‘", "「", "『", "—", "–", "-")


def lead(text: str, title: str) -> str:
    """The first whole sentences that have room, or those that say what the title does.

    Only a long text that comes to what its title says after an opening without a word of it begins
    there. Empty where no whole sentence has room.
    """
    found = _whole(text)
    start = _start(found, title) if len(found) > _SHORT_TEXT else 0
    return _fitting(found[start:])


def first_sentence(text: str, most: int) -> str:
    """The first sentence of a text, if it is whole and at most so long; else nothing."""
    found = _whole(text)[:1]
    return found[0] if found and len(found[0]) <= most else ""


def _whole(text: str) -> list[str]:
    """The sentences of prose up to a list, a table or a listing; the last, if it is whole."""
    for mark in (f" {BREAK}", CODE):
        text = text.partition(mark)[0]
    found = sentences(text.strip())
    # What was cut off by a feed, or by us.
    while found and not found[-1].endswith(_ENDS):
        found.pop()
    return found


_ENDS = tuple(
    end + closing
    for end in ".!?。！？"
    for closing in ("", '"', "'", "”", "’", "»", ")", "]", "」")
)


_UNSPACED_ENDS = ("。", "！", "？", "」")


def _fitting(found: Sequence[str]) -> str:
    taken = ""
    for sentence in found[:_MOST_SENTENCES]:
        space = " " if taken and not taken.endswith(_UNSPACED_ENDS) else ""
        if len(taken) + len(space) + len(sentence) > LONGEST:
            break
        taken += space + sentence
    return taken


def _start(found: Sequence[str], title: str) -> int:
    """Where to begin: with the sentence that has most of the title, if the opening has none."""
    wanted = _terms(title)
    if len(wanted) < 2:
        return 0
    if any(wanted & _terms(sentence) for sentence in found[:_OPENING]):
        return 0
    having = [len(wanted & _terms(sentence)) for sentence in found]
    best = max(having)
    start = having.index(best)
    is_clear = best >= 2 and best * 2 >= len(wanted)
    return start if is_clear and _stands_alone(found[start]) else 0


def _stands_alone(sentence: str) -> bool:
    words = _WORDS.search(sentence)
    first = folded(words[0]) if words else ""
    return first not in _LEANS_ON and not sentence.startswith(_QUOTES)


def _terms(text: str) -> set[str]:
    words = (folded(word).removesuffix("'s") for word in _WORDS.findall(text))
    return {word for word in words if len(word) > 2 and word not in STOP and word not in GENERIC}
