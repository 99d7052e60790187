"""How much of a feed is taken, in entries, in characters and in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import ParsedEntry

MAX_ENTRIES = 2_000
# Items that are looked at, where any may turn out to be an entry.
MAX_ITEMS = 10_000
MAX_TITLE = 1_000
MAX_NAME = 200
MAX_LINK = 4_096
MAX_CATEGORIES = 20
MAX_CATEGORY = 60
MAX_ID = 4_096
MAX_FACTS = 8
MAX_UNIT = 24
MAX_HTML = 256 * 1024
MAX_TEXT = 20_000_000
# Pixels of the smallest picture that is shown with a story.
LEAST_WIDTH, LEAST_HEIGHT = 120, 80


def within_limits(entries: Iterable[ParsedEntry]) -> tuple[ParsedEntry, ...]:
    """At most MAX_ENTRIES, in their order; of more, the newest, wherever the feed puts those.

    Raises:
        FeedError: their texts together are more than MAX_TEXT characters.
    """
    everything = []
    size = 0
    for entry in entries:
        size += len(entry.html)
        # Entities can make a small body a thousand times its size.
        if size > MAX_TEXT:
            raise FeedError(f"has more than {MAX_TEXT:,} characters of text", status=200)
        everything.append(entry)
    if len(everything) <= MAX_ENTRIES:
        return tuple(everything)
    undated = datetime.fromtimestamp(0, UTC)
    by_age = sorted(
        range(len(everything)), key=lambda n: everything[n].published or undated, reverse=True
    )
    return tuple(everything[n] for n in sorted(by_age[:MAX_ENTRIES]))
