"""Entries: what a body changes, inside the transaction of its poll."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.feeds.quota import size_of, without_text
from digest.store.aliases import add_aliases, change_aliases, forget_aliases
from digest.store.bulk import batches, insert_rows
from digest.store.entry_rows import facts_to_json
from digest.store.tables import (
    as_text,
    edition_entries,
    editions,
    entries,
    feedback,
    full_texts,
    passed_over,
    subscriptions,
)
from digest.store.tables import digests as digests_table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.model import CleanEntry, FeedState
    from digest.store.updates import Measured, Update


def newest_entry(connection: Connection) -> int:
    """The id of the newest entry, of whatever feed; 0 where there are none."""
    return connection.execute(_NEWEST).scalar_one()


def write_entries(
    connection: Connection, state: FeedState, update: Update, now: datetime
) -> dict[str, int]:
    """What a body brought: entries that are new, edited or there again.

    Answers the ids of new ones by key.
    """
    _list(connection, state, update.seen, now)
    added = _add(connection, state.id, update, now)
    edited = [number for number, _ in update.edited]
    held, paged = _chosen(connection, _HELD, edited), _chosen(connection, _PAGED, edited)
    for number, edited_entry in update.edited:
        entry = without_text(edited_entry) if number in held else edited_entry
        values = _said_beside_page(entry) if number in paged else _said(entry)
        if number not in update.restored:
            values |= dict.fromkeys(_edited_columns(update), now)
        connection.execute(sa.update(entries).where(entries.c.id == number).values(values))
    if update.measured:
        connection.execute(_SET_FACTS, [_measured(measured) for measured in update.measured])
    change_aliases(connection, state.id, {number for number, _ in update.edited}, update.renamed)
    return added


def _chosen(connection: Connection, query: sa.Select[int], numbers: Collection[int]) -> set[int]:
    """Those of these entries that a query of them finds."""
    return {
        number
        for batch in batches(numbers)
        for number in connection.execute(query, {"numbers": batch}).scalars()
    }


def _edited_columns(update: Update) -> tuple[str, ...]:
    return ("edited_at", "resend_at") if update.resend else ("edited_at",)


def _add(connection: Connection, feed_id: int, update: Update, now: datetime) -> dict[str, int]:
    if not update.new:
        return {}
    # Nobody else writes meanwhile, and to be told the numbers of many rows takes long.
    newest = newest_entry(connection)
    hold, at = "held" if update.flood else "", as_text(now)
    rows = [
        _row(feed_id, without_text(entry) if hold else entry, at) | {"id": number, "hold": hold}
        for number, entry in enumerate(update.new, newest + 1)
    ]
    insert_rows(connection, entries, _COLUMNS, [tuple(map(row.get, _COLUMNS)) for row in rows])
    added = {entry.key: number for number, entry in enumerate(update.new, newest + 1)}
    add_aliases(connection, feed_id, {added[entry.key]: entry.names for entry in update.new})
    return added


def _list(connection: Connection, state: FeedState, seen: Collection[int], now: datetime) -> None:
    """Bring in line what the last body lists; what it lists no more was there until then."""
    if not state.entries and not seen:
        return
    listed = set(connection.execute(_LISTED, {"feed": state.id}).scalars())
    until = state.succeeded_at or now
    for numbers, values in (
        (listed.difference(seen), {"is_listed": 0, "at": until}),
        (set(seen) - listed, {"is_listed": 1, "at": now}),
    ):
        if numbers:
            connection.execute(_SET_LISTED, [{"number": number, **values} for number in numbers])


def is_taken() -> sa.ColumnElement[bool]:
    """Whether the subscribed digest has done with an entry, in a query of both.

    An edition took it, or its rules left it out. One that was edited since, in a feed whose edits
    are sent again, is not taken any more.
    """
    sent = sa.exists().where(
        edition_entries.c.digest == subscriptions.c.digest,
        edition_entries.c.entry_id == entries.c.id,
        editions.c.id == edition_entries.c.edition_id,
        sa.or_(entries.c.resend_at.is_(None), editions.c.period_to >= entries.c.resend_at),
    )
    left_out = sa.exists().where(
        passed_over.c.digest == subscriptions.c.digest,
        passed_over.c.entry_id == entries.c.id,
        sa.or_(entries.c.resend_at.is_(None), passed_over.c.at >= entries.c.resend_at),
    )
    return sa.or_(
        sent.correlate(entries, subscriptions), left_out.correlate(entries, subscriptions)
    )


def pass_over(
    connection: Connection, digest: str, left_out: Mapping[int, str], now: datetime
) -> None:
    """Note for good that a digest's rules left entries out: by id, the rule that did.

    Those whose text the next poll brings, since it was not kept while they were held, are judged
    again then.
    """
    unread = _chosen(connection, _UNREAD, left_out)
    left_out = {number: rule for number, rule in left_out.items() if number not in unread}
    if not left_out:
        return
    # One that was edited since, and is judged again, may be there.
    there = (passed_over.c.digest == digest) & (passed_over.c.entry_id == sa.bindparam("entry"))
    rows = [(digest, entry, rule, as_text(now)) for entry, rule in left_out.items()]
    connection.execute(sa.delete(passed_over).where(there), [{"entry": row[1]} for row in rows])
    insert_rows(connection, passed_over, ("digest", "entry_id", "rule", "at"), rows)


def is_awaited() -> sa.ColumnElement[bool]:
    """Whether a digest waits for an entry, or for the word about it, in a query of entries."""
    return sa.exists().where(
        subscriptions.c.feed_id == entries.c.feed_id,
        subscriptions.c.digest == digests_table.c.name,
        digests_table.c.gone == 0,
        sa.or_(
            entries.c.id > subscriptions.c.baseline, entries.c.published >= subscriptions.c.since
        ),
        entries.c.hold != "discarded",
        ~is_taken(),
    )


def _forgettable() -> sa.Select[tuple[int]]:
    """The entries of a feed that it last had before a time, but for what a digest waits for."""
    every = entries.alias()
    return sa.select(entries.c.id).where(
        entries.c.feed_id == sa.bindparam("feed"),
        # As it stands in the index, or it would not be used.
        entries.c.listed == sa.literal_column("0"),
        entries.c.last_seen_at < sa.bindparam("before", type_=entries.c.last_seen_at.type),
        ~is_awaited(),
        # SQLite gives the id of a last row out again, and a baseline may be drawn at it.
        entries.c.id < sa.select(sa.func.max(every.c.id)).scalar_subquery(),
    )


_OF_ENTRIES = (
    edition_entries.c.entry_id,
    passed_over.c.entry_id,
    feedback.c.entry_id,
    full_texts.c.entry_id,
    entries.c.id,
)


def forget_entries(connection: Connection, feed_id: int, before: datetime) -> None:
    """Forget the entries the feed last had before this, but for those a digest still waits for."""
    numbers = connection.execute(_FORGETTABLE, {"feed": feed_id, "before": before}).scalars().all()
    for batch in batches(numbers):
        forget_aliases(connection, feed_id, batch)
        for column in _OF_ENTRIES:
            connection.execute(sa.delete(column.table).where(column.in_(batch)))


def _said(entry: CleanEntry) -> dict[str, Any]:
    """What an edit may change: not when an entry was first seen, and not its date."""
    return {
        "fingerprint": entry.fingerprint,
        "title": entry.title,
        "link": entry.link,
        "author": entry.author,
        "content": entry.html,
        "size": size_of(entry),
        "excerpt": entry.excerpt,
        "words": entry.words,
        "image": entry.image,
        "categories": "\n".join(entry.categories),
        "seconds": entry.seconds,
        "facts": facts_to_json(entry.facts),
        "discussion": entry.discussion,
        "video": int(entry.video),
    }


def _said_beside_page(entry: CleanEntry) -> dict[str, Any]:
    """The same where the text is the page's, which an edit of the feed leaves as it is."""
    kept = _OF_PAGE if entry.image else _OF_PAGE | {"image"}
    return {name: value for name, value in _said(entry).items() if name not in kept}


