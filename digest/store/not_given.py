"""Which entries of an edition single channels are not given, as it was when it was published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import sqlalchemy as sa

from digest.model import NotGiven
from digest.store.renames import moved_to
from digest.store.tables import editions, not_given

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from sqlalchemy.engine import Connection


def note_not_given(connection: Connection, edition_id: int, parts: Iterable[NotGiven]) -> None:
    """Keep what channels are not given of an edition."""
    rows = [
        {
            "edition_id": edition_id,
            "channel": part.channel,
            "why": part.reason,
            "counted": int(part.counted),
            "entries": json.dumps(part.entries),
        }
        for part in parts
    ]
    if rows:
        connection.execute(sa.insert(not_given), rows)


def forget_not_given(connection: Connection, edition_id: int, channel: str) -> None:
    """Forget what a channel was not given of an edition."""
    chosen = not_given.c.edition_id == edition_id, not_given.c.channel == channel
    connection.execute(sa.delete(not_given).where(*chosen))


def read_not_given(connection: Connection, edition_id: int) -> tuple[NotGiven, ...]:
    """What channels are not given of an edition, by channel."""
    query = (
        sa.select(not_given)
        .where(not_given.c.edition_id == edition_id)
        .order_by(not_given.c.channel, not_given.c.counted, not_given.c.why)
    )
    return tuple(
        NotGiven(row.channel, row.why, tuple(json.loads(row.entries)), bool(row.counted))
        for row in connection.execute(query)
    )


def withheld_since(
    connection: Connection, digest: str, since: datetime, channels: Collection[str]
) -> set[tuple[int, int]]:
    """What these channels, by any name, were told nothing of: pairs of an edition and an entry.

    Of the editions of a digest that were due from then on.
    """
    query = (
        sa.select(not_given.c.edition_id, not_given.c.channel, not_given.c.entries)
        .join(editions, editions.c.id == not_given.c.edition_id)
        .where(
            editions.c.digest == digest,
            editions.c.scheduled_for >= since,
            not_given.c.counted == 0,
        )
    )
    rows = connection.execute(query).all()
    names = {
        channel: {channel, *moved_to(connection, "channel", channel)}
        for channel in {row.channel for row in rows}
    }
    return {
        (row.edition_id, number)
        for row in rows
        if not names[row.channel].isdisjoint(channels)
        for number in json.loads(row.entries)
    }
