"""Who was asked to confirm a subscription, how often, and whom never to ask."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa
from msgspec import Struct
from sqlalchemy.dialects.sqlite import insert

from digest.config.addresses import mail_key, untagged_key
from digest.config.providers import provider_of
from digest.store.recipients import SUPPRESSED
from digest.store.tables import ask_budgets, asks, lists, never_asked, recipients, spent

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from digest.store.database import Database

# By mailbox, whatever the list: time from one mail to the next, to those who left as well; mails
# in all that it did not confirm.
_HOUR = timedelta(hours=1)
_AFTER_LEAVING = timedelta(days=30)
_MOST_UNCONFIRMED = 3
# How many mails are asked for in an hour: at one domain, unless it is a provider of thousands,
# from one peer and in all.
_OF_A_DOMAIN, _OF_A_PEER, _IN_ALL = 20, 20, 300
_SHORT = 3
# After every letter that a key goes on with.
_LAST = "\U0010ffff"
# What is remembered is forgotten, after that time and beyond that number, the oldest first.
_KEPT = timedelta(days=90)
_MOST_KEPT = 100_000
_MOST_BUDGETS = 10_000

Verdict = Literal["asked", "never", "asked before", "left", "domain", "all"]


class Ask(Struct, frozen=True):
    """Somebody wants an address to be asked whether it is to be on a channel's list."""

    channel: str
    address: str

    @property
    def mailbox(self) -> str:
        """Whose address it is, whatever it is tagged with."""
        return untagged_key(self.address)

    @property
    def domain(self) -> str:
        """Whose domain it is at, as far as that can be told: `a.b.example` is that of `b.example`.

        Where the last name but one is short, as in `b.co.uk`, three are one's own.
        """
        names = self.mailbox.rpartition("@")[2].split(".")
        return ".".join(names[-3:] if len(names[-2:][0]) <= _SHORT else names[-2:])


class ConfirmationQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, asked: Ask, now: datetime) -> Verdict:
        """Whether an address is to be asked now, which counts as asked then; else why not."""
        with self._database.transaction() as connection:
            _forget(connection, now)
            verdict = _judge(connection, asked, now)
            if verdict == "asked":
                _count(connection, f"domain {asked.domain}", now)
                _count(connection, "all", now)
                _note(connection, asked, now)
        return verdict

    def admit(self, peer: str, now: datetime) -> bool:
        """Whether a peer may ask once more; it counts as having asked."""
        with self._database.transaction() as connection:
            _forget(connection, now)
            if _asked_for(connection, f"peer {peer}") >= _OF_A_PEER:
                return False
            rows = sa.select(sa.func.count()).select_from(ask_budgets)
            if connection.execute(rows).scalar_one() < _MOST_BUDGETS:
                _count(connection, f"peer {peer}", now)
        return True

    def confirmed(self, asked: Ask, asked_at: datetime) -> None:
        """Forget how often an address was asked: it wanted to be, and by that once."""
        with self._database.transaction() as connection:
            connection.execute(
                sa.delete(asks).where(
                    asks.c.mailbox == asked.mailbox, asks.c.channel == asked.channel
                )
            )
            _spend(connection, asked, asked_at)

    def taken_off(self, asked: Ask, now: datetime) -> None:
        """Note that the operator took an address off a list; what it has to confirm by is void."""
        with self._database.transaction() as connection:
            _spend(connection, asked, now)

    def is_spent(self, asked: Ask, asked_at: datetime) -> bool:
        """Whether what an address was asked then is void."""
        query = sa.select(spent.c.at).where(
            spent.c.channel == asked.channel, spent.c.key == mail_key(asked.address)
        )
        with self._database.transaction() as connection:
            at = connection.execute(query).scalar()
        return at is not None and at >= asked_at

    def void(self) -> dict[tuple[str, str], datetime]:
        """Up to when what was said of whom is void, by channel and key."""
        with self._database.transaction() as connection:
            rows = connection.execute(sa.select(spent))
            return {(row.channel, row.key): row.at for row in rows}

    def never(self, address: str, now: datetime) -> None:
        """Never ask a mailbox again."""
        row = insert(never_asked).values(mailbox=untagged_key(address), at=now)
        with self._database.transaction() as connection:
            connection.execute(row.on_conflict_do_nothing())

    def is_never(self, address: str) -> bool:
        """Whether a mailbox is never to be asked again."""
        query = sa.select(never_asked.c.at).where(never_asked.c.mailbox == untagged_key(address))
        with self._database.transaction() as connection:
            return connection.execute(query).first() is not None

    def allow(self, address: str) -> bool:
        """Let a mailbox be asked again; whether it was not to be, or was asked too often."""
        mailbox = untagged_key(address)
        with self._database.transaction() as connection:
            done = [
                connection.execute(sa.delete(table).where(table.c.mailbox == mailbox)).rowcount
                for table in (never_asked, asks)
            ]
        return any(done)


