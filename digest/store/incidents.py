"""What needs a person: one open row per kind and subject."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from msgspec import Struct

from digest.store.tables import feeds, incidents

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sqlalchemy.engine import Connection

    from digest.store.database import Database

T = TypeVar("T")

NOT_HEARD = "commands"
"""The kind of incident of a channel whose bot cannot be asked what people wrote."""


class Incident(Struct, frozen=True):
    """What needs a person; `closed_at` is null while it lasts."""

    id: int
    kind: str
    """feed, gone, flood, quota, host, channel, commands, template, model, disk, limit (of this
    machine) or settings.
    """
    subject: str
    """A feed's address, a host, a channel's name, a model and where it is, or the path of the
    database or of the file.
    """
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


class IncidentQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open_ones(self) -> list[Incident]:
        """Every open incident, the oldest first."""
        with self._database.transaction() as connection:
            return open_incidents(connection)

    def all(self) -> list[Incident]:
        """Every incident there ever was, the oldest first."""
        with self._database.transaction() as connection:
            return _read(connection, sa.select(incidents))

    def note(self, kind: str, subject: str, message: str | None, now: datetime) -> None:
        """Open an incident that says `message`; close it where there is nothing to say."""
        with self._database.transaction() as connection:
            if message:
                open_incident(connection, kind, subject, message, now)
            else:
                close_incident(connection, kind, subject, now)

    def close_all(self, kind: str, now: datetime) -> None:
        """Close all of a kind, whatever they are of."""
        with self._database.transaction() as connection:
            for incident in open_incidents(connection):
                if incident.kind == kind:
                    close_incident(connection, kind, incident.subject, now)

    def keep_only(self, kind: str, subjects: Collection[str], now: datetime) -> None:
        """Close those of a kind that are of something else; nobody has to hear of it."""
        with self._database.transaction() as connection:
            _forget(connection, (kind,), subjects, now)

    def note_template(
        self, digest: str, trouble: str | None, now: datetime, store: Callable[[], T]
    ) -> T:
        """Note what failed of a digest's templates, together with what is stored of an edition.

        Nothing to say closes the incident; None leaves it as it is.
        """
        with self._database.transaction() as connection:
            if trouble:
                open_incident(connection, "template", digest, trouble, now)
            elif trouble is not None:
                close_incident(connection, "template", digest, now)
            return store()

    def untold(self) -> list[Incident]:
        """Those whose beginning, or end after it was told, nobody was told yet."""
        begun = incidents.c.told_at.is_(None) & incidents.c.closed_at.is_(None)
        ended = (
            incidents.c.told_at.is_not(None)
            & incidents.c.closed_at.is_not(None)
            & incidents.c.end_told_at.is_(None)
        )
        with self._database.transaction() as connection:
            return _read(connection, sa.select(incidents).where(begun | ended))

    def tell(self, told: Collection[Incident], publish: Callable[[], int], now: datetime) -> int:
        """Note that an alert tells of these, together with the alert that `publish` stores."""
        with self._database.transaction() as connection:
            for incident in told:
                column = "told_at" if incident.closed_at is None else "end_told_at"
                update = sa.update(incidents).where(incidents.c.id == incident.id)
                connection.execute(update.values({column: now}))
            return publish()


def forget_incidents(
    connection: Connection, urls: Collection[str], names: Collection[str], now: datetime
) -> None:
    """Close those of feeds and digests that are configured no more; nobody has to hear of it."""
    _forget(connection, ("feed", "gone", "quota"), urls, now)
    _forget(connection, ("template",), names, now)
    _forget(connection, ("host",), _hosts_named(connection, urls), now)


def _hosts_named(connection: Connection, urls: Collection[str]) -> list[str]:
    """Those of incidents that feeds at these addresses were asked at."""
    subjects = [each.subject for each in open_incidents(connection) if each.kind == "host"]
    if not subjects:
        return []
    places = sa.select(feeds.c.url, feeds.c.moved_to, feeds.c.answered_by)
    asked = [place for row in connection.execute(places) if row.url in urls for place in row]
    return [host for host in subjects if any(place and host in place.lower() for place in asked)]


def _forget(
    connection: Connection, kinds: Sequence[str], subjects: Collection[str], now: datetime
) -> None:
    connection.execute(
        sa.update(incidents)
        .where(
            incidents.c.kind.in_(kinds),
            incidents.c.subject.not_in(subjects),
            incidents.c.closed_at.is_(None),
        )
        .values(closed_at=now, changed_at=now, end_told_at=now)
    )


def open_incidents(connection: Connection) -> list[Incident]:
    """Every open incident, the oldest first."""
    return _read(connection, sa.select(incidents).where(incidents.c.closed_at.is_(None)))


def _read(connection: Connection, query: sa.Select[Any]) -> list[Incident]:
    return [
        Incident(row.id, row.kind, row.subject, row.message, row.opened_at, row.closed_at)
        for row in connection.execute(query.order_by(incidents.c.id))
    ]


def _is_open(kind: str, subject: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        incidents.c.kind == kind,
        incidents.c.subject == subject,
        incidents.c.closed_at.is_(None),
    )
