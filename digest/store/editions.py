"""Digests, their pending entries and their editions in the store."""

from __future__ import annotations

import json
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from msgspec import Struct, convert

from digest.editions.weekly import WEEKLY, configured, is_weekly, weekly_of
from digest.model import Edition, Entry, Rendition, as_dict
from digest.store.entries import is_taken, pass_over
from digest.store.entry_rows import entry_of, select_entries
from digest.store.incidents import forget_incidents
from digest.store.recipients import audience, own_time
from digest.store.renames import moved_to
from digest.store.subscriptions import subscribe_to_polled
from digest.store.tables import (
    deliveries,
    digests,
    edition_entries,
    editions,
    entries,
    feeds,
    renditions,
    subscriptions,
)
from digest.store.weeks import plan_weeks

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import timedelta

    from sqlalchemy.engine import Connection

    from digest.store.sqlite.connection import Database

    MessageIds = Callable[[str, str, int], str]


NOT_PUBLISHED = "not published"


class DigestPlan(Struct, frozen=True):
    """A digest as configured: `schedule` names rule and zone, `feeds` are addresses."""

    name: str
    schedule: str
    next_edition_at: datetime
    feeds: tuple[str, ...]
    first_edition: timedelta


class EditionQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def plan(self, plans: Sequence[DigestPlan], now: datetime, urls: Collection[str] = ()) -> None:
        """Bring feeds, schedules and subscriptions in line with the configuration.

        Where a digest's schedule is unchanged its time stays, so that an edition missed while
        down is still due; but a time after the schedule's next is of a clock that ran ahead. A
        digest that is gone has no schedule any more, but keeps what it has: back again, it goes
        on where it was. `urls` are further feeds, of no digest.
        """
        names = [plan.name for plan in plans]
        with self._database.transaction() as connection:
            _mistrust_the_future(connection, now)
            connection.execute(
                sa.update(digests).where(digests.c.name.not_in(names)).values(gone=1)
            )
            wanted = {*urls, *(url for plan in plans for url in plan.feeds)}
            known = set(connection.execute(sa.select(feeds.c.url)).scalars())
            new = [{"url": url, "next_poll_at": now} for url in sorted(wanted - known)]
            if new:
                connection.execute(sa.insert(feeds), new)
            forget_incidents(connection, wanted, names, now)
            mailed = {configured(name) for name in names if is_weekly(name)}
            plan_weeks(connection, set(names).difference(map(weekly_of, mailed)), mailed)
            for plan in plans:
                _plan_schedule(connection, plan)
                subscribe_to_polled(connection, plan.name, plan.feeds, plan.first_edition, now)

    def make_first_due(self, now: datetime) -> None:
        """Make every digest due that never had an edition; weekly editions have their day."""
        had_one = sa.exists().where(editions.c.digest == digests.c.name)
        first = sa.update(digests).where(~had_one, ~digests.c.name.endswith(WEEKLY))
        with self._database.transaction() as connection:
            connection.execute(first.values(next_edition_at=now))

    def due(self, now: datetime) -> list[tuple[str, datetime]]:
        """Every digest whose time has come, with that time."""
        query = (
            sa.select(digests.c.name, digests.c.next_edition_at)
            .where(digests.c.next_edition_at <= now, digests.c.gone == 0)
            .order_by(digests.c.next_edition_at)
        )
        with self._database.transaction() as connection:
            return [(row.name, row.next_edition_at) for row in connection.execute(query)]

    def pending(self, digest: str, urls: Collection[str]) -> list[Entry]:
        """The entries of these feeds that are for the digest and in no edition of it."""
        query = _of_pending(select_entries(), digest, urls)
        with self._database.transaction() as connection:
            return [entry_of(row) for row in connection.execute(query.order_by(entries.c.id))]

    def newest_pending(self, digest: str, urls: Collection[str], most: int) -> list[int]:
        """The numbers of what is pending: of each feed the newest, `most` at most."""
        query = _newest_pending(digest, urls, most)
        with self._database.transaction() as connection:
            return sorted(connection.execute(query).scalars())

    def entries(self, ids: Collection[int]) -> list[Entry]:
        """Entries by number, in its order."""
        query = select_entries().where(entries.c.id.in_(ids)).order_by(entries.c.id)
        with self._database.transaction() as connection:
            return [entry_of(row) for row in connection.execute(query)]

    def count_pending(self, digest: str, urls: Collection[str]) -> dict[str, int]:
        """How many entries of each feed are for the digest and in no edition of it, by address."""
        number = sa.select(feeds.c.url, sa.func.count()).select_from(entries)
        query = _of_pending(number.join(feeds, feeds.c.id == entries.c.feed_id), digest, urls)
        with self._database.transaction() as connection:
            return {row[0]: row[1] for row in connection.execute(query.group_by(feeds.c.url))}

    def contents(self, ids: Collection[int]) -> dict[int, str]:
        """The HTML of entries, by number."""
        query = sa.select(entries.c.id, entries.c.content).where(entries.c.id.in_(ids))
        with self._database.transaction() as connection:
            return {row.id: row.content for row in connection.execute(query)}

    def last_period_end(self, digest: str) -> datetime | None:
        """Where the newest edition ended; None before the first."""
        newest = sa.select(editions.c.period_to).where(editions.c.digest == digest)
        with self._database.transaction() as connection:
            return connection.execute(
                newest.order_by(editions.c.period_to.desc()).limit(1)
            ).scalar()

    def publish(
        self,
        edition: Edition,
        scheduled_for: datetime,
        sent_as: Sequence[Rendition],
        message_id: MessageIds,
        next_edition_at: datetime | None,
        left_out: Mapping[int, str] = MappingProxyType({}),
        urn: str | None = None,
    ) -> int:
        """Edition, what it takes, what is sent and to whom, together; answers its id.

        Whoever wants editions at a time of their own gets those of the schedule then.

        `message_id` is called with channel, recipient and part. `next_edition_at` is None for
        an edition that is not one of the schedule's. `left_out` has, by entry's id, the rule that
        left it out, for good. `urn` is what feeds call it, where it is in one.
        """
        with self._database.transaction() as connection:
            edition_id = connection.execute(
                sa.insert(editions)
                .values(
                    digest=edition.digest,
                    scheduled_for=scheduled_for,
                    period_from=edition.period_from,
                    period_to=edition.period_to,
                    subject=edition.subject,
                    urn=urn,
                    snapshot=json.dumps(as_dict(edition), default=datetime.isoformat),
                )
                .returning(editions.c.id)
            ).scalar_one()
            _take_entries(connection, edition, edition_id)
            pass_over(connection, edition.digest, left_out, edition.composed_at)
            digest, now, zone = edition.digest, edition.composed_at, edition.timezone
            for rendition in sent_as:
                readers = [
                    # An edition that somebody asks for waits for nothing.
                    (
                        to,
                        own_time(known, scheduled_for, zone) if known and next_edition_at else None,
                    )
                    for to, known in audience(connection, rendition, digest, now)
                ]
                _plan_deliveries(
                    connection, edition_id, digest, rendition, readers, message_id, now
                )
            if next_edition_at is not None:
                result = f"published, {len(edition.stories)} stories"
                _advance(connection, edition.digest, scheduled_for, next_edition_at, result)
            return int(edition_id)

    def load(self, edition_id: int) -> Edition | None:
        """An edition as it was composed; None where there is none of this number."""
        return self._load(editions.c.id == edition_id)

    def load_due(self, digest: str, scheduled_for: datetime) -> Edition | None:
        """The edition of a digest, by any name it had, for a time; None where there is none."""
        with self._database.transaction() as connection:
            names = [digest, *moved_to(connection, "digest", digest)]
        found = (
            self._load(editions.c.digest == name, editions.c.scheduled_for == scheduled_for)
            for name in names
        )
        return next(filter(None, found), None)

    def _load(self, *which: sa.ColumnElement[bool]) -> Edition | None:
        query = sa.select(editions.c.snapshot, editions.c.digest).where(*which)
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        # Those of earlier versions were composed when their period ended, and a digest that was
        # renamed since goes by its name of now.
        said = json.loads(row.snapshot)
        return convert({"composed_at": said["period_to"], **said, "digest": row.digest}, Edition)

    def add_rendition(
        self,
        edition_id: int,
        digest: str,
        rendition: Rendition,
        message_id: MessageIds,
        now: datetime,
    ) -> None:
        """Plan the deliveries of an edition through a channel that it was not for at first."""
        with self._database.transaction() as connection:
            everybody = audience(connection, rendition, digest, now)
            readers = [(to, None) for to, _ in everybody]
            _plan_deliveries(connection, edition_id, digest, rendition, readers, message_id, now)

    def note_failure(self, digest: str, reason: str) -> None:
        """Note that an edition could not be made; it stays due."""
        with self._database.transaction() as connection:
            connection.execute(
                sa.update(digests)
                .where(digests.c.name == digest)
                .values(last_result=f"{NOT_PUBLISHED}: {reason}")
            )

    def exists(self, digest: str, scheduled_for: datetime) -> bool:
        """Whether there is an edition for this time; a clock set back makes it due once more."""
        query = sa.select(editions.c.id).where(
            editions.c.digest == digest, editions.c.scheduled_for == scheduled_for
        )
        with self._database.transaction() as connection:
            return connection.execute(query).first() is not None

    def skip(
        self,
        digest: str,
        scheduled_for: datetime,
        next_edition_at: datetime,
        reason: str = "nothing new",
    ) -> None:
        """Note why there is no edition for a time that was due, and go on to the next."""
        with self._database.transaction() as connection:
            _advance(connection, digest, scheduled_for, next_edition_at, f"skipped, {reason}")

    def pass_over(
        self,
        digest: str,
        scheduled_for: datetime,
        next_edition_at: datetime,
        left_out: Mapping[int, str],
        now: datetime,
    ) -> None:
        """Note that rules, or nothing new, left no edition for a time that was due, and go on."""
        reason = f"rules left out all of {len(left_out)}" if left_out else "nothing new"
        with self._database.transaction() as connection:
            pass_over(connection, digest, left_out, now)
            _advance(connection, digest, scheduled_for, next_edition_at, f"skipped, {reason}")


