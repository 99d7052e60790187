"""The ledger: every delivery and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.model import Delivery, Outcome
from digest.store.tables import deliveries, editions, renditions

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from digest.store.database import Database


class LedgerQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def release_claimed(self, repeatable: Collection[str], now: datetime) -> int:
        """Settle what a process that died was sending; answers how many there were.

        Nobody knows whether they arrived. On a repeatable channel the same bytes are sent once
        more; on any other a person decides.
        """
        repeats = sa.and_(deliveries.c.channel.in_(repeatable), deliveries.c.doubtful == 0)
        once_more = sa.case((repeats, now), else_=None)
        with self._database.transaction() as connection:
            return connection.execute(
                sa.update(deliveries)
                .where(deliveries.c.state == "sending")
                .values(
                    state="unknown",
                    doubtful=1,
                    next_attempt_at=once_more,
                    last_error="interrupted while sending",
                    changed_at=now,
                )
            ).rowcount

    def due_channels(self, now: datetime) -> list[str]:
        """The channels that have a delivery to make now."""
        query = sa.select(deliveries.c.channel).where(_due(now)).distinct()
        with self._database.transaction() as connection:
            return list(connection.execute(query.order_by(deliveries.c.channel)).scalars())

    def claim(self, channel: str, kind: str, now: datetime) -> Delivery | None:
        """Mark a channel's next due delivery as `sending`, and answer it with its payload.

        A part waits until the part before it has been settled; what was rendered for a channel
        of another kind under the same name waits for that one.
        """
        query = (
            sa.select(deliveries, editions.c.digest, renditions.c.payload)
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .join(
                renditions,
                sa.and_(
                    renditions.c.edition_id == deliveries.c.edition_id,
                    renditions.c.channel == deliveries.c.channel,
                    renditions.c.part == deliveries.c.part,
                ),
            )
            .where(deliveries.c.channel == channel, renditions.c.kind == kind, _due(now))
            .order_by(deliveries.c.id)
            .limit(1)
        )
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
            if row is None:
                return None
            connection.execute(
                sa.update(deliveries)
                .where(deliveries.c.id == row.id)
                .values(
                    state="sending",
                    attempts=deliveries.c.attempts + 1,
                    next_attempt_at=None,
                    changed_at=now,
                )
            )
            return _delivery(row, row.payload)

    def record(self, delivery_id: int, outcome: Outcome, now: datetime) -> None:
        """Write down what became of a claimed delivery."""
        with self._database.transaction() as connection:
            connection.execute(
                sa.update(deliveries)
                .where(deliveries.c.id == delivery_id)
                .values(
                    state=outcome.state,
                    receipt=outcome.receipt,
                    last_error=outcome.error,
                    next_attempt_at=outcome.next_attempt_at,
                    doubtful=1 if outcome.state == "unknown" else deliveries.c.doubtful,
                    changed_at=now,
                )
            )

    def of_edition(self, edition_id: int) -> list[Delivery]:
        """An edition's deliveries, without their payloads."""
        query = (
            sa.select(deliveries, editions.c.digest)
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .where(deliveries.c.edition_id == edition_id)
            .order_by(deliveries.c.id)
        )
        with self._database.transaction() as connection:
            return [_delivery(row) for row in connection.execute(query)]


def _due(now: datetime) -> sa.ColumnElement[bool]:
    earlier = deliveries.alias("earlier")
    waits = sa.exists().where(
        earlier.c.edition_id == deliveries.c.edition_id,
        earlier.c.channel == deliveries.c.channel,
        earlier.c.recipient == deliveries.c.recipient,
        earlier.c.part < deliveries.c.part,
        sa.or_(
            earlier.c.state.in_(("pending", "sending", "retrying")),
            sa.and_(earlier.c.state == "unknown", earlier.c.next_attempt_at.is_not(None)),
        ),
    )
    return sa.and_(
        sa.or_(
            deliveries.c.state == "pending",
            sa.and_(
                deliveries.c.state.in_(("retrying", "unknown")),
                deliveries.c.next_attempt_at <= now,
            ),
        ),
        ~waits,
    )


def _delivery(row: Any, payload: bytes = b"") -> Delivery:
    return Delivery(
        id=row.id,
        edition_id=row.edition_id,
        digest=row.digest,
        channel=row.channel,
        recipient=row.recipient,
        part=row.part,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        message_id=row.message_id,
        error=row.last_error,
        doubtful=bool(row.doubtful),
        payload=payload,
    )
