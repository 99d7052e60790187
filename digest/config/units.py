"""Durations (`90s`, `15m`, `1h`, `7d`) and sizes (`500KB`, `10MB`) as settings write them."""

from __future__ import annotations

import re
from datetime import timedelta

_DURATION = re.compile(r"(\d+)\s*([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZE = re.compile(r"(\d+)\s*(B|KB|MB|GB)", re.IGNORECASE)
_BYTES = {"b": 1, "kb": 1000, "mb": 1000**2, "gb": 1000**3}
_LONGEST = timedelta(days=3650)


def parse_duration(value: object) -> timedelta:
    """Read a duration.

    Raises:
        ValueError: it is no number with a unit, or longer than ten years.
    """
    if isinstance(value, timedelta):
        return value
    if value is None or isinstance(value, (list, dict)):
        raise ValueError("must be a duration, like '15m'")
    text = str(value).strip().lower()
    if text == "0":
        return timedelta()
    match = _DURATION.fullmatch(text)
    if not match or isinstance(value, bool):
        raise ValueError(
            f"{value!r} is not a duration; write a number and s, m, h or d, like '15m'"
        )
    # Compared before it is built: a timedelta itself overflows.
    seconds = int(match[1]) * _SECONDS[match[2]]
    if seconds > _LONGEST.total_seconds():
        raise ValueError(f"{value!r} is longer than ten years")
    return timedelta(seconds=seconds)


def duration_text(value: timedelta) -> str:
    """A duration as settings write it, in the largest unit that fits."""
    seconds = int(value.total_seconds())
    unit = next((u for u in "dhm" if seconds and seconds % _SECONDS[u] == 0), "s")
    return f"{seconds // _SECONDS[unit]}{unit}"


def parse_size(value: object) -> int:
    """Read a size in bytes.

    Raises:
        ValueError: it is no number with a unit.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if value is None or isinstance(value, (list, dict)):
        raise ValueError("must be a size, like '10MB'")
    if re.fullmatch(r"[0-9]+", str(value).strip()):
        return int(str(value))
    match = _SIZE.fullmatch(str(value).strip())
    if not match:
        raise ValueError(f"{value!r} is not a size; write a number and KB, MB or GB, like '10MB'")
    return int(match[1]) * _BYTES[match[2].lower()]
