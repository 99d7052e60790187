"""What a database says, read without the product's own code."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tests import limits

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

_DELIVERIES = """
SELECT d.id, d.edition_id, d.digest, d.channel, d.recipient, d.part, d.state, d.attempts,
  d.message_id, r.kind, r.payload
FROM deliveries d JOIN renditions r USING (edition_id, channel, part) ORDER BY d.id
"""
_CHANGES = "SELECT at, state, attempt, said FROM delivery_changes WHERE delivery_id = ? ORDER BY id"
_TAKEN = """
SELECT t.digest, e.title, t.edition_id
FROM edition_entries t JOIN entries e ON e.id = t.entry_id
"""
_WAITING = """
SELECT count(*) FROM deliveries WHERE state = 'pending' OR next_attempt_at <= (SELECT max(at) FROM (
  SELECT polled_at AS at FROM feeds UNION ALL SELECT changed_at FROM deliveries))
"""
_DUE = """
SELECT count(*) FROM digests WHERE next_edition_at <= (SELECT max(polled_at) FROM feeds)
"""
_MAY_FOLLOW: dict[str, set[str]] = {
    "pending": {"sending"},
    "retrying": {"sending"},
    "unknown": {"sending"},
    "sending": {"pending", "sent", "retrying", "failed", "unknown"},
    "sent": set(),
    "failed": set(),
}


@dataclass(frozen=True, slots=True)
class Change:
    """A delivery got into a state."""

    at: str
    state: str
    attempt: int
    said: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery with its history."""

    id: int
    edition: int
    digest: str
    channel: str
    recipient: str
    part: int
    state: str
    attempts: int
    message_id: str
    kind: str
    payload: bytes
    changes: tuple[Change, ...]

    def __str__(self) -> str:
        return f"delivery {self.id} ({self.kind}, {self.recipient}, part {self.part})"

    @property
    def doubts(self) -> int:
        """How often a process died between its claim and its outcome."""
        return sum(change.said == "interrupted while sending" for change in self.changes)

    def gaps(self) -> list[str]:
        """What its history does not explain."""
        states = ["pending", *(change.state for change in self.changes)]
        found = [
            f"{self}: {before}, then {after}"
            for before, after in pairwise(states)
            if after not in _MAY_FOLLOW[before]
        ]
        if states[-1] != self.state:
            found.append(f"{self}: is {self.state}, and its history ends with {states[-1]}")
        if (self.changes[-1].attempt if self.changes else 0) != self.attempts:
            found.append(f"{self}: its history does not tell of {self.attempts} attempts")
        times = [change.at for change in self.changes]
        if times != sorted(times):
            found.append(f"{self}: its history is not in order")
        return found


class Ledger:
    """The database at `path`, as it is now, if it is there."""

    def __init__(self, path: Path) -> None:
        self.rows: list[Row] = []
        self.stored: set[str] = set()
        self._taken: list[tuple[str, str, int]] = []
        self._planned = self._waiting = self._due = False
        if not path.exists():
            return
        # Not `mode=ro`, which cannot undo a first start that was cut short.
        with closing(
            sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=limits.seconds(10))
        ) as database:
            self._planned = _count(database, "SELECT count(*) FROM sqlite_schema") > 0
            if self._planned:
                self._read(database)

    def _read(self, database: sqlite3.Connection) -> None:
        self.rows = [
            Row(*(*fields, tuple(Change(*c) for c in database.execute(_CHANGES, fields[:1]))))
            for fields in database.execute(_DELIVERIES).fetchall()
        ]
        self.stored = {_mark(title) for (title,) in database.execute("SELECT title FROM entries")}
        self._taken = [(to, _mark(title), n) for to, title, n in database.execute(_TAKEN)]
        self._planned = _count(database, "SELECT count(*) FROM feeds") > 0
        self._waiting = _count(database, _WAITING) > 0
        self._due = _count(database, _DUE) > 0

    @property
    def in_doubt(self) -> set[int]:
        """The deliveries that were being sent."""
        return {row.id for row in self.rows if row.state == "sending"}

    @property
    def editions(self) -> set[tuple[int, str]]:
        """Every edition, with its digest."""
        return {(number, digest) for digest, _, number in self._taken}

    def editions_with(self, digest: str, mark: str) -> list[int]:
        """The editions of a digest that took the entry, with repetitions."""
        return [number for *taken, number in self._taken if taken == [digest, mark]]

    def phase(self, served: Collection[str], *, sends: bool) -> str:
        """What a process was at when it died; `sends` if it publishes whatever the schedule."""
        if not self._planned:
            return "starting"
        if self.in_doubt:
            return "sending"
        if not self.stored.issuperset(served):
            return "polling"
        if self._due or (sends and not {mark for _, mark, _ in self._taken}.issuperset(served)):
            return "publishing"
        return "delivering" if self._waiting else "between"


def _mark(title: str) -> str:
    return title.rsplit(maxsplit=1)[-1]


def _count(database: sqlite3.Connection, query: str) -> Any:
    return database.execute(query).fetchone()[0]
