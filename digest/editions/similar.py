"""Titles that are alike, though not the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from itertools import combinations
from math import log
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.editions.numbers import differ
from digest.editions.words import BEATS, NEGATIONS, OPPOSITES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.editions.titles import Title

# The share of what two titles tell that both tell, and how much that has to be at least.
_ALIKE = 0.4
_LEAST, _LEAST_NAMELESS, _LEAST_EVERGREEN = 2.0, 2.9, 5.0
_SURNAME = 0.4
_THE_SAME = 0.9
# What happened in one is nothing of what happened in the other.
_OTHER_EVENT = 0.2
_SAME_ID = 0.25
# A term that more titles have than this finds no candidates.
_COMMON = 60
_FINDS = 0.5
# A term tells less where more titles than these have it, down to this.
_FEW, _LEFT = 12, 0.3
# A denial makes another story of titles that are the same but for it.
_DENIABLE = 0.7
# How many terms a name takes, also in pairs of characters.
_PLACE = 5
# So many names have to be shared for each that is not.
_NAMES_SHARED = 1.5
_WIN = "=win"
_NONE: Mapping[str, float] = MappingProxyType({})


def likeness(one: Title, other: Title, rarity: Mapping[str, float] = _NONE) -> float:
    """How much of two titles is the same, from 0 to 1; 0 where they cannot be about one thing.

    `rarity` is what is left of a term's weight where many titles have it.
    """
    mine, theirs = one.weights, other.weights
    shared = mine.keys() & theirs.keys()
    if contradict(one, other):
        return 0.0
    both = sum((mine[term] + theirs[term]) * rarity.get(term, 1) for term in shared) / 2
    totals = [sum(w * rarity.get(t, 1) for t, w in each.items()) for each in (mine, theirs)]
    score = both / sum(totals) + both / max(min(totals), 1) / 2
    if _told(one, shared, rarity) < _least(one, other, score):
        return 0.0
    if any(term.startswith("id ") for term in shared):
        score += _SAME_ID
    if _other_event(one, other):
        score -= _OTHER_EVENT
    if score > _DENIABLE and bool(one.words & NEGATIONS) != bool(other.words & NEGATIONS):
        return 0.0
    return min(score, 1.0)


def likely_pairs(titles: Sequence[Title]) -> Iterator[tuple[int, int, float]]:
    """The pairs of titles that are alike, by their places, the first one's first; and how much."""
    holders: dict[str, list[int]] = defaultdict(list)
    for at, title in enumerate(titles):
        for term, weight in title.weights.items():
            if weight >= _FINDS:
                holders[term].append(at)
    rarity = {
        term: max(_LEFT, 1 - log(len(places) / _FEW, 10))
        for term, places in holders.items()
        if len(places) > _FEW
    }
    shared = Counter(
        pair
        for places in holders.values()
        if len(places) <= _COMMON
        for pair in combinations(places, 2)
    )
    for (a, b), terms in shared.items():
        if terms > 1 and (score := likeness(titles[a], titles[b], rarity)) >= _ALIKE:
            yield a, b, score


def _told(one: Title, shared: Set[str], rarity: Mapping[str, float]) -> float:
    """How much the shared terms tell; a name of two words is one name."""
    told, before = 0.0, ""
    for term in dict.fromkeys(one.sequence):
        name = term if term in shared and term in one.names else ""
        if term in shared:
            told += one.weights[term] * rarity.get(term, 1) * (_SURNAME if name and before else 1)
        before = name
    return told


def _least(one: Title, other: Title, score: float) -> float:
    if one.evergreen and other.evergreen:
        return _LEAST_EVERGREEN
    named = not (one.names | other.names).isdisjoint(one.weights.keys() & other.weights.keys())
    return _LEAST if named and score < _THE_SAME else _LEAST_NAMELESS


def contradict(one: Title, other: Title) -> bool:
    """Whether two titles say different things, however alike they are."""
    return (
        differ(one.numbers, other.numbers)
        or _opposite(one.words, other.words)
        or _other_name(one, other)
        or _other_names(one, other)
        or _turned_round(one, other)
    )


def _other_event(one: Title, other: Title) -> bool:
    events = [{term for term in each.weights if term[0] == "="} for each in (one, other)]
    return all(events) and events[0].isdisjoint(events[1])


def _opposite(one: frozenset[str], other: frozenset[str]) -> bool:
    mine, theirs = one - other, other - one
    return any(
        (mine & left and theirs & right) or (mine & right and theirs & left)
        for left, right in OPPOSITES
    )


def _other_name(one: Title, other: Title) -> bool:
    """Whether all is the same in the same order, but for a name in one place."""
    start = _as_far(one.sequence, other.sequence)
    mine, theirs = one.sequence[start:], other.sequence[start:]
    end = _as_far(mine[::-1], theirs[::-1])
    mine, theirs = mine[: len(mine) - end], theirs[: len(theirs) - end]
    return (
        0 < start + end >= max(len(mine), len(theirs)) / 2
        and _tell(one, mine)
        and _tell(other, theirs)
        and not (one.names | other.names).isdisjoint({*mine} ^ {*theirs})
        and len(mine) <= _PLACE >= len(theirs)
    )


def _tell(title: Title, terms: Sequence[str]) -> bool:
    return any(title.weights[term] >= 1 or term in title.names for term in terms)


def _other_names(one: Title, other: Title) -> bool:
    """Whether each has names of its own, and these are too many beside those that both have."""
    shared = len((one.names | other.names) & one.weights.keys() & other.weights.keys())
    mine, theirs = (
        sum(a.weights.get(name, 0) >= 1 for name in a.names - b.weights.keys() - {a.sequence[0]})
        for a, b in ((one, other), (other, one))
    )
    return min(mine, theirs) * _NAMES_SHARED > shared


def _as_far(one: Sequence[str], other: Sequence[str]) -> int:
    """How many terms from the start are the same."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _turned_round(one: Title, other: Title) -> bool:
    """Whether who did it to whom is the other way round: `A beats B`, `B beats A`."""
    mine, theirs = one.sequence, other.sequence
    if one.words & BEATS and other.words & BEATS:
        at, there = mine.index(_WIN), theirs.index(_WIN)
        return not (
            set(mine[:at]).isdisjoint(theirs[there + 1 :])
            and set(theirs[:there]).isdisjoint(mine[at + 1 :])
        )
    return sorted(mine) == sorted(theirs) and mine != theirs and "=" not in "".join(mine)
