"""The ledger: every delivery and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.dialects.sqlite import insert

from digest.config.addresses import mail_key
from digest.model import Backoff, Delivery, DeliveryState, Outcome
from digest.store.incidents import close_incident, open_incident
from digest.store.recipients import gets_nothing, note_bounce
from digest.store.tables import IS_OPEN, UtcDateTime, channels, deliveries, recipients, renditions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.store.sqlite.connection import Database

# How long a server may be out of reach before a person is asked to look.
_PASSES_WITHIN = timedelta(hours=1)

_NOW = sa.bindparam("now", type_=UtcDateTime)
_OUTCOME: sa.BindParameter[str] = sa.bindparam("outcome")
_THIS = deliveries.c.id == sa.bindparam("delivery")


def _state(state: DeliveryState) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{state}'")


_TIME_HAS_COME = sa.or_(
    sa.and_(
        deliveries.c.state == _state("pending"),
        # When its recipient wants it.
        sa.or_(deliveries.c.next_attempt_at.is_(None), deliveries.c.next_attempt_at <= _NOW),
    ),
    sa.and_(
        deliveries.c.state.in_((_state("retrying"), _state("unknown"))),
        deliveries.c.next_attempt_at <= _NOW,
    ),
)
_earlier = deliveries.alias("earlier")
# Parts, and editions of a digest, reach a recipient in order. An edition that is sent once more
# waits for no later one.
_WAITS = sa.exists().where(
    _earlier.c.channel == deliveries.c.channel,
    _earlier.c.recipient == deliveries.c.recipient,
    _earlier.c.digest == deliveries.c.digest,
    _earlier.c.id < deliveries.c.id,
    _earlier.c.edition_id <= deliveries.c.edition_id,
    sa.literal_column(f"earlier.{IS_OPEN}"),
    sa.or_(_earlier.c.state != _state("unknown"), _earlier.c.next_attempt_at.is_not(None)),
)
_MAY_SEND = sa.func.coalesce(channels.c.next_attempt_at <= _NOW, sa.true())
_IS_DUE = sa.and_(_TIME_HAS_COME, ~_WAITS)

_GETS_NOTHING = sa.and_(
    recipients.c.channel == deliveries.c.channel,
    recipients.c.key == sa.bindparam("key"),
    gets_nothing(_NOW),
)
# Each delivery costs these two, so they are put together once, with what never changes in them.
_CLAIM = (
    sa.update(deliveries)
    .where(_THIS, _IS_DUE, ~sa.exists().where(_GETS_NOTHING))
    .values(
        state=_state("sending"),
        attempts=deliveries.c.attempts + sa.literal_column("1"),
        next_attempt_at=sa.null(),
        changed_at=_NOW,
    )
)
# Whoever has left since a delivery was planned does not get it.
_LEAVE_OUT = (
    sa.update(deliveries)
    .where(_THIS, _IS_DUE, sa.exists().where(_GETS_NOTHING))
    .values(
        state=sa.case((deliveries.c.state == _state("unknown"), "unknown"), else_="failed"),
        last_error=sa.select(recipients.c.state).where(_GETS_NOTHING).scalar_subquery(),
        next_attempt_at=sa.null(),
        dropped=1,
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
        plainer=sa.func.max(deliveries.c.plainer, sa.bindparam("plainly")),
        deferred_at=sa.case(
            (_OUTCOME == "retrying", sa.func.coalesce(deliveries.c.deferred_at, _NOW)),
            else_=deliveries.c.deferred_at,
        ),
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
        once_more = sa.case((repeats, sa.literal(now, UtcDateTime)), else_=None)
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

    def due_channels(self, now: datetime) -> dict[str, Backoff | None]:
        """The channels that have a delivery to make now, and why they could not before."""
        query = (
            sa.select(deliveries.c.channel, *(c for c in channels.c if c is not channels.c.name))
            .outerjoin(channels, channels.c.name == deliveries.c.channel)
            .where(_IS_DUE, _MAY_SEND)
            .distinct()
        )
        with self._database.transaction() as connection:
            found = connection.execute(query.order_by(deliveries.c.channel), {"now": now})
            return {row.channel: _rest(row) if row.last_error else None for row in found}

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
            sa.select(deliveries)
            .join(renditions, rendition)
            .where(deliveries.c.channel == channel, renditions.c.kind == kind, _TIME_HAS_COME)
            .order_by(deliveries.c.id)
        )
        with self._database.transaction() as connection:
            rows = connection.execute(query, {"now": now}).all()
            payloads = _payloads(connection, channel, {row.edition_id for row in rows})
            return [delivery_of(row, payloads[row.edition_id, row.part]) for row in rows]

    def claim(self, due: Iterable[Delivery], now: datetime) -> Delivery | None:
        """Mark the first of these that is due and need not wait as `sending`, and answer it.

        It is answered as it was before, a later part with the receipt of the first.
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
            "plainly": outcome.plainer,
            "now": now,
        }
        with self._database.transaction() as connection:
            connection.execute(_RECORD, values)
            if outcome.bounced:
                note_bounce(connection, delivery_id, outcome.error or "", now)
            return _claim(connection, then, now)

    def hand_back(self, delivery: Delivery, now: datetime) -> None:
        """Take back a claim of which nothing was sent: the delivery is due as it was before."""
        with self._database.transaction() as connection:
            _hand_back(connection, delivery, now)

    def rest(self, delivery: Delivery, rest: Backoff, now: datetime) -> None:
        """Note that the channel takes nothing now, and take back the claim that found it out.

        Nothing is sent through it until the rest is over.
        """
        values = {
            "failing_since": rest.since,
            "failures": rest.failures,
            "lasting": rest.lasting,
            "last_error": rest.reason,
            "next_attempt_at": rest.next_attempt_at,
        }
        with self._database.transaction() as connection:
            _hand_back(connection, delivery, now, rest.reason)
            connection.execute(
                insert(channels)
                .values(name=delivery.channel, **values)
                .on_conflict_do_update([channels.c.name], set_=values)
            )
            if rest.lasting or now - rest.since >= _PASSES_WITHIN:
                open_incident(connection, "channel", delivery.channel, rest.reason, now)

    def waiting(self, now: datetime) -> int:
        """How many deliveries are still to be made, but for those that are wanted later."""
        at = deliveries.c.next_attempt_at
        open_ones = sa.or_(
            sa.and_(deliveries.c.state == "pending", sa.or_(at.is_(None), at <= now)),
            deliveries.c.state.in_(("sending", "retrying")),
            sa.and_(deliveries.c.state == "unknown", at.is_not(None)),
        )
        query = sa.select(sa.func.count()).select_from(deliveries).where(open_ones)
        with self._database.transaction() as connection:
            return connection.execute(query).scalar_one()

    def resting(self) -> list[str]:
        """The channels that take nothing now, or did when they were last tried."""
        with self._database.transaction() as connection:
            return list(connection.execute(sa.select(channels.c.name)).scalars())

    def works(self, channel: str, now: datetime) -> None:
        """Note that a channel takes messages again."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(channels).where(channels.c.name == channel))
            close_incident(connection, "channel", channel, now)

    def try_channels(self, now: datetime, configured: Collection[str]) -> None:
        """End every rest, since what was wrong may be mended; forget channels that are gone."""
        with self._database.transaction() as connection:
            gone = channels.c.name.not_in(configured)
            for name in connection.execute(sa.select(channels.c.name).where(gone)).scalars().all():
                close_incident(connection, "channel", name, now)
            connection.execute(sa.delete(channels).where(gone))
            connection.execute(sa.update(channels).values(next_attempt_at=now))

    def of_edition(self, edition_id: int) -> list[Delivery]:
        """An edition's deliveries, without their payloads."""
        query = (
            sa.select(deliveries)
            .where(deliveries.c.edition_id == edition_id)
            .order_by(deliveries.c.id)
        )
        with self._database.transaction() as connection:
            return [delivery_of(row) for row in connection.execute(query)]


