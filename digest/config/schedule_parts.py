"""The parts of a schedule that is being read, and the schedule that they come to."""

from __future__ import annotations

from datetime import time

from msgspec import Struct, field

from digest.config.schedule_words import DEFAULT_TIME, NoScheduleError, Word
from digest.model import Schedule

_HOUR = 60
_DAY = 24 * _HOUR
_HALF_DAY = _DAY // 2
_YEAR = 12


class ScheduleParts(Struct):
    """What a phrase has said of days and times, each by itself.

    Weekdays count from Monday as 0, `weeks` are which of them in a month; times are minutes since
    midnight, and whether their half of the day was said; `interval` and `past` are minutes.
    """

    weekdays: list[int] = field(default_factory=list)
    weeks: list[int] = field(default_factory=list)
    month_days: list[int] = field(default_factory=list)
    months: list[int] = field(default_factory=list)
    times: list[tuple[int, bool]] = field(default_factory=list)
    day_parts: list[Word] = field(default_factory=list)
    interval: int | None = None
    past: int = 0
    periods: list[Word] = field(default_factory=list)

    def schedule(self, text: str) -> Schedule:
        """What all of it comes to; what was left open is as most people mean it.

        Raises:
            NoScheduleError: it says nothing of days and times.
            ValueError: one thing contradicts another.
        """
        if self == ScheduleParts():
            raise NoScheduleError("it names no days and no times")
        kinds: set[str] = {period.kind for period in self.periods}
        self._refuse_contradictions(kinds)
        weekdays, month_days = frozenset(self.weekdays), frozenset(self.month_days)
        if "week" in kinds and not weekdays:
            weekdays = frozenset({0})
        yearly = bool(self.months) and not kinds and self.interval is None
        if ("months" in kinds or yearly) and not (weekdays or month_days):
            month_days = frozenset({1})
        return Schedule(
            text,
            self._all_times(),
            months=self._all_months(),
            month_days=month_days or None,
            weekdays=weekdays or None,
            clamp=max(month_days, default=0) > 28,
            weeks=frozenset(self.weeks) or None,
        )

    def _refuse_contradictions(self, kinds: set[str]) -> None:
        if self.weekdays and self.month_days:
            raise ValueError(
                "days of the week and of the month go together in cron fields only,"
                " like '0 9 13 * fri'"
            )
        if "day" in kinds and (self.weekdays or self.month_days or "week" in kinds):
            raise ValueError("'every day' and other days do not go together")
        no_days = not (self.weekdays or self.month_days)
        if self.interval is not None and kinds & {"week", "months"} and no_days:
            raise ValueError("it goes by the hour, or by week or month, not both")
        if "week" in kinds and (self.month_days or "months" in kinds):
            raise ValueError("'weekly' and 'monthly' do not go together")
        if "months" in kinds and self.weekdays and not self.weeks:
            raise ValueError("say which of the month, like 'first monday at 09:00'")

    def _all_months(self) -> frozenset[int] | None:
        if self.months:
            return frozenset(self.months)
        lengths = [period.values[0] for period in self.periods if period.kind == "months"]
        apart = max(lengths, default=1)
        return frozenset(range(1, _YEAR + 1, apart)) if apart > 1 else None

    def _all_times(self) -> tuple[time, ...]:
        if self.interval is not None:
            return self._at_intervals(self.interval)
        if self.times and (len(self.day_parts) > 1 or self._may_be_later()):
            raise ValueError("write each of these times with am or pm, like '8 am and 9 pm'")
        times = [self._in_part(minutes, fixed=fixed) for minutes, fixed in self.times]
        times = times or [part.values[0] for part in self.day_parts]
        return tuple(map(_as_time, sorted(set(times)))) or (DEFAULT_TIME,)

    def _may_be_later(self) -> bool:
        """Whether one may be am or pm, like the first of `8 and 9 pm`; of `9 and 6 pm` none is."""
        in_the_morning = [minutes - _HALF_DAY for minutes, fixed in self.times if fixed]
        return any(
            not fixed and minutes < max(in_the_morning, default=0) for minutes, fixed in self.times
        )

    def _at_intervals(self, interval: int) -> tuple[time, ...]:
        if self.times or self.day_parts:
            raise ValueError("it goes by the hour or has times of day, not both")
        if self.past >= interval:
            raise ValueError(f"there are no {self.past} minutes past in {interval} minutes")
        return tuple(map(_as_time, range(self.past, _DAY, interval)))

    def _in_part(self, minutes: int, *, fixed: bool) -> int:
        """`7:30` in the evening is half past seven in the evening."""
        if not self.day_parts:
            return minutes
        part, (_, later, begin, end) = self.day_parts[0].text, self.day_parts[0].values
        if minutes < _HALF_DAY and not fixed:
            minutes += later * _HOUR
        if not begin * _HOUR <= minutes < end * _HOUR:
            raise ValueError(f"{_as_time(minutes):%H:%M} is not in the {part.removesuffix('s')}")
        return minutes


def _as_time(minutes: int) -> time:
    return time(minutes // _HOUR, minutes % _HOUR)
