"""Entries of one feed with the same link: the newest is shown, and stands for the others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from digest.feeds.aliases import bare_link, is_home

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from digest.model import Entry


def older_copies(entries: Iterable[Entry]) -> Mapping[int, tuple[Entry, ...]]:
    """The older entries, the newest first, that an entry stands for: those of its feed and link.

    A home page is no link of an entry, whether the feed's own or that of the site it leads to.
    """
    by_link: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.link and not any(is_home(entry.link, home) for home in (entry.feed_home, "")):
            by_link[entry.feed_url, bare_link(entry.link)].append(entry)
    found = {}
    for same in by_link.values():
        if len(same) > 1:
            newest, *older = sorted(same, key=lambda entry: (entry.dated, entry.id), reverse=True)
            found[newest.id] = tuple(older)
    return found
