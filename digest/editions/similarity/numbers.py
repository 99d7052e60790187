"""What numbers of titles say: of two titles with other numbers of a kind, each has its own news."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.editions.similarity import constants

if TYPE_CHECKING:
    from collections.abc import Mapping

Numbers = dict[str, frozenset[str]]

_MAGNITUDES = {
    **dict.fromkeys(("k", "thousand", "tausend", "mil"), 1e3),
    **dict.fromkeys(("m", "mn", "mio", "million", "millionen", "millions", "millones"), 1e6),
    **dict.fromkeys(("b", "bn", "billion", "billions", "mrd", "milliarde", "milliarden"), 1e9),
    **dict.fromkeys(("milliard", "milliards"), 1e9),
    **dict.fromkeys(("t", "tn", "trillion"), 1e12),
}
MAGNITUDE = "|".join(sorted(_MAGNITUDES, key=len, reverse=True))
COUNTED = {
    word: str(number)
    for number, words in enumerate(
        (
            *("two zwei deux dos", "three drei trois tres", "four vier quatre cuatro"),
            *("five funf cinq cinco", "six sechs seis", "seven sieben sept siete"),
            *("eight acht huit ocho", "nine neun neuf nueve", "ten zehn dix diez"),
        ),
        start=2,
    )
    for word in words.split()
}
MONTHS = {
    word: str(number)
    for number, words in enumerate(
        (
            *("january januar janvier enero", "february februar fevrier febrero", "march marz"),
            *("april avril abril", "mai mayo", "june juni juin junio", "july juli juillet julio"),
            *("august aout agosto", "september septembre septiembre", "october oktober octobre"),
            *("november novembre noviembre", "december dezember decembre diciembre"),
        ),
        start=1,
    )
    for word in words.split()
}
WEEKDAYS = {
    word: str(number)
    for number, words in enumerate(
        (
            *("monday montag lundi lunes", "tuesday dienstag mardi martes"),
            *("wednesday mittwoch mercredi miercoles", "thursday donnerstag jeudi jueves"),
            *("friday freitag vendredi viernes", "saturday samstag samedi sabado"),
            "sunday sonntag dimanche domingo",
        )
    )
    for word in words.split()
}
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
_THOUSANDS = re.compile(r"\d{1,3}(?:[,. \u00a0\u202f]\d{3})+")
_NO_DIGITS = re.compile(r"\D+")
_VERSION = re.compile(r"[vV]?(\d+(?:\.\d+)*)\W?([a-z]*)\W?(\d*)", re.IGNORECASE)
# Of these, one title may have more than the other, as long as they have one in common.
_LOOSE = {"count", "amount", "id"}


def version(text: str) -> str:
    """`v2.4.0` and `2.4` are one version; `2.4.0-rc.1` and `2.4rc1` another."""
    match = _VERSION.match(text)
    if not match:
        return text
    parts = match[1].split(".")
    while len(parts) > 1 and not parts[-1].strip("0"):
        parts.pop()
    return ".".join(parts) + (f"{match[2]}{match[3]}".lower() if match[2] else "")


def amount(text: str, magnitude: str) -> str:
    """The value of a number with its magnitude: `$32bn` and `32 billion` are the same."""
    return f"{_value(text) * _MAGNITUDES.get(magnitude.lower(), 1):g}"


def integer(text: str) -> str:
    """The number without what parts its thousands."""
    return _NO_DIGITS.sub("", text).lstrip("0") or "0"


def series(text: str) -> str:
    """The number of a part, in Roman figures too."""
    return _ROMAN.get(text.lower(), text.lstrip("0") or text)


def differ(first: Mapping[str, frozenset[str]], second: Mapping[str, frozenset[str]]) -> bool:
    """Whether two titles have numbers of the same kind that keep them apart."""
    return any(
        mine and _apart(kind, mine, second[kind])
        for kind, mine in first.items()
        if second.get(kind)
    )


def _apart(kind: str, mine: frozenset[str], others: frozenset[str]) -> bool:
    if kind == "amount":
        return not any(_close(a, b) for a in mine for b in others)
    if kind in _LOOSE:
        return mine.isdisjoint(others)
    return not (mine <= others or others <= mine)


def _close(first: str, second: str) -> bool:
    a, b = float(first), float(second)
    return abs(a - b) <= constants.ROUNDED * max(a, b)


def _value(text: str) -> float:
    if _THOUSANDS.fullmatch(text):
        return float(_NO_DIGITS.sub("", text))
    return float(
        text.replace(",", ".").rstrip(".")
        if text.count(",") + text.count(".") < 2
        else _NO_DIGITS.sub("", text)
    )
