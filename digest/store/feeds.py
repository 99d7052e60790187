"""Feeds in the store: what is due, and what each poll leaves behind."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from digest.model import CleanEntry, FeedState, KnownEntry, Move, PollHints, Spent
from digest.store.aliases import known_entries
from digest.store.bulk import update_rows
from digest.store.entries import forget_entries, newest_entry, write_entries
from digest.store.incidents import close_incident, open_incident
from digest.store.tables import entries, feeds, incidents, subscriptions
from digest.untrusted_text import clean_words

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.feeds.parsing.outline import BodyIndex
    from digest.store.database import Database

# A feed that fails for less is told of by `status` alone.
_HICCUPS_END = timedelta(days=1)
_MOST_HICCUPS = 5
_PACE_WINDOW = timedelta(days=30)
_QUIET = timedelta(days=90)


class Validators(Struct, frozen=True):
    """What the server at an address gave to recognise a body by; opaque, byte for byte."""

    etag: str | None
    last_modified: str | None
    url: str | None = None


class Update(Struct, frozen=True):
    """What one changed body brought.

    `edited`, `seen` and `renamed` are by the entries' ids; `renamed` has the names each goes by
    that it did not before. `flood` holds the new ones; `resend` makes edited ones pending again.
    Entries that were last there before `forget_before` are forgotten. `windows` is `first_edition`
    by subscribed digest; `redraw` draws their baselines anew. `listing` is the body by hashes, and
    `listed` names its entries, in that order: by id, new ones by key; none where that is not sure.
    `home` is the feed's home page. Of those that are edited, so many are only `restored`: what they
    said before is not known. `spent` is what the feed brought on this day; `left` new entries
    of the body are not taken now, and `complaint` says what else of it is not kept.
    """

    title: str
    body_hash: str
    validators: Validators
    new: Sequence[CleanEntry]
    edited: Sequence[tuple[int, CleanEntry]]
    renamed: Mapping[int, Collection[str]]
    seen: Collection[int]
    windows: Mapping[str, timedelta]
    poll_hints: PollHints
    flood: bool = False
    missed: bool = False
    resend: bool = False
    redraw: bool = False
    forget_before: datetime | None = None
    listing: BodyIndex | None = None
    listed: Sequence[int | str] = ()
    home: str = ""
    restored: int = 0
    spent: Spent = Spent()
    left: int = 0
    complaint: str = ""


class Visit(Struct, frozen=True):
    """When a poll was, how the server answered, when the next one is, and where the feed moved."""

    at: datetime
    status: int
    next_poll_at: datetime
    move: Move | None = None


class Unchanged(Struct, frozen=True):
    """A poll that brought nothing: a 304, or a body with nothing new that may have another hash."""

    state: FeedState
    validators: Validators
    visit: Visit
    body_hash: str | None = None


class Failure(Struct, frozen=True):
    """A poll that failed; `gone` says that the server calls the feed gone for good.

    `move` is what stays remembered of a permanent redirect.
    """

    error: str
    status: int | None
    at: datetime
    next_poll_at: datetime
    move: Move | None = None
    gone: bool = False


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
            return [_state(row) for row in connection.execute(query).all()]

    def states(self, urls: Collection[str]) -> list[FeedState]:
        """The feeds at these addresses, due or not."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(feeds).where(feeds.c.url.in_(urls)))
            return [_state(row) for row in rows.all()]

    def failing(self) -> list[FeedState]:
        """The feeds that cannot be read for so long that it is an incident."""
        told = sa.select(incidents.c.subject).where(
            incidents.c.kind.in_(("feed", "gone")), incidents.c.closed_at.is_(None)
        )
        query = sa.select(feeds).where(feeds.c.url.in_(told)).order_by(feeds.c.failing_since)
        with self._database.transaction() as connection:
            return [_state(row) for row in connection.execute(query).all()]

    def fell_quiet(self, begin: datetime, end: datetime) -> list[FeedState]:
        """The feeds of which it became so in this time that they brought nothing for 90 days."""
        query = (
            sa.select(feeds)
            .where(feeds.c.new_at > begin - _QUIET, feeds.c.new_at <= end - _QUIET)
            .order_by(feeds.c.new_at)
        )
        with self._database.transaction() as connection:
            return [_state(row) for row in connection.execute(query).all()]

    def known(
        self, feed_id: int, names: Collection[str], keys: Collection[str] = ()
    ) -> list[KnownEntry]:
        """Every entry of the feed that goes by one of these names or keys."""
        with self._database.statement() as connection:
            return known_entries(connection, feed_id, names, keys)

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
            values: dict[str, Any] = {"new_at": now} if update.new else {}
            if update.missed:
                values["missed_at"] = now
            _touch(
                connection,
                state,
                visit,
                title=update.title,
                home=update.home,
                body_hash=update.body_hash,
                body_entries=len(update.new) + len(update.seen) + update.left,
                wishes=_wishes_to_json(update.poll_hints),
                entry_hashes=_pack(update, added),
                **_validator_values(update.validators),
                **_quota_values(update, state, now),
                **values,
            )
            if update.complaint:
                open_incident(connection, "quota", state.url, update.complaint, now)
            elif _had_too_much(state, now):
                close_incident(connection, "quota", state.url, now)
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
            rows = {poll.state.id: _unchanged_values(poll) for poll in polls}
            update_rows(connection, feeds, rows)
            for poll in mended:
                _close_incidents(connection, poll.state, poll.visit)
                if _had_too_much(poll.state, poll.visit.at):
                    close_incident(connection, "quota", poll.state.url, poll.visit.at)
                    update_rows(connection, feeds, {poll.state.id: {"over_quota_at": None}})

    def record_empty(
        self, state: FeedState, windows: Mapping[str, timedelta], visit: Visit
    ) -> None:
        """A feed without entries: nothing is learned but that, and what comes later is new."""
        with self._database.transaction() as connection:
            _touch(connection, state, visit)
            subscribe(connection, state.id, visit.at, windows)

    def postpone(self, feed_id: int, next_poll_at: datetime) -> None:
        """Poll a feed later than planned, without a poll now."""
        with self._database.statement() as connection:
            update_rows(connection, feeds, {feed_id: {"next_poll_at": next_poll_at}})

    def record_failure(self, state: FeedState, failure: Failure) -> None:
        """A poll that failed; nothing is learned from it but that."""
        values: dict[str, Any] = {
            "polled_at": failure.at,
            "next_poll_at": failure.next_poll_at,
            "failures": state.failures + 1,
            "failing_since": state.failing_since or failure.at,
            "last_status": failure.status,
            "last_error": clean_words(failure.error),
            **_move_values(failure.move),
        }
        with self._database.transaction() as connection:
            if failure.gone:
                values["gone_at"] = failure.at
                message = "the server says it is gone for good (410), so it is not polled any more"
                open_incident(connection, "gone", state.url, message, failure.at)
            elif since := _failing_for_long(state, failure):
                message = f"fails since {since:%Y-%m-%d %H:%M} UTC: {failure.error}"
                open_incident(connection, "feed", state.url, message, failure.at)
            update_rows(connection, feeds, {state.id: values})


