"""Lists of recipients that go on as others, with what waits for their readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digest.config.addresses import mail_key
from digest.config.channels import CHANNEL_KINDS
from digest.store.bulk import batches
from digest.store.merge_rows import take_over
from digest.store.recipients import SUPPRESSED
from digest.store.tables import IS_OPEN, deliveries, not_given, recipients, renditions

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.engine import Connection

# Before the name of the list that somebody left, in the words of one that came after it.
_CARRIED = "as in "
_STRENGTH = sa.case(
    (recipients.c.state == "unsubscribed", 0), (recipients.c.state == "bounced", 1), else_=2
)


def carry_departures(connection: Connection, names: Collection[str], new: str) -> int:
    """Have those who left lists that are gone, or paused, have done so on a new one."""
    of_gone = recipients.c.channel.not_in(names), recipients.c.state.in_((*SUPPRESSED, "paused"))
    # Of several lists the word that says the most, and the latest of these.
    strongest = sa.func.row_number().over(
        partition_by=recipients.c.key,
        order_by=(_STRENGTH, recipients.c.changed_at.desc(), recipients.c.channel),
    )
    ranked = sa.select(recipients, strongest.label("rank")).where(*of_gone).subquery()
    values = {
        **{column.name: ranked.c[column.name] for column in recipients.c},
        "channel": sa.literal(new),
        "listed": sa.literal(0),
        "reason": _CARRIED + ranked.c.channel,
    }
    departures = sa.select(*(word.label(name) for name, word in values.items())).where(
        ranked.c.rank == 1
    )
    row = insert(recipients).from_select([*values], departures)
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


def merge_recipients(connection: Connection, before: str, after: str, now: datetime) -> None:
    """Have the readers of one list be on another; who left either has left it."""
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
    take_over(connection, recipients, "channel", before, after)


def move_waiting(connection: Connection, before: str, after: str) -> None:
    """Have what waits for a channel go through another, to those who get it there by nothing else.

    Where the other has an edition of its own, that is what goes. What a channel was not given of
    an edition goes with it.
    """
    other = renditions.alias()
    has_own = sa.select(other.c.edition_id).where(
        other.c.channel == after, other.c.kind.in_(_kinds_with_lists())
    )
    waiting = sa.select(deliveries.c.edition_id).where(
        deliveries.c.channel == before, sa.text(IS_OPEN)
    )
    mine = sa.and_(
        renditions.c.channel == before,
        renditions.c.kind.in_(_kinds_with_lists()),
        renditions.c.edition_id.in_(waiting),
    )
    of_list = sa.select(renditions.c.edition_id).where(mine).distinct()
    alone = list(
        connection.execute(of_list.where(renditions.c.edition_id.not_in(has_own))).scalars()
    )
    for ids in batches(alone):
        for table in (deliveries, renditions):
            connection.execute(
                sa.update(table)
                .where(table.c.channel == before, table.c.edition_id.in_(ids))
                .values(channel=after)
            )
        _move_not_given(connection, ids, before, after)
    for edition in connection.execute(of_list).scalars().all():
        _move_missing(connection, edition, before, after)


def _move_not_given(
    connection: Connection, edition_ids: Collection[int], before: str, after: str
) -> None:
    """Have what one channel was not given of these editions be what another was not given."""
    of_editions = not_given.c.edition_id.in_(edition_ids)
    connection.execute(sa.delete(not_given).where(of_editions, not_given.c.channel == after))
    connection.execute(
        sa.update(not_given).where(of_editions, not_given.c.channel == before).values(channel=after)
    )


def _move_missing(connection: Connection, edition: int, before: str, after: str) -> None:
    """Have an edition go through another channel to those who do not get it there already."""
    of_edition = sa.select(deliveries.c.id, deliveries.c.recipient).where(
        deliveries.c.edition_id == edition
    )
    there = connection.execute(of_edition.where(deliveries.c.channel == after))
    known = {mail_key(row.recipient) for row in there}
    waiting = connection.execute(of_edition.where(deliveries.c.channel == before, sa.text(IS_OPEN)))
    missing = [row.id for row in waiting if mail_key(row.recipient) not in known]
    for ids in batches(missing):
        connection.execute(
            sa.update(deliveries).where(deliveries.c.id.in_(ids)).values(channel=after)
        )


def _kinds_with_lists() -> list[str]:
    return [kind for kind, model in CHANNEL_KINDS.items() if model.keeps_list]
