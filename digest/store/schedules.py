"""Digests as they are configured: what is polled for them, and when each is due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from digest.editions.thresholds import is_about_facts
from digest.editions.weekly import WEEKLY, configured, is_weekly, weekly_of
from digest.store.entries import pass_over
from digest.store.incidents import forget_incidents
from digest.store.subscriptions import resubscribe_from_the_future, subscribe_to_polled
from digest.store.tables import (
    NOT_PUBLISHED,
    digests,
    editions,
    feeds,
    host_backoffs,
    subscriptions,
)
from digest.store.weeks import plan_weeks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.store.database import Database

# What no host can ask for, with a day to spare.
_LONGEST_BACKOFF = timedelta(days=31)


class DigestPlan(Struct, frozen=True):
    """A digest as configured: `schedule` names rule and zone, `feeds` are addresses."""

    name: str
    schedule: str
    next_edition_at: datetime
    feeds: tuple[str, ...]
    first_edition: timedelta


class ScheduleQueries:
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
        with self._database.transaction() as connection:
            plan_digests(connection, plans, now, urls)

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

    def note_failure(self, digest: str, reason: str) -> None:
        """Note that an edition could not be made; it stays due."""
        with self._database.transaction() as connection:
            connection.execute(
                sa.update(digests)
                .where(digests.c.name == digest)
                .values(last_result=f"{NOT_PUBLISHED}: {reason}")
            )

    def skip(
        self,
        digest: str,
        scheduled_for: datetime,
        next_edition_at: datetime,
        reason: str = "nothing new",
    ) -> None:
        """Note why there is no edition for a time that was due, and go on to the next."""
        with self._database.transaction() as connection:
            advance(connection, digest, scheduled_for, next_edition_at, f"skipped, {reason}")

    def pass_over(
        self,
        digest: str,
        scheduled_for: datetime,
        next_edition_at: datetime,
        left_out: Mapping[int, str],
        now: datetime,
    ) -> None:
        """Note that rules, or nothing new, left no edition for a time that was due, and go on."""
        by_rules = sum(not is_about_facts(reason) for reason in left_out.values())
        result = f"rules left out all of {by_rules}" if by_rules else "nothing new"
        with self._database.transaction() as connection:
            pass_over(connection, digest, left_out, now)
            advance(connection, digest, scheduled_for, next_edition_at, f"skipped, {result}")

    def reach_back(self, digest: str, since: datetime) -> bool:
        """Have a digest that never had an edition take what its feeds had since then.

        Answers whether it takes more than before.
        """
        had = sa.exists().where(editions.c.digest == digest)
        with self._database.transaction() as connection:
            widened = connection.execute(
                sa.update(subscriptions)
                .where(subscriptions.c.digest == digest, subscriptions.c.since > since, ~had)
                .values(since=since)
            )
        return bool(widened.rowcount)


def plan_digests(
    connection: Connection, plans: Sequence[DigestPlan], now: datetime, urls: Collection[str]
) -> None:
    """Bring feeds, schedules and subscriptions in line with the configuration.

    `urls` are feeds beside those of the digests.
    """
    names = [plan.name for plan in plans]
    _mistrust_the_future(connection, now)
    connection.execute(sa.update(digests).where(digests.c.name.not_in(names)).values(gone=1))
    wanted = {*urls, *(url for plan in plans for url in plan.feeds)}
    _add_feeds(connection, wanted, now)
    forget_incidents(connection, wanted, names, now)
    mailed = {configured(name) for name in names if is_weekly(name)}
    plan_weeks(connection, set(names).difference(map(weekly_of, mailed)), mailed)
    for plan in plans:
        _plan_schedule(connection, plan)
        resubscribe_from_the_future(connection, plan.name, plan.first_edition, now)
        subscribe_to_polled(connection, plan.name, plan.feeds, plan.first_edition, now)


def advance(
    connection: Connection,
    digest: str,
    scheduled_for: datetime,
    next_edition_at: datetime,
    result: str,
) -> None:
    """Note what became of a time that was due, and go on to the next."""
    connection.execute(
        sa.update(digests)
        .where(digests.c.name == digest)
        .values(next_edition_at=next_edition_at, last_due_at=scheduled_for, last_result=result)
    )


def _add_feeds(connection: Connection, urls: Collection[str], now: datetime) -> None:
    known = set(connection.execute(sa.select(feeds.c.url)).scalars())
    new = [{"url": url, "next_poll_at": now} for url in sorted(set(urls) - known)]
    if new:
        connection.execute(sa.insert(feeds), new)


def _mistrust_the_future(connection: Connection, now: datetime) -> None:
    """What a clock that ran ahead wrote would keep feeds and hosts waiting for that time."""
    connection.execute(
        sa.update(feeds).where(feeds.c.polled_at > now).values(polled_at=None, next_poll_at=now)
    )
    until = host_backoffs.c.until
    wrong = sa.or_(host_backoffs.c.since > now, until > now + _LONGEST_BACKOFF)
    waiting = feeds.c.next_poll_at.in_(sa.select(until).where(wrong))
    connection.execute(sa.update(feeds).where(waiting).values(next_poll_at=now))
    connection.execute(sa.delete(host_backoffs).where(wrong))


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
