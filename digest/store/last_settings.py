"""The settings that were last taken over, for commands whose file has an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from digest.store.tables import last_settings

if TYPE_CHECKING:
    from datetime import datetime

    from digest.store.database import Database


class LastSettings(Struct, frozen=True):
    """Settings as JSON without secrets, their file, and since when they are as they are."""

    file: str
    data: str
    since: datetime


class LastSettingsQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> LastSettings | None:
        """The settings that were last taken over; None before the first start."""
        with self._database.statement() as connection:
            row = connection.execute(sa.select(last_settings)).first()
        return LastSettings(**row._asdict()) if row else None

    def keep(self, file: str, data: str, now: datetime) -> None:
        """Keep these from now on; where they are those of before, since when they were.

        A time after now is of a clock that ran ahead.
        """
        same = sa.select(last_settings.c.since).where(
            last_settings.c.file == file,
            last_settings.c.data == data,
            last_settings.c.since <= now,
        )
        with self._database.transaction() as connection:
            if connection.execute(same).first() is None:
                connection.execute(sa.delete(last_settings))
                connection.execute(sa.insert(last_settings).values(file=file, data=data, since=now))
