"""What `status` shows, read in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct

from digest.store.incidents import Incident, open_incidents
from digest.store.renames import ListCount, editions_in, lists_in
from digest.store.tables import (
    channels,
    deliveries,
    digests,
    editions,
    feeds,
    renditions,
    weekly_readers,
)

if TYPE_CHECKING:
    from digest.store.database import Database

_SHOWN = 50
_LAST = 20


class Health(Struct, frozen=True):
    """Rows as plain maps: feeds and digests by key, deliveries that need a person.

    `deliveries` counts them by state, without those that were dropped, or did not arrive and were
    sent once more; `waiting` has how many are
    yet to be made, and the first of them, by channel and kind; `weekly` counts those who get weekly
    editions, by digest; `channels` are those that take nothing now. `lists` and `editions` count
    recipients by channel and editions by digest, of those that the configuration lacks too.
    """

    feeds: dict[str, dict[str, Any]]
    digests: dict[str, dict[str, Any]]
    deliveries: dict[str, int]
    troubled: list[dict[str, Any]]
    waiting: list[tuple[str, str, int, int]]
    weekly: dict[str, int]
    channels: dict[str, dict[str, Any]]
    incidents: list[Incident]
    lists: dict[str, ListCount] = {}
    editions: dict[str, int] = {}


class HealthQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def largest(self, kind: str) -> int:
        """The bytes of the largest payload for a kind of channel, among the last editions."""
        since = sa.select(sa.func.max(editions.c.id) - _LAST).scalar_subquery()
        size = sa.func.max(sa.func.length(renditions.c.payload))
        query = sa.select(size).where(renditions.c.kind == kind, renditions.c.edition_id > since)
        with self._database.transaction() as connection:
            return connection.execute(query).scalar() or 0

    def titles(self) -> dict[str, str]:
        """What feeds call themselves, by address; without those that have not said."""
        query = sa.select(feeds.c.url, feeds.c.title).where(feeds.c.title != "")
        with self._database.transaction() as connection:
            return {row.url: row.title for row in connection.execute(query)}

    def read(self) -> Health:
        """Feeds, digests, ledger counts, and deliveries that failed, linger or are unknown."""
        # What was sent once more is told by that.
        repeat = deliveries.alias("repeat")
        repeated = sa.exists().where(repeat.c.of_id == deliveries.c.id)
        lost = deliveries.c.state.in_(("failed", "unknown"))
        kept = sa.and_(deliveries.c.dropped == 0, sa.or_(~lost, ~repeated))
        number = sa.func.count()
        counts = sa.select(deliveries.c.state, number).where(kept).group_by(deliveries.c.state)
        troubled = (
            sa.select(
                deliveries.c.id,
                deliveries.c.channel,
                deliveries.c.recipient,
                deliveries.c.state,
                deliveries.c.last_error,
                deliveries.c.next_attempt_at,
                editions.c.digest,
            )
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .where(deliveries.c.state.in_(("failed", "unknown", "retrying")), kept)
            .order_by(deliveries.c.id.desc())
            .limit(_SHOWN)
        )
        open_ones = (
            sa.select(
                deliveries.c.channel,
                renditions.c.kind,
                sa.func.count(),
                sa.func.min(deliveries.c.id),
            )
            .join(
                renditions,
                sa.and_(
                    renditions.c.edition_id == deliveries.c.edition_id,
                    renditions.c.channel == deliveries.c.channel,
                    renditions.c.part == deliveries.c.part,
                ),
            )
            .where(
                sa.or_(deliveries.c.state == "pending", deliveries.c.next_attempt_at.is_not(None))
            )
            .group_by(deliveries.c.channel, renditions.c.kind)
        )
        weekly = sa.select(weekly_readers.c.digest, sa.func.count()).group_by(
            weekly_readers.c.digest
        )
        resting = sa.select(channels).order_by(channels.c.name)
        planned = sa.select(digests).where(digests.c.gone == 0)
        with self._database.transaction() as connection:
            return Health(
                feeds={row.url: row._asdict() for row in connection.execute(sa.select(feeds))},
                digests={row.name: row._asdict() for row in connection.execute(planned)},
                deliveries={row[0]: row[1] for row in connection.execute(counts)},
                troubled=[row._asdict() for row in connection.execute(troubled)],
                waiting=[(row[0], row[1], row[2], row[3]) for row in connection.execute(open_ones)],
                weekly={row[0]: row[1] for row in connection.execute(weekly)},
                channels={row.name: row._asdict() for row in connection.execute(resting)},
                incidents=open_incidents(connection),
                lists=lists_in(connection),
                editions=editions_in(connection),
            )
