"""What a title takes a side on: of two that are alike otherwise, each has its own news.

A side is what somebody decided, where something went, whether it began or ended. Of one thing, a
title may be the review, and another the announcement; those are kinds.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import chain, pairwise
from typing import TYPE_CHECKING, NamedTuple

from digest.editions.similarity.sides import IN_PHRASES, KINDS, PHRASES, SIDES
from digest.editions.similarity.stop_words import STOP
from digest.editions.similarity.terms import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

# Sides that say that something is not done; and matters of one who does something to another, who
# may be named first as well.
_UNDOING = frozenset({("decision", 1), ("course", 1)})
_OF_TWO = frozenset({"trade", "contest"})
# Of these a title may tell both sides, each of another thing: `oil rises as Karsk cuts output`.
_OF_EACH = frozenset({"trend"})
_NOBODY: frozenset[str] = frozenset()
_READ_KINDS = tuple(
    re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.VERBOSE) for pattern in KINDS.values()
)
_KIND_WORDS = frozenset(" ".join(KINDS).split())
_VERSUS = re.compile(r"(\w+)\W+(?:vs\.?(?!\ code\b)|versus)\W+(\w+)")
_PHRASE = re.compile("|".join(rf"(\b(?:{pattern})\b)" for pattern in PHRASES.values()), re.VERBOSE)
_MEANT = tuple(PHRASES)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# Characters before a side where the nearest term is looked for.
_NEAR = 40
# The first letter of scripts that do without spaces, or put endings to their words.
_UNSPACED = "\u3040"


class Stance(NamedTuple):
    """A side that a title takes in a matter, and the terms of who stands before it.

    Where a title may tell of several, that is the nearest term.
    """

    matter: str
    side: int
    subject: frozenset[str]


def _forms(verb: str) -> Iterable[str]:
    """A word of the table; in all its forms where that is marked."""
    root = verb.removesuffix("~")
    if root == verb:
        return (verb,)
    if root.endswith("e"):
        return root, f"{root}s", f"{root}d", f"{root[:-1]}ing"
    if root.endswith("y") and root[-2] not in "aeou":
        return root, f"{root[:-1]}ies", f"{root[:-1]}ied", f"{root}ing"
    plural = "es" if root.endswith(("s", "x", "sh", "ch", "z")) else "s"
    return root, f"{root}{plural}", f"{root}ed", f"{root}ing"


def _table() -> dict[str, list[tuple[str, int]]]:
    """The matters and sides of each word."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for line in SIDES.strip().replace("\n    ", " ").split("\n"):
        matter, _, sides = line.partition(": ")
        for side, words in enumerate(sides.split(" / ")):
            for form in chain.from_iterable(map(_forms, words.split())):
                found[form].append((matter, side))
    return found


_SIDES_OF = _table()
_TRIGGERS = frozenset(chain.from_iterable(map(_forms, IN_PHRASES.split())))
_TELLING = _TRIGGERS | _SIDES_OF.keys()
_UNSPACED_WORD = re.compile(
    "|".join(sorted((word for word in _SIDES_OF if word[0] >= _UNSPACED), key=len, reverse=True))
)


def read_stances(folded: str, words: Set[str]) -> tuple[Stance, ...]:
    """The sides that a folded title of these words takes."""
    if folded.isascii() and words.isdisjoint(_TELLING):
        return ()
    meant = folded if words.isdisjoint(_TRIGGERS) else _PHRASE.sub(_meant, folded)
    unspaced = () if meant.isascii() else _UNSPACED_WORD.finditer(meant)
    # Each side once: a title may be nothing but such words.
    first = {
        taken: match.start()
        for match in reversed([*_WORD.finditer(meant), *unspaced])
        for taken in _SIDES_OF.get(match[0], ())
    }
    return tuple(
        Stance(matter, side, _subject_in(matter, meant, start))
        for (matter, side), start in first.items()
    )


def _subject_in(matter: str, text: str, end: int) -> frozenset[str]:
    if matter in _OF_TWO:
        return _subject(text, end)
    return _nearest(text[:end]) if matter in _OF_EACH else _NOBODY


def read_kinds(folded: str, words: Set[str]) -> frozenset[int]:
    """What a folded title is, where it is not the news itself: the numbers of kinds."""
    if words.isdisjoint(_KIND_WORDS) and folded.isascii():
        return frozenset()
    return frozenset(number for number, kind in enumerate(_READ_KINDS) if kind.search(folded))


def read_versus(folded: str) -> frozenset[str]:
    """Who stands against whom (`A vs B`), by the words beside that."""
    if " v" not in folded:
        return _NOBODY
    return frozenset(chain.from_iterable(_VERSUS.findall(folded)))


def undoes(stances: Iterable[Stance]) -> bool:
    """Whether a title says that something is not done, or no longer."""
    return any((stance.matter, stance.side) in _UNDOING for stance in stances)


def opposite(mine: Sequence[Stance], theirs: Sequence[Stance]) -> bool:
    """Whether two titles take different sides in a matter, and none that is the same.

    Who sells to somebody who buys is no contradiction.
    """
    return any(
        _apart([a for a in mine if a.matter == matter], [b for b in theirs if b.matter == matter])
        for matter in {a.matter for a in mine}.intersection([b.matter for b in theirs])
    )


def _apart(mine: Sequence[Stance], theirs: Sequence[Stance]) -> bool:
    if not {a.side for a in mine}.isdisjoint(b.side for b in theirs):
        return _apart_in_each(mine, theirs)
    return mine[0].matter not in _OF_TWO or any(
        not a.subject.isdisjoint(b.subject) for a in mine for b in theirs
    )


def _apart_in_each(mine: Sequence[Stance], theirs: Sequence[Stance]) -> bool:
    """Whether of all that both tell of by name, the sides are different."""
    both = [(a.side, b.side) for a in mine for b in theirs if a.subject and a.subject == b.subject]
    is_of_each = mine[0].matter in _OF_EACH
    return is_of_each and bool(both) and all(side != other for side, other in both)


def _meant(match: re.Match[str]) -> str:
    return _MEANT[(match.lastindex or 0) - 1]


def _nearest(before: str) -> frozenset[str]:
    """The last term, of words that are parted by spaces."""
    words = (match for match in reversed(_WORD.findall(before[-_NEAR:])) if match not in STOP)
    nearest = next(words, "")
    return frozenset({stem(nearest)}) if nearest and nearest[0] < _UNSPACED else _NOBODY


def _subject(text: str, end: int) -> frozenset[str]:
    """The terms of what stands before a word: words, or pairs where these are not parted."""
    before = text[:end]
    words = [stem(word) for word in _WORD.findall(before) if word not in STOP]
    pairs = map("".join, pairwise(before)) if before[:1] >= _UNSPACED else ()
    return frozenset(chain(words, pairs))
