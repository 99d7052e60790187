"""The ledger as an operator reads it, and what operators decide about deliveries."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct

from digest.editions.weekly import weekly_of
from digest.errors import UsageError
from digest.model import DeliveryState
from digest.store.tables import deliveries, delivery_changes, editions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy.engine import Connection, Row

    from digest.store.database import Database

# What cannot be done to a delivery, by its state, and what is said then.
_NO_RETRY = {"sent": "sent; use `digest resend`", "sending": "being sent"}
_NO_DROP = {"sent": "sent", "sending": "being sent"}
_AGAIN = re.compile(r"(?:\.again(\d+))?@")
# A refusal keeps the words of the server.
_DROPPED = sa.literal("dropped by the operator") + sa.func.coalesce(
    sa.literal("; before: ", sa.Text) + deliveries.c.last_error, ""
)
_OVER = ("sent", "failed", "unknown")
_repeat = deliveries.alias("repeat")
_REPEATED_BY = (
    sa.select(_repeat.c.id)
    .where(_repeat.c.of_id == deliveries.c.id)
    .scalar_subquery()
    .label("repeated_by")
)
_RECORDS = sa.select(deliveries, _REPEATED_BY)
# What a repeat has in common with what it repeats.
_REPEATED = ("edition_id", "digest", "channel", "recipient", "part", "plainer")


class Change(Struct, frozen=True):
    """A change of a delivery's state."""

    at: datetime
    state: DeliveryState
    attempt: int
    said: str | None
    """The words of the server, or of the error."""
    message_id: str | None = None
    """Of an attempt, where it is known."""


class Record(Struct, frozen=True):
    """A delivery as the ledger has it."""

    id: int
    edition: int
    digest: str
    channel: str
    recipient: str
    part: int
    """From 1; more where a post takes several messages."""
    state: DeliveryState
    attempts: int
    created_at: datetime
    changed_at: datetime
    next_attempt_at: datetime | None
    message_id: str
    said: str | None
    """The server's receipt where it is sent, else the last error."""
    dropped: bool
    of: int | None
    """The delivery that it repeats, where an edition was sent once more."""
    repeated_by: int | None
    """The delivery that repeats it."""

    @property
    def can_retry(self) -> bool:
        """Whether it can be made due now."""
        return self.state not in _NO_RETRY and self.repeated_by is None

    @property
    def can_drop(self) -> bool:
        """Whether something would happen to it that can be stopped, or it needs attention."""
        over = self.dropped or self.repeated_by is not None
        return self.state not in _NO_DROP and not over


class RecordWithHistory(Record, frozen=True):
    """A delivery with its history."""

    changes: tuple[Change, ...]


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
        query = _RECORDS.order_by(deliveries.c.id.desc()).limit(most)
        if state == "dropped":
            query = query.where(deliveries.c.dropped == 1)
        elif state:
            query = query.where(deliveries.c.state == state, deliveries.c.dropped == 0)
        if digest:
            query = query.where(deliveries.c.digest.in_((digest, weekly_of(digest))))
        with self._database.transaction() as connection:
            return [Record(**_columns(row)) for row in connection.execute(query)]

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

    def of_edition(self, edition_id: int) -> list[RecordWithHistory]:
        """An edition's deliveries, each with its history."""
        with self._database.transaction() as connection:
            return _with_history(connection, deliveries.c.edition_id == edition_id)

    def of_ids(self, ids: Collection[int]) -> list[RecordWithHistory]:
        """Deliveries by their numbers, each with its history."""
        with self._database.transaction() as connection:
            return _with_history(connection, deliveries.c.id.in_(ids))

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
            chosen = sa.update(deliveries).where(
                deliveries.c.id.in_(ids), deliveries.c.dropped == 0
            )
            dropped = {"dropped": 1, "next_attempt_at": None, "changed_at": now}
            connection.execute(
                chosen.where(deliveries.c.state != "unknown").values(
                    **dropped, state="failed", last_error=_DROPPED
                )
            )
            connection.execute(
                chosen.where(deliveries.c.state == "unknown").values(**dropped, state="unknown")
            )

    def resend(self, edition_id: int, to: str | None, now: datetime) -> list[int]:
        """Repeat what became of an edition, for a channel, a recipient or all.

        Each repeat is a delivery of its own with a Message-ID of its own: mail programs show only
        one of several messages of the same. Where something is under way to a recipient, it is
        left to that. Answers the deliveries' numbers: of the repeats, and of what is under way.
        """
        chosen = (deliveries.c.edition_id == edition_id) & _REPEATED_BY.is_(None)
        if to is not None:
            chosen &= sa.or_(deliveries.c.channel == to, deliveries.c.recipient == to)
        query = _RECORDS.where(chosen).order_by(deliveries.c.id)
        with self._database.transaction() as connection:
            over, under_way = _by_recipient(connection.execute(query).all())
            newest = connection.execute(sa.select(sa.func.max(deliveries.c.id))).scalar() or 0
            if over:
                connection.execute(sa.insert(deliveries), [_repeat_of(row, now) for row in over])
            new = sa.select(deliveries.c.id).where(deliveries.c.id > newest)
            return [*(row.id for row in under_way), *connection.execute(new).scalars()]


