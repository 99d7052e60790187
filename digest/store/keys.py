"""Keys that this installation signs links and sessions with."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.sqlite import insert

from digest.model import repr_without
from digest.store.tables import keys

if TYPE_CHECKING:
    from digest.store.database import Database

_BYTES = 32
_LINKS, _SESSIONS = "links", "sessions"
# With a number behind it.
_RETIRED = "links before "


class Keys(Struct, frozen=True):
    """The keys there are; by links that `retired` ones signed readers can leave, and no more."""

    links: bytes
    sessions: bytes
    retired: tuple[bytes, ...] = ()
    __repr__ = repr_without("links", "sessions", "retired")


class KeyQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def key(self, purpose: str) -> bytes:
        """The key for a purpose: 32 random bytes, made when they are first asked for."""
        with self._database.transaction() as connection:
            return _key(connection, purpose)

    def all(self) -> Keys:
        """All keys; those that are not there yet are made."""
        with self._database.transaction() as connection:
            return _all(connection)

    def rotate(self, *, forget: bool) -> Keys:
        """Make all keys anew; those of links retire, or are forgotten with all that did before."""
        with self._database.transaction() as connection:
            before = _all(connection)
            if forget:
                connection.execute(sa.delete(keys).where(_is_retired()))
            else:
                retired = f"{_RETIRED}{len(before.retired) + 1}"
                connection.execute(insert(keys).values(purpose=retired, secret=before.links))
            for purpose in (_LINKS, _SESSIONS):
                anew = sa.update(keys).where(keys.c.purpose == purpose)
                connection.execute(anew.values(secret=secrets.token_bytes(_BYTES)))
            return _all(connection)


def _all(connection: sa.Connection) -> Keys:
    links, sessions = _key(connection, _LINKS), _key(connection, _SESSIONS)
    retired = connection.execute(sa.select(keys.c.secret).where(_is_retired())).scalars()
    return Keys(links, sessions, tuple(map(bytes, retired)))


def _key(connection: sa.Connection, purpose: str) -> bytes:
    connection.execute(
        insert(keys)
        .values(purpose=purpose, secret=secrets.token_bytes(_BYTES))
        .on_conflict_do_nothing()
    )
    found = connection.execute(sa.select(keys.c.secret).where(keys.c.purpose == purpose))
    return bytes(found.scalar_one())


def _is_retired() -> sa.ColumnElement[bool]:
    return keys.c.purpose.startswith(_RETIRED)