def subscribe(
    connection: Connection, feed_id: int, now: datetime, windows: Mapping[str, timedelta]
) -> None:
    """Subscribe digests to a feed, unless they are; what the feed has by now is the baseline.

    `windows` is `first_edition` by digest.
    """
    known = set(connection.execute(_SUBSCRIBED, {"feed": feed_id}).scalars())
    missing = windows.keys() - known
    if not missing:
        return
    # Of any feed: what is its own by then is older, and what it brings later is newer.
    newest = newest_entry(connection)
    connection.execute(
        _SUBSCRIBE,
        [
            {
                "digest": digest,
                "feed_id": feed_id,
                "subscribed_at": now,
                "since": now - windows[digest] if windows[digest] else None,
                "baseline": newest,
            }
            for digest in sorted(missing)
        ],
    )


def _ails(state: FeedState, now: datetime) -> bool:
    return state.failures > 0 or state.gone or _had_too_much(state, now)


def _had_too_much(state: FeedState, now: datetime) -> bool:
    """Whether a feed brought more than is kept on a day that is over."""
    return state.over_quota_at is not None and f"{now:%Y-%m-%d}" > state.spent.day


def _quota_values(update: Update, state: FeedState, now: datetime) -> dict[str, Any]:
    return {
        "quota_day": update.spent.day,
        "quota_entries": update.spent.entries,
        "quota_size": update.spent.size,
        "over_quota_at": (
            now if update.complaint else None if _had_too_much(state, now) else state.over_quota_at
        ),
    }


def _touch(connection: Connection, state: FeedState, visit: Visit, **values: Any) -> None:
    """Record a poll that worked; what is not among the values stays as it is."""
    update_rows(connection, feeds, {state.id: _visit_values(visit) | values})
    _close_incidents(connection, state, visit)


