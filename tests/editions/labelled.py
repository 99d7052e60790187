"""Pairs of titles that people would call the same, similar or apart, and what became of them.

The rules were made with an eye on those called `tuned`; nobody looked at those called `aside` until
the rules were done, so that they show what to expect of other titles.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from digest.editions.similarity.stories import group
from tests.editions.entries import entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Entry

PAIRS = Path(__file__).with_name("labelled_pairs.json")


@dataclass(frozen=True)
class Figures:
    """What became of the pairs of each label."""

    same: Counter[str]
    similar: Counter[str]
    apart: Counter[str]

    @property
    def wrong_merges(self) -> int:
        """Pairs that are not the same, and became one story."""
        return self.similar["same"] + self.apart["same"]

    @property
    def recall(self) -> float:
        """The share of similar pairs that are shown together."""
        return 1 - self.similar["apart"] / self.similar.total()

    @property
    def false_relatives(self) -> int:
        """Pairs that are of two stories, and are shown together."""
        return self.apart.total() - self.apart["apart"]


@cache
def labelled(which: str) -> tuple[tuple[str, str, str], ...]:
    """Label and titles of each pair of `tuned` or `aside`."""
    pairs: dict[str, list[tuple[str, str, str]]] = json.loads(PAIRS.read_text("utf-8"))
    return tuple((label, one, other) for label, one, other in pairs[which])


def alone(which: str) -> Figures:
    """The figures where each pair is an edition of its own."""
    return _figures(which, [_outcomes([pair], list(pair))[0] for pair in _entries(which)])


def together(which: str) -> Figures:
    """The figures where all pairs are one edition."""
    pairs = _entries(which)
    return _figures(which, _outcomes(pairs, list(chain.from_iterable(pairs))))


def line(name: str, figures: Figures) -> str:
    """The figures of one set, in a line."""
    return (
        f"{name}: {figures.wrong_merges} wrong merges, "
        f"recall {figures.recall:.1%} of {figures.similar.total()} similar, "
        f"{figures.false_relatives} false relatives of {figures.apart.total()} apart; "
        f"of {figures.same.total()} same, {figures.same['same']} merged "
        f"and {figures.same['similar']} shown together"
    )


def _entries(which: str) -> list[tuple[Entry, Entry]]:
    """Each pair as entries of two feeds, which are no other pair's."""
    return [
        (
            entry(2 * at, f"a{at}", title=one, link="", hours_ago=1),
            entry(2 * at + 1, f"b{at}", title=other, link="", hours_ago=9),
        )
        for at, (_, one, other) in enumerate(labelled(which))
    ]


def _outcomes(pairs: Iterable[tuple[Entry, Entry]], edition: list[Entry]) -> list[str]:
    clusters = group(edition)
    same = {e.id: at for at, story in enumerate(clusters) for e in story.entries}
    shown = {e.id: at for at, story in enumerate(clusters) for e in story.everything}
    return [
        "same"
        if same.get(one.id, -1) == same.get(other.id, -2)
        else "similar"
        if shown[one.id] == shown[other.id]
        else "apart"
        for one, other in pairs
    ]


def _figures(which: str, outcomes: Iterable[str]) -> Figures:
    by_label: dict[str, Counter[str]] = {
        "same": Counter(),
        "similar": Counter(),
        "apart": Counter(),
    }
    for (label, _, _), outcome in zip(labelled(which), outcomes, strict=True):
        by_label[label][outcome] += 1
    return Figures(**by_label)
