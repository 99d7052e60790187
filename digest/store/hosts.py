"""Hosts in the store: which allow no more requests, and which feeds are asked there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec.structs import asdict

from digest.model import HostBackoff
from digest.store.feed_rows import feed_state
from digest.store.tables import feeds, host_backoffs

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection

    from digest.model import FeedState
    from digest.store.database import Database


class HostQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def backoffs(self) -> list[HostBackoff]:
        """Every host that is left alone, or refused the last request."""
        with self._database.statement() as connection:
            return host_backoffs_in(connection)

    def keep(self, backoffs: Collection[HostBackoff]) -> None:
        """Keep these in the place of those of before."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(host_backoffs))
            if backoffs:
                connection.execute(
                    sa.insert(host_backoffs), [asdict(backoff) for backoff in backoffs]
                )

    def due_at(self, backoff: HostBackoff) -> list[FeedState]:
        """The feeds that are due while a host is left alone, and name it in an address."""
        addresses = (feeds.c.url, feeds.c.moved_to, feeds.c.answered_by)
        named = (column.icontains(backoff.host, autoescape=True) for column in addresses)
        query = sa.select(feeds).where(
            feeds.c.next_poll_at <= backoff.until, feeds.c.gone_at.is_(None), sa.or_(*named)
        )
        with self._database.statement() as connection:
            return [feed_state(row) for row in connection.execute(query).all()]


def host_backoffs_in(connection: Connection) -> list[HostBackoff]:
    """Every host that is left alone, or refused the last request, by its name."""
    rows = connection.execute(sa.select(host_backoffs).order_by(host_backoffs.c.host))
    return [HostBackoff(**row._asdict()) for row in rows]