def _measured(measured: Measured) -> dict[str, Any]:
    return {
        "number": measured.entry,
        "new_facts": facts_to_json(measured.facts),
        "new_discussion": measured.discussion,
    }


def _row(feed_id: int, entry: CleanEntry, at: str) -> dict[str, Any]:
    return _said(entry) | {
        "feed_id": feed_id,
        "key": entry.key,
        "published": entry.published and as_text(entry.published),
        "first_seen_at": at,
        "last_seen_at": at,
        "listed": 1,
    }


# Built once: to build a statement takes longer than to carry it out.
_FEED: sa.BindParameter[int] = sa.bindparam("feed")
_NEWEST: sa.Select[int] = sa.select(sa.func.coalesce(sa.func.max(entries.c.id), 0))
_COLUMNS = tuple(
    name
    for name in (column.name for column in entries.c)
    if name not in {"edited_at", "resend_at", "gone_at"}
)
# As it stands in the index, or it would not be used.
_LISTED = sa.select(entries.c.id).where(
    entries.c.feed_id == _FEED, entries.c.listed == sa.literal_column("1")
)
_SET_LISTED = (
    sa.update(entries)
    .where(entries.c.id == sa.bindparam("number"))
    .values(
        listed=sa.bindparam("is_listed"),
        last_seen_at=sa.bindparam("at", type_=entries.c.last_seen_at.type),
        gone_at=None,
    )
)
_NEW_FACTS: sa.BindParameter[str] = sa.bindparam("new_facts")
_NEW_DISCUSSION: sa.BindParameter[str] = sa.bindparam("new_discussion")
_SET_FACTS = (
    sa.update(entries)
    .where(
        entries.c.id == sa.bindparam("number"),
        # Rows are long, and most stay as they are.
        sa.or_(entries.c.facts != _NEW_FACTS, entries.c.discussion != _NEW_DISCUSSION),
    )
    .values(facts=_NEW_FACTS, discussion=_NEW_DISCUSSION)
)
_FORGETTABLE = _forgettable()
_THESE = entries.c.id.in_(sa.bindparam("numbers", expanding=True))
# Held, or discarded: of those no text is kept.
_HELD = sa.select(entries.c.id).where(entries.c.hold != "", _THESE)
# Of those the text is the page's, and not dropped.
_OF_PAGE = {"content", "size", "excerpt", "words"}
_PAGED = (
    sa.select(entries.c.id)
    .join(full_texts, full_texts.c.entry_id == entries.c.id)
    .where(full_texts.c.reason == "", entries.c.size > 0, _THESE)
)
# Released, and still in the feed, which is read whole next.
_UNREAD = sa.select(entries.c.id).where(entries.c.fingerprint == "", entries.c.listed == 1, _THESE)
