"""A database of feeds that had many entries before, for the benchmarks."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy.dialects import sqlite

from digest.opening import utc_now
from digest.store import Store
from digest.store.tables import UtcDateTime, entries, entry_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

_DAYS = 200
_TEXT = "<p>A text of the length that many have, and it has some words in it.</p>\n" * 8
# Of guid and link one as they are, and one folded.
_NAMES = ("guid", "guid", "link", "link", "dated", "text", "whole")
_ENTRY = ("id", "feed_id", "key", "fingerprint", "title", "link", "author", "published", "content")
_MORE = ("excerpt", "words", "first_seen_at", "last_seen_at")


def fill(database: Path, urls: Sequence[str], number: int) -> None:
    """Make a database with so many entries in all, none of them in the feeds any more."""
    now = utc_now()
    with closing(Store(database)) as store:
        store.editions.plan((), now, urls)
    dice = random.Random(0)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        feeds = [row[0] for row in connection.execute("SELECT id FROM feeds ORDER BY id")]
        each = number // len(feeds)
        for n, feed in enumerate(feeds):
            ids = range(n * each + 1, (n + 1) * each + 1)
            with connection:
                connection.executemany(
                    _insert(entries.name, (*_ENTRY, *_MORE)), _rows(feed, ids, dice, now)
                )
                names = sorted(
                    (feed, f"{kind}:{dice.getrandbits(96):024x}", one)
                    for one in ids
                    for kind in _NAMES
                )
                connection.executemany(
                    _insert(entry_names.name, ("feed_id", "name", "entry_id")), names
                )


def _insert(table: str, columns: Sequence[str]) -> str:
    values = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"


def _rows(
    feed: int, ids: range, dice: random.Random, now: datetime
) -> Iterator[tuple[int | str | None, ...]]:
    store_time = UtcDateTime().process_bind_param
    dialect = sqlite.dialect()
    for place, one in enumerate(ids):
        link = f"https://site.example/{feed}/{one}"
        age = timedelta(days=_DAYS * (1 - place / len(ids)) + 2)
        first = store_time(now - age, dialect)
        last = store_time(now - age + timedelta(days=1), dialect)
        fingerprint = f"{dice.getrandbits(96):024x}"
        entry = (one, feed, f"guid:{link}", fingerprint, f"Story {one}", link, "", first, _TEXT)
        yield (*entry, "A text of the length that many have.", 120, first, last)
