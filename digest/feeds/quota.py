"""Limits what a feed may bring in a day, and decides what is put off or kept without its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.model import CleanEntry, Spent

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    Edit = tuple[int, CleanEntry]


class Quota(Struct, frozen=True):
    """What a feed may bring in a day (UTC): new entries, and bytes of text."""

    entries: int
    size: int


class QuotaResult(Struct, frozen=True):
    """What is taken of a body; `spent` is what the day has had with it.

    `left` new entries and `put_off` edits are not taken now, and so are as new to the next poll;
    of `bare` ones, new or edited, the text is not kept.
    """

    new: tuple[CleanEntry, ...]
    edited: tuple[Edit, ...]
    spent: Spent
    left: int = 0
    bare: int = 0
    put_off: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the body is left for another poll."""
        return not self.left and not self.put_off

    @property
    def complaint(self) -> str:
        """What the operator reads where a feed brings more than its quota; else nothing."""
        counts = (
            (self.left, "new entries stay in the feed until the next day (UTC)"),
            (self.bare, "entries are kept without their text"),
            (self.put_off, "edits wait for the next day (UTC)"),
        )
        excess = [f"{number} {what}" for number, what in counts if number]
        if not excess:
            return ""
        return (
            f"brings more than is kept of a feed in a day: {', '.join(excess)};"
            " raise its `daily_entries` or `daily_size` if it is to bring that much"
        )


def take(
    new: Sequence[CleanEntry],
    edited: Sequence[Edit],
    quota: Quota,
    spent: Spent,
    now: datetime,
    *,
    flood: bool = False,
    first: bool = False,
) -> QuotaResult:
    """What is taken of a body's new entries, in their order in time, and of its edits.

    A `first` body may have any number of entries, or what it has would be news later. A `flood`
    is taken whole where that is possible, or its rest would be no flood. New entries have their
    text before edits do, and of those the newest. An edit that no day has room for is taken
    without its text.
    """
    if not new and not edited:
        return QuotaResult((), (), spent)
    today = f"{now:%Y-%m-%d}"
    before = spent if spent.day == today else Spent(today)
    room = len(new) if first else max(quota.entries - before.entries, 0)
    taken = () if flood and before.entries and len(new) > room else tuple(new)[:room]
    left = quota.size - before.size
    kept: list[CleanEntry] = []
    bare = 0
    for entry in reversed(taken):
        fits = size_of(entry) <= left and not flood
        left -= size_of(entry) if fits else 0
        bare += not fits and not flood
        kept.append(entry if fits else without_text(entry) if flood else _bare(entry))
    made: list[Edit] = []
    for number, whole in edited:
        ever = size_of(whole) <= quota.size
        entry = whole if ever else _bare(whole)
        if size_of(entry) <= left:
            left -= size_of(entry)
            bare += not ever
            made.append((number, entry))
    return QuotaResult(
        new=tuple(reversed(kept)),
        edited=tuple(made),
        spent=Spent(today, before.entries + (0 if first else len(kept)), quota.size - left),
        left=len(new) - len(kept),
        bare=bare,
        put_off=len(edited) - len(made),
    )


def size_of(entry: CleanEntry) -> int:
    """The bytes of an entry's text; all else of it is short."""
    return len(entry.html.encode())


def _bare(entry: CleanEntry) -> CleanEntry:
    """An entry without its text, with all that rules may ask for besides."""
    return replace(entry, html="", excerpt="")


def without_text(entry: CleanEntry) -> CleanEntry:
    """An entry with no more than its aliases, its title, its link and its date."""
    return replace(
        entry, html="", excerpt="", author="", image="", categories=(), facts=(), discussion=""
    )