def _mistrust_the_future(connection: Connection, now: datetime) -> None:
    """What a clock that ran ahead wrote of feeds would keep them waiting for that time."""
    connection.execute(
        sa.update(feeds).where(feeds.c.polled_at > now).values(polled_at=None, next_poll_at=now)
    )


def _plan_schedule(connection: Connection, plan: DigestPlan) -> None:
    row = connection.execute(
        sa.select(digests.c.schedule, digests.c.next_edition_at, digests.c.gone).where(
            digests.c.name == plan.name
        )
    ).first()
    if row is None:
        connection.execute(
            sa.insert(digests).values(
                name=plan.name, schedule=plan.schedule, next_edition_at=plan.next_edition_at
            )
        )
    elif row.gone or row.schedule != plan.schedule or row.next_edition_at > plan.next_edition_at:
        connection.execute(
            sa.update(digests)
            .where(digests.c.name == plan.name)
            .values(schedule=plan.schedule, next_edition_at=plan.next_edition_at, gone=0)
        )


def _of_pending(query: sa.Select[Any], digest: str, urls: Collection[str]) -> sa.Select[Any]:
    """A query of entries and their feeds, of what is pending alone."""
    return query.join(subscriptions, subscriptions.c.feed_id == entries.c.feed_id).where(
        subscriptions.c.digest == digest,
        feeds.c.url.in_(urls),
        entries.c.hold == "",
        sa.or_(
            entries.c.id > subscriptions.c.baseline,
            entries.c.published >= subscriptions.c.since,
        ),
        ~is_taken(),
    )


