"""What needs a person: one open row per kind and subject."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from digest.store.tables import incidents

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class Incident:
    """An open incident; `subject` is a feed's address, a channel's name or a database's path."""

    kind: str
    subject: str
    message: str
    opened_at: datetime


class IncidentQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, kind: str, subject: str, message: str | None, now: datetime) -> None:
        """Open an incident that says `message`; close it where there is nothing to say."""
        with self._database.transaction() as connection:
            if message:
                open_incident(connection, kind, subject, message, now)
            else:
                close_incident(connection, kind, subject, now)


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
    query = sa.select(incidents).where(incidents.c.closed_at.is_(None)).order_by(incidents.c.id)
    return [
        Incident(row.kind, row.subject, row.message, row.opened_at)
        for row in connection.execute(query)
    ]


def _is_open(kind: str, subject: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        incidents.c.kind == kind,
        incidents.c.subject == subject,
        incidents.c.closed_at.is_(None),
    )
