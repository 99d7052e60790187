"""Sizes and times as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def in_megabytes(number: int) -> str:
    """Bytes for people: `12.3 MB`."""
    return f"{number / 1e6:.1f} MB"


def clock_time(at: datetime, zone: ZoneInfo) -> str:
    """A time by the operator's clock: `2026-11-30 10:15 CET`."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def ago(at: datetime | None, now: datetime) -> str:
    """`5 min ago`, `in 2 d`, or `never`."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    size = _span(timedelta(seconds=abs(seconds)))
    if size == "now":
        return size
    return f"{size} ago" if seconds > 0 else f"in {size}"


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return "now"
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{round(minutes / 60)} h"
    return f"{round(minutes / 1440)} d"


def time_of_day(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """`07:12`, with the date where that is not today's."""
    local = at.astimezone(zone)
    same_day = local.date() == now.astimezone(zone).date()
    return f"{local:%H:%M}" if same_day else f"{local:%Y-%m-%d %H:%M}"
