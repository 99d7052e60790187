"""Which pending entries have the points, or whatever their source asks for, to be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from digest.model import NO_THRESHOLDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from digest.model import Entry, Thresholds

# What is remembered of an entry begins with it, and goes on as the sentence does.
_IT_HAD = "it had "
_GONE = "it was gone from its source"


class Reached(Struct, frozen=True):
    """Which entries may be shown, and of those that are `short` why not, by their numbers.

    Those that are `waiting` may be shown by a later edition; what is `left_out` is in none.
    """

    entries: Sequence[Entry] = ()
    short: Sequence[Entry] = ()
    waiting: Mapping[int, str] = field(default_factory=dict)
    left_out: Mapping[int, str] = field(default_factory=dict)


def judge_facts(
    pending: Iterable[Entry], thresholds: Mapping[str, Thresholds], at: datetime
) -> Reached:
    """What an edition of this time may show; thresholds are by the address of a feed.

    An entry that is gone from its source, or short of a threshold, waits; and is left out for good
    once it has had its time.
    """
    entries, short = [], []
    waiting, left_out = {}, {}
    for entry in pending:
        threshold = thresholds.get(entry.feed_url, NO_THRESHOLDS)
        if is_short(entry, threshold):
            short.append(entry)
            if _new_at(entry) + threshold.within < at:
                left_out[entry.id] = _why_left_out(entry, threshold)
            else:
                waiting[entry.id] = _why_waiting(entry, threshold)
        else:
            entries.append(entry)
    return Reached(entries, short, waiting, left_out)


def is_short(entry: Entry, thresholds: Thresholds) -> bool:
    """Whether an entry cannot be shown as it is now."""
    return entry.gone_at is not None or bool(thresholds.lacking(entry.facts))


def is_about_facts(reason: str) -> bool:
    """Whether an entry was left out for this reason because of what its source measured."""
    return reason.startswith((_IT_HAD, _GONE))


def waits_for_room_since(entry: Entry, thresholds: Thresholds) -> datetime:
    """From when an entry waits for nothing but room: what it needs to reach takes its time."""
    return _new_at(entry) + thresholds.within if thresholds.least else _new_at(entry)


def likeliest(entries: Iterable[Entry], thresholds: Thresholds, most: int) -> list[Entry]:
    """The entries that an edition is likeliest to show, so many at most.

    Those that others count highest come first, and up to half of the room is for the nearest below
    the thresholds: for these a few points decide.
    """
    best_first = sorted(entries, key=lambda entry: (entry.counted, entry.dated), reverse=True)
    below = [entry for entry in best_first if is_short(entry, thresholds)]
    below.sort(key=lambda entry: _share(entry, thresholds), reverse=True)
    reached = [entry for entry in best_first if not is_short(entry, thresholds)]
    reached = reached[: max(most - len(below), most - most // 2)]
    return [*reached, *below[: most - len(reached)]]


def _share(entry: Entry, thresholds: Thresholds) -> float:
    """What an entry has of the threshold that it is the furthest from; 1 is all of it."""
    lacking = thresholds.lacking(entry.facts)
    return min((value / thresholds.least[name] for name, value in lacking.items()), default=1.0)


def _new_at(entry: Entry) -> datetime:
    return max(entry.first_seen_at, entry.resend_at or entry.first_seen_at)


def _why_waiting(entry: Entry, thresholds: Thresholds) -> str:
    up_to = f"waits up to {_hours(thresholds.within)}"
    if entry.gone_at:
        return f"is gone from its source; {up_to} to be there again"
    measured, least = _in_words(entry, thresholds)
    return f"has {measured}; {least}; {up_to}"


def _why_left_out(entry: Entry, thresholds: Thresholds) -> str:
    after = f"after {_hours(thresholds.within)}"
    if entry.gone_at:
        return f"{_GONE} {after}"
    measured, least = _in_words(entry, thresholds)
    return f"{_IT_HAD}{measured} {after}; {least}"


def _in_words(entry: Entry, thresholds: Thresholds) -> tuple[str, str]:
    """What an entry has too little of, and how much it is to be: by the names of settings."""
    lacking = thresholds.lacking(entry.facts)
    measured = (f"{value:,} {name}" for name, value in lacking.items())
    least = (f"min_{name} is {thresholds.least[name]:,}" for name in lacking)
    return " and ".join(measured), " and ".join(least)


def _hours(time: timedelta) -> str:
    return f"{time.total_seconds() / 3_600:g} h"