def _claim(connection: Connection, due: Iterable[Delivery], now: datetime) -> Delivery | None:
    for delivery in due:
        which = {"delivery": delivery.id, "key": mail_key(delivery.recipient), "now": now}
        if connection.execute(_CLAIM, which).rowcount:
            return _after_first(connection, delivery) if delivery.part > 1 else delivery
        connection.execute(_LEAVE_OUT, which)
    return None


def _after_first(connection: Connection, delivery: Delivery) -> Delivery:
    # Only what was sent has one. Of several the newest is meant: nothing is repeated while a part
    # is under way.
    query = (
        sa.select(deliveries.c.receipt)
        .where(
            deliveries.c.edition_id == delivery.edition_id,
            deliveries.c.channel == delivery.channel,
            deliveries.c.recipient == delivery.recipient,
            deliveries.c.part == 1,
        )
        .order_by(deliveries.c.id.desc())
    )
    return replace(delivery, first_receipt=connection.execute(query).scalar() or "")


def _hand_back(
    connection: Connection, delivery: Delivery, now: datetime, reason: str | None = None
) -> None:
    connection.execute(
        sa.update(deliveries)
        .where(deliveries.c.id == delivery.id)
        .values(
            state=delivery.state,
            attempts=delivery.attempts,
            next_attempt_at=None if delivery.state == "pending" else now,
            last_error=reason or delivery.error,
            changed_at=now,
        )
    )


def _rest(row: Any) -> Backoff:
    return Backoff(
        since=row.failing_since,
        failures=row.failures,
        reason=row.last_error,
        next_attempt_at=row.next_attempt_at,
        lasting=bool(row.lasting),
    )


def _payloads(
    connection: Connection, channel: str, edition_ids: Collection[int]
) -> dict[tuple[int, int], bytes]:
    """A channel's payloads by edition and part: each once, however many get it."""
    query = sa.select(renditions.c.edition_id, renditions.c.part, renditions.c.payload).where(
        renditions.c.channel == channel, renditions.c.edition_id.in_(edition_ids)
    )
    return {(row.edition_id, row.part): row.payload for row in connection.execute(query)}


def delivery_of(row: Any, payload: bytes = b"") -> Delivery:
    """A row of the ledger as a delivery."""
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
        plainer=bool(row.plainer),
        deferred_at=row.deferred_at,
        payload=payload,
    )
