"""Digests that go on as others: their editions, subscriptions, schedules and weeks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.store.bulk import batches
from digest.store.merge_rows import take_over
from digest.store.tables import (
    deliveries,
    digests,
    edition_entries,
    editions,
    passed_over,
    subscriptions,
    weekly_readers,
    weeks,
)

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Row


def move_editions(connection: Connection, before: str, after: str) -> None:
    """Have the editions of one digest be those of another, and what it sent or passed over."""
    other = editions.alias()
    times = sa.select(other.c.scheduled_for).where(other.c.digest == after)
    numbers = sa.select(editions.c.id).where(editions.c.digest == before)
    for ids in batches(list(connection.execute(numbers).scalars())):
        connection.execute(
            sa.update(deliveries).where(deliveries.c.edition_id.in_(ids)).values(digest=after)
        )
    connection.execute(
        sa.update(editions)
        .where(editions.c.digest == before, editions.c.scheduled_for.not_in(times))
        .values(digest=after)
    )
    for table in (edition_entries, passed_over):
        take_over(connection, table, "digest", before, after)


def move_subscriptions(connection: Connection, before: str, after: str) -> None:
    """Have a digest wait for what the other did: of two lines that were drawn, for the earlier."""
    old = subscriptions.alias()
    earlier = sa.and_(
        old.c.digest == before,
        old.c.feed_id == subscriptions.c.feed_id,
        old.c.baseline < subscriptions.c.baseline,
    )
    values = {
        name: sa.select(old.c[name]).where(earlier).scalar_subquery()
        for name in ("baseline", "since", "subscribed_at")
    }
    connection.execute(
        sa.update(subscriptions)
        .where(subscriptions.c.digest == after, sa.exists().where(earlier))
        .values(**values)
    )
    take_over(connection, subscriptions, "digest", before, after)


def move_schedule(connection: Connection, before: str, after: str) -> None:
    """Have one digest be due when the other was, where it is sooner by the same schedule."""
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


def move_week(connection: Connection, before: str, after: str) -> None:
    """Have the week of one digest go on as that of another, with its weekly readers."""
    query = sa.select(weeks.c.digest, weeks.c.last_edition).where(
        weeks.c.digest.in_((before, after))
    )
    last = max((row.last_edition for row in connection.execute(query)), default=0)
    take_over(connection, weeks, "digest", before, after)
    take_over(connection, weekly_readers, "digest", before, after)
    connection.execute(sa.update(weeks).where(weeks.c.digest == after).values(last_edition=last))
