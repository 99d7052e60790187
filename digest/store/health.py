"""What `status` shows, read in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct

from digest.config.addresses import mail_key
from digest.store.health_statements import (
    COUNTS,
    PLANNED,
    RESTING,
    TROUBLED,
    WAITING,
    WEEKLY,
)
from digest.store.hosts import host_backoffs_in
from digest.store.incidents import Incident, open_incidents
from digest.store.model_usage import ModelUsage, model_usage_in
from digest.store.pairings import pauses_in
from digest.store.recipients import suppressed_in
from digest.store.renames import ListCount, editions_in, lists_in
from digest.store.tables import editions, feeds, renditions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.model import HostBackoff
    from digest.store.database import Database

_LAST = 20
_SHOWN = 50


class Health(Struct, frozen=True):
    """Rows as plain maps: feeds and digests by key, deliveries that need a person.

    `deliveries` counts them by state, without those that were dropped, or did not arrive and were
    sent once more; `waiting` has how many are
    yet to be made, and the first of them, by channel and kind; `weekly` counts those who get weekly
    editions, by digest; `channels` are those that take nothing now. `lists` and `editions` count
    recipients by channel and editions by digest, of those that the configuration lacks too.
    `pauses` has until when each channel is paused, or was last.
    `hosts` are those that allow no more requests, or have refused the last. `settled` are
    deliveries that did not arrive, to recipients who have left or bounced since: nobody has to mend
    them, and no other count has them. `models` is what they were asked lately.
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
    hosts: list[HostBackoff] = []
    settled: int = 0
    pauses: dict[str, datetime] = {}
    models: tuple[ModelUsage, ...] = ()


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
        with self._database.transaction() as connection:
            troubled, settled = _troubled(connection)
            counts = {row[0]: row[1] for row in connection.execute(COUNTS)}
            for row in settled:
                counts[row["state"]] -= 1
            return Health(
                feeds={row.url: row._asdict() for row in connection.execute(sa.select(feeds))},
                digests={row.name: row._asdict() for row in connection.execute(PLANNED)},
                deliveries=counts,
                troubled=troubled[:_SHOWN],
                settled=len(settled),
                waiting=[(row[0], row[1], row[2], row[3]) for row in connection.execute(WAITING)],
                weekly={row[0]: row[1] for row in connection.execute(WEEKLY)},
                channels={row.name: row._asdict() for row in connection.execute(RESTING)},
                incidents=open_incidents(connection),
                lists=lists_in(connection),
                editions=editions_in(connection),
                hosts=host_backoffs_in(connection),
                pauses=pauses_in(connection),
                models=model_usage_in(connection),
            )


_Rows = list[dict[str, Any]]


def _troubled(connection: Connection) -> tuple[_Rows, _Rows]:
    """Deliveries that have not arrived, and those of them to people who get nothing any more."""
    rows = [row._asdict() for row in connection.execute(TROUBLED)]
    if not rows:
        return [], []
    away = suppressed_in(connection)
    of_whom = [(row["channel"], mail_key(row["recipient"])) in away for row in rows]
    troubled = [row for row, is_away in zip(rows, of_whom, strict=True) if not is_away]
    return troubled, [row for row, is_away in zip(rows, of_whom, strict=True) if is_away]
