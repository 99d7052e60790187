"""Facts of pending entries, asked for and kept before an edition is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from digest.store.entry_rows import entry_of, facts_to_json, select_entries
from digest.store.pending import of_pending
from digest.store.tables import entries

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from digest.model import Entry, Fact
    from digest.store.database import Database

_GUID = "guid:"
# Those that came before these have the facts of the last poll.
_MOST = 1_000


class Measurable(Struct, frozen=True):
    """A pending entry, and the guid by which its source knows it."""

    guid: str
    entry: Entry


class FactQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self, digest: str, url: str) -> list[Measurable]:
        """What is pending for a digest of the feed at this address, and known by a guid.

        Of many only the newest.
        """
        query = of_pending(select_entries(), digest, [url]).where(entries.c.key.startswith(_GUID))
        query = query.order_by(entries.c.id.desc()).limit(_MOST)
        with self._database.transaction() as connection:
            return [
                Measurable(row.key.removeprefix(_GUID), entry_of(row))
                for row in connection.execute(query)
            ]

    def record(
        self, measured: Mapping[int, tuple[Fact, ...]], gone: Collection[int], now: datetime
    ) -> None:
        """Keep what a source says of entries now, and which it has no more; by their numbers.

        One that the last poll had is not gone: the next poll will tell.
        """
        facts = [{"number": n, "new": facts_to_json(found)} for n, found in measured.items()]
        with self._database.transaction() as connection:
            if facts:
                connection.execute(_SET_FACTS, facts)
            if gone:
                connection.execute(_SET_GONE, [{"number": n, "at": now} for n in gone])


_THIS = entries.c.id == sa.bindparam("number")
_SET_FACTS = sa.update(entries).where(_THIS).values(facts=sa.bindparam("new"), gone_at=None)
_SET_GONE = (
    sa.update(entries)
    .where(_THIS, entries.c.listed == sa.literal_column("0"), entries.c.gone_at.is_(None))
    .values(gone_at=sa.bindparam("at", type_=entries.c.gone_at.type))
)