def _visit_values(visit: Visit) -> dict[str, Any]:
    return {
        "polled_at": visit.at,
        "succeeded_at": visit.at,
        "next_poll_at": visit.next_poll_at,
        "failures": 0,
        "failing_since": None,
        "last_status": visit.status,
        "last_error": None,
        "gone_at": None,
        **_move_values(visit.move),
    }


def _unchanged_values(poll: Unchanged) -> dict[str, Any]:
    """Of a 304, a validator that came replaces the old one (RFC 9110, section 15.4.5)."""
    state, came = poll.state, poll.validators
    if poll.visit.status == 304:
        came = Validators(
            came.etag or state.etag,
            came.last_modified or state.last_modified,
            came.url or state.answered_by,
        )
    return {
        **_visit_values(poll.visit),
        **_validator_values(came),
        "body_hash": poll.body_hash or state.body_hash,
    }


def _close_incidents(connection: Connection, state: FeedState, visit: Visit) -> None:
    if state.failures:
        close_incident(connection, "feed", state.url, visit.at)
    if state.gone:
        close_incident(connection, "gone", state.url, visit.at)


def _failing_for_long(state: FeedState, failure: Failure) -> datetime | None:
    """Since when a feed has failed, where that is for longer than hiccups are."""
    since = state.failing_since
    long = since and failure.at - since >= _HICCUPS_END and state.failures + 1 >= _MOST_HICCUPS
    return since if long else None


def _raise_flood(connection: Connection, state: FeedState, now: datetime) -> None:
    held = connection.execute(
        sa.select(sa.func.count()).where(entries.c.feed_id == state.id, entries.c.hold == "held")
    ).scalar_one()
    message = (
        f"{held} entries came at once, far more than usual, and are held;"
        f" decide with `digest held {state.url} --release` or `--discard`"
    )
    open_incident(connection, "flood", state.url, message, now)


def _pack(update: Update, added: Mapping[str, int]) -> bytes | None:
    """What the last body was, by hashes and ids; `added` has the ids of new entries by key."""
    if update.listing is None:
        return None
    ids = tuple(added[one] if isinstance(one, str) else one for one in update.listed)
    return replace(update.listing, ids=ids).pack()


def _validator_values(validators: Validators) -> dict[str, str | None]:
    return {
        "etag": validators.etag,
        "last_modified": validators.last_modified,
        "answered_by": validators.url,
    }


def _move_values(move: Move | None) -> dict[str, Any]:
    return {
        "moved_to": move.to if move else None,
        "moved_since": move.since if move else None,
        "moved_answers": move.answers if move else 0,
    }


def _state(row: Any) -> FeedState:
    return FeedState(
        id=row.id,
        url=row.url,
        title=row.title,
        home=row.home,
        etag=row.etag,
        last_modified=row.last_modified,
        answered_by=row.answered_by,
        body_hash=row.body_hash,
        entries=row.body_entries,
        failures=row.failures,
        failing_since=row.failing_since,
        polled_at=row.polled_at,
        succeeded_at=row.succeeded_at,
        new_at=row.new_at,
        missed_at=row.missed_at,
        poll_hints=_wishes_from_json(row.wishes),
        move=Move(row.moved_to, row.moved_since, row.moved_answers) if row.moved_to else None,
        gone=row.gone_at is not None,
        spent=Spent(row.quota_day, row.quota_entries, row.quota_size),
        over_quota_at=row.over_quota_at,
        entry_hashes=row.entry_hashes,
    )


# Built once: to build a statement takes longer than to carry it out.
_FEED: sa.BindParameter[int] = sa.bindparam("feed")
_SUBSCRIBED = sa.select(subscriptions.c.digest).where(subscriptions.c.feed_id == _FEED)
_SUBSCRIBE = sa.insert(subscriptions)
# Most feeds have none.
_NO_WISHES = "{}"


def _wishes_to_json(poll_hints: PollHints) -> str:
    if poll_hints == PollHints():
        return _NO_WISHES
    return json.dumps(
        {
            "seconds": poll_hints.interval.total_seconds() if poll_hints.interval else None,
            "skip_hours": sorted(poll_hints.skip_hours),
            "skip_days": sorted(poll_hints.skip_days),
        }
    )


def _wishes_from_json(text: str) -> PollHints:
    if text == _NO_WISHES:
        return PollHints()
    said = json.loads(text)
    return PollHints(
        interval=timedelta(seconds=said["seconds"]) if said["seconds"] else None,
        skip_hours=frozenset(said["skip_hours"]),
        skip_days=frozenset(said["skip_days"]),
    )
