"""The ledger as an operator reads it, and what operators decide about deliveries."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from digest.editions.weekly import weekly_of
from digest.errors import UsageError
from digest.store.tables import deliveries, delivery_changes, editions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection, Row

    from digest.model import DeliveryState
    from digest.store.database import Database

# What cannot be done to a delivery, by its state, and what is said then.
_NO_RETRY = {"sent": "sent; use `digest resend`", "sending": "being sent"}
_NO_DROP = {"sent": "sent", "sending": "being sent"}
_AGAIN = re.compile(r"(?:\.again(\d+))?@")


class Change(Struct, frozen=True):
    """A change of a delivery's state; `said` are the words of the server, or of the error."""

    at: datetime
    state: DeliveryState
    attempt: int
    said: str | None


class Record(Struct, frozen=True):
    """A delivery with its history."""

    id: int
    edition: int
    digest: str
    channel: str
    recipient: str
    part: int
    state: DeliveryState
    attempts: int
    created_at: datetime
    changed_at: datetime
    next_attempt_at: datetime | None
    message_id: str
    said: str | None
    dropped: bool
    changes: tuple[Change, ...] = ()

    @property
    def can_retry(self) -> bool:
        """Whether it can be made due now."""
        return self.state not in _NO_RETRY

    @property
    def can_drop(self) -> bool:
        """Whether something would happen to it that can be stopped."""
        return self.state not in _NO_DROP and not self.dropped


class EditionRecord(Struct, frozen=True):
    """An edition, without its stories."""

    id: int
    digest: str
    scheduled_for: datetime
    period_from: datetime
    period_to: datetime
    subject: str


class DeliveryQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, state: str | None, digest: str | None, most: int) -> list[Record]:
        """The newest deliveries, of this state and this digest, its weekly editions too.

        They come without their history. Those that were dropped are of no state but `dropped`.
        """
        query = sa.select(deliveries).order_by(deliveries.c.id.desc()).limit(most)
        if state == "dropped":
            query = query.where(deliveries.c.dropped == 1)
        elif state:
            query = query.where(deliveries.c.state == state, deliveries.c.dropped == 0)
        if digest:
            query = query.where(deliveries.c.digest.in_((digest, weekly_of(digest))))
        with self._database.transaction() as connection:
            return [_record(row) for row in connection.execute(query)]

    def edition(self, edition_id: int) -> EditionRecord:
        """An edition.

        Raises:
            UsageError: there is none of this number.
        """
        query = sa.select(editions).where(editions.c.id == edition_id)
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise UsageError(f"there is no edition {edition_id}; see `digest deliveries`")
        return EditionRecord(
            row.id, row.digest, row.scheduled_for, row.period_from, row.period_to, row.subject
        )

    def of_edition(self, edition_id: int) -> list[Record]:
        """An edition's deliveries, each with its history."""
        with self._database.transaction() as connection:
            return _records(connection, deliveries.c.edition_id == edition_id)

    def of_ids(self, ids: Collection[int]) -> list[Record]:
        """Deliveries by their numbers, each with its history."""
        with self._database.transaction() as connection:
            return _records(connection, deliveries.c.id.in_(ids))

    def retry(self, ids: Collection[int], now: datetime) -> None:
        """Make deliveries due now that failed, linger or are unknown.

        Raises:
            UsageError: one is none of that; nothing is changed.
        """
        with self._database.transaction() as connection:
            _check(connection, ids, _NO_RETRY)
            connection.execute(
                sa.update(deliveries).where(deliveries.c.id.in_(ids)).values(**_due(now))
            )

    def drop(self, ids: Collection[int], now: datetime) -> None:
        """Have nothing more happen to deliveries; those of which nobody knows stay unknown.

        Raises:
            UsageError: one was sent, or is being sent; nothing is changed.
        """
        with self._database.transaction() as connection:
            _check(connection, ids, _NO_DROP)
            chosen = sa.update(deliveries).where(deliveries.c.id.in_(ids))
            dropped = {"dropped": 1, "next_attempt_at": None, "changed_at": now}
            connection.execute(
                chosen.where(deliveries.c.state != "unknown").values(
                    **dropped, state="failed", last_error=sa.literal("dropped by the operator")
                )
            )
            connection.execute(
                chosen.where(deliveries.c.state == "unknown").values(**dropped, state="unknown")
            )

    def resend(self, edition_id: int, to: str | None, now: datetime) -> list[int]:
        """Make deliveries of an edition due once more, to a channel, a recipient or all.

        What is under way is left to it. Each gets a new Message-ID: mail programs show only one of
        several messages of the same. Answers the deliveries' numbers.
        """
        chosen = deliveries.c.edition_id == edition_id
        if to is not None:
            chosen &= sa.or_(deliveries.c.channel == to, deliveries.c.recipient == to)
        over = deliveries.c.state.in_(("sent", "failed", "unknown"))
        with self._database.transaction() as connection:
            rows = connection.execute(
                sa.select(deliveries.c.id, deliveries.c.message_id).where(chosen, over)
            ).all()
            for row in rows:
                connection.execute(
                    sa.update(deliveries)
                    .where(deliveries.c.id == row.id)
                    .values(
                        **_due(now),
                        doubtful=0,
                        receipt=None,
                        message_id=_again(row.message_id),
                    )
                )
            found = connection.execute(sa.select(deliveries.c.id).where(chosen))
            return list(found.scalars())


def _due(now: datetime) -> dict[str, object]:
    # The days after which it is given up begin anew.
    begun = {"state": "pending", "next_attempt_at": None, "deferred_at": None}
    return {**begun, "changed_at": now, "dropped": 0}


def _again(message_id: str) -> str:
    """`<a.again2@b>` after `<a@b>`, `<a.again3@b>` after that."""
    return _AGAIN.sub(lambda found: f".again{int(found[1] or 1) + 1}@", message_id, count=1)


def _check(connection: Connection, ids: Collection[int], refused: Mapping[str, str]) -> None:
    query = sa.select(deliveries.c.id, deliveries.c.state).where(deliveries.c.id.in_(ids))
    states = {row.id: row.state for row in connection.execute(query)}
    for number in ids:
        if number not in states:
            raise UsageError(f"there is no delivery {number}; see `digest deliveries`")
        if said := refused.get(states[number]):
            raise UsageError(f"delivery {number} is {said}")


def _records(connection: Connection, which: sa.ColumnElement[bool]) -> list[Record]:
    rows = connection.execute(sa.select(deliveries).where(which).order_by(deliveries.c.id)).all()
    history: dict[int, list[Change]] = {row.id: [] for row in rows}
    query = (
        sa.select(delivery_changes)
        .join(deliveries, deliveries.c.id == delivery_changes.c.delivery_id)
        .where(which)
        .order_by(delivery_changes.c.id)
    )
    for row in connection.execute(query):
        history[row.delivery_id].append(Change(row.at, row.state, row.attempt, row.said))
    return [_record(row, tuple(history[row.id])) for row in rows]


def _record(row: Row[tuple[object, ...]], changes: tuple[Change, ...] = ()) -> Record:
    return Record(
        id=row.id,
        edition=row.edition_id,
        digest=row.digest,
        channel=row.channel,
        recipient=row.recipient,
        part=row.part,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        changed_at=row.changed_at,
        next_attempt_at=row.next_attempt_at,
        message_id=row.message_id,
        said=row.receipt if row.state == "sent" else row.last_error,
        dropped=bool(row.dropped),
        changes=changes,
    )
