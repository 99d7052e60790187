"""Past editions, what feeds brought, and how long things have been waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from digest.store.deliveries import EditionRecord
from digest.store.tables import deliveries, editions, entries, feeds

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from digest.store.database import Database

_NEWEST = 20
_NOT_MADE = ("pending", "sending", "retrying")


class SeenEntry(Struct, frozen=True):
    """An entry and when it was first seen; `hold` as in the table of entries."""

    title: str
    link: str
    published: datetime | None
    first_seen_at: datetime
    hold: str


class FeedHistory(Struct, frozen=True):
    """What a feed brought: entries in all, at which polls of late how many, and the newest."""

    entries: int
    brought: tuple[tuple[datetime, int], ...]
    newest: tuple[SeenEntry, ...]


class Waiting(Struct, frozen=True):
    """Since when the oldest delivery has been waiting to be made, and the oldest feed due."""

    delivery: datetime | None
    feed: datetime | None


class ArchiveQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def editions(
        self, digests: Collection[str], most: int, before: int | None = None
    ) -> list[EditionRecord]:
        """The newest editions, of some digests or of all; only those numbered below `before`."""
        query = sa.select(editions).order_by(editions.c.id.desc()).limit(most)
        if digests:
            query = query.where(editions.c.digest.in_(digests))
        if before is not None:
            query = query.where(editions.c.id < before)
        with self._database.transaction() as connection:
            return [
                EditionRecord(
                    *(row.id, row.digest, row.scheduled_for),
                    *(row.period_from, row.period_to, row.subject),
                )
                for row in connection.execute(query)
            ]

    def urns(self, ids: Collection[int]) -> dict[int, str]:
        """The names that these were given when they were published."""
        query = sa.select(editions.c.id, editions.c.urn).where(
            editions.c.id.in_(ids), editions.c.urn.is_not(None)
        )
        with self._database.transaction() as connection:
            return {row.id: row.urn for row in connection.execute(query)}

    def feed(self, feed_id: int, since: datetime) -> FeedHistory:
        """What a feed brought, by poll from `since` on."""
        of_feed, at = entries.c.feed_id == feed_id, entries.c.first_seen_at
        by_poll = (
            sa.select(at, sa.func.count())
            .where(of_feed, at >= since)
            .group_by(at)
            .order_by(at.desc())
        )
        newest = (
            sa.select(
                *(entries.c.title, entries.c.link, entries.c.published),
                *(entries.c.first_seen_at, entries.c.hold),
            )
            .where(of_feed)
            .order_by(entries.c.id.desc())
            .limit(_NEWEST)
        )
        number = sa.select(sa.func.count()).select_from(entries).where(of_feed)
        with self._database.transaction() as connection:
            return FeedHistory(
                entries=connection.execute(number).scalar_one(),
                brought=tuple((row[0], row[1]) for row in connection.execute(by_poll)),
                newest=tuple(SeenEntry(*row) for row in connection.execute(newest)),
            )

    def waiting(self, urls: Collection[str]) -> Waiting:
        """The oldest of what waits: deliveries that are still to be made, and these feeds."""
        oldest = sa.select(sa.func.min(deliveries.c.created_at)).where(
            deliveries.c.state.in_(_NOT_MADE)
        )
        due = sa.select(sa.func.min(feeds.c.next_poll_at)).where(
            feeds.c.url.in_(urls), feeds.c.gone_at.is_(None)
        )
        with self._database.transaction() as connection:
            return Waiting(
                delivery=connection.execute(oldest).scalar(),
                feed=connection.execute(due).scalar(),
            )
