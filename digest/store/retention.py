"""What the database keeps and for how long, and how much room that takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from digest.store.entries import is_awaited
from digest.store.tables import edition_entries, editions, entries, feeds, renditions, weeks

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from digest.store.database import Database

_LARGEST = 5


class Large(Struct, frozen=True):
    """A feed, and the bytes of text that are kept of its entries."""

    url: str
    size: int


class Sizes(Struct, frozen=True):
    """How large the database is, in bytes; `free` of them are used again before it grows.

    `payloads` are those of what editions were sent as.
    """

    size: int
    free: int
    payloads: int
    largest: tuple[Large, ...]


class RetentionQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def outdated(self, before: datetime, most: int) -> list[int]:
        """Entries that were last in an edition, or else seen first, before this, and have a text.

        What a digest waits for is none of them, and nor is what the week that is on has.
        """
        query = sa.select(entries.c.id).where(*_is_outdated(before)).limit(most)
        with self._database.transaction() as connection:
            return list(connection.execute(query).scalars())

    def drop_content(self, numbers: Collection[int], before: datetime) -> None:
        """Drop the text of those of these entries that are still outdated."""
        chosen = sa.update(entries).where(entries.c.id.in_(numbers), *_is_outdated(before))
        with self._database.transaction() as connection:
            connection.execute(chosen.values(content="", size=0))

    def sizes(self) -> Sizes:
        """How large the database is, and the feeds that have the most of it."""
        sized = (
            sa.select(entries.c.feed_id, sa.func.sum(entries.c.size).label("total"))
            # As it stands in the index, or it would not be used; nor would it with another at hand
            # that has the entries by feed.
            .where(entries.c.size > sa.literal_column("0"))
            .group_by(sa.literal_column("+entries.feed_id"))
            .subquery()
        )
        largest = (
            sa.select(feeds.c.url, sized.c.total)
            .join(feeds, feeds.c.id == sized.c.feed_id)
            .order_by(sized.c.total.desc(), feeds.c.url)
            .limit(_LARGEST)
        )
        payloads = sa.select(sa.func.coalesce(sa.func.sum(sa.func.length(renditions.c.payload)), 0))
        with self._database.transaction() as connection:
            page, pages, free = (
                int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
                for name in ("page_size", "page_count", "freelist_count")
            )
            return Sizes(
                size=page * pages,
                free=page * free,
                payloads=connection.execute(payloads).scalar_one(),
                largest=tuple(Large(*row) for row in connection.execute(largest)),
            )


def _is_outdated(before: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Whether nothing needs the text of an entry any more, in a query of entries."""
    lately = sa.exists().where(
        edition_entries.c.entry_id == entries.c.id,
        editions.c.id == edition_entries.c.edition_id,
        editions.c.period_to >= before,
    )
    this_week = sa.exists().where(
        edition_entries.c.entry_id == entries.c.id,
        weeks.c.digest == edition_entries.c.digest,
        edition_entries.c.edition_id > weeks.c.last_edition,
    )
    return (
        entries.c.size > sa.literal_column("0"),
        entries.c.first_seen_at < before,
        ~lately,
        ~this_week,
        ~is_awaited(),
    )
