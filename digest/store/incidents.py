"""What needs a person: one open row per kind and subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.store.tables import incidents

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True)
class Incident:
    """An open incident; `subject` is a feed's address or a channel's name."""

    kind: str
    subject: str
    message: str
    opened_at: datetime
    closed_at: datetime | None = None


def open_incident(
    connection: Connection, kind: str, subject: str, message: str, now: datetime
) -> None:
    """Open an incident; where it is open, it says this from now on."""
    changed = connection.execute(
        sa.update(incidents).where(*_is_open(kind, subject)).values(message=message, changed_at=now)
    )
    if not changed.rowcount:
        connection.execute(
            sa.insert(incidents).values(
                kind=kind, subject=subject, message=message, opened_at=now, changed_at=now
            )
        )


def close_incident(connection: Connection, kind: str, subject: str, now: datetime) -> None:
    """Close an incident, if it is open."""
    connection.execute(
        sa.update(incidents).where(*_is_open(kind, subject)).values(closed_at=now, changed_at=now)
    )


def open_incidents(connection: Connection) -> list[Incident]:
    """Every open incident, the oldest first."""
    return _read(connection, sa.select(incidents).where(incidents.c.closed_at.is_(None)))


def all_incidents(connection: Connection) -> list[Incident]:
    """Every incident there ever was, the oldest first."""
    return _read(connection, sa.select(incidents))


def _read(connection: Connection, query: sa.Select[Any]) -> list[Incident]:
    return [
        Incident(row.kind, row.subject, row.message, row.opened_at, row.closed_at)
        for row in connection.execute(query.order_by(incidents.c.id))
    ]


def _is_open(kind: str, subject: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        incidents.c.kind == kind,
        incidents.c.subject == subject,
        incidents.c.closed_at.is_(None),
    )
