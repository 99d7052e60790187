"""Channels and digests that go by another name now, and those that the configuration lacks.

Who left a list that is gone is sent nothing by any list that comes after it: nobody knows yet
whether it is the same. A move says that it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.sqlite import insert

from digest.config.addresses import mail_key
from digest.editions.weekly import configured, weekly_of
from digest.model import ALERTS
from digest.store.aliases import batches
from digest.store.recipients import SUPPRESSED
from digest.store.tables import (
    IS_OPEN,
    asks,
    deliveries,
    digests,
    edition_entries,
    editions,
    lists,
    moves,
    passed_over,
    recipients,
    renditions,
    spent,
    subscriptions,
    weekly_readers,
    weeks,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from typing import Any, Literal

    from sqlalchemy.engine import Connection, Row

    from digest.store.sqlite.connection import Database


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
            carried = sum(_carry(connection, names, name) for name in new)
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
            connection.execute(sa.delete(weekly_readers).where(weekly_readers.c.channel == name))
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
            _merge_people(connection, before, after, now)
            for keys in batches(named):
                connection.execute(
                    sa.update(recipients)
                    .where(recipients.c.channel == after, recipients.c.key.in_(keys))
                    .values(listed=0)
                )
            for table in (weekly_readers, asks, spent):
                _take_over(connection, table, "channel", before, after)
            _move_waiting(connection, before, after)
            connection.execute(sa.delete(lists).where(lists.c.name == before))
            _note_move(connection, "channel", before, after)
        return moved

    def move_digest(self, before: str, after: str) -> int:
        """Have a digest go on under another name, as if it had always been called so.

        Answers how many editions it brings. What either took, it is sent no more.
        """
        with self._database.transaction() as connection:
            number = editions_in(connection).get(before, 0)
            _move_subscriptions(connection, before, after)
            for old, new in ((before, after), (weekly_of(before), weekly_of(after))):
                _move_editions(connection, old, new)
                _move_schedule(connection, old, new)
            _move_week(connection, before, after)
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


def _carry(connection: Connection, names: Collection[str], new: str) -> int:
    """Have those who left lists that are gone, or paused, have done so on a new one."""
    of_gone = recipients.c.channel.not_in(names), recipients.c.state.in_((*SUPPRESSED, "paused"))
    # Of several lists the word that says the most, and the latest of these.
    strongest = sa.func.row_number().over(
        partition_by=recipients.c.key,
        order_by=(_STRENGTH, recipients.c.changed_at.desc(), recipients.c.channel),
    )
    ranked = sa.select(recipients, strongest.label("rank")).where(*of_gone).subquery()
    words = {
        **{column.name: ranked.c[column.name] for column in recipients.c},
        "channel": sa.literal(new),
        "listed": sa.literal(0),
        "reason": _CARRIED + ranked.c.channel,
    }
    said = sa.select(*(word.label(name) for name, word in words.items())).where(ranked.c.rank == 1)
    row = insert(recipients).from_select([*words], said)
    told = ("state", "reason", "paused_until", "changed_at")
    # Where it has a row of before, the later word holds.
    done = connection.execute(
        row.on_conflict_do_update(
            index_elements=[recipients.c.channel, recipients.c.key],
            set_={name: row.excluded[name] for name in told},
            where=sa.and_(
                recipients.c.state.not_in(SUPPRESSED),
                recipients.c.changed_at < row.excluded.changed_at,
            ),
        )
    )
    return done.rowcount


# Before the name of the list that somebody left, in the words of one that came after it.
_CARRIED = "as in "
_STRENGTH = sa.case(
    (recipients.c.state == "unsubscribed", 0), (recipients.c.state == "bounced", 1), else_=2
)


def _merge_people(connection: Connection, before: str, after: str, now: datetime) -> None:
    old = recipients.alias()
    same = sa.and_(old.c.channel == before, old.c.key == recipients.c.key)
    left = sa.and_(same, old.c.state.in_(SUPPRESSED))
    there = sa.update(recipients).where(recipients.c.channel == after)
    carried = recipients.c.reason.startswith(_CARRIED, autoescape=True)
    # Who left by the old name, and came back by the new one, as a row that was carried shows.
    is_back = sa.and_(
        old.c.created_at == recipients.c.created_at, old.c.changed_at < recipients.c.changed_at
    )
    # Who left the new list has said more than the old one knows.
    connection.execute(
        there.where(
            sa.exists().where(left, ~is_back),
            sa.or_(recipients.c.state.not_in(SUPPRESSED), carried),
        ).values(
            state=sa.select(old.c.state).where(left).scalar_subquery(),
            reason=sa.select(old.c.reason).where(left).scalar_subquery(),
            paused_until=None,
            changed_at=now,
        )
    )
    connection.execute(there.where(sa.exists().where(same, old.c.listed == 1)).values(listed=1))
    _take_over(connection, recipients, "channel", before, after)


def _take_over(
    connection: Connection, table: sa.Table, column: str, before: str, after: str
) -> None:
    """Have the rows of one name be those of another; what is there already stays as it is."""
    others = [each.name for each in table.c if each.name != column]
    rows = sa.select(sa.literal(after), *(table.c[name] for name in others)).where(
        table.c[column] == before
    )
    connection.execute(insert(table).from_select([column, *others], rows).on_conflict_do_nothing())
    connection.execute(sa.delete(table).where(table.c[column] == before))


def _move_waiting(connection: Connection, before: str, after: str) -> None:
    """Have what waits for a channel go through another, to those who get it there by nothing else.

    Where the other has an edition of its own, that is what goes.
    """
    other = renditions.alias()
    has_own = sa.select(other.c.edition_id).where(other.c.channel == after, other.c.kind == "email")
    waiting = sa.select(deliveries.c.edition_id).where(
        deliveries.c.channel == before, sa.text(IS_OPEN)
    )
    mine = sa.and_(
        renditions.c.channel == before,
        renditions.c.kind == "email",
        renditions.c.edition_id.in_(waiting),
    )
    ids = sa.select(renditions.c.edition_id).where(mine).distinct()
    alone = list(connection.execute(ids.where(renditions.c.edition_id.not_in(has_own))).scalars())
    for some in batches(alone):
        for table in (deliveries, renditions):
            connection.execute(
                sa.update(table)
                .where(table.c.channel == before, table.c.edition_id.in_(some))
                .values(channel=after)
            )
    for edition in connection.execute(ids).scalars().all():
        _move_missing(connection, edition, before, after)


def _move_missing(connection: Connection, edition: int, before: str, after: str) -> None:
    """Have an edition go through another channel to those who do not get it there already."""
    of_edition = sa.select(deliveries.c.id, deliveries.c.recipient).where(
        deliveries.c.edition_id == edition
    )
    there = connection.execute(of_edition.where(deliveries.c.channel == after))
    known = {mail_key(row.recipient) for row in there}
    waiting = connection.execute(of_edition.where(deliveries.c.channel == before, sa.text(IS_OPEN)))
    missing = [row.id for row in waiting if mail_key(row.recipient) not in known]
    for some in batches(missing):
        connection.execute(
            sa.update(deliveries).where(deliveries.c.id.in_(some)).values(channel=after)
        )


def _note_move(connection: Connection, kind: str, before: str, after: str) -> None:
    row = insert(moves).values(kind=kind, before=before, after=after)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[moves.c.kind, moves.c.before], set_={"after": after}
        )
    )
    # What goes by this name again was not moved away from it.
    connection.execute(sa.delete(moves).where(moves.c.kind == kind, moves.c.before == after))


def _move_editions(connection: Connection, before: str, after: str) -> None:
    other = editions.alias()
    times = sa.select(other.c.scheduled_for).where(other.c.digest == after)
    numbers = sa.select(editions.c.id).where(editions.c.digest == before)
    for some in batches(list(connection.execute(numbers).scalars())):
        connection.execute(
            sa.update(deliveries).where(deliveries.c.edition_id.in_(some)).values(digest=after)
        )
    connection.execute(
        sa.update(editions)
        .where(editions.c.digest == before, editions.c.scheduled_for.not_in(times))
        .values(digest=after)
    )
    for table in (edition_entries, passed_over):
        _take_over(connection, table, "digest", before, after)


def _move_subscriptions(connection: Connection, before: str, after: str) -> None:
    """Have a digest wait for what the other did: of two lines that were drawn, for the earlier."""
    old = subscriptions.alias()
    earlier = sa.and_(
        old.c.digest == before,
        old.c.feed_id == subscriptions.c.feed_id,
        old.c.baseline < subscriptions.c.baseline,
    )
    words = {
        name: sa.select(old.c[name]).where(earlier).scalar_subquery()
        for name in ("baseline", "since", "subscribed_at")
    }
    connection.execute(
        sa.update(subscriptions)
        .where(subscriptions.c.digest == after, sa.exists().where(earlier))
        .values(**words)
    )
    _take_over(connection, subscriptions, "digest", before, after)


def _move_schedule(connection: Connection, before: str, after: str) -> None:
    query = sa.select(digests).where(digests.c.name.in_((before, after)))
    rows = {row.name: row for row in connection.execute(query)}
    if before in rows and after in rows:
        connection.execute(
            sa.update(digests)
            .where(digests.c.name == after)
            .values(_goes_on(rows[before], rows[after]))
        )
    connection.execute(sa.delete(digests).where(digests.c.name == before))


def _goes_on(before: Row[Any], after: Row[Any]) -> dict[str, Any]:
    """When a digest is due that goes on as another: what it missed by the same schedule, now."""
    last = max((before, after), key=lambda row: (row.last_due_at is not None, row.last_due_at))
    due = after.next_edition_at
    had = last.last_due_at
    if before.schedule == after.schedule and (had is None or had < before.next_edition_at):
        due = min(due, before.next_edition_at)
    return {"next_edition_at": due, "last_due_at": had, "last_result": last.last_result}


def _move_week(connection: Connection, before: str, after: str) -> None:
    query = sa.select(weeks.c.digest, weeks.c.last_edition).where(
        weeks.c.digest.in_((before, after))
    )
    last = max((row.last_edition for row in connection.execute(query)), default=0)
    _take_over(connection, weeks, "digest", before, after)
    _take_over(connection, weekly_readers, "digest", before, after)
    connection.execute(sa.update(weeks).where(weeks.c.digest == after).values(last_edition=last))
