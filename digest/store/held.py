"""Entries that came in a flood, and what the operator decides about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from digest.store.incidents import close_incident
from digest.store.tables import entries, feeds

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from digest.store.database import Database


class HeldEntries(Struct, frozen=True):
    """How many entries of a feed are held, since when, and the titles of the first few."""

    url: str
    feed_title: str
    entries: int
    since: datetime
    titles: tuple[str, ...]


_SHOWN = 3
# What an entry said is not known any more, so that it may say it again without being edited.
_RELEASED = {"hold": "", "fingerprint": ""}
# What a body is recognised by.
_RECOGNISING = ("etag", "last_modified", "body_hash", "entry_hashes")


class HeldQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> list[HeldEntries]:
        """What is held, by feed."""
        query = (
            sa.select(feeds.c.url, feeds.c.title, entries.c.title, entries.c.first_seen_at)
            .join(feeds, feeds.c.id == entries.c.feed_id)
            # As it stands in the index, or it would not be used.
            .where(entries.c.hold == sa.literal_column("'held'"))
            .order_by(entries.c.id)
        )
        by_feed: dict[tuple[str, str], list[tuple[str, datetime]]] = {}
        with self._database.transaction() as connection:
            for url, feed_title, title, since in connection.execute(query):
                by_feed.setdefault((url, feed_title), []).append((title, since))
        return [
            HeldEntries(
                url=url,
                feed_title=feed_title,
                entries=len(held),
                since=held[0][1],
                titles=tuple(title for title, _ in held[:_SHOWN]),
            )
            for (url, feed_title), held in by_feed.items()
        ]

    def decide(self, urls: Collection[str], now: datetime, *, release: bool) -> int:
        """Release or discard what is held of these feeds; answers how many entries that were.

        Released entries are new to the digests that subscribe; discarded ones never are, and stay
        known. The next answer of a feed of which some are released is read whole: what it still
        has of them gets its text, which was not kept.
        """
        decided = 0
        with self._database.transaction() as connection:
            rows = connection.execute(
                sa.select(feeds.c.id, feeds.c.url).where(feeds.c.url.in_(urls))
            )
            for feed_id, url in rows.all():
                number = connection.execute(
                    sa.update(entries)
                    .where(entries.c.feed_id == feed_id, entries.c.hold == "held")
                    .values(_RELEASED if release else {"hold": "discarded"})
                ).rowcount
                decided += number
                if release and number:
                    forget = sa.update(feeds).where(feeds.c.id == feed_id)
                    connection.execute(forget.values(dict.fromkeys(_RECOGNISING)))
                close_incident(connection, "flood", url, now)
        return decided
