"""What numbers are written as that are no amounts: dates, times, versions, scores and ids."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from digest.config.rules import folded
from digest.summaries.receipt.tables import (
    MONTHS,
    UNSURE_MONTHS,
    UNSURE_WEEKDAYS,
    WEEKDAYS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    Found = re.Match[str]

_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = r"(?:0?[1-9]|[12]\d|3[01])"
_HOUR = r"[01]?\d|2[0-4]"
_ID = re.compile(r"\b[a-z]{2,8}-\d{4}-\d{1,8}\b")
_ISO_DATE = re.compile(r"\b(?P<y>(?:19|20)\d\d)-(?P<m>0[1-9]|1[0-2])-(?P<d>0[1-9]|[12]\d|3[01])\b")
_NUMERIC_DATE = re.compile(rf"\b(?P<d>{_DAY})[./](?P<m>0?[1-9]|1[0-2])[./](?P<y>(?:19|20)?\d\d)\b")
_CJK_DATE = re.compile(r"(?P<m>1[0-2]|0?[1-9])月(?P<d>\d{1,2})日")
_DAY_MONTH = re.compile(
    rf"\b(?P<d>{_DAY})(?:\.|st|nd|rd|th|er|º)?(?:[ -]de)?(?: of)?[ -](?P<month>{_MONTH})\b\.?"
)
_MONTH_DAY = re.compile(rf"\b(?P<month>{_MONTH})\.? (?P<d>{_DAY})(?:st|nd|rd|th)?\b(?![.:,]\d)")
_TIME = re.compile(
    rf"\b(?P<h>{_HOUR})(?:[:.](?P<min>[0-5]\d))?\s?(?P<half>a\.?m\b\.?|p\.?m\b\.?)"
    rf"|\b(?P<h2>{_HOUR})[:.](?P<min2>[0-5]\d)"
    r"(?=\s?(?:uhr|h\b|heures|horas|uur|utc|gmt|cet))"
    rf"|\b(?P<h3>{_HOUR})(?=\s?(?:uhr\b|o'clock|heures\b|h\b))"
    rf"|\b(?P<h4>{_HOUR})h(?P<min4>[0-5]\d)?\b"
    r"|\b(?P<h5>[01]\d|2[0-4]):(?P<min5>[0-5]\d)\b"
)
_VERSION = re.compile(
    r"\bv?(?P<v>\d+(?:\.(?:\d+|x)){2,}(?:[-.]?(?:rc|beta|alpha|a|b|dev)\.?\d*)?)\b"
)
_SCORE = re.compile(
    r"(?<![\d.,-])(?P<s1>\d{1,3})\s?[-–:]\s?(?P<s2>\d{1,3})(?![\d.,]*\d)(?!-?[a-z%])"
)
_MIXED = re.compile(r"\b(?<![a-z0-9]-)(?=[a-z][a-z-]*+\d)[a-z][a-z0-9]*+(?:-[a-z0-9]++)*+\b")
_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
# No capital of a month: `Mars` is a planet too.
_NAMES_TOO = {"mars"}
# Languages that write months small, with those that are no other word there.
_SURE_IN = {"fr": frozenset({"mai", "mars"}), "pl": frozenset({"maja", "marca"})}
_NOON, _A_YEAR = 12, 12


class FormIndex:
    """The dates, times, versions, scores and ids of a text; `rest` is what is left of it.

    Months count from 1, weekdays from Monday as 0, times in minutes of the day; each is kept with
    how it is written. `plain` is the text folded.
    """

    def __init__(self, text: str, plain: str, language: str) -> None:
        self.ids: set[str] = set()
        self.dates: dict[tuple[int, int], str] = {}
        self.months: dict[int, str] = {}
        self.weekdays: dict[int, str] = {}
        self.times: dict[frozenset[int], str] = {}
        self.scores: set[tuple[int, int]] = set()
        self.versions: set[str] = set()
        # What is found first is not looked at again.
        for pattern, take in (
            (_ID, self._take_id),
            (_ISO_DATE, self._take_date),
            (_NUMERIC_DATE, partial(self._take_date, either_way=True)),
            (_CJK_DATE, self._take_date),
            (_DAY_MONTH, self._take_named_date),
            (_MONTH_DAY, self._take_named_date),
            (_TIME, self._take_time),
            (_VERSION, self._take_version),
            (_SCORE, self._take_score),
            (_MIXED, self._take_id),
        ):
            plain = pattern.sub(take, plain)
        self.rest = plain
        self._note_names(text, language)

    def _take_id(self, found: Found) -> str:
        if found[0] in MONTHS:
            return found[0]
        self.ids.add(found[0].strip().replace("-", ""))
        return " "

    def _take_date(self, found: Found, *, either_way: bool = False) -> str:
        parts = found.groupdict()
        month, day = int(parts["m"]), int(parts["d"])
        self._note_date(month, day, found[0])
        if either_way and day <= _A_YEAR:
            self._note_date(day, month, found[0])
        return f" {parts.get('y') or ''} "

    def _take_named_date(self, found: Found) -> str:
        self._note_date(MONTHS[found["month"]], int(found["d"]), found[0])
        return " "

    def _note_date(self, month: int, day: int, written: str) -> None:
        self.dates.setdefault((month, day), written.strip())
        self.months.setdefault(month, written.strip())

    def _take_time(self, found: Found) -> str:
        parts = found.groupdict()
        hour = int(next(parts[name] for name in ("h", "h2", "h3", "h4", "h5") if parts[name]) or 0)
        minutes = (parts[name] for name in ("min", "min2", "min4", "min5") if parts[name])
        minute = int(next(minutes, None) or 0)
        hours = _hours(hour, (parts["half"] or "")[:1], whole=bool(parts["h5"]))
        self.times[frozenset(each * 60 + minute for each in hours)] = found[0].strip()
        return " "

    def _take_version(self, found: Found) -> str:
        self.versions.add(found["v"])
        return " "

    def _take_score(self, found: Found) -> str:
        self.scores.add((int(found["s1"]), int(found["s2"])))
        return f" {found['s1']} , {found['s2']} "

    def _note_names(self, text: str, language: str) -> None:
        """Note months and weekdays by their names; a name that is a word too has a capital."""
        words = (word for word in _WORD.findall(text.replace("’", "'")) if word[:1].isupper())
        capitals = {folded(word).removesuffix("'s") for word in words}
        unsure = UNSURE_MONTHS - (capitals - _NAMES_TOO) - _SURE_IN.get(language, frozenset())
        for written in _WORD.findall(self.rest):
            word = written.removesuffix("'s")
            if word in MONTHS and word not in unsure:
                self.months.setdefault(MONTHS[word], word)
            if word in WEEKDAYS and word not in UNSURE_WEEKDAYS:
                self.weekdays.setdefault(WEEKDAYS[word], word)
        for word, day in WEEKDAYS.items():
            if not word.isascii() and word in text:
                self.weekdays.setdefault(day, word)


def _hours(hour: int, half: str, *, whole: bool) -> set[int]:
    """The hours of a day that an hour may be; `half` is `a` or `p` where it is said."""
    if half:
        return {hour % _NOON + (_NOON if half == "p" else 0)}
    return {hour} if whole or hour >= _NOON else {hour, hour + _NOON}


def invented_form(summary: FormIndex, article: FormIndex, plain: str) -> str:
    """A date, time, version, score or id of a summary that its article lacks; or nothing.

    `plain` is the folded text of the article. Times are left to the caller.
    """
    return next(_invented(summary, article, plain), "")


def _invented(summary: FormIndex, article: FormIndex, plain: str) -> Iterator[str]:
    closed = plain.replace("-", "").replace(" ", "")
    yield from (each for each in summary.ids - article.ids if each not in closed)
    series = " ".join(article.versions)
    yield from (each for each in summary.versions - article.versions if f"{each}." not in series)
    yield from (written for date, written in summary.dates.items() if date not in article.dates)
    yield from (name for month, name in summary.months.items() if month not in article.months)
    yield from (name for day, name in summary.weekdays.items() if day not in article.weekdays)
    for first, second in summary.scores - article.scores:
        if first != second and (second, first) in article.scores:
            yield f"{first}-{second}"
