"""Who may ask a bot, how far what was asked is heard, and which channels somebody has paused."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.sqlite import insert

from digest.store.tables import UtcDateTime, heard, pairings, pauses

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection

    from digest.model import IncomingMessage
    from digest.store.database import Database

CODE_COUNTS = timedelta(minutes=15)
MOST_OPEN = 5
"""How many codes a bot has given at a time that are not confirmed."""
MOST_TRIES = 5
"""How many wrong codes end those that are open."""
# After a week without messages a service may number them anew, from anywhere; what is older than
# this is too old to be answered anyway.
_NUMBER_COUNTS = timedelta(days=1)

_IS_OPEN = pairings.c.confirmed_at.is_(None)


class Pairing(Struct, frozen=True):
    """A person who may ask a bot, or wants to: then `confirmed_at` is None."""

    id: int
    bot: str
    person: str
    name: str
    created_at: datetime
    confirmed_at: datetime | None = None
    asked_at: datetime | None = None


class PairingQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, bot: str, message: IncomingMessage, code_hash: str, now: datetime) -> bool:
        """Have a person wait for a code to be confirmed; a code of before is over.

        False where too many wait already.
        """
        with self._database.transaction() as connection:
            _drop_old(connection, now)
            waiting = sa.select(sa.func.count()).where(
                pairings.c.bot == bot, _IS_OPEN, pairings.c.person != message.person
            )
            if connection.execute(waiting).scalar_one() >= MOST_OPEN:
                return False
            values = {
                "chat": message.chat,
                "name": message.name,
                "code_hash": code_hash,
                "tries": 0,
                "created_at": now,
            }
            row = insert(pairings).values(bot=bot, person=message.person, **values)
            connection.execute(
                row.on_conflict_do_update(
                    index_elements=["bot", "person"], set_=values, where=_IS_OPEN
                )
            )
            return True

    def confirm(self, code_hash: str, now: datetime) -> Pairing | None:
        """Pair whoever was given this code; None: nobody was, or it is over. Each works once."""
        with self._database.transaction() as connection:
            _drop_old(connection, now)
            query = sa.select(pairings).where(_IS_OPEN, pairings.c.code_hash == code_hash)
            if (row := connection.execute(query).first()) is None:
                wrong = sa.update(pairings).where(_IS_OPEN)
                connection.execute(wrong.values(tries=pairings.c.tries + 1))
                return None
            connection.execute(
                sa.update(pairings)
                .where(pairings.c.id == row.id)
                .values(code_hash=None, confirmed_at=now)
            )
            return _pairing(connection, row.id)

    def revoke(self, number: int) -> None:
        """Forget a pairing, and what its person has paused."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(pauses).where(pauses.c.pairing_id == number))
            connection.execute(sa.delete(pairings).where(pairings.c.id == number))

    def all(self, now: datetime) -> list[Pairing]:
        """Everybody who is paired, or whose code still counts, the oldest first."""
        query = sa.select(pairings).where(~(_IS_OPEN & _is_over(now))).order_by(pairings.c.id)
        with self._database.transaction() as connection:
            return [_of_row(row) for row in connection.execute(query)]

    def heard(self, bot: str, now: datetime) -> int | None:
        """The number of the last message that is not to be heard again, where it still counts."""
        with self._database.transaction() as connection:
            return _heard(connection, bot, now)

    def hear(self, bot: str, number: int, now: datetime) -> None:
        """Have messages up to this one never be heard again."""
        with self._database.transaction() as connection:
            _hear(connection, bot, number, now)

    def take(self, bot: str, message: IncomingMessage, now: datetime) -> Pairing | None:
        """Who asks this, if it is somebody who may; from now on it is never heard again.

        So a command is carried out once at most: a process that is killed in it has had its try.
        None also where it was heard before.
        """
        query = sa.select(pairings).where(
            pairings.c.bot == bot,
            pairings.c.person == message.person,
            pairings.c.confirmed_at.is_not(None),
        )
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
            last = _heard(connection, bot, now)
            if row is None or (last is not None and message.number <= last):
                return None
            _hear(connection, bot, message.number, now)
            asked = sa.update(pairings).where(pairings.c.id == row.id).values(asked_at=now)
            connection.execute(asked)
            return _pairing(connection, row.id)

    def pause(self, channels: Collection[str], until: datetime, pairing: int) -> None:
        """Have the deliveries of these channels wait until then, as somebody wants it."""
        values = {"until": until, "pairing_id": pairing}
        with self._database.transaction() as connection:
            for channel in channels:
                row = insert(pauses).values(channel=channel, **values)
                connection.execute(row.on_conflict_do_update([pauses.c.channel], set_=values))

    def resume(self, channels: Collection[str]) -> None:
        """End the pauses of these channels."""
        with self._database.transaction() as connection:
            connection.execute(sa.delete(pauses).where(pauses.c.channel.in_(channels)))

    def paused(self, now: datetime) -> dict[str, datetime]:
        """The channels whose deliveries wait, and until when."""
        with self._database.transaction() as connection:
            return paused_channels(connection, now)


def paused_channels(connection: Connection, now: datetime) -> dict[str, datetime]:
    """The channels whose deliveries wait at a time, and until when."""
    return {name: until for name, until in pauses_in(connection).items() if until > now}


def pauses_in(connection: Connection) -> dict[str, datetime]:
    """Until when each channel is paused, or was last."""
    query = sa.select(pauses).order_by(pauses.c.channel)
    return {row.channel: row.until for row in connection.execute(query)}


def _is_over(now: datetime) -> sa.ColumnElement[bool]:
    """Whether the code of somebody who waits counts no more."""
    given = sa.literal(now - CODE_COUNTS, UtcDateTime)
    return sa.or_(pairings.c.created_at <= given, pairings.c.tries >= MOST_TRIES)


def _drop_old(connection: Connection, now: datetime) -> None:
    connection.execute(sa.delete(pairings).where(_IS_OPEN, _is_over(now)))


def _heard(connection: Connection, bot: str, now: datetime) -> int | None:
    query = sa.select(heard.c.number).where(heard.c.bot == bot, heard.c.at > now - _NUMBER_COUNTS)
    return connection.execute(query).scalar()


def _hear(connection: Connection, bot: str, number: int, now: datetime) -> None:
    values = {"number": number, "at": now}
    row = insert(heard).values(bot=bot, **values)
    connection.execute(row.on_conflict_do_update([heard.c.bot], set_=values))


def _pairing(connection: Connection, number: int) -> Pairing:
    return _of_row(connection.execute(sa.select(pairings).where(pairings.c.id == number)).one())


def _of_row(row: Any) -> Pairing:
    return Pairing(
        row.id, row.bot, row.person, row.name, row.created_at, row.confirmed_at, row.asked_at
    )
