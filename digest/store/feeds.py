"""Feeds and their entries in the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.model import CleanEntry, FeedState
from digest.store.tables import entries, feeds, subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy.engine import Connection

    from digest.store.database import Database


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to recognise a body by; opaque, byte for byte."""

    etag: str | None
    last_modified: str | None


@dataclass(frozen=True, slots=True)
class Update:
    """What one changed body brought; `windows` is `first_edition` by subscribed digest."""

    title: str
    body_hash: str
    validators: Validators
    new: Sequence[CleanEntry]
    edited: Sequence[CleanEntry]
    seen: Sequence[str]
    windows: Mapping[str, timedelta]


class FeedQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> list[FeedState]:
        """Every feed whose time has come, the longest waiting first."""
        query = sa.select(feeds).where(feeds.c.next_poll_at <= now).order_by(feeds.c.next_poll_at)
        with self._database.transaction() as connection:
            return [_state(row) for row in connection.execute(query)]

    def states(self, urls: Collection[str]) -> list[FeedState]:
        """The feeds at these addresses, due or not."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(feeds).where(feeds.c.url.in_(urls)))
            return [_state(row) for row in rows]

    def fingerprints(self, feed_id: int, keys: Collection[str]) -> dict[str, str]:
        """The fingerprint of each of these keys that was ever seen in the feed."""
        query = sa.select(entries.c.key, entries.c.fingerprint).where(
            entries.c.feed_id == feed_id, entries.c.key.in_(keys)
        )
        with self._database.transaction() as connection:
            return {row.key: row.fingerprint for row in connection.execute(query)}

    def record_update(
        self, feed_id: int, update: Update, now: datetime, next_poll_at: datetime
    ) -> None:
        """Entries, validators and the next poll of a changed body, together."""
        with self._database.transaction() as connection:
            if update.new:
                rows = [_row(feed_id, entry, now) for entry in update.new]
                connection.execute(sa.insert(entries), rows)
            for entry in update.edited:
                connection.execute(
                    sa.update(entries)
                    .where(entries.c.feed_id == feed_id, entries.c.key == entry.key)
                    .values(_said(entry))
                )
            if update.seen:
                connection.execute(
                    sa.update(entries)
                    .where(entries.c.feed_id == feed_id, entries.c.key.in_(update.seen))
                    .values(last_seen_at=now)
                )
            _touch(
                connection,
                feed_id,
                now,
                next_poll_at,
                title=update.title,
                etag=update.validators.etag,
                last_modified=update.validators.last_modified,
                body_hash=update.body_hash,
                body_entries=len(update.new) + len(update.seen),
                last_status=200,
            )
            for digest, window in update.windows.items():
                subscribe(connection, digest, feed_id, now, window)

    def record_unchanged(
        self,
        feed_id: int,
        status: int,
        validators: Validators,
        now: datetime,
        next_poll_at: datetime,
    ) -> None:
        """A 304, or the very same body: a validator that came along replaces the old one."""
        came = {"etag": validators.etag, "last_modified": validators.last_modified}
        values = {name: value for name, value in came.items() if value is not None}
        with self._database.transaction() as connection:
            _touch(connection, feed_id, now, next_poll_at, last_status=status, **values)

    def record_failure(
        self,
        state: FeedState,
        error: str,
        status: int | None,
        now: datetime,
        next_poll_at: datetime,
    ) -> None:
        """A poll that failed; nothing is learned from it but that."""
        with self._database.transaction() as connection:
            connection.execute(
                sa.update(feeds)
                .where(feeds.c.id == state.id)
                .values(
                    polled_at=now,
                    next_poll_at=next_poll_at,
                    failures=state.failures + 1,
                    failing_since=state.failing_since or now,
                    last_status=status,
                    last_error=error,
                )
            )


def subscribe(
    connection: Connection, digest: str, feed_id: int, now: datetime, window: timedelta
) -> None:
    """Subscribe a digest to a feed, unless it is; what the feed has by now is the baseline."""
    known = sa.select(subscriptions.c.digest).where(
        subscriptions.c.digest == digest, subscriptions.c.feed_id == feed_id
    )
    if connection.execute(known).first():
        return
    newest = sa.select(sa.func.coalesce(sa.func.max(entries.c.id), 0)).where(
        entries.c.feed_id == feed_id
    )
    connection.execute(
        sa.insert(subscriptions).values(
            digest=digest,
            feed_id=feed_id,
            subscribed_at=now,
            since=now - window if window else None,
            baseline=connection.execute(newest).scalar_one(),
        )
    )


def _touch(
    connection: Connection, feed_id: int, now: datetime, next_poll_at: datetime, **values: Any
) -> None:
    """Record a poll that worked."""
    connection.execute(
        sa.update(feeds)
        .where(feeds.c.id == feed_id)
        .values(
            polled_at=now,
            succeeded_at=now,
            next_poll_at=next_poll_at,
            failures=0,
            failing_since=None,
            last_error=None,
            **values,
        )
    )


def _state(row: Any) -> FeedState:
    return FeedState(
        id=row.id,
        url=row.url,
        title=row.title,
        etag=row.etag,
        last_modified=row.last_modified,
        body_hash=row.body_hash,
        entries=row.body_entries,
        failures=row.failures,
        failing_since=row.failing_since,
    )


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
    }


def _row(feed_id: int, entry: CleanEntry, now: datetime) -> dict[str, Any]:
    return _said(entry) | {
        "feed_id": feed_id,
        "key": entry.key,
        "published": entry.published,
        "first_seen_at": now,
        "last_seen_at": now,
    }
