"""Channels and digests that go by another name now, and those that the configuration lacks.

Who left a list that is gone is sent nothing by any list that comes after it: nobody knows yet
whether it is the same. A move says that it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.sqlite import insert

from digest.editions.weekly import configured, weekly_of
from digest.model import ALERTS
from digest.store.bulk import batches
from digest.store.merge_digests import (
    move_editions,
    move_schedule,
    move_subscriptions,
    move_week,
)
from digest.store.merge_lists import carry_departures, merge_recipients, move_waiting
from digest.store.merge_rows import take_over
from digest.store.recipients import SUPPRESSED
from digest.store.tables import (
    asks,
    digests,
    editions,
    feedback,
    lists,
    moves,
    recipients,
    spent,
    subscriptions,
    weekly_readers,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from typing import Literal

    from sqlalchemy.engine import Connection

    from digest.store.database import Database


# Where what is gone for good went.
_NOWHERE = ""


class ListCount(Struct, frozen=True):
    """How many are on a list of recipients, and how many left it."""

    readers: int = 0
    left: int = 0


class RenameQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def know_lists(self, names: Collection[str], digests: Collection[str] = ()) -> int:
        """Note which email channels and digests there are; answers how many new ones send nothing.

        Who left a list that is gone, or paused it, has done so on those that are new.
        """
        with self._database.transaction() as connection:
            known = {row.name: row.gone for row in connection.execute(sa.select(lists))}
            new = [name for name in names if known.get(name, 1)]
            carried = sum(carry_departures(connection, names, name) for name in new)
            connection.execute(sa.update(lists).values(gone=lists.c.name.not_in(names)))
            if added := [{"name": name} for name in new if name not in known]:
                connection.execute(sa.insert(lists), added)
            for kind, here in (("channel", names), ("digest", digests)):
                back = sa.and_(moves.c.kind == kind, moves.c.before.in_(here))
                connection.execute(sa.delete(moves).where(back, moves.c.after == _NOWHERE))
        return carried

    def forget_recipients(self, name: str) -> ListCount:
        """Forget the readers of a channel that is gone for good; who left stays away."""
        with self._database.transaction() as connection:
            found = lists_in(connection).get(name, ListCount())
            of_list = recipients.c.channel == name
            connection.execute(
                sa.delete(recipients).where(of_list, recipients.c.state.not_in(SUPPRESSED))
            )
            for table in (weekly_readers, feedback):
                connection.execute(sa.delete(table).where(table.c.channel == name))
            _note_move(connection, "channel", name, _NOWHERE)
        return found

    def forget_digest(self, name: str) -> int:
        """Tell no more of a digest that is gone for good; its editions are kept."""
        with self._database.transaction() as connection:
            number = editions_in(connection).get(name, 0)
            _note_move(connection, "digest", name, _NOWHERE)
        return number

    def after(self, kind: Literal["channel", "digest"], name: str) -> list[str]:
        """What a channel or a digest that was called so is called now, the newest name last."""
        with self._database.transaction() as connection:
            return moved_to(connection, kind, name)

    def lists(self) -> dict[str, ListCount]:
        """How many are on each list of recipients, those of channels that are gone too."""
        with self._database.transaction() as connection:
            return lists_in(connection)

    def editions(self) -> dict[str, int]:
        """How many editions each digest had, those that are gone too."""
        with self._database.transaction() as connection:
            return editions_in(connection)

    def move_recipients(
        self, before: str, after: str, named: Collection[str], now: datetime
    ) -> ListCount:
        """Have the list of a channel go on as that of another; who left either stays away.

        `named` are the keys of those whom the file names there. What waits for the old channel is
        sent through the new one.
        """
        with self._database.transaction() as connection:
            moved = lists_in(connection).get(before, ListCount())
            merge_recipients(connection, before, after, now)
            for keys in batches(named):
                connection.execute(
                    sa.update(recipients)
                    .where(recipients.c.channel == after, recipients.c.key.in_(keys))
                    .values(listed=0)
                )
            for table in (weekly_readers, asks, spent, feedback):
                take_over(connection, table, "channel", before, after)
            move_waiting(connection, before, after)
            connection.execute(sa.delete(lists).where(lists.c.name == before))
            _note_move(connection, "channel", before, after)
        return moved

    def move_digest(self, before: str, after: str) -> int:
        """Have a digest go on under another name, as if it had always been called so.

        Answers how many editions it brings. What either took, it is sent no more.
        """
        with self._database.transaction() as connection:
            number = editions_in(connection).get(before, 0)
            move_subscriptions(connection, before, after)
            for old, new in ((before, after), (weekly_of(before), weekly_of(after))):
                move_editions(connection, old, new)
                move_schedule(connection, old, new)
            move_week(connection, before, after)
            take_over(connection, feedback, "digest", before, after)
            _note_move(connection, "digest", before, after)
        return number


def moved_to(connection: Connection, kind: str, name: str) -> list[str]:
    """What a channel or a digest that was called so is called now, the newest name last."""
    query = sa.select(moves.c.before, moves.c.after).where(moves.c.kind == kind)
    after = {row.before: row.after for row in connection.execute(query)}
    found: list[str] = []
    while (next_name := after.get(name)) and next_name not in found:
        found.append(name := next_name)
    return found


def lists_in(connection: Connection) -> dict[str, ListCount]:
    """How many are on each list of recipients, those of channels that are gone too."""
    left = sa.func.sum(sa.case((recipients.c.state.in_(SUPPRESSED), 1), else_=0))
    query = sa.select(recipients.c.channel, sa.func.count(), left).group_by(recipients.c.channel)
    forgotten = _forgotten(connection, "channel")
    return {
        row[0]: ListCount(row[1] - row[2], row[2])
        for row in connection.execute(query)
        if row[0] not in forgotten
    }


def editions_in(connection: Connection) -> dict[str, int]:
    """How many editions each digest had, its weekly ones too; alerts are of none."""
    query = sa.select(editions.c.digest, sa.func.count()).group_by(editions.c.digest)
    found: dict[str, int] = {}
    for name, number in connection.execute(query):
        found[configured(name)] = found.get(configured(name), 0) + number
    # What subscribed and had none has entries that wait.
    subscribed = sa.select(subscriptions.c.digest).distinct()
    waiting = dict.fromkeys(connection.execute(subscribed).scalars(), 0)
    hidden = {ALERTS, *_forgotten(connection, "digest"), *_moved_away(connection)}
    return {name: number for name, number in {**waiting, **found}.items() if name not in hidden}


def _forgotten(connection: Connection, kind: str) -> set[str]:
    query = sa.select(moves.c.before).where(moves.c.kind == kind, moves.c.after == _NOWHERE)
    return set(connection.execute(query).scalars())


def _moved_away(connection: Connection) -> set[str]:
    """Digests that go on as others, and are none themselves since; some editions stay theirs."""
    here = sa.select(digests.c.name)
    query = sa.select(moves.c.before).where(moves.c.kind == "digest", moves.c.before.not_in(here))
    return set(connection.execute(query).scalars())


def _note_move(connection: Connection, kind: str, before: str, after: str) -> None:
    row = insert(moves).values(kind=kind, before=before, after=after)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[moves.c.kind, moves.c.before], set_={"after": after}
        )
    )
    # What goes by this name again was not moved away from it.
    connection.execute(sa.delete(moves).where(moves.c.kind == kind, moves.c.before == after))
