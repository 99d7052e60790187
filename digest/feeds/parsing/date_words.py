"""The words of a date in the languages that feeds are written in, turned into English.

Names of months are those of the CLDR, by Babel, and their beginnings that mean one month only.
They are loaded when a date needs them, once in a process (docs/performance.md).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

# English, what most of the rest is written in, and two of which feeds were seen; Japanese and
# Korean only count their months.
LANGUAGES = (
    *("en", "de", "es", "fr", "it", "nl", "pl", "pt", "ru", "tr", "zh"),
    *("el", "hu"),
)
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# What programs write that the CLDR has not: Java's, Austria's, and Greek, its accents confused.
_FURTHER = {"mrz": 3, "maerz": 3, "janner": 1, "feber": 2, "μαω": 3, "ιον": 6, "ιολ": 7}
_SHORTEST = 3
_HALVES = {
    **dict.fromkeys(("上午", "午前", "오전", "π.μ."), " AM "),
    **dict.fromkeys(("下午", "午後", "오후", "μ.μ."), " PM "),
}
# What belongs to the number before it.
_SUFFIXES = {"am", "pm", "st", "nd", "rd", "th", "t", "z"}

_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_WORD = re.compile(r"(?P<after>\d\s*)?(?P<word>[^\W\d_]+(?:[/_-][^\W\d_]+)*)\.?")
_EASTERN_DATE = re.compile(r"(\d{4})\s*[年년]\s*(\d\d?)\s*[月월]\s*(\d\d?)\s*[日일号]", re.ASCII)
_EASTERN_TIME = re.compile(
    r"(\d\d?)\s*[時时點点시]\s*(\d\d?)\s*[分분](?:\s*(\d\d?)\s*[秒초])?", re.ASCII
)
_EASTERN_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])[月월]", re.ASCII)
_HANGUL = re.compile("[\uac00-\ud7a3]")
_ZONED = re.compile(r"[+-]\d\d?:?\d\d$|[A-LN-Z]$", re.ASCII)
_HOUR = re.compile(r"(?<=\d)\s?h\s?(?=\d\d)", re.ASCII | re.IGNORECASE)
_HALF = re.compile(r"(?<=\d)\s?([ap])\.?\s?m\b", re.ASCII | re.IGNORECASE)
_HALF_WORD = re.compile("|".join(map(re.escape, _HALVES)))
# Chinese and Korean have these before the time.
_BEFORE_TIME = re.compile(r"\b([AP]M|(?:GMT|UTC)(?:[+-]\d\d?)?)\s*(\d\d?:\d\d(?::\d\d)?)", re.ASCII)
_GAP = re.compile(r"(?:\(\s*\)|['\u2019\s])+")


def in_english(text: str, zones: Container[str]) -> str:
    """A date with its month in English, and without words that are neither month nor zone.

    `zones` are the abbreviations of zones, in lower case.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
    plain = _HALF_WORD.sub(lambda half: _HALVES[half[0]], plain)
    plain = _EASTERN_TIME.sub(_clock, _EASTERN_DATE.sub(r"\1-\2-\3 ", plain))
    plain = _EASTERN_MONTH.sub(lambda month: f" {_ENGLISH[int(month[1]) - 1]} ", plain)
    plain = _HALF.sub(r"\1m", _HOUR.sub(":", plain))
    plain = _WORD.sub(lambda found: f"{found['after'] or ''}{_english(found, zones)}", plain)
    english = _GAP.sub(" ", _BEFORE_TIME.sub(r"\2 \1", plain)).strip(" ,.:")
    # A time in Korean is meant for Korea, which has one.
    is_korean = _HANGUL.search(text) and ":" in english and not _ZONED.search(english)
    return f"{english} KST" if is_korean else english


def _clock(time: re.Match[str]) -> str:
    return ":".join(f"{part:0>2}" for part in time.groups() if part)


def _english(found: re.Match[str], zones: Container[str]) -> str:
    """What a word of a date is in English; nothing where the date does without it."""
    word, after = found["word"], found["after"]
    lower = word.lower()
    if word in {"AM", "PM"}:
        return word
    if after and (lower in zones or "/" in word or (lower in _SUFFIXES and after.isdecimal())):
        return word
    month = _months().get(_folded(word))
    return f" {_ENGLISH[month - 1]}" if month else ""


@cache
def _months() -> Mapping[str, int]:
    """The months by their names, and by the beginnings of these that are of one month only."""
    from babel import Locale

    meanings: dict[str, set[int]] = defaultdict(set)
    for language in LANGUAGES:
        for widths in Locale(language).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in widths[width].items():
                    folded = _folded(name)
                    for end in range(min(_SHORTEST, len(folded)), len(folded) + 1):
                        meanings[folded[:end]].add(number)
    return {name: min(months) for name, months in meanings.items() if len(months) == 1} | _FURTHER


def _folded(name: str) -> str:
    """A name without what is left out or confused: case, accents, a dot at its end."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip(".")
