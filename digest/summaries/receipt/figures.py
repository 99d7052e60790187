"""Numbers, dates and versions: each of a summary's has to be one of its article."""

from __future__ import annotations

import re
from collections import defaultdict
from math import floor, log10
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.config.rules import folded
from digest.summaries.receipt.tables import (
    ABOUT,
    JOINTS,
    MAGNITUDES,
    MONTHS,
    NUMBERS,
    ORDINALS,
    UNITS,
    UNSURE_MONTHS,
    UNSURE_WEEKDAYS,
    WEEKDAYS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
# The order matters: what is found first is not looked at again.
_PATTERNS = [
    ("id", re.compile(r"\b[a-z]{2,8}-\d{4}-\d{1,8}\b")),
    (
        "iso",
        re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])\b"),
    ),
    (
        "numeric",
        re.compile(rf"\b(?P<d>{_DAY})[./](?P<m>0?[1-9]|1[0-2])[./](?P<y>(?:19|20)?\d\d)\b"),
    ),
    ("cjk", re.compile(r"(?P<m>1[0-2]|0?[1-9])月(?P<d>\d{1,2})日")),
    (
        "day month",
        re.compile(
            rf"\b(?P<d>{_DAY})(?:\.|st|nd|rd|th|er|º)?(?:[ -]de)?(?: of)?[ -](?P<month>{_MONTH})\b\.?"
        ),
    ),
    (
        "month day",
        re.compile(rf"\b(?P<month>{_MONTH})\.? (?P<d>{_DAY})(?:st|nd|rd|th)?\b(?![.:,]\d)"),
    ),
    (
        "time",
        re.compile(
            r"\b(?P<h>[01]?\d|2[0-4])(?:[:.](?P<min>[0-5]\d))?\s?(?P<half>a\.?m\b\.?|p\.?m\b\.?)"
            r"|\b(?P<h2>[01]?\d|2[0-4])[:.](?P<min2>[0-5]\d)(?=\s?(?:uhr|h\b|heures|horas|uur|utc|gmt|cet))"
            r"|\b(?P<h3>[01]?\d|2[0-4])(?=\s?(?:uhr\b|o'clock|heures\b|h\b))"
            r"|\b(?P<h4>[01]?\d|2[0-4])h(?P<min4>[0-5]\d)?\b|\b(?P<h5>[01]\d|2[0-4]):(?P<min5>[0-5]\d)\b"
        ),
    ),
    (
        "version",
        re.compile(r"\bv?(?P<v>\d+(?:\.(?:\d+|x)){2,}(?:[-.]?(?:rc|beta|alpha|a|b|dev)\.?\d*)?)\b"),
    ),
    (
        "score",
        re.compile(
            r"(?<![\d.,-])(?P<s1>\d{1,3})\s?[-–:]\s?(?P<s2>\d{1,3})(?![\d.,]*\d)(?!-?[a-z%])"
        ),
    ),
    (
        "mixed",
        re.compile(r"\b(?<![a-z0-9]-)(?=[a-z][a-z-]*+\d)[a-z][a-z0-9]*+(?:-[a-z0-9]++)*+\b"),
    ),
]
_NUMBER = re.compile(
    r"(?P<before>us\$|[$€£¥₹]|(?:usd|eur|gbp|chf)\s)?\s?"
    r"(?P<n>\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d+(?:[.,]\d+)?)"
    r"(?P<rest>(?:[\s\u00a0-]?(?:[^\W\d_]+\.?|[%％€$£¥]|°[cf])){0,3})"
)
_REST = re.compile(r"[^\W\d_]+|[%％€$£¥]|°[cf]")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_POINTS = re.compile(r"(?:percentage|percent|prozent)[ -]?(?:points?|punkte?)")
_ROUNDED_BY = 0.06


class Figure(Struct, frozen=True):
    """A number as it is written, what it may stand for, its unit, and whether it is rounded."""

    text: str
    values: frozenset[float]
    unit: str = ""
    is_rounded: bool = False


