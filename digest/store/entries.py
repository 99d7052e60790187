"""Entries and their names: what a body changes, inside the transaction of its poll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.feeds.names import CONTENT_KINDS
from digest.model import CleanEntry, KnownEntry
from digest.store.tables import digests as digests_table
from digest.store.tables import (
    edition_entries,
    editions,
    entries,
    entry_names,
    feeds,
    subscriptions,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.store.feeds import Update

# SQLite takes 32,766 parameters in a statement; a body may have more names.
_BATCH = 5_000


def known_entries(
    connection: Connection, feed_id: int, names: Collection[str], keys: Collection[str]
) -> list[KnownEntry]:
    """Every entry of the feed that goes by one of these names or keys, with all its names."""
    numbers: set[int] = set()
    for column, values in ((entry_names.c.name, names), (entries.c.key, keys)):
        table = column.table
        number = table.c.entry_id if table is entry_names else table.c.id
        for batch in _batches(values):
            found = sa.select(number).where(table.c.feed_id == feed_id, column.in_(batch))
            numbers.update(connection.execute(found).scalars())
    called: dict[int, list[str]] = {number: [] for number in numbers}
    known = []
    for batch in _batches(sorted(numbers)):
        named = sa.select(entry_names.c.entry_id, entry_names.c.name).where(
            entry_names.c.entry_id.in_(batch)
        )
        for row in connection.execute(named):
            called[row.entry_id].append(row.name)
        in_last = entries.c.last_seen_at == feeds.c.read_at
        query = (
            sa.select(entries.c.id, entries.c.key, entries.c.fingerprint, in_last.label("in_last"))
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .where(entries.c.id.in_(batch))
        )
        known += [
            KnownEntry(
                id=row.id,
                key=row.key,
                fingerprint=row.fingerprint,
                names=frozenset(called[row.id]),
                in_last_body=bool(row.in_last),
            )
            for row in connection.execute(query)
        ]
    return known


def write_entries(connection: Connection, feed_id: int, update: Update, now: datetime) -> None:
    """What a body brought: entries that are new, edited or there again."""
    _close_last_body(connection, feed_id)
    _add(connection, feed_id, update, now)
    for number, entry in update.edited:
        edited = {name: _unless_forgotten(name, now) for name in _edited_columns(update)}
        connection.execute(
            sa.update(entries).where(entries.c.id == number).values(_said(entry) | edited)
        )
        # What it said before is not it any more, unlike what it was called.
        connection.execute(
            sa.delete(entry_names).where(
                entry_names.c.entry_id == number,
                sa.or_(*(entry_names.c.name.startswith(f"{kind}:") for kind in CONTENT_KINDS)),
            )
        )
    _name(connection, feed_id, update.renamed.items())
    for batch in _batches(update.seen):
        connection.execute(
            sa.update(entries).where(entries.c.id.in_(batch)).values(last_seen_at=now)
        )


def _edited_columns(update: Update) -> tuple[str, ...]:
    return ("edited_at", "resend_at") if update.resend else ("edited_at",)


def _unless_forgotten(name: str, now: datetime) -> sa.Case[Any]:
    # After a migration nobody knows any more what an entry said, and so whether that changed.
    column = entries.c[name]
    return sa.case((entries.c.fingerprint == "", column), else_=sa.literal(now, column.type))


def _add(connection: Connection, feed_id: int, update: Update, now: datetime) -> None:
    if not update.new:
        return
    hold = {"hold": "held" if update.flood else ""}
    insert = sa.insert(entries).returning(entries.c.id, sort_by_parameter_order=True)
    rows = [_row(feed_id, entry, now) | hold for entry in update.new]
    numbers = connection.execute(insert, rows).scalars().all()
    names = (entry.names for entry in update.new)
    _name(connection, feed_id, zip(numbers, names, strict=True))


def _name(
    connection: Connection, feed_id: int, named: Iterable[tuple[int, Collection[str]]]
) -> None:
    rows = [
        {"feed_id": feed_id, "name": name, "entry_id": number}
        for number, names in named
        for name in names
    ]
    if rows:
        connection.execute(sa.insert(entry_names), rows)


def _close_last_body(connection: Connection, feed_id: int) -> None:
    """What the last body had was in the feed until the last poll that worked."""
    feed = connection.execute(
        sa.select(feeds.c.read_at, feeds.c.succeeded_at).where(feeds.c.id == feed_id)
    ).one()
    if feed.read_at is not None:
        connection.execute(
            sa.update(entries)
            .where(entries.c.feed_id == feed_id, entries.c.last_seen_at == feed.read_at)
            .values(last_seen_at=feed.succeeded_at)
        )


def is_taken() -> sa.Exists:
    """Whether an edition of the subscribed digest took an entry, in a query of both.

    One that was edited since, in a feed whose edits are sent again, is not taken any more.
    """
    return (
        sa.exists()
        .where(
            edition_entries.c.digest == subscriptions.c.digest,
            edition_entries.c.entry_id == entries.c.id,
            editions.c.id == edition_entries.c.edition_id,
            sa.or_(entries.c.resend_at.is_(None), editions.c.period_to >= entries.c.resend_at),
        )
        .correlate(entries, subscriptions)
    )


def forget_entries(connection: Connection, feed_id: int, before: datetime) -> None:
    """Forget the entries the feed last had before this, but for those a digest still waits for."""
    every = entries.alias()
    waiting = sa.exists().where(
        subscriptions.c.feed_id == entries.c.feed_id,
        subscriptions.c.digest == digests_table.c.name,
        sa.or_(
            entries.c.id > subscriptions.c.baseline, entries.c.published >= subscriptions.c.since
        ),
        entries.c.hold != "discarded",
        ~is_taken(),
    )
    old = sa.select(entries.c.id).where(
        entries.c.feed_id == feed_id,
        entries.c.last_seen_at < before,
        ~waiting,
        # SQLite gives the id of a last row out again, and a baseline may be drawn at it.
        entries.c.id < sa.select(sa.func.max(every.c.id)).scalar_subquery(),
    )
    numbers = connection.execute(old).scalars().all()
    for batch in _batches(numbers):
        for column in (entry_names.c.entry_id, edition_entries.c.entry_id, entries.c.id):
            connection.execute(sa.delete(column.table).where(column.in_(batch)))


def _batches(values: Collection[Any]) -> Iterator[Sequence[Any]]:
    items = list(values)
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))


def _said(entry: CleanEntry) -> dict[str, Any]:
    """What an edit may change: not when an entry was first seen, and not its date."""
    return {
        "fingerprint": entry.fingerprint,
        "title": entry.title,
        "link": entry.link,
        "author": entry.author,
        "content": entry.html,
        "excerpt": entry.excerpt,
        "words": entry.words,
        "image": entry.image,
        "seconds": entry.seconds,
    }


def _row(feed_id: int, entry: CleanEntry, now: datetime) -> dict[str, Any]:
    return _said(entry) | {
        "feed_id": feed_id,
        "key": entry.key,
        "published": entry.published,
        "first_seen_at": now,
        "last_seen_at": now,
    }
