"""Figures: each number, date and version of a summary has to be one of its article."""

from __future__ import annotations

import re
from collections import defaultdict
from math import floor, inf, log10
from typing import TYPE_CHECKING

from digest.config.rules import folded
from digest.summaries.receipt.amounts import amounts_in
from digest.summaries.receipt.forms import FormIndex, invented_form
from digest.summaries.receipt.tables import NUMBERS

if TYPE_CHECKING:
    from collections.abc import Collection

    from digest.summaries.receipt.amounts import Figure

_POINTS = re.compile(r"(?:percentage|percent|prozent)[ -]?(?:points?|punkte?)")
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER_TOO = {
    word: value
    for value, words in {
        1.0: "one first once single ein eine einer einem eins erste ersten un une premier premiere"
        " uno una primer primera primo prima um uma primeiro een eerste jeden pierwszy",
        2.0: "second both twice pair couple double zweite zweiten beide beiden doppelt deuxieme"
        " seconde deux double segundo segunda ambos secondo seconda entrambi tweede allebei drugi",
        0.5: "half halb halfte moitie mitad meta metade helft polowa",
    }.items()
    for word in words.split()
}
_DECIMAL = frozenset(".,")
# A rounded number is at most so far from what it stands for, and has so few digits.
_ROUNDED_BY, _ROUND_DIGITS = 0.06, 2


class FigureIndex:
    """The figures of a text in a language; `units` has those of each amount.

    `words` are numbers that are said in words which mostly mean something else, like `both`.
    """

    def __init__(self, text: str, language: str) -> None:
        plain = _POINTS.sub("points", _plain(text))
        self.forms = FormIndex(text, plain, language)
        self.amounts = list(amounts_in(self.forms.rest, language if language in NUMBERS else "en"))
        self.units: dict[float, set[str]] = defaultdict(set)
        for figure in self.amounts:
            for value in figure.values:
                self.units[value].add(figure.unit)
        # Words that mean a number in an article, and need not in a summary.
        self.words = {_NUMBER_TOO[word] for word in _WORD.findall(plain) if word in _NUMBER_TOO}


def invented_figure(summary: FigureIndex, article: FigureIndex, plain: str) -> str:
    """A figure of a summary that its article does not have, as written; or nothing.

    `plain` is the folded text of the article.
    """
    form = invented_form(summary.forms, article.forms, plain)
    times = (
        written
        for minutes, written in summary.forms.times.items()
        if not _is_a_time_of(minutes, article)
    )
    amounts = (each.text for each in summary.amounts if not _stands(each, article))
    return form or next(times, "") or next(amounts, "")


def _is_a_time_of(minutes: Collection[int], article: FigureIndex) -> bool:
    """Whether it is one of the article's, where a full hour may be a mere number."""
    if any(other.intersection(minutes) for other in article.forms.times):
        return True
    return any(minute % 60 == 0 and float(minute // 60) in article.units for minute in minutes)


def _stands(figure: Figure, article: FigureIndex) -> bool:
    if any(version.startswith(f"{figure.text}.") for version in article.forms.versions):
        return True
    if _DECIMAL.isdisjoint(figure.text) and article.words.intersection(figure.values):
        return True
    known = article.units
    if any(value in known and _fits(figure.unit, known[value]) for value in figure.values):
        return True
    return figure.is_rounded and any(
        _is_rounding(value, other) and _fits(figure.unit, units)
        for value in figure.values
        for other, units in known.items()
    )


def _fits(unit: str, units: set[str]) -> bool:
    """Whether a number with a unit is one of those that the article has."""
    if not unit or unit in units:
        return True
    if unit == "points" or (unit == "percent" and "points" in units):
        return False
    return "" in units


def _is_rounding(value: float, other: float) -> bool:
    if value <= 0 or not 0 < other < inf or abs(other - value) > other * _ROUNDED_BY:
        return False
    return _digits(value) <= min(_ROUND_DIGITS, _digits(other))


def _digits(value: float) -> int:
    """How many digits a number has that say something."""
    shift = floor(log10(value))
    text = f"{value / 10**shift:.6f}".rstrip("0")
    return len(text.replace(".", ""))


def _plain(text: str) -> str:
    """A text as figures are looked for: folded, with a plain minus and quotes."""
    return folded(text).replace("−", "-").replace("’", "'")
