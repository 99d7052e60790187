"""Feeds in the store: what is due, and what each poll leaves behind."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec.structs import replace

from digest.feeds.failing import is_incident
from digest.store.aliases import known_entries
from digest.store.bulk import update_rows
from digest.store.entries import forget_entries, write_entries
from digest.store.feed_rows import (
    failure_values,
    feed_state,
    over_quota_before,
    unchanged_values,
    update_values,
    visit_values,
)
from digest.store.incidents import close_incident, open_incident
from digest.store.subscriptions import subscribe
from digest.store.tables import entries, feeds, incidents, subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.model import FeedState, KnownEntry
    from digest.store.database import Database
    from digest.store.updates import Failure, Unchanged, Update, Visit

_PACE_WINDOW = timedelta(days=30)
_QUIET = timedelta(days=90)


class FeedQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime) -> list[FeedState]:
        """Every feed whose time has come and that is not gone, the longest waiting first."""
        query = (
            sa.select(feeds)
            .where(feeds.c.next_poll_at <= now, feeds.c.gone_at.is_(None))
            .order_by(feeds.c.next_poll_at)
        )
        with self._database.transaction() as connection:
            return [feed_state(row) for row in connection.execute(query).all()]

    def states(self, urls: Collection[str]) -> list[FeedState]:
        """The feeds at these addresses, due or not."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(feeds).where(feeds.c.url.in_(urls)))
            return [feed_state(row) for row in rows.all()]

    def failing(self) -> list[FeedState]:
        """The feeds that cannot be read for so long that it is an incident."""
        told = sa.select(incidents.c.subject).where(
            incidents.c.kind.in_(("feed", "gone")), incidents.c.closed_at.is_(None)
        )
        query = sa.select(feeds).where(feeds.c.url.in_(told)).order_by(feeds.c.failing_since)
        with self._database.transaction() as connection:
            return [feed_state(row) for row in connection.execute(query).all()]

    def fell_quiet(self, begin: datetime, end: datetime) -> list[FeedState]:
        """The feeds of which it became so in this time that they brought nothing for 90 days."""
        query = (
            sa.select(feeds)
            .where(feeds.c.new_at > begin - _QUIET, feeds.c.new_at <= end - _QUIET)
            .order_by(feeds.c.new_at)
        )
        with self._database.transaction() as connection:
            return [feed_state(row) for row in connection.execute(query).all()]

    def known(
        self,
        feed_id: int,
        names: Collection[str],
        keys: Collection[str] = (),
        reread_at: datetime | None = None,
        *,
        outdated: bool = False,
    ) -> list[KnownEntry]:
        """Every entry of the feed that has one of these aliases or keys.

        Those that the feed had last before `reread_at` are outdated. With `outdated` all are, and
        those of the last body are among them in any case.
        """
        with self._database.statement() as connection:
            return known_entries(connection, feed_id, names, keys, reread_at, outdated=outdated)

    def pace(self, feed_id: int) -> float:
        """How many new entries a day the feed brought, over the last month it was watched.

        Those of its first body do not count, nor any that are held.
        """
        seen = entries.c.first_seen_at
        of_feed = sa.and_(entries.c.feed_id == feed_id, entries.c.hold == "")
        with self._database.transaction() as connection:
            first, last = connection.execute(
                sa.select(
                    sa.func.min(seen, type_=seen.type), sa.func.max(seen, type_=seen.type)
                ).where(of_feed)
            ).one()
            if first is None or first == last:
                return 0.0
            since = max(first, last - _PACE_WINDOW)
            number = connection.execute(
                sa.select(sa.func.count()).where(of_feed, seen > since)
            ).scalar_one()
            return float(number / max((last - since) / timedelta(days=1), 1.0))

    def usual_at_once(self, feed_id: int) -> int:
        """As many new entries as two bodies or more of the last month it was watched brought.

        As with `pace`, those of its first body do not count, nor any that are held.
        """
        seen = entries.c.first_seen_at
        of_feed = sa.and_(entries.c.feed_id == feed_id, entries.c.hold == "")
        bounds = sa.select(
            sa.func.min(seen, type_=seen.type), sa.func.max(seen, type_=seen.type)
        ).where(of_feed)
        with self._database.transaction() as connection:
            first, last = connection.execute(bounds).one()
            if first is None:
                return 0
            number = sa.func.count().label("number")
            bodies = (
                sa.select(number)
                .where(of_feed, seen > max(first, last - _PACE_WINDOW))
                .group_by(seen)
                .order_by(number.desc())
            )
            return connection.execute(bodies.offset(1).limit(1)).scalar() or 0

    def record_update(self, state: FeedState, update: Update, visit: Visit) -> None:
        """Entries, validators and the next poll of a changed body, together."""
        now = visit.at
        with self._database.transaction() as connection:
            added = write_entries(connection, state, update, now)
            values = update_values(update, state, now)
            values["entry_hashes"] = _pack_index(update, added)
            _record_visit(connection, state, visit, values)
            _note_quota(connection, state, update, now)
            if update.flood:
                _raise_flood(connection, state, now)
            if update.forget_before is not None:
                forget_entries(connection, state.id, update.forget_before)
            if update.redraw:
                connection.execute(
                    sa.delete(subscriptions).where(subscriptions.c.feed_id == state.id)
                )
            subscribe(connection, state.id, now, update.windows)

    def record_unchanged(self, polls: Sequence[Unchanged]) -> None:
        """Polls of different feeds that brought nothing, all of them or none."""
        mended = [poll for poll in polls if _ails(poll.state, poll.visit.at)]
        # What closes no incident is one statement.
        begin = self._database.transaction if mended else self._database.statement
        with begin() as connection:
            rows = {poll.state.id: unchanged_values(poll) for poll in polls}
            update_rows(connection, feeds, rows)
            for poll in mended:
                _close_incidents(connection, poll.state, poll.visit)
                if over_quota_before(poll.state, poll.visit.at):
                    close_incident(connection, "quota", poll.state.url, poll.visit.at)
                    update_rows(connection, feeds, {poll.state.id: {"over_quota_at": None}})

    def record_empty(
        self, state: FeedState, windows: Mapping[str, timedelta], visit: Visit
    ) -> None:
        """A feed without entries: nothing is learned but that, and what comes later is new."""
        with self._database.transaction() as connection:
            _record_visit(connection, state, visit, {})
            subscribe(connection, state.id, visit.at, windows)

    def postpone(self, ids: Collection[int], until: datetime) -> None:
        """Poll these feeds at a time, unless they are polled later anyway; nothing was asked."""
        query = sa.update(feeds).where(feeds.c.id.in_(ids), feeds.c.next_poll_at < until)
        with self._database.statement() as connection:
            connection.execute(query.values(next_poll_at=until))

    def record_refusal(self, feed_id: int, at: datetime, next_poll_at: datetime) -> None:
        """A poll that its host refused for the number of requests; nothing is learned from it."""
        with self._database.statement() as connection:
            values = {"polled_at": at, "next_poll_at": next_poll_at}
            update_rows(connection, feeds, {feed_id: values})

    def record_failure(self, state: FeedState, failure: Failure) -> None:
        """A poll that failed; nothing is learned from it but that."""
        with self._database.transaction() as connection:
            update_rows(connection, feeds, {state.id: failure_values(failure, state)})
            if failure.gone:
                message = "the server says it is gone for good (410), so it is not polled any more"
                open_incident(connection, "gone", state.url, message, failure.at)
            elif is_incident(
                *(state.url, state.failing_since, state.failures + 1, failure.at),
                failure.status,
                lasting=failure.lasting,
            ):
                message = f"fails since {state.failing_since:%Y-%m-%d %H:%M} UTC: {failure.error}"
                open_incident(connection, "feed", state.url, message, failure.at)


