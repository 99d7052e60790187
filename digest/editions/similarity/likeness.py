"""Titles that are alike, though not the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain, combinations
from math import log10
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.editions.similarity import constants
from digest.editions.similarity.budget import Budget
from digest.editions.similarity.numbers import differ
from digest.editions.similarity.stances import opposite, undoes
from digest.editions.similarity.stop_words import ACTIVE, AGAINST, ASKING, EVENT_OF, NEGATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set

    from digest.editions.similarity.titles import Title

# A term that more titles have than this finds no candidates.
_COMMON = 60
# Pairs that share a term, counted once for each that they share.
_MOST_FOUND = 100_000
# What is as good as a name.
_EXACT = ("version", "amount", "id", "count")
# What happened, and how many it was.
_SETTLING = ("=", "amount", "count", "id")
_WON = "=win"
# Terms of both features that only begin alike, by which they are two.
_OTHER_FEATURE = 2
_NONE: Mapping[str, float] = MappingProxyType({})


def likeness(first: Title, second: Title, rarity: Mapping[str, float] = _NONE) -> float:
    """How much of two titles is the same, up to 1; 0 where they are not about one thing.

    `rarity` is what is left of a term's weight where many titles have it.
    """
    mine, theirs = first.weights, second.weights
    shared = mine.keys() & theirs.keys()
    both = sum([(mine[term] + theirs[term]) * rarity.get(term, 1) for term in shared]) / 2
    totals = [_total(title, rarity) for title in (first, second)]
    score = both / max(sum(totals), 1) + both / max(min(totals), 1) / 2
    if any(term.startswith("id ") for term in shared):
        score += constants.SAME_ID
    if first.events and second.events and first.events.isdisjoint(second.events):
        score -= constants.OTHER_EVENT
    if (
        score < constants.ALIKE
        or _denied(first, second, score)
        or _other_news(first, second, shared)
        or _told(first, shared, rarity) < _least(first, second, score)
        or contradict(first, second)
    ):
        return 0.0
    return min(score, 1.0)


def _denied(first: Title, second: Title, score: float) -> bool:
    """Whether only one of two titles that say the same otherwise says that it is not so."""
    negated = bool(first.words & NEGATIONS) != bool(second.words & NEGATIONS)
    undone = undoes(first.stances) != undoes(second.stances)
    return (negated and score > constants.DENIABLE) or (undone and score > constants.THE_SAME)


def _other_news(first: Title, second: Title, shared: Set[str]) -> bool:
    """Whether nothing but a release is in both, and each has much of its own to say of it."""
    numbers = [term.partition(" ")[2] for term in shared if term.startswith("version ")]
    if not numbers:
        return False
    products = {term for term in shared if term.endswith(tuple(numbers))}
    of_release = products | {
        term for term in shared for product in products if product.startswith(term)
    }
    own = [_telling(title, title.weights.keys() - of_release) for title in (first, second)]
    return not _telling(first, shared - of_release) and min(own) >= constants.OWN_NEWS


def _telling(title: Title, terms: Set[str]) -> int:
    return sum(title.weights[term] >= constants.EVENT for term in terms)


def _total(title: Title, rarity: Mapping[str, float]) -> float:
    return sum([weight * rarity.get(term, 1) for term, weight in title.weights.items()])


def likely_pairs(
    titles: Sequence[Title],
    may: Callable[[int, int], bool] = lambda *_: True,
    budget: Budget | None = None,
) -> Iterator[tuple[int, int, float]]:
    """The pairs of titles that are alike, by their places, the first one's first; and how much.

    Only those that `may` be shown together. Those that share the most terms are compared first, for
    as long as there is room in the budget.
    """
    budget = budget or Budget()
    holders: dict[str, list[int]] = defaultdict(list)
    for at, title in enumerate(titles):
        for term, weight in title.weights.items():
            if weight >= constants.FINDS:
                holders[term].append(at)
    rarity = {
        term: max(constants.LEFT, 1 - log10(len(places) / constants.FEW))
        for term, places in holders.items()
        if len(places) > constants.FEW
    }
    found = Budget(_MOST_FOUND)
    shared = _sharing(holders.values(), found)
    budget.is_short |= found.is_short
    candidates = (pair for pair, terms in shared.most_common() if terms > 1)
    for a, b in candidates:
        if not may(a, b):
            continue
        if not budget.takes(titles[a].terms + titles[b].terms):
            return
        if score := likeness(titles[a], titles[b], rarity):
            yield a, b, score


def _sharing(holders: Iterable[Sequence[int]], budget: Budget) -> Counter[tuple[int, int]]:
    """How many terms pairs of titles share; what fewest have is looked at first."""
    shared: Counter[tuple[int, int]] = Counter()
    for places in sorted(holders, key=len):
        if len(places) > _COMMON or not budget.takes(len(places) * (len(places) - 1) // 2):
            break
        shared.update(combinations(places, 2))
    return shared


def _told(title: Title, shared: Set[str], rarity: Mapping[str, float]) -> float:
    """How much the shared terms tell; a name of two words is one name."""
    told, before = 0.0, ""
    for term in dict.fromkeys(title.sequence):
        name = term if term in shared and term in title.names else ""
        if term in shared:
            part = constants.SURNAME if name and before else 1
            told += title.weights[term] * rarity.get(term, 1) * part
        before = name
    return told


def _least(first: Title, second: Title, score: float) -> float:
    if first.evergreen and second.evergreen:
        return constants.LEAST_EVERGREEN
    both = first.weights.keys() & second.weights.keys()
    names = (first.names | second.names) & both
    if score < constants.THE_SAME:
        return constants.LEAST if names else constants.LEAST_NAMELESS
    exact = any(term.startswith(_EXACT) for term in both)
    named = exact or names - {*first.sequence[:1]}
    return constants.LEAST_SAME if named else constants.LEAST_SAME_NAMELESS


def contradict(first: Title, second: Title) -> bool:
    """Whether two titles say different things, however alike they are."""
    if first.key == second.key and first.numbers == second.numbers:
        return False
    return (
        differ(first.numbers, second.numbers)
        or opposite(first.stances, second.stances)
        or _other_kind(first, second)
        or _other_filling(first, second)
        or _swapped(first, second)
        or _other_names(first, second)
        or _turned_round(first, second)
    )


def _other_kind(first: Title, second: Title) -> bool:
    """Whether one is a review, a beta or a comparison, and the other is not, or of others."""
    return (
        first.kinds != second.kinds
        or not first.versus <= second.words
        or not second.versus <= first.words
    )


def _other_filling(first: Title, second: Title) -> bool:
    """Whether one frame holds both, with something else in each of its places."""
    gaps = _gaps(first, second)
    filled = [place for place, gap in enumerate(gaps) if any(gap)]
    if len(gaps) < 2 or not filled or not all(all(gaps[place]) for place in filled):
        return False
    if filled == [len(gaps) - 1] and first.words & second.words & ASKING:
        # `How Iceland taught its sheep to swim`, and then its trolls to vote.
        return sum(map(len, gaps[-1])) > _OTHER_FEATURE
    if filled[-1] == len(gaps) - 1 or filled == [0]:
        # What begins or ends otherwise may say the same in other words.
        names = first.names | second.names
        return any(not names.isdisjoint(chain(*gaps[place])) for place in filled)
    return True


def _swapped(first: Title, second: Title) -> bool:
    """Whether one word stands for another, and all else is the same: `adds` and `axes flights`.

    Where both say what happened, or how many, or take one side, it is a word for the same.
    """
    filled = [gap for gap in _gaps(first, second, constants.EVENT) if any(gap)]
    shared = first.weights.keys() & second.weights.keys()
    return (
        [tuple(map(len, gap)) for gap in filled] == [(1, 1)]
        # Of numbers, `differ` knows which are the same.
        and not any(" " in term for term in chain(*filled[0]))
        and not any(term.startswith(_SETTLING) for term in shared)
        and not _sides(first) & _sides(second)
    )


def _sides(title: Title) -> set[tuple[str, int]]:
    return {(stance.matter, stance.side) for stance in title.stances}


def _gaps(first: Title, second: Title, least: float = 1.0) -> list[tuple[list[str], list[str]]]:
    """What tells something before, between and after the terms that both have, in one order.

    Nothing where the order differs.
    """
    shared = first.weights.keys() & second.weights.keys()
    if [t for t in first.sequence if t in shared] != [t for t in second.sequence if t in shared]:
        return []
    return list(zip(_parted(first, shared, least), _parted(second, shared, least), strict=True))


def _parted(title: Title, shared: Set[str], least: float) -> Iterator[list[str]]:
    gap: list[str] = []
    for term in title.sequence:
        if term in shared:
            yield gap
            gap = []
        elif title.weights[term] >= least or term in title.names:
            gap.append(term)
    yield gap


def _other_names(first: Title, second: Title) -> bool:
    """Whether each has names of its own, and these are too many beside those that both have."""
    both = first.weights.keys() & second.weights.keys()
    shared = len((first.names | second.names) & both) + sum(
        term.startswith(_EXACT) for term in both
    )
    mine, theirs = (
        sum(a.weights.get(name, 0) >= 1 for name in a.names - b.weights.keys() - {*a.sequence[:1]})
        for a, b in ((first, second), (second, first))
    )
    return min(mine, theirs) * constants.NAMES_SHARED > shared


def _turned_round(first: Title, second: Title) -> bool:
    """Whether who did it to whom is the other way round: `A beats B`, `B beats A`."""
    mine, theirs = first.sequence, second.sequence
    done = _done(first) & _done(second)
    if sorted(mine) == sorted(theirs):
        # `Karsk gana a Ollern`: there is nothing else that it could be won of.
        done |= first.events & {_WON}
    for event in done:
        at, there = mine.index(event), theirs.index(event)
        if not (
            set(mine[:at]).isdisjoint(theirs[there + 1 :])
            and set(theirs[:there]).isdisjoint(mine[at + 1 :])
        ):
            return True
    return sorted(mine) == sorted(theirs) and mine != theirs and "=" not in "".join(mine)


def _done(title: Title) -> set[str]:
    """What somebody does to somebody, as the terms of the title have it."""
    events = {f"={EVENT_OF.get(word, '')}" for word in title.words & ACTIVE}
    if not title.words.isdisjoint(AGAINST):
        events.add(_WON)
    return events & title.events
