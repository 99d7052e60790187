"""Entries to stories: the same link in different feeds is one story."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import Entry


def group(entries: Iterable[Entry]) -> list[tuple[Entry, ...]]:
    """Group entries by link, the best-described first in each; groups keep the entries' order."""
    groups: dict[tuple[str, object], list[Entry]] = {}
    for entry in entries:
        alone = not entry.link or any(
            other.feed_url == entry.feed_url for other in groups.get(("link", entry.link), ())
        )
        groups.setdefault(("entry", entry.id) if alone else ("link", entry.link), []).append(entry)
    return [tuple(sorted(same, key=lambda entry: -entry.words)) for same in groups.values()]