def _ails(state: FeedState, now: datetime) -> bool:
    return state.failures > 0 or state.gone or over_quota_before(state, now)


def _record_visit(
    connection: Connection, state: FeedState, visit: Visit, values: Mapping[str, Any]
) -> None:
    """Record a poll that worked; what is not among the values stays as it is."""
    update_rows(connection, feeds, {state.id: {**visit_values(visit), **values}})
    _close_incidents(connection, state, visit)


def _note_quota(connection: Connection, state: FeedState, update: Update, now: datetime) -> None:
    if update.complaint:
        open_incident(connection, "quota", state.url, update.complaint, now)
    elif over_quota_before(state, now):
        close_incident(connection, "quota", state.url, now)


def _close_incidents(connection: Connection, state: FeedState, visit: Visit) -> None:
    if state.failures:
        close_incident(connection, "feed", state.url, visit.at)
    if state.gone:
        close_incident(connection, "gone", state.url, visit.at)


def _raise_flood(connection: Connection, state: FeedState, now: datetime) -> None:
    held = connection.execute(
        sa.select(sa.func.count()).where(entries.c.feed_id == state.id, entries.c.hold == "held")
    ).scalar_one()
    message = (
        f"{held} entries came at once, far more than usual, and are held;"
        f" decide with `digest held {state.url} --release` or `--discard`"
    )
    open_incident(connection, "flood", state.url, message, now)


def _pack_index(update: Update, added: Mapping[str, int]) -> bytes | None:
    """What the last body was, by hashes and ids; `added` has the ids of new entries by key."""
    if update.listing is None:
        return None
    ids = tuple(added[name] if isinstance(name, str) else name for name in update.listed)
    return replace(update.listing, ids=ids).pack()
