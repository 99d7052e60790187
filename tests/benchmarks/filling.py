"""A database of feeds that had many entries before, for the benchmarks."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.app.wiring import utc_now
from digest.feeds.aliases import finders
from digest.store.aliases import mark_of
from digest.store.tables import as_text, entries, entry_marks, entry_names
from tests.databases import store_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

_DAYS = 200
# What a body of each feed brings at once: their entries, and the pages of trees, fill up in turns.
_AT_ONCE = 20
_TEXT = "<p>A text of the length that many have, and it has some words in it.</p>\n" * 8
_ENTRY = ("id", "feed_id", "key", "fingerprint", "title", "link", "author", "published", "content")
_MORE = ("excerpt", "words", "first_seen_at", "last_seen_at")


def fill(database: Path, urls: Sequence[str], number: int) -> None:
    """Make a database with so many entries in all, none of them in the feeds any more."""
    now = utc_now()
    with closing(store_at(database)) as store:
        store.schedules.plan((), now, urls)
    dice = random.Random(0)
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        feeds = [row[0] for row in connection.execute("SELECT id FROM feeds ORDER BY id")]
        turns = number // (len(feeds) * _AT_ONCE)
        first = 1
        for turn in range(turns):
            at = now - timedelta(days=_DAYS * (1 - turn / turns) + 2)
            with connection:
                for feed in feeds:
                    _add(connection, feed, range(first, first + _AT_ONCE), dice, at)
                    first += _AT_ONCE


def _add(
    connection: sqlite3.Connection, feed: int, ids: range, dice: random.Random, at: datetime
) -> None:
    names = {one: _names(dice) for one in ids}
    marks = {(feed, mark_of(name), one) for one, said in names.items() for name in finders(said)}
    packed = [(one, "\n".join(said)) for one, said in names.items()]
    for table, columns, rows in (
        (entries.name, (*_ENTRY, *_MORE), list(_rows(feed, ids, dice, at))),
        (entry_names.name, ("entry_id", "names"), packed),
        (entry_marks.name, ("feed_id", "mark", "entry_id"), sorted(marks)),
    ):
        connection.executemany(_insert(table, columns), rows)


def _insert(table: str, columns: Sequence[str]) -> str:
    values = ", ".join("?" * len(columns))
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"


def _names(dice: random.Random) -> list[str]:
    """Of a guid that is the link: as it is and folded, with the date, the text and all of it."""
    exact, folded, dated, text, whole = (f"{dice.getrandbits(96):024x}" for _ in range(5))
    same = [f"{kind}:{form}" for kind in ("guid", "link") for form in (exact, folded)]
    return [*same, f"dated:{dated}", f"text:{text}", f"whole:{whole}"]


def _rows(
    feed: int, ids: range, dice: random.Random, at: datetime
) -> Iterator[tuple[int | str | None, ...]]:
    first, last = as_text(at), as_text(at + timedelta(days=1))
    for one in ids:
        link = f"https://site.example/{feed}/{one}"
        fingerprint = f"{dice.getrandbits(96):024x}"
        entry = (one, feed, f"guid:{link}", fingerprint, f"Story {one}", link, "", first, _TEXT)
        yield (*entry, "A text of the length that many have.", 120, first, last)
