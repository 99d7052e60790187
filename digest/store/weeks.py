"""Weeks: what the weekly editions of a digest have had, and who gets them instead of the others.

Both change only when a week ends, in the transaction that stores its edition. So each edition of
the digest is either for a recipient or in a weekly edition that is, whatever was chosen in between
and whatever the clock said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digest.config.addresses import mail_key
from digest.editions.weekly import configured, is_weekly
from digest.store.tables import (
    edition_entries,
    editions,
    entries,
    feeds,
    recipients,
    weekly_readers,
    weeks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.model import Recipient
    from digest.store.database import Database

T = TypeVar("T")


class WeekQueries:
    """One method is one transaction; each takes the digest of the configuration."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_wanted(self, digest: str) -> bool:
        """Whether anybody gets the week that is on as one edition."""
        query = sa.select(weekly_readers.c.key).where(weekly_readers.c.digest == digest)
        with self._database.transaction() as connection:
            return connection.execute(query).first() is not None

    def began(self, digest: str) -> datetime | None:
        """Where the period of the week that is on begins; None where it has no edition yet."""
        query = sa.select(sa.func.min(editions.c.period_from)).where(_is_new(digest))
        with self._database.transaction() as connection:
            return connection.execute(query).scalar()

    def taken(self, digest: str) -> list[int]:
        """The numbers of the entries that the digest's editions of the week that is on showed."""
        query = _of_the_week(sa.select(edition_entries.c.entry_id), digest)
        shown = query.where(edition_entries.c.shown_as != "counted")
        with self._database.transaction() as connection:
            return list(connection.execute(shown.order_by(edition_entries.c.entry_id)).scalars())

    def counted(self, digest: str) -> dict[str, list[int]]:
        """Those that they only counted, by the address of their feed, the newest first."""
        query = _of_the_week(sa.select(edition_entries.c.entry_id, feeds.c.url), digest)
        counted = (
            query.join(entries, entries.c.id == edition_entries.c.entry_id)
            .join(feeds, feeds.c.id == entries.c.feed_id)
            .where(edition_entries.c.shown_as == "counted")
            .order_by(edition_entries.c.entry_id.desc())
        )
        found: dict[str, list[int]] = {}
        with self._database.transaction() as connection:
            for row in connection.execute(counted):
                found.setdefault(row.url, []).append(row.entry_id)
        return found

    def end(self, digest: str, publish: Callable[[], T], channels: Collection[str]) -> T:
        """End the week, together with the edition of it that `publish` stores, if it does.

        Whoever of these channels wants weekly editions by now gets those of the next week.
        """
        with self._database.transaction() as connection:
            done = publish()
            connection.execute(sa.delete(weekly_readers).where(weekly_readers.c.digest == digest))
            wanted = sa.select(sa.literal(digest), recipients.c.channel, recipients.c.key).where(
                recipients.c.frequency == "weekly", recipients.c.channel.in_(channels)
            )
            columns = ["digest", "channel", "key"]
            connection.execute(sa.insert(weekly_readers).from_select(columns, wanted))
            ended = sa.update(weeks).where(weeks.c.digest == digest)
            connection.execute(ended.values(last_edition=_newest(digest)))
            return done

    def join(self, digests: Iterable[str], new: Collection[Recipient]) -> None:
        """Have recipients who are new get the week that is on as one edition."""
        rows = [
            {"digest": digest, "channel": recipient.channel, "key": mail_key(recipient.address)}
            for digest in digests
            for recipient in new
        ]
        if rows:
            with self._database.transaction() as connection:
                connection.execute(insert(weekly_readers).on_conflict_do_nothing(), rows)


def plan_weeks(connection: Connection, digests: Collection[str], mailed: Collection[str]) -> None:
    """Begin a week of each digest that goes to people for the first time, and forget of others.

    `mailed` are those that do. What is no digest any more keeps its week until it is one again.
    """
    for table in (weeks, weekly_readers):
        others = sa.and_(table.c.digest.in_(digests), table.c.digest.not_in(mailed))
        connection.execute(sa.delete(table).where(others))
    for digest in mailed:
        begun = {"digest": digest, "last_edition": _newest(digest)}
        connection.execute(insert(weeks).values(begun).on_conflict_do_nothing())


def readers_of(connection: Connection, digest: str, channel: str) -> Callable[[str], bool]:
    """Whether an edition is for a recipient of a channel: weekly ones are for some, others not."""
    query = sa.select(weekly_readers.c.key).where(
        weekly_readers.c.digest == configured(digest), weekly_readers.c.channel == channel
    )
    weekly = set(connection.execute(query).scalars())
    return lambda address: (mail_key(address) in weekly) == is_weekly(digest)


def gets_weekly() -> sa.ColumnElement[bool]:
    """Whether a recipient gets weekly editions of a digest now, in a query of recipients."""
    return sa.exists().where(
        weekly_readers.c.channel == recipients.c.channel,
        weekly_readers.c.key == recipients.c.key,
    )


def _newest(digest: str) -> sa.ScalarSelect[int]:
    # Its own: of two digests that become one, the week goes on after what both have had.
    newest = sa.func.coalesce(sa.func.max(editions.c.id), 0)
    return sa.select(newest).where(editions.c.digest == digest).scalar_subquery()


def _of_the_week(query: sa.Select[Any], digest: str) -> sa.Select[Any]:
    return query.join(editions, editions.c.id == edition_entries.c.edition_id).where(
        edition_entries.c.digest == digest, _is_new(digest)
    )


def _is_new(digest: str) -> sa.ColumnElement[bool]:
    since = sa.select(weeks.c.last_edition).where(weeks.c.digest == digest).scalar_subquery()
    return sa.and_(editions.c.digest == digest, editions.c.id > sa.func.coalesce(since, 0))