def _judge(connection: Connection, asked: Ask, now: datetime) -> Verdict:
    never = sa.select(never_asked.c.at).where(never_asked.c.mailbox == asked.mailbox)
    if connection.execute(never).first():
        return "never"
    of_mailbox = sa.select(asks.c.times, asks.c.asked_at).where(asks.c.mailbox == asked.mailbox)
    before = connection.execute(of_mailbox).all()
    last = max((row.asked_at for row in before), default=None)
    if sum(row.times for row in before) >= _MOST_UNCONFIRMED or (
        last is not None and now - last < _HOUR
    ):
        return "asked before"
    if last is not None and now - last < _AFTER_LEAVING and _left(connection, asked):
        return "left"
    is_large = provider_of(asked.mailbox) is not None
    if not is_large and _asked_for(connection, f"domain {asked.domain}") >= _OF_A_DOMAIN:
        return "domain"
    return "all" if _asked_for(connection, "all") >= _IN_ALL else "asked"


def _left(connection: Connection, asked: Ask) -> bool:
    """Whether anybody with this mailbox left a list, under whatever tag."""
    local, _, domain = asked.mailbox.rpartition("@")
    # Where all of its names stand in the table; at Gmail there may be full stops in between.
    begins = local[0] if domain == "gmail.com" else local
    query = sa.select(recipients.c.key).where(
        # By the names of lists, which an index begins with.
        recipients.c.channel.in_(sa.select(lists.c.name)),
        recipients.c.key >= begins,
        recipients.c.key < begins + _LAST,
        recipients.c.state.in_(SUPPRESSED),
    )
    return any(untagged_key(key) == asked.mailbox for key in connection.execute(query).scalars())


def _note(connection: Connection, asked: Ask, now: datetime) -> None:
    row = insert(asks).values(mailbox=asked.mailbox, channel=asked.channel, times=1, asked_at=now)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[asks.c.mailbox, asks.c.channel],
            set_={"times": asks.c.times + 1, "asked_at": now},
        )
    )


def _spend(connection: Connection, asked: Ask, until: datetime) -> None:
    row = insert(spent).values(channel=asked.channel, key=mail_key(asked.address), at=until)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[spent.c.channel, spent.c.key],
            set_={"at": sa.func.max(spent.c.at, row.excluded.at)},
        )
    )


def _asked_for(connection: Connection, subject: str) -> int:
    query = sa.select(ask_budgets.c.number).where(ask_budgets.c.subject == subject)
    return connection.execute(query).scalar() or 0


def _count(connection: Connection, subject: str, now: datetime) -> None:
    row = insert(ask_budgets).values(subject=subject, since=now, number=1)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=[ask_budgets.c.subject], set_={"number": ask_budgets.c.number + 1}
        )
    )


def _forget(connection: Connection, now: datetime) -> None:
    """Forget what is over, and the oldest beyond what is kept; nothing is of the future."""
    over = sa.or_(ask_budgets.c.since <= now - _HOUR, ask_budgets.c.since > now)
    connection.execute(sa.delete(ask_budgets).where(over))
    connection.execute(sa.delete(asks).where(asks.c.asked_at <= now - _KEPT))
    connection.execute(sa.delete(spent).where(spent.c.at <= now - _KEPT))
    oldest = sa.select(asks.c.asked_at).order_by(asks.c.asked_at.desc()).offset(_MOST_KEPT).limit(1)
    beyond = oldest.scalar_subquery()
    connection.execute(sa.delete(asks).where(asks.c.asked_at <= beyond))
