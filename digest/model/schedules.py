"""The schedule that says when editions are made."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct

_YEAR = 366


class Schedule(Struct, frozen=True):
    """A wall-clock rule: which local dates, at which local times.

    `None` means every one. Weekdays count from Monday as 0. Where both `month_days` and
    `weekdays` are given, either is enough (POSIX crontab). With `clamp`, a day of the month
    that a short month lacks is its last day. Weekdays of some `weeks` only are so many in their
    month: 1 is the first, -1 the last.
    """

    text: str
    times: tuple[time, ...]
    months: frozenset[int] | None = None
    month_days: frozenset[int] | None = None
    weekdays: frozenset[int] | None = None
    clamp: bool = False
    weeks: frozenset[int] | None = None

    def on(self, day: date) -> bool:
        """Whether the rule applies to this local date."""
        if self.months is not None and day.month not in self.months:
            return False
        by_weekday = (
            self.weekdays is not None and day.weekday() in self.weekdays and self._in_week(day)
        )
        if self.month_days is None:
            return self.weekdays is None or by_weekday
        by_day = day.day in self.month_days or (
            self.clamp
            and (day + timedelta(days=1)).day == 1
            and any(wanted > day.day for wanted in self.month_days)
        )
        return by_day or by_weekday

    def _in_week(self, day: date) -> bool:
        """Whether that weekday is one of those of its month that are meant."""
        if self.weeks is None:
            return True
        is_last = (day + timedelta(days=7)).month != day.month
        return (day.day - 1) // 7 + 1 in self.weeks or (is_last and -1 in self.weeks)

    @property
    def period(self) -> timedelta:
        """The longest time from one edition to the next, in whole days, a year at most."""
        return _period(self)

    @property
    def hourly(self) -> bool:
        """Whether it runs in every hour of a day, and so in both of a repeated one."""
        return len({at.hour for at in self.times}) == 24


# Asked for with every start, of a digest and of each of its feeds.
@lru_cache(maxsize=256)
def _period(schedule: Schedule) -> timedelta:
    start = date(2024, 1, 1)
    days = [n for n in range(2 * _YEAR) if schedule.on(start + timedelta(days=n))]
    gaps = (after - before for before, after in pairwise(days))
    return timedelta(days=min(max(gaps, default=_YEAR), _YEAR))
