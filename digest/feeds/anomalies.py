"""Signs of a feed that misbehaves: floods of new entries, and gaps between two bodies."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from digest.feeds.diff import Changes
    from digest.model import ParsedEntry

_ALWAYS_FINE = 10
# Fewer entries say nothing about a feed's pace.
_TELLING = 5


def may_be_flood(new: int, entries: int) -> bool:
    """Whether so many new entries at once are more than a feed of `entries` should bring."""
    return entries > 0 and new > max(_ALWAYS_FINE, entries / 2)


def expected(pace: float, away: timedelta) -> float:
    """How many new entries there may well be after `away` without a poll; `pace` is by day."""
    return 2 * pace * (away.total_seconds() / 86_400)


def outruns(entries: Sequence[ParsedEntry], every: timedelta, now: datetime) -> bool:
    """Whether a feed's list reaches back so little that polls `every` so often may miss some."""
    dates = [entry.published for entry in entries if entry.published]
    return len(dates) >= _TELLING and now - min(dates) < 2 * every


def is_gap(changes: Changes, entries: int) -> bool:
    """Whether a body shares no entry with the one before, which had `entries`.

    A feed of one entry never overlaps, and nothing need be missing.
    """
    found = len(changes.new) + len(changes.recognised)
    return bool(changes.new) and entries > 1 and found > 1 and not changes.overlaps