def _newest_pending(digest: str, urls: Collection[str], most: int) -> sa.Select[Any]:
    """The numbers of the newest of what is pending, so many of each feed."""
    newest_first = sa.func.row_number().over(
        partition_by=entries.c.feed_id, order_by=entries.c.id.desc()
    )
    numbered = sa.select(entries.c.id, newest_first.label("place")).select_from(entries)
    ranked = _of_pending(
        numbered.join(feeds, feeds.c.id == entries.c.feed_id), digest, urls
    ).subquery()
    return sa.select(ranked.c.id).where(ranked.c.place <= most)


def _resent(numbers: Collection[int]) -> sa.Select[Any]:
    return sa.select(entries.c.id).where(
        entries.c.id.in_(numbers), entries.c.resend_at.is_not(None)
    )


def _take_entries(connection: Connection, edition: Edition, edition_id: int) -> None:
    taken = edition_entries.c
    # An entry that is sent again is in its newest edition.
    connection.execute(
        sa.delete(edition_entries).where(
            taken.digest == edition.digest, taken.entry_id.in_(_resent(edition.entry_ids))
        )
    )
    rows = [
        {"digest": edition.digest, "entry_id": entry, "edition_id": edition_id}
        for entry in edition.entry_ids
    ]
    if rows:
        connection.execute(sa.insert(edition_entries), rows)


def _plan_deliveries(
    connection: Connection,
    edition_id: int,
    digest: str,
    rendition: Rendition,
    readers: Iterable[tuple[str, datetime | None]],
    message_id: MessageIds,
    now: datetime,
) -> None:
    """Plan what goes to each reader, at its time or at once."""
    channel = rendition.channel
    parts = [
        {
            "edition_id": edition_id,
            "channel": channel,
            "part": part,
            "kind": rendition.kind,
            "payload": payload,
        }
        for part, payload in enumerate(rendition.parts, 1)
    ]
    connection.execute(sa.insert(renditions), parts)
    rows = [
        {
            "edition_id": edition_id,
            "digest": digest,
            "channel": channel,
            "recipient": recipient,
            "part": part,
            "state": "pending",
            "next_attempt_at": wanted_at,
            "message_id": message_id(channel, recipient, part),
            "created_at": now,
            "changed_at": now,
        }
        for recipient, wanted_at in readers
        for part in range(1, len(rendition.parts) + 1)
    ]
    if rows:
        connection.execute(sa.insert(deliveries), rows)


def _advance(
    connection: Connection,
    digest: str,
    scheduled_for: datetime,
    next_edition_at: datetime,
    result: str,
) -> None:
    connection.execute(
        sa.update(digests)
        .where(digests.c.name == digest)
        .values(next_edition_at=next_edition_at, last_due_at=scheduled_for, last_result=result)
    )