class FigureIndex:
    """The figures of a text in a language; words for numbers are looked for too."""

    def __init__(self, text: str, language: str) -> None:
        self.ids: set[str] = set()
        self.dates: dict[tuple[int, int], str] = {}
        self.months: dict[int, str] = {}
        self.weekdays: dict[int, str] = {}
        self.times: dict[frozenset[int], str] = {}
        self.scores: set[tuple[int, int]] = set()
        self.versions: set[str] = set()
        self.figures: list[Figure] = []
        self.units: dict[float, set[str]] = defaultdict(set)
        self._language = language if language in NUMBERS else "en"
        plain = _POINTS.sub("points", _plain(text))
        rest = self._take_patterns(plain)
        self._take_names(rest, text)
        for figure in (*self._digits(rest), *self._words(rest)):
            self._note(figure)

    def _note(self, figure: Figure) -> None:
        self.figures.append(figure)
        for value in figure.values:
            self.units[value].add(figure.unit)

    def _take_patterns(self, text: str) -> str:
        """Take out what has a form of its own, and leave blanks in its place."""
        for kind, pattern in _PATTERNS:
            text = pattern.sub(lambda match, kind=kind: self._take(kind, match), text)
        return text

    def _take(self, kind: str, match: re.Match[str]) -> str:
        found = match.groupdict()
        written = match[0].strip()
        match kind:
            case "id" | "mixed":
                if kind == "mixed" and (written in MONTHS or not re.search(r"[a-z]", written[:1])):
                    return match[0]
                self.ids.add(written.replace("-", ""))
                return " "
            case "iso" | "numeric" | "cjk":
                self._note_date(int(found["m"]), int(found["d"]), written)
                if kind == "numeric" and int(found["d"]) <= 12:
                    self._note_date(int(found["d"]), int(found["m"]), written)
                return f" {found.get('y') or ''} "
            case "day month" | "month day":
                self._note_date(MONTHS[found["month"]], int(found["d"]), written)
                return " "
            case "time":
                self._note_time(found, written)
                return " "
            case "version":
                self.versions.add(found["v"])
                return " "
            case _:
                self.scores.add((int(found["s1"]), int(found["s2"])))
                return f" {found['s1']} , {found['s2']} "

    def _note_date(self, month: int, day: int, written: str) -> None:
        self.dates.setdefault((month, day), written)
        self.months.setdefault(month, written)

    def _note_time(self, found: dict[str, str | None], written: str) -> None:
        hour = int(next(found[name] for name in ("h", "h2", "h3", "h4", "h5") if found[name]) or 0)
        minute = next(
            (found[name] for name in ("min", "min2", "min4", "min5") if found.get(name)), "0"
        )
        half = (found["half"] or "")[:1]
        if half == "p" and hour < 12:
            hours = {hour + 12}
        elif half == "a":
            hours = {hour % 12}
        else:
            hours = {hour, hour + 12} if hour < 12 and not found["h5"] else {hour}
        self.times[frozenset(each * 60 + int(minute or 0) for each in hours)] = written

    def _take_names(self, rest: str, text: str) -> None:
        """Note months and weekdays by their names."""
        capitals = {folded(word) for word in _WORD.findall(text) if word[:1].isupper()}
        for word in _WORD.findall(rest):
            if word in MONTHS and (word not in UNSURE_MONTHS or word in capitals - _FIRST_WORDS):
                self.months.setdefault(MONTHS[word], word)
            if word in WEEKDAYS and (word not in UNSURE_WEEKDAYS):
                self.weekdays.setdefault(WEEKDAYS[word], word)
        for word, day in WEEKDAYS.items():
            if not word.isascii() and word in text:
                self.weekdays.setdefault(day, word)

    def _digits(self, text: str) -> Iterator[Figure]:
        for match in _NUMBER.finditer(text):
            values = _values(match["n"])
            rest = _REST.findall(match["rest"])
            scale, used = 1.0, 0
            if rest and (factor := self._magnitude(rest[0])):
                scale, used = factor, 1
                if (
                    len(rest) > 1
                    and rest[0] in {"hundred", "hundert", "cent"}
                    and rest[1] in MAGNITUDES
                ):
                    scale, used = scale * MAGNITUDES[rest[1]], 2
            unit = UNITS.get((match["before"] or "").strip(), "")
            after = [
                word for word in rest[used:] if word not in {"de", "of", "di", "d", "old", "y"}
            ]
            if not unit and after:
                unit = UNITS.get(after[0], "") or _unit_of_cjk(after[0])
            before = _WORD.findall(text[max(0, match.start() - 24) : match.start()])
            is_rounded = bool(before) and before[-1] in ABOUT
            scaled = frozenset(round(value * scale, 6) for value in values)
            yield Figure(match[0].strip(" -")[:30], scaled, unit, is_rounded)

    def _magnitude(self, word: str) -> float:
        if word[:1] in _CJK_MAGNITUDES:
            return MAGNITUDES[word[0]]
        if self._language == "de" and word in {"billion", "billionen"}:
            return 10.0**12
        if self._language in {"es", "fr", "it", "pt", "pl", "nl"} and word in {"b", "m"}:
            return 0.0
        return MAGNITUDES.get(word, 0.0)

    def _words(self, text: str) -> Iterator[Figure]:
        """Numbers in words, also of several words, and ordinals."""
        numbers, ordinals = NUMBERS[self._language], ORDINALS.get(self._language, {})
        words = [
            (part, match.start())
            for match in _WORD.finditer(text)
            for part in (match[0].split("-") if match[0] not in WEEKDAYS else [match[0]])
        ]
        at = 0
        while at < len(words):
            word, start = words[at]
            value = self._number(word)
            if value is None:
                if word in ordinals:
                    yield Figure(word, frozenset({float(ordinals[word])}))
                at += 1
                continue
            begin, at = at, at + 1
            if value >= 20 and at < len(words) and 0 < numbers.get(words[at][0], 0) < 10:
                value += numbers[words[at][0]]
                at += 1
            elif (
                self._language == "es"
                and value >= 30
                and at + 1 < len(words)
                and words[at][0] == "y"
            ):
                value += numbers.get(words[at + 1][0], 0)
                at += 2
            while (
                at < len(words)
                and (factor := self._magnitude(words[at][0]))
                and len(words[at][0]) > 2
            ):
                value *= factor
                at += 1
            unit = UNITS.get(words[at][0], "") if at < len(words) else ""
            rounded = begin > 0 and words[begin - 1][0] in ABOUT
            written = " ".join(each for each, _ in words[begin:at])
            yield Figure(written, frozenset({float(value)}), unit, rounded)

    def _number(self, word: str) -> float | None:
        numbers = NUMBERS[self._language]
        if word in numbers:
            return float(numbers[word])
        joint = JOINTS.get(self._language, "")
        if joint and joint in word[2:-2]:
            for match in re.finditer(joint, word):
                unit, ten = word[: match.start()], word[match.end() :]
                unit = "ein" if unit in {"ein", "een"} else unit
                small = 1 if unit in {"ein", "een"} else numbers.get(unit, 0)
                if small and numbers.get(ten, 0) >= 20:
                    return float(small + numbers[ten])
        if self._language == "it":
            for ten, value in numbers.items():
                if value >= 20 and word.startswith(ten[:-1]) and numbers.get(word[len(ten) :], 0):
                    return float(value + numbers[word[len(ten) :]])
        return None


