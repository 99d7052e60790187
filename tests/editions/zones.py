"""What every time zone does in 2026, and where a daily rule then falls: in plain seconds.

Independent of the code under test: it knows a zone as stretches of one UTC offset each, found
by scanning, and reads no local time through the zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

DAY = 86_400
EPOCH = date(1970, 1, 1)
_FIRST = int(datetime(2025, 12, 25, tzinfo=UTC).timestamp())
_LAST = int(datetime(2027, 1, 8, tzinfo=UTC).timestamp())
_GRID = [*range(_FIRST, _LAST, 3 * 3600), _LAST]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Seconds since the epoch from `start` to before `end`, with one offset."""

    start: int
    end: int
    offset: int


@cache
def zones_by_shape() -> dict[tuple[Stretch, ...], list[str]]:
    """Every zone, together with those that have the same offset at every time of 2026."""
    shapes: dict[tuple[Stretch, ...], list[str]] = {}
    for name in sorted(available_timezones()):
        shapes.setdefault(_stretches(ZoneInfo(name)), []).append(name)
    return shapes


def _stretches(zone: ZoneInfo) -> tuple[Stretch, ...]:
    edges = [_FIRST]
    for low, high in pairwise(_GRID):
        if _offset(zone, low) != _offset(zone, high):
            edges.append(_edge(zone, low, high))
    return tuple(
        Stretch(start, end, _offset(zone, start)) for start, end in pairwise([*edges, _LAST])
    )


def _offset(zone: ZoneInfo, second: int) -> int:
    offset = datetime.fromtimestamp(second, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())


def _edge(zone: ZoneInfo, low: int, high: int) -> int:
    before = _offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def expected(shape: tuple[Stretch, ...], day: date, minute: int) -> int:
    """When a daily rule at this minute of the day runs on this date."""
    local = (day - EPOCH).days * DAY + minute * 60
    instants = [local - s.offset for s in shape if s.start <= local - s.offset < s.end]
    if instants:
        return min(instants)
    before, after = next(
        (one, two)
        for one, two in pairwise(shape)
        if one.end + one.offset <= local < two.start + two.offset
    )
    later = local - before.offset
    on_that_day = (later + after.offset) // DAY == local // DAY
    return later if on_that_day else local - after.offset
