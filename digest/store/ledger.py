"""The ledger: every delivery and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.model import Delivery, DeliveryState, Outcome
from digest.store.tables import UtcDateTime, deliveries, editions, renditions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.store.database import Database

_NOW = sa.bindparam("now", type_=UtcDateTime)
_OUTCOME = sa.bindparam("outcome", type_=sa.Text)
_THIS = deliveries.c.id == sa.bindparam("delivery")


def _state(state: DeliveryState) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{state}'", sa.Text)


_TIME_HAS_COME = sa.or_(
    deliveries.c.state == _state("pending"),
    sa.and_(
        deliveries.c.state.in_((_state("retrying"), _state("unknown"))),
        deliveries.c.next_attempt_at <= _NOW,
    ),
)
_earlier = deliveries.alias("earlier")
_WAITS = sa.exists().where(
    _earlier.c.edition_id == deliveries.c.edition_id,
    _earlier.c.channel == deliveries.c.channel,
    _earlier.c.recipient == deliveries.c.recipient,
    _earlier.c.part < deliveries.c.part,
    sa.or_(
        _earlier.c.state.in_((_state("pending"), _state("sending"), _state("retrying"))),
        sa.and_(_earlier.c.state == _state("unknown"), _earlier.c.next_attempt_at.is_not(None)),
    ),
)
_IS_DUE = sa.and_(_TIME_HAS_COME, ~_WAITS)

# Each delivery costs these two, so they are put together once, with what never changes in them.
_CLAIM = (
    sa.update(deliveries)
    .where(_THIS, _IS_DUE)
    .values(
        state=_state("sending"),
        attempts=deliveries.c.attempts + sa.literal_column("1"),
        next_attempt_at=sa.null(),
        changed_at=_NOW,
    )
)
_RECORD = (
    sa.update(deliveries)
    .where(_THIS)
    .values(
        state=_OUTCOME,
        receipt=sa.bindparam("answer"),
        last_error=sa.bindparam("error"),
        next_attempt_at=sa.bindparam("again", type_=UtcDateTime),
        doubtful=sa.case((_OUTCOME == "unknown", 1), else_=deliveries.c.doubtful),
        changed_at=_NOW,
    )
)


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
        query = sa.select(deliveries.c.channel).where(_IS_DUE).distinct()
        with self._database.transaction() as connection:
            found = connection.execute(query.order_by(deliveries.c.channel), {"now": now})
            return list(found.scalars())

    def due(self, channel: str, kind: str, now: datetime) -> list[Delivery]:
        """A channel's deliveries whose time has come, in order, with their payloads.

        Among them are parts that wait until the part before has been settled: `claim` knows. What
        was rendered for a channel of another kind under the same name waits for that one.
        """
        rendition = sa.and_(
            renditions.c.edition_id == deliveries.c.edition_id,
            renditions.c.channel == deliveries.c.channel,
            renditions.c.part == deliveries.c.part,
        )
        query = (
            sa.select(deliveries, editions.c.digest)
            .join(editions, editions.c.id == deliveries.c.edition_id)
            .join(renditions, rendition)
            .where(deliveries.c.channel == channel, renditions.c.kind == kind, _TIME_HAS_COME)
            .order_by(deliveries.c.id)
        )
        with self._database.transaction() as connection:
            rows = connection.execute(query, {"now": now}).all()
            payloads = _payloads(connection, channel, {row.edition_id for row in rows})
            return [_delivery(row, payloads[row.edition_id, row.part]) for row in rows]

    def claim(self, due: Iterable[Delivery], now: datetime) -> Delivery | None:
        """Mark the first of these that is due and need not wait as `sending`, and answer it.

        It is answered as it was before.
        """
        with self._database.transaction() as connection:
            return _claim(connection, due, now)

    def record(
        self,
        delivery_id: int,
        outcome: Outcome,
        now: datetime,
        then: Iterable[Delivery] = (),
    ) -> Delivery | None:
        """Write down what became of a claimed delivery, and claim one of those that follow."""
        values = {
            "delivery": delivery_id,
            "outcome": outcome.state,
            "answer": outcome.receipt,
            "error": outcome.error,
            "again": outcome.next_attempt_at,
            "now": now,
        }
        with self._database.transaction() as connection:
            connection.execute(_RECORD, values)
            return _claim(connection, then, now)

    def hand_back(self, delivery: Delivery, now: datetime) -> None:
        """Take back a claim of which nothing was sent: the delivery is due as it was before."""
        with self._database.transaction() as connection:
            connection.execute(
                sa.update(deliveries)
                .where(deliveries.c.id == delivery.id)
                .values(
                    state=delivery.state,
                    attempts=delivery.attempts,
                    next_attempt_at=None if delivery.state == "pending" else now,
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


def _claim(connection: Connection, due: Iterable[Delivery], now: datetime) -> Delivery | None:
    for delivery in due:
        if connection.execute(_CLAIM, {"delivery": delivery.id, "now": now}).rowcount:
            return delivery
    return None


def _payloads(
    connection: Connection, channel: str, edition_ids: Collection[int]
) -> dict[tuple[int, int], bytes]:
    """A channel's payloads by edition and part: each once, however many get it."""
    query = sa.select(renditions.c.edition_id, renditions.c.part, renditions.c.payload).where(
        renditions.c.channel == channel, renditions.c.edition_id.in_(edition_ids)
    )
    return {(row.edition_id, row.part): row.payload for row in connection.execute(query)}


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
