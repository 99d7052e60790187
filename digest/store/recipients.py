"""Recipients in the store: who gets the editions of a channel beside those whom the file names."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from digest.config.addresses import mail_address, mail_key
from digest.editions.schedule import next_after
from digest.model import ALERTS, Recipient, Schedule
from digest.store.tables import deliveries, feedback, recipients
from digest.store.weeks import gets_weekly, readers_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy.engine import Connection

    from digest.model import RecipientState, Rendition
    from digest.store.database import Database

# What a person, or a server, has said ends only by another word of theirs, or the operator's.
SUPPRESSED = ("unsubscribed", "bounced")


def gets_nothing(now: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    """Whether nothing is sent to a recipient at this time."""
    until = recipients.c.paused_until
    # In the words of SQL, since each delivery asks: what is bound costs more than it finds.
    away = sa.literal_column("recipients.state IN ('unsubscribed', 'bounced')", sa.Boolean)
    paused = sa.literal_column("recipients.state = 'paused'", sa.Boolean)
    return sa.or_(away, sa.and_(paused, sa.or_(until.is_(None), until > now)))


class RecipientQueries:
    """One method is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, channel: str | None = None) -> list[Recipient]:
        """Every recipient there is a row of, by channel and address."""
        query = _select().order_by(recipients.c.channel, recipients.c.key)
        if channel is not None:
            query = query.where(recipients.c.channel == channel)
        with self._database.transaction() as connection:
            return [_recipient(row) for row in connection.execute(query)]

    def suppressed(self) -> set[tuple[str, str]]:
        """Who has left or bounced, by channel and key."""
        with self._database.transaction() as connection:
            return suppressed_in(connection)

    def find(self, channel: str, address: str) -> Recipient | None:
        """What is known of an address; None: nothing beside what the file says."""
        query = _select().where(*_is(channel, address))
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        return _recipient(row) if row else None

    def of_person(self, channels: Collection[str], key: str) -> list[Recipient]:
        """Whom a link of these channels may mean, by the key of now or of an earlier version."""
        is_meant = sa.or_(recipients.c.key == key, recipients.c.former == key)
        query = _select().where(recipients.c.channel.in_(channels), is_meant)
        with self._database.transaction() as connection:
            return [_recipient(row) for row in connection.execute(query)]

    def put(self, wanted: Iterable[Recipient], now: datetime) -> None:
        """Have these recipients be as they are given, those that are there and those that are not.

        Since when they are known is kept, and so is when they changed where nothing does.
        """
        rows = [_row(recipient, now) for recipient in wanted]
        if not rows:
            return
        new = insert(recipients)
        values = {name: new.excluded[name] for name in _KEPT}
        differs = sa.or_(
            *(recipients.c[name].is_distinct_from(new.excluded[name]) for name in _SAID)
        )
        with self._database.transaction() as connection:
            connection.execute(
                new.on_conflict_do_update(
                    index_elements=[recipients.c.channel, recipients.c.key],
                    set_=values,
                    where=differs,
                ),
                rows,
            )

    def remove(self, channel: str, address: str) -> None:
        """Forget a recipient, with what it said of stories."""
        votes = feedback.c.channel == channel, feedback.c.key == mail_key(address)
        with self._database.transaction() as connection:
            connection.execute(sa.delete(recipients).where(*_is(channel, address)))
            connection.execute(sa.delete(feedback).where(*votes))


def suppressed_in(connection: Connection) -> set[tuple[str, str]]:
    """Who has left or bounced, by channel and key."""
    query = sa.select(recipients.c.channel, recipients.c.key)
    rows = connection.execute(query.where(recipients.c.state.in_(SUPPRESSED)))
    return {(row.channel, row.key) for row in rows}


def note_bounce(connection: Connection, delivery_id: int, reason: str, now: datetime) -> None:
    """Note that nobody is where a delivery was to go; who has unsubscribed stays so."""
    query = sa.select(deliveries.c.channel, deliveries.c.recipient)
    channel, recipient = connection.execute(query.where(deliveries.c.id == delivery_id)).one()
    address = mail_address(recipient)
    bounced = Recipient(channel, address, state="bounced", listed=False, reason=reason)
    values = {"state": "bounced", "reason": reason, "paused_until": None, "changed_at": now}
    connection.execute(
        insert(recipients)
        .values(_row(bounced, now))
        .on_conflict_do_update(
            index_elements=[recipients.c.channel, recipients.c.key],
            set_=values,
            where=recipients.c.state.not_in(SUPPRESSED),
        )
    )


def audience(
    connection: Connection, rendition: Rendition, digest: str, now: datetime
) -> list[tuple[str, Recipient | None]]:
    """Who gets an edition now, each with what is known of it.

    What is told to the operator (`ALERTS`) goes to nobody but those whom the file names.
    """
    if not rendition.personal:
        return [(recipient, None) for recipient in rendition.recipients]
    query = _select().where(recipients.c.channel == rendition.channel)
    rows = connection.execute(query.order_by(recipients.c.created_at, recipients.c.key))
    known = {row.key: _recipient(row) for row in rows}
    is_for = readers_of(connection, digest, rendition.channel)
    everybody = [(address, known.pop(mail_key(address), None)) for address in rendition.recipients]
    if digest != ALERTS:
        everybody += [
            (_written(known_as), known_as) for known_as in known.values() if known_as.listed
        ]
    return [
        (to, known_as)
        for to, known_as in everybody
        if (known_as is None or known_as.state_at(now) == "active") and is_for(to)
    ]


def own_time(recipient: Recipient, scheduled_for: datetime, zone: str) -> datetime | None:
    """When a recipient wants an edition of this time; None: at once. `zone` is the digest's."""
    if recipient.send_at is None:
        return None
    daily = Schedule(f"daily at {recipient.send_at:%H:%M}", (recipient.send_at,))
    just_before = scheduled_for - timedelta(microseconds=1)
    return next_after(daily, ZoneInfo(recipient.zone or zone), just_before)


_SAID = (
    *("address", "name", "state", "reason", "listed"),
    *("paused_until", "zone", "send_at", "frequency"),
)
_KEPT = (*_SAID, "changed_at")


def _select() -> sa.Select[Any]:
    return sa.select(recipients, gets_weekly().label("weekly"))


def _is(channel: str, address: str) -> tuple[sa.ColumnElement[bool], ...]:
    return recipients.c.channel == channel, recipients.c.key == mail_key(address)


def _written(recipient: Recipient) -> str:
    if not recipient.name:
        return recipient.address
    quoted = recipient.name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{recipient.address}>'


def _row(recipient: Recipient, now: datetime) -> dict[str, Any]:
    return {
        "channel": recipient.channel,
        "key": mail_key(recipient.address),
        "address": recipient.address,
        "name": recipient.name,
        "listed": int(recipient.listed),
        "state": recipient.state,
        "reason": recipient.reason,
        "paused_until": recipient.paused_until,
        "zone": recipient.zone,
        "send_at": f"{recipient.send_at:%H:%M}" if recipient.send_at else None,
        "frequency": recipient.frequency,
        "created_at": now,
        "changed_at": now,
    }


def _recipient(row: Any) -> Recipient:
    state: RecipientState = row.state
    return Recipient(
        channel=row.channel,
        address=row.address,
        name=row.name,
        state=state,
        listed=bool(row.listed),
        reason=row.reason,
        paused_until=row.paused_until,
        zone=row.zone,
        send_at=time.fromisoformat(row.send_at) if row.send_at else None,
        frequency=row.frequency,
        gets="weekly" if row.weekly else "each",
        created_at=row.created_at,
        changed_at=row.changed_at,
    )
