"""Keys that this installation signs links and sessions with."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digest.store.tables import keys

if TYPE_CHECKING:
    from digest.store.database import Database

_BYTES = 32


class KeyQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def key(self, purpose: str) -> bytes:
        """The key for a purpose: 32 random bytes, made when they are first asked for."""
        with self._database.transaction() as connection:
            connection.execute(
                insert(keys)
                .values(purpose=purpose, secret=secrets.token_bytes(_BYTES))
                .on_conflict_do_nothing()
            )
            found = connection.execute(sa.select(keys.c.secret).where(keys.c.purpose == purpose))
            return bytes(found.scalar_one())
