"""Schedules as people say them: which words go together, and what they come to.

Words are taken in any order, so that `friday 5pm`, `at 17:00 on fridays` and `every friday at
17:00` are one schedule. What would need more than one schedule, or the memory of when it last ran,
is refused, never half understood.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.config.schedule_parts import ScheduleParts
from digest.config.schedule_words import (
    LAST,
    NoScheduleError,
    Word,
    WordKind,
    day_of_month,
    minutes_of,
    read_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from digest.model import Schedule

_HOUR = 60
_HALF_DAY = 12 * _HOUR
_NOTHING = Word("filler")
_UNITS = {"minutes", "day", "week", "months"}
_MOST_IN_A_MONTH = 5
_OF_A_MONTH = {"day", "month", "months"}
_NO_MEMORY = (
    "a schedule does not count days and weeks, or know when it last ran: name them,"
    " like 'first, third monday at 09:00' or 'monthly on the 1st, 15th at 09:00'"
)


def parse_phrase(text: str) -> Schedule:
    """Read a phrase.

    Raises:
        NoScheduleError: it is none.
        ValueError: it says what no schedule can do.
    """
    return _Reader(read_words(text)).read().schedule(text)


class _Reader:
    """Takes the words in turn, each by its kind."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        self._place = 0
        self._parts = ScheduleParts()
        # First, second, last: of what, the next words say.
        self._ordinals: list[int] = []
        self._numbers_are_days = False
        self._groups: list[str] = []
        self._taken_by: Mapping[WordKind, Callable[[Word], None]] = {
            "weekday": self._take_weekday,
            "ordinal": self._take_ordinal,
            "month": self._take_month,
            "time": lambda word: self._add_time(word.values[0], word),
            "part": self._parts.day_parts.append,
            "past": self._take_past,
            "number": self._take_number,
            "minutes": lambda word: self._take_interval(1, word),
            "day": lambda word: self._take_period(1, word),
            "week": lambda word: self._take_period(1, word),
            "months": lambda word: self._take_period(1, word),
            "at": lambda _: self._expect(days=False),
            "on": lambda _: self._expect(days=True),
            "every": lambda _: None,
            "filler": lambda _: None,
            "zone": self._refuse_zone,
            "uncounted": self._refuse_count,
        }

    def read(self) -> ScheduleParts:
        """Take all of them."""
        last = self._words[-1] if self._words else _NOTHING
        if last.kind in {"at", "every"}:
            raise NoScheduleError(f"nothing follows {last.text!r}")
        while self._place < len(self._words):
            word = self._words[self._place]
            self._place += 1
            if word.kind not in self._taken_by:
                raise NoScheduleError(f"{word.text!r} does not belong there")
            if not (self._ordinals and word.kind not in {"weekday", "ordinal", "filler"}):
                self._taken_by[word.kind](word)
                continue
            self._settle_ordinals(word)
            if word.kind != "day":
                self._taken_by[word.kind](word)
        self._settle_ordinals(_NOTHING)
        return self._parts

    def _near(self, ahead: int) -> Word:
        """The word so far from the one that is taken."""
        place = self._place - 1 + ahead
        return self._words[place] if 0 <= place < len(self._words) else _NOTHING

    def _expect(self, *, days: bool) -> None:
        self._numbers_are_days = days

    def _enter(self, group: str) -> None:
        """Note that days or times follow, each of which a schedule has once."""
        if self._groups[-1:] == [group]:
            return
        if group in self._groups:
            raise ValueError(
                "a schedule has the same times on all its days: give another digest the others"
            )
        self._groups.append(group)

    def _refuse_zone(self, _: Word) -> None:
        raise ValueError("its time zone is a setting of its own, `timezone`")

    def _refuse_count(self, _: Word) -> None:
        raise ValueError(_NO_MEMORY)

    def _until(self, kind: WordKind) -> int | None:
        """What a range ends with, where `to` follows."""
        if self._near(1).kind != "to":
            return None
        end = self._near(2)
        if kind == "time" or end.kind != kind or len(end.values) != 1:
            raise ValueError(
                f"no range ends with {end.text!r}; days have ranges, like 'monday to friday', and"
                " hours in cron fields, like '0 9-17 * * mon-fri'"
            )
        self._place += 2
        return end.values[0]

    def _take_weekday(self, word: Word) -> None:
        self._enter("days")
        self._refuse_mixed_weeks(word)
        self._refuse_every_second(word)
        self._parts.weeks += self._ordinals
        self._ordinals = []
        last = self._until("weekday")
        self._parts.weekdays += word.values if last is None else _span(word.values[0], last, 0, 7)
        self._expect(days=False)

    def _refuse_mixed_weeks(self, word: Word) -> None:
        """A first Monday, but no first Monday with any other day beside it."""
        if max(self._ordinals, default=0) > _MOST_IN_A_MONTH:
            raise ValueError(f"no month has so many days called {word.text!r}")
        if self._ordinals and (len(word.values) > 1 or self._near(1).kind == "to"):
            raise ValueError("name one day, like 'first monday', not several")
        if not self._parts.weekdays:
            return
        another_day = set(self._parts.weekdays) != set(word.values)
        mixed = bool(self._parts.weeks) != bool(self._ordinals)
        if mixed or (self._ordinals and another_day):
            raise ValueError("a schedule has the same weeks of the month for all its days")

    def _refuse_every_second(self, word: Word) -> None:
        """`every second monday` may mean every other; with the month it can only be one thing."""
        if self._near(-2).kind != "every" or self._ordinals in ([], [1], [LAST]):
            return
        if not any(other.kind in {"month", "months"} for other in self._words):
            ordinal_day = f"{self._near(-1).text} {word.text}"
            raise ValueError(f"write '{ordinal_day} of the month' for one a month; {_NO_MEMORY}")

    def _take_ordinal(self, word: Word) -> None:
        follows = self._near(1)
        if self._near(-1).kind == "every" and follows.kind in {"minutes", "months", "week"}:
            self._place += 1
            self._take_count(word.values[0], follows)
        else:
            self._ordinals.append(word.values[0])

    def _settle_ordinals(self, word: Word) -> None:
        """Take ordinals that come before anything but weekdays as days of the month."""
        if not self._ordinals:
            return
        self._enter("days")
        if word.kind == "day" and self._near(-2).kind == "every" and self._ordinals[0] > 1:
            raise ValueError(_NO_MEMORY)
        if LAST in self._ordinals and not any(each.kind in _OF_A_MONTH for each in self._words):
            raise NoScheduleError("the last of what?")
        self._parts.month_days += [31 if day == LAST else day for day in self._ordinals]
        self._ordinals = []

    def _take_month(self, word: Word) -> None:
        last = self._until("month")
        self._parts.months += word.values if last is None else _span(word.values[0], last, 1, 12)
        self._expect(days=True)

    def _take_number(self, word: Word) -> None:
        number, follows = word.values[0], self._near(1)
        counts = self._place == 1 or self._near(-1).kind == "every"
        if counts and follows.kind in _UNITS:
            self._place += 1
            self._take_count(number, follows)
        elif follows.kind == "time" and number == 12:
            # Of `12 noon` and `12 midnight` the second word says all.
            return
        elif follows.kind == "month" or (self._numbers_are_days and follows.kind != "half"):
            self._enter("days")
            self._parts.month_days.append(day_of_month(number))
        else:
            # As in `17h`.
            self._place += follows.text == "h"
            self._add_time(minutes_of(word.text), word)

    def _add_time(self, minutes: int, word: Word) -> None:
        self._enter("times")
        half = self._near(1)
        if half.kind == "half":
            self._place += 1
            if not _HOUR <= minutes < _HALF_DAY + _HOUR:
                raise ValueError(f"'{word.text} {half.text}' is not a time of day")
            minutes = minutes % _HALF_DAY + half.values[0] * _HOUR
        self._until("time")
        self._parts.times.append((minutes, half.kind == "half" or word.text.isalpha()))

    def _take_past(self, word: Word) -> None:
        if self._parts.interval is None:
            raise ValueError(f"{word.text!r} is minutes past the hour: write 'hourly at :15'")
        self._parts.past = word.values[0]

    def _take_count(self, number: int, unit: Word) -> None:
        if unit.kind == "minutes":
            self._take_interval(number, unit)
        else:
            self._take_period(number, unit)

    def _take_interval(self, number: int, unit: Word) -> None:
        self._enter("times")
        minutes = number * unit.values[0]
        if self._parts.interval is not None:
            raise ValueError("it goes by the hour twice")
        if minutes <= 0 or 2 * _HALF_DAY % minutes:
            raise ValueError(
                f"a day cannot be divided by {number} {unit.text};"
                " write 'every 6 hours', or 30 minutes, 1, 2, 3, 4, 8 or 12 hours"
            )
        self._parts.interval = minutes

    def _take_period(self, number: int, unit: Word) -> None:
        if number != 1 and unit.kind != "months":
            raise ValueError(_NO_MEMORY)
        months = number * unit.values[0] if unit.values else 1
        if months <= 0 or 12 % months:
            raise ValueError(
                f"a year cannot be divided by {number} {unit.text};"
                " write 'quarterly', or 1, 2, 3, 4, 6 or 12 months"
            )
        self._parts.periods.append(Word(unit.kind, (months,), unit.text))
        self._expect(days=unit.kind == "months")


def _span(first: int, last: int, low: int, count: int) -> tuple[int, ...]:
    """From one to the other, over the end of the week or the year."""
    length = (last - first) % count + 1
    return tuple((first - low + n) % count + low for n in range(length))
