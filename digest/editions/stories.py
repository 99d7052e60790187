"""Entries to stories: the same link in different feeds is one story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Entry


@dataclass(frozen=True, slots=True)
class Cluster:
    """The same story, the best-described entry leading; `related` have similar titles."""

    entries: tuple[Entry, ...]
    related: tuple[Entry, ...] = ()
    group: str = ""

    @property
    def lead(self) -> Entry:
        """The entry that stands for the story."""
        return self.entries[0]

    @property
    def ids(self) -> frozenset[int]:
        """The ids of all its entries."""
        return frozenset(entry.id for entry in (*self.entries, *self.related))


def group(entries: Iterable[Entry]) -> list[Cluster]:
    """Group entries by link, the best-described first in each; groups keep the entries' order."""
    groups: dict[tuple[str, object], list[Entry]] = {}
    for entry in entries:
        alone = not entry.link or any(
            other.feed_url == entry.feed_url for other in groups.get(("link", entry.link), ())
        )
        groups.setdefault(("entry", entry.id) if alone else ("link", entry.link), []).append(entry)
    return [
        Cluster(tuple(sorted(same, key=lambda entry: -entry.words))) for same in groups.values()
    ]
