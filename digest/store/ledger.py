"""The ledger: every delivery and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec.structs import replace
from sqlalchemy.dialects.sqlite import insert

from digest.config.addresses import mail_key
from digest.store.delivery_rows import backoff_of, delivery_of, payloads_of
from digest.store.incidents import close_incident, open_incident
from digest.store.ledger_statements import CLAIM, IS_DUE, LEAVE_OUT, MAY_SEND, RECORD, TIME_HAS_COME
from digest.store.pairings import paused_channels
from digest.store.recipients import note_bounce
from digest.store.tables import UtcDateTime, channels, deliveries, renditions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.model import Backoff, Delivery, Outcome
    from digest.store.database import Database

# How long a server may be out of reach before a person is asked to look.
_PASSES_WITHIN = timedelta(hours=1)


class LedgerQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def release_claimed(self, repeatable: Mapping[str, datetime], now: datetime) -> int:
        """Settle what a process that died was sending; answers how many there were.

        Nobody knows whether they arrived. On a repeatable channel the same bytes are sent once
        more, at the time that it has; on any other a person decides.
        """
        repeats = [
            (
                sa.and_(deliveries.c.channel == channel, deliveries.c.doubtful == 0),
                sa.literal(at, UtcDateTime),
            )
            for channel, at in repeatable.items()
        ]
        once_more = sa.case(*repeats) if repeats else None
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
            .where(IS_DUE, MAY_SEND)
            .distinct()
        )
        with self._database.transaction() as connection:
            found = connection.execute(query.order_by(deliveries.c.channel), {"now": now})
            paused = paused_channels(connection, now)
            return {
                row.channel: backoff_of(row) if row.last_error else None
                for row in found
                if row.channel not in paused
            }

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
            .where(deliveries.c.channel == channel, renditions.c.kind == kind, TIME_HAS_COME)
            .order_by(deliveries.c.id)
        )
        with self._database.transaction() as connection:
            rows = connection.execute(query, {"now": now}).all()
            payloads = payloads_of(connection, channel, {row.edition_id for row in rows})
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
            connection.execute(RECORD, values)
            if outcome.bounced:
                note_bounce(connection, delivery_id, outcome.error or "", now)
            return _claim(connection, then, now)

    def hand_back(self, delivery: Delivery, now: datetime) -> None:
        """Take back a claim of which nothing was sent: the delivery is due as it was before."""
        with self._database.transaction() as connection:
            _hand_back(connection, delivery, now)

    def back_off(self, delivery: Delivery, backoff: Backoff, now: datetime) -> None:
        """Note that the channel takes nothing now, and take back the claim that found it out.

        Nothing is sent through it until its next attempt.
        """
        values = {
            "failing_since": backoff.since,
            "failures": backoff.failures,
            "lasting": backoff.lasting,
            "last_error": backoff.reason,
            "next_attempt_at": backoff.next_attempt_at,
        }
        with self._database.transaction() as connection:
            _hand_back(connection, delivery, now, backoff.reason)
            connection.execute(
                insert(channels)
                .values(name=delivery.channel, **values)
                .on_conflict_do_update([channels.c.name], set_=values)
            )
            if backoff.lasting or now - backoff.since >= _PASSES_WITHIN:
                open_incident(connection, "channel", delivery.channel, backoff.reason, now)

    def waiting(self, now: datetime) -> int:
        """How many deliveries are still to be made, but for those that are wanted later.

        Such are those of a channel that somebody has paused, too.
        """
        at = deliveries.c.next_attempt_at
        open_ones = sa.or_(
            sa.and_(deliveries.c.state == "pending", sa.or_(at.is_(None), at <= now)),
            deliveries.c.state.in_(("sending", "retrying")),
            sa.and_(deliveries.c.state == "unknown", at.is_not(None)),
        )
        query = sa.select(sa.func.count()).select_from(deliveries)
        with self._database.transaction() as connection:
            paused = paused_channels(connection, now)
            query = query.where(open_ones, deliveries.c.channel.not_in(paused))
            return connection.execute(query).scalar_one()

    def backing_off(self) -> list[str]:
        """The channels that take nothing now, or did when they were last tried."""
        with self._database.transaction() as connection:
            return list(connection.execute(sa.select(channels.c.name)).scalars())

    def works(self, channel: str, now: datetime) -> None:
        """Note that a channel takes messages again."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(channels).where(channels.c.name == channel))
            close_incident(connection, "channel", channel, now)

    def try_channels(self, now: datetime, configured: Collection[str]) -> None:
        """Have every channel tried, as what was wrong may be mended; forget those that are gone."""
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
        if connection.execute(CLAIM, which).rowcount:
            return _after_first(connection, delivery) if delivery.part > 1 else delivery
        connection.execute(LEAVE_OUT, which)
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
