"""The words that schedules are written in: one table, which docs/schedules.md shows to people."""

from __future__ import annotations

import re
from datetime import time
from typing import Literal, NamedTuple

from digest.config.schedule_answers import answer_to, refuse_dates
from digest.config.spelling import nearest

WordKind = Literal[
    "weekday",
    "ordinal",
    "month",
    "time",
    "part",
    "half",
    "past",
    "number",
    "minutes",
    "day",
    "week",
    "months",
    "every",
    "at",
    "on",
    "to",
    "filler",
    "zone",
    "uncounted",
]


class Word(NamedTuple):
    """A word of a schedule, and what it stands for.

    `values` are, by kind: weekdays from Monday as 0; which one in a month, the last as -1; a month;
    minutes since midnight, and for a part of the day also the hours that its own count from, and
    those that it begins and ends with; hours that am or pm add; minutes past the hour; how many
    minutes or months a unit has.
    """

    kind: WordKind
    values: tuple[int, ...] = ()
    text: str = ""


class NoScheduleError(ValueError):
    """Words that no schedule has; examples of schedules say more than a reason could."""


DEFAULT_TIME = time(9)
LAST = -1
EXAMPLES = (
    *("daily at 07:30", "weekdays at 08:00", "weekends at 10:00", "friday 5pm", "hourly"),
    *("every monday, thursday at 17:00", "first monday at 09:00", "last friday at 17:00"),
    *("monthly on the 1st at 09:00", "every 6 hours", "weekly", "0 9 * * mon"),
)
_SPELLINGS: dict[str, Word] = {
    "monday mondays mon": Word("weekday", (0,)),
    "tuesday tuesdays tue tues": Word("weekday", (1,)),
    "wednesday wednesdays wed weds": Word("weekday", (2,)),
    "thursday thursdays thu thur thurs": Word("weekday", (3,)),
    "friday fridays fri": Word("weekday", (4,)),
    "saturday saturdays sat": Word("weekday", (5,)),
    "sunday sundays sun": Word("weekday", (6,)),
    "weekdays weekday workdays workday": Word("weekday", (0, 1, 2, 3, 4)),
    "weekends weekend": Word("weekday", (5, 6)),
    "first": Word("ordinal", (1,)),
    "second": Word("ordinal", (2,)),
    "third": Word("ordinal", (3,)),
    "fourth": Word("ordinal", (4,)),
    "fifth": Word("ordinal", (5,)),
    "last": Word("ordinal", (LAST,)),
    "january jan": Word("month", (1,)),
    "february feb": Word("month", (2,)),
    "march mar": Word("month", (3,)),
    "april apr": Word("month", (4,)),
    "may": Word("month", (5,)),
    "june jun": Word("month", (6,)),
    "july jul": Word("month", (7,)),
    "august aug": Word("month", (8,)),
    "september sep sept": Word("month", (9,)),
    "october oct": Word("month", (10,)),
    "november nov": Word("month", (11,)),
    "december dec": Word("month", (12,)),
    "noon midday": Word("time", (12 * 60,)),
    "midnight": Word("time", (0,)),
    "morning mornings": Word("part", (9 * 60, 0, 0, 12)),
    "afternoon afternoons": Word("part", (15 * 60, 12, 12, 19)),
    "evening evenings": Word("part", (18 * 60, 12, 16, 24)),
    "am": Word("half", (0,)),
    "pm": Word("half", (12,)),
    "minutes minute mins min m": Word("minutes", (1,)),
    "hourly hours hour hrs hr h": Word("minutes", (60,)),
    "daily days day d everyday": Word("day"),
    "weekly weeks week w": Word("week"),
    "monthly months month": Word("months", (1,)),
    "quarterly quarters quarter": Word("months", (3,)),
    "yearly years year annually": Word("months", (12,)),
    "every each": Word("every"),
    "at @": Word("at"),
    "on the": Word("on"),
    "to through thru until till - – —": Word("to"),
    "and , ; & + / of in a an per once from o'clock": Word("filler"),
    "utc gmt": Word("zone"),
    "other biweekly fortnightly fortnight": Word("uncounted"),
}
WORDS = {
    spelling: word._replace(text=spelling)
    for spellings, word in _SPELLINGS.items()
    for spelling in spellings.split()
}
# What is one word here and two elsewhere.
_AS_ONE = {
    **dict.fromkeys(["week day", "working day", "business day", "work day"], "weekday"),
    "week end": "weekend",
    "day of the week": "day",
    **dict.fromkeys(["quarter hour", "quarter of an hour"], "15 minutes"),
    **dict.fromkeys(
        ["half-hourly", "half hourly", "half hour", "half-hour", "half an hour"], "30 minutes"
    ),
    "\u2019": "'",
    **dict.fromkeys(["a.m.", "a.m"], "am"),
    **dict.fromkeys(["p.m.", "p.m"], "pm"),
}
_DIGITS = {
    word: number
    for number, word in enumerate(
        (
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
        ),
        start=1,
    )
}
# Of such short words, what is less alike means something else.
_SLIP = 0.75
_WRITTEN = re.compile(
    r"(?P<ordinal>\d+)(?:st|nd|rd|th)\b|(?P<time>\d+[:.]\d*|\d+h\d\d)|:(?P<past>\d\d)\b"
    r"|(?P<number>\d+)|[^\W\d_]+(?:'[^\W\d_]+)*|\S"
)


def read_words(text: str) -> list[Word]:
    """The words of a phrase, however they are spelled.

    Raises:
        NoScheduleError: one is no word of a schedule.
        ValueError: one is no time, or no day of a month.
    """
    folded = " ".join(text.lower().split())
    refuse_dates(folded)
    for two, word in _AS_ONE.items():
        folded = folded.replace(two, word)
    return [_word(match) for match in _WRITTEN.finditer(folded.rstrip(". "))]


def _word(match: re.Match[str]) -> Word:
    text = match[0]
    if match["time"]:
        return Word("time", (minutes_of(text),), text)
    if match["ordinal"]:
        return Word("ordinal", (day_of_month(int(match["ordinal"])),), text)
    if match["past"]:
        return Word("past", (minutes_of(f"0{text}"),), text)
    if match["number"]:
        return Word("number", (int(text),), text)
    if text in _DIGITS:
        return Word("number", (_DIGITS[text],), str(_DIGITS[text]))
    if text not in WORDS:
        if answer := answer_to(text):
            raise ValueError(f"{text!r} is not a word of a schedule: {answer}")
        usual = (known for known, word in WORDS.items() if word.kind != "uncounted")
        raise NoScheduleError(f"{text!r} is not a word of a schedule{nearest(text, usual, _SLIP)}")
    return WORDS[text]


def day_of_month(day: int) -> int:
    """A day of the month.

    Raises:
        ValueError: no month has it.
    """
    if not 1 <= day <= 31:
        raise ValueError(f"there is no day {day} in a month")
    return day


def minutes_of(text: str) -> int:
    """The minutes since midnight of a time of day: `9`, `9:30`, `9.30`, `9h30` or `0930`.

    Raises:
        ValueError: it is none.
    """
    match = re.fullmatch(r"(\d{1,2})(?:[:.h]?(\d\d))?", text)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (24, 0)
    if hour > 23 or minute > 59:
        raise ValueError(f"{text!r} is not a time of day between 00:00 and 23:59")
    return hour * 60 + minute
