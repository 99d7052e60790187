"""Wall-clock rules to instants, through every change of the clock.

A local time that a change skips happens as much later as the change is long, unless that is
another day: then as much earlier. A local time that comes twice happens the first time; only
a rule that runs in every hour runs in both.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from digest.model import Schedule

_DAY = timedelta(days=1)
# Longer than the eight years that can lie between two 29ths of February.
_HORIZON = 366 * 9


def occurrences_on(schedule: Schedule, zone: ZoneInfo, day: date) -> list[datetime]:
    """The instants (UTC, in order) of a rule on one local date."""
    if not schedule.on(day):
        return []
    instants = {_instant(datetime.combine(day, at), zone) for at in schedule.times}
    if schedule.hourly:
        instants |= {_second(datetime.combine(day, at), zone) for at in schedule.times}
    return sorted(instants)


def next_after(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime:
    """The first instant (UTC) of a rule that is later than `after`.

    Raises:
        ValueError: the rule describes a date that never comes.
    """
    day = after.astimezone(zone).date() - _DAY
    for _ in range(_HORIZON):
        for instant in occurrences_on(schedule, zone, day):
            if instant > after:
                return instant
        day += _DAY
    raise ValueError(f"{schedule.text!r} describes a date that never comes")


def times_between(
    schedule: Schedule, zone: ZoneInfo, after: datetime, until: datetime
) -> Iterator[datetime]:
    """The instants (UTC) of a rule later than `after` and not than `until`, the newest first."""
    first = after.astimezone(zone).date() - _DAY
    day = until.astimezone(zone).date() + _DAY
    while day >= first:
        for instant in reversed(occurrences_on(schedule, zone, day)):
            if after < instant <= until:
                yield instant
        day -= _DAY


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    # For a time that does not exist, fold 0 reads it with the offset before the change and so
    # lands later, fold 1 with the one after and so lands earlier (PEP 495).
    instant = local.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).date() != local.date():
        return local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return instant


def _second(local: datetime, zone: ZoneInfo) -> datetime:
    """The second occurrence of a local time that comes twice, else the only one."""
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    exists = second.astimezone(zone).replace(tzinfo=None) == local
    return second if exists else _instant(local, zone)