def _by_recipient(rows: Iterable[Any]) -> tuple[list[Any], list[Any]]:
    """The deliveries of recipients that nothing is under way to, and those of the others."""
    over: list[Any] = []
    under_way: list[Any] = []
    recipient = lambda row: (row.channel, row.recipient)  # noqa: E731 - a key to sort and group by
    for _, found in groupby(sorted(rows, key=recipient), recipient):
        parts = list(found)
        (over if all(map(_is_over, parts)) else under_way).extend(parts)
    return sorted(over, key=lambda row: row.id), under_way


def _is_over(row: Any) -> bool:
    return row.state in _OVER and row.next_attempt_at is None


def _repeat_of(row: Any, now: datetime) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _REPEATED} | {
        "state": "pending",
        "message_id": _again(row.message_id),
        "created_at": now,
        "changed_at": now,
        "of_id": row.id,
    }


def _due(now: datetime) -> dict[str, object]:
    # The days after which it is given up begin anew.
    begun = {"state": "pending", "next_attempt_at": None, "deferred_at": None}
    return {**begun, "changed_at": now, "dropped": 0}


def _again(message_id: str) -> str:
    """`<a.again2@b>` after `<a@b>`, `<a.again3@b>` after that."""
    return _AGAIN.sub(lambda found: f".again{int(found[1] or 1) + 1}@", message_id, count=1)


def _check(connection: Connection, ids: Collection[int], refused: Mapping[str, str]) -> None:
    found = {row.id: row for row in connection.execute(_RECORDS.where(deliveries.c.id.in_(ids)))}
    for number in ids:
        if number not in found:
            raise UsageError(f"there is no delivery {number}; see `digest deliveries`")
        if state := refused.get(found[number].state):
            raise UsageError(f"delivery {number} is {state}")
        if found[number].repeated_by is not None:
            again = f"was sent once more as {found[number].repeated_by}"
            raise UsageError(f"delivery {number} {again}; see `digest show` of its edition")


def _with_history(connection: Connection, which: sa.ColumnElement[bool]) -> list[RecordWithHistory]:
    rows = connection.execute(_RECORDS.where(which).order_by(deliveries.c.id)).all()
    history: dict[int, list[Change]] = {row.id: [] for row in rows}
    query = (
        sa.select(delivery_changes)
        .join(deliveries, deliveries.c.id == delivery_changes.c.delivery_id)
        .where(which)
        .order_by(delivery_changes.c.id)
    )
    for row in connection.execute(query):
        change = Change(row.at, row.state, row.attempt, row.said, row.message_id)
        history[row.delivery_id].append(change)
    return [RecordWithHistory(**_columns(row), changes=tuple(history[row.id])) for row in rows]


def _columns(row: Row[tuple[object, ...]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "edition": row.edition_id,
        "digest": row.digest,
        "channel": row.channel,
        "recipient": row.recipient,
        "part": row.part,
        "state": row.state,
        "attempts": row.attempts,
        "created_at": row.created_at,
        "changed_at": row.changed_at,
        "next_attempt_at": row.next_attempt_at,
        "message_id": row.message_id,
        "said": row.receipt if row.state == "sent" else row.last_error,
        "dropped": bool(row.dropped),
        "of": row.of_id,
        "repeated_by": row.repeated_by,
    }