_FIRST_WORDS = frozenset({"may", "mars"}) - frozenset({"may"})
_CJK_MAGNITUDES = "万萬億亿"


def invented_figure(summary: FigureIndex, article: FigureIndex, plain: str) -> str:
    """A figure of a summary that its article does not have, in words; or nothing.

    `plain` is the folded text of the article.
    """
    for written in summary.ids:
        if written not in article.ids and written not in plain.replace("-", "").replace(" ", ""):
            return written
    for version in summary.versions:
        if version not in article.versions and f"{version}." not in " ".join(article.versions):
            return version
    for date, written in summary.dates.items():
        if date not in article.dates:
            return written
    for month, written in summary.months.items():
        if month not in article.months:
            return written
    for day, written in summary.weekdays.items():
        if day not in article.weekdays:
            return written
    for times, written in summary.times.items():
        if not any(times & others for others in article.times) and not _as_number(times, article):
            return written
    for first, second in summary.scores - article.scores:
        if (second, first) in article.scores and first != second:
            return f"{first}-{second}"
    return next((each.text for each in summary.figures if not _stands(each, article)), "")


def _as_number(times: frozenset[int], article: FigureIndex) -> bool:
    """Whether a full hour stands in the article as a mere number."""
    return any(float(time // 60) in article.units for time in times if time % 60 == 0)


def _stands(figure: Figure, article: FigureIndex) -> bool:
    for value in figure.values:
        if value in article.units and _fits(figure.unit, article.units[value]):
            return True
        if any(version.startswith(f"{figure.text.strip()}.") for version in article.versions):
            return True
    if not figure.is_rounded:
        return False
    return any(
        _is_rounding(value, other) and _fits(figure.unit, units)
        for value in figure.values
        for other, units in article.units.items()
    )


def _fits(unit: str, units: set[str]) -> bool:
    """Whether a number with a unit is one of those that the article has."""
    if not unit or unit in units:
        return True
    if unit == "percent" and "points" in units:
        return False
    return "" in units and unit != "points"


def _is_rounding(value: float, other: float) -> bool:
    if value <= 0 or other <= 0 or abs(other - value) > other * _ROUNDED_BY:
        return False
    return _digits_of(value) <= min(2, _digits_of(other))


def _digits_of(value: float) -> int:
    """How many digits a number has that say something."""
    shift = floor(log10(value))
    text = f"{value / 10**shift:.6f}".rstrip("0")
    return len(text.replace(".", ""))


def _values(text: str) -> frozenset[float]:
    """What digits with separators may stand for."""
    text = re.sub(r"['’ \u00a0\u202f]", "", text)
    marks = [sign for sign in text if sign in ".,"]
    if not marks:
        return frozenset({float(text)})
    if len(set(marks)) == 2:
        thousands = marks[0]
        return frozenset({float(text.replace(thousands, "").replace(",", "."))})
    bare = float(text.replace(marks[0], ""))
    if len(marks) > 1:
        return frozenset({bare})
    decimal = float(text.replace(",", "."))
    is_thousands = len(text.partition(marks[0])[2]) == 3 and not text.startswith("0")
    return frozenset({decimal, bare}) if is_thousands else frozenset({decimal})


def _unit_of_cjk(word: str) -> str:
    return next(
        (UNITS[word[:n]] for n in (4, 3, 2, 1) if word[:n] in UNITS and not word[0].isascii()), ""
    )


def _plain(text: str) -> str:
    """A text as figures are looked for: folded, with a plain minus and quotes."""
    return folded(text).replace("−", "-").replace("’", "'")
