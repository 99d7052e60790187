"""Amounts: numbers in digits and in words, with what is counted by them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.summaries.receipt.tables import (
    ABOUT,
    JOINTS,
    MAGNITUDES,
    NUMBERS,
    ORDINALS,
    UNITS,
    WEEKDAYS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NUMBER = re.compile(
    r"(?P<before>us\$|[$€£¥₹]|(?:usd|eur|gbp|chf)\s)?\s?"
    r"(?P<n>\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?)"
    r"(?P<rest>(?:[\s\u00a0-]?(?:[^\W\d_]+\.?|[%％€$£¥]|°[cf])){0,3})"
)
_REST = re.compile(r"[^\W\d_]+|[%％€$£¥]|°[cf]")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_SEPARATORS = re.compile(r"['’ \u00a0\u202f]")
# Stand between a number and its unit.
_BETWEEN = {"de", "of", "di", "d", "old", "y"}
_HUNDREDS = {"hundred", "hundert", "cent"}
_CJK_MAGNITUDES = "万萬億亿"
# In these languages one letter is no magnitude, and in German a billion is more.
_NO_LETTERS = {"es", "fr", "it", "pt", "pl", "nl"}
_GERMAN_BILLION = 10.0**12
_TENS, _AND = 20, {"es": "y"}
_LOOK_BACK = 24
_DIGITS_OF_THOUSANDS = 3


class Figure(Struct, frozen=True):
    """An amount as it is written, what it may be, its unit, and whether it is rounded."""

    text: str
    values: frozenset[float]
    unit: str = ""
    is_rounded: bool = False


def amounts_in(text: str, language: str) -> Iterator[Figure]:
    """The amounts of a folded text in a language, without those that are 1 in words."""
    yield from _in_digits(text, language)
    yield from _WordReader(text, language).read()


def _in_digits(text: str, language: str) -> Iterator[Figure]:
    for match in _NUMBER.finditer(text):
        rest = _REST.findall(match["rest"])
        scale, used = _scale(rest, language)
        unit = UNITS.get((match["before"] or "").strip(), "")
        after = [word for word in rest[used:] if word not in _BETWEEN]
        if not unit and after:
            unit = UNITS.get(after[0], "") or _unit_of_cjk(after[0])
        before = _WORD.findall(text[max(0, match.start() - _LOOK_BACK) : match.start()])
        yield Figure(
            match[0].strip(" -.,")[:30],
            frozenset(round(value * scale, 6) for value in _values(match["n"])),
            unit,
            bool(before) and before[-1] in ABOUT,
        )


def _scale(rest: Sequence[str], language: str) -> tuple[float, int]:
    """What a number is to be multiplied by, as the words after it say, and how many do."""
    scale = magnitude(rest[0], language) if rest else 0.0
    if not scale:
        return 1.0, 0
    if len(rest) > 1 and rest[0] in _HUNDREDS and rest[1] in MAGNITUDES:
        return scale * MAGNITUDES[rest[1]], 2
    return scale, 1


def magnitude(word: str, language: str) -> float:
    """What a word multiplies a number by; 0 where it does not."""
    if word[:1] in _CJK_MAGNITUDES:
        return MAGNITUDES[word[0]]
    if language == "de" and word in {"billion", "billionen"}:
        return _GERMAN_BILLION
    if language in _NO_LETTERS and word in {"b", "m"}:
        return 0.0
    return MAGNITUDES.get(word, 0.0)


def _values(text: str) -> frozenset[float]:
    """What digits with separators may stand for."""
    text = _SEPARATORS.sub("", text)
    marks = [sign for sign in text if sign in ".,"]
    if not marks:
        return frozenset({float(text)})
    bare = float(text.replace(".", "").replace(",", ""))
    whole, _, last = text.rpartition(marks[-1])
    if len(set(marks)) > 1 and marks[-1] not in whole:
        return frozenset({float(f"{whole.replace(marks[0], '')}.{last}")})
    if len(marks) > 1:
        return frozenset({bare})
    decimal = float(text.replace(",", "."))
    behind = text.partition(marks[0])[2]
    is_thousands = len(behind) == _DIGITS_OF_THOUSANDS and not text.startswith("0")
    return frozenset({decimal, bare}) if is_thousands else frozenset({decimal})


def _unit_of_cjk(word: str) -> str:
    """The unit that begins a word of a script without spaces."""
    if word[0].isascii():
        return ""
    return next((UNITS[word[:most]] for most in (4, 3, 2, 1) if word[:most] in UNITS), "")


class _WordReader:
    """Reads numbers in words, of one word or of several, and ordinals."""

    def __init__(self, text: str, language: str) -> None:
        self._language = language
        self._numbers = NUMBERS[language]
        self._ordinals = ORDINALS.get(language, {})
        self._words = [
            part
            for word in _WORD.findall(text)
            for part in ([word] if word in WEEKDAYS else word.split("-"))
        ]
        self._at = 0

    def read(self) -> Iterator[Figure]:
        while self._at < len(self._words):
            begin = self._at
            word = self._words[begin]
            self._at += 1
            value = self._value(word)
            if value is None:
                if word in self._ordinals:
                    yield Figure(word, frozenset({float(self._ordinals[word])}))
                continue
            value = self._scaled(value + self._ones(value))
            written = " ".join(self._words[begin : self._at])
            is_rounded = begin > 0 and self._words[begin - 1] in ABOUT
            yield Figure(written, frozenset({value}), UNITS.get(self._peek(), ""), is_rounded)

    def _peek(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._words[at] if at < len(self._words) else ""

    def _ones(self, value: float) -> int:
        """What follows a number of tens: `twenty five`, `treinta y cinco`."""
        if value < _TENS:
            return 0
        joint = self._peek() == _AND.get(self._language)
        ones = self._numbers.get(self._peek(ahead=int(joint)), 0)
        if not 0 < ones < 10:
            return 0
        self._at += 2 if joint else 1
        return ones

    def _scaled(self, value: float) -> float:
        # One letter after a word is no magnitude.
        while len(self._peek()) > 2 and (factor := magnitude(self._peek(), self._language)):
            value *= factor
            self._at += 1
        return value

    def _value(self, word: str) -> float | None:
        """The number that one word is."""
        if word in self._numbers:
            return float(self._numbers[word])
        if joint := JOINTS.get(self._language):
            return self._of_joined(word, joint)
        if self._language == "it":
            return self._of_italian(word)
        return None

    def _of_joined(self, word: str, joint: str) -> float | None:
        """`funfundzwanzig`, `vijfentwintig`."""
        for match in re.finditer(joint, word):
            ones = self._numbers.get(word[: match.start()], 0)
            if word[: match.start()] in {"ein", "een"}:
                ones = 1
            tens = self._numbers.get(word[match.end() :], 0)
            if ones and tens >= _TENS:
                return float(ones + tens)
        return None

    def _of_italian(self, word: str) -> float | None:
        """`venticinque`, and `ventuno` without a vowel."""
        for tens, value in self._numbers.items():
            ones = self._numbers.get(word[len(tens) :], 0)
            if value >= _TENS and ones and word.startswith(tens[:-1]):
                return float(value + ones)
        return None
