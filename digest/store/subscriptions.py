"""Subscriptions: which entries of a feed are for a digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from digest.store.entries import newest_entry
from digest.store.tables import feeds, subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, timedelta

    from sqlalchemy.engine import Connection


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
                "since": _since(windows[digest], now),
                "baseline": newest,
            }
            for digest in sorted(missing)
        ],
    )


def subscribe_to_polled(
    connection: Connection,
    digest: str,
    urls: Collection[str],
    first_edition: timedelta,
    now: datetime,
) -> None:
    """Subscribe a digest to those of these feeds that have answered before."""
    # A feed that never answered has no entries yet to draw a line under: its first answer does.
    subscribed = sa.select(subscriptions.c.feed_id).where(subscriptions.c.digest == digest)
    polled = sa.select(feeds.c.id).where(
        *(feeds.c.url.in_(urls), feeds.c.succeeded_at.is_not(None)),
        feeds.c.id.not_in(subscribed),
    )
    for feed_id in connection.execute(polled).scalars().all():
        subscribe(connection, feed_id, now, {digest: first_edition})


def resubscribe_from_the_future(
    connection: Connection, digest: str, first_edition: timedelta, now: datetime
) -> None:
    """Have what a clock that ran ahead subscribed reach back from now, as it would have."""
    connection.execute(
        sa.update(subscriptions)
        .where(subscriptions.c.digest == digest, subscriptions.c.subscribed_at > now)
        .values(subscribed_at=now, since=_since(first_edition, now))
    )


def _since(first_edition: timedelta, now: datetime) -> datetime | None:
    return now - first_edition if first_edition else None


# Built once: to build a statement takes longer than to carry it out.
_FEED: sa.BindParameter[int] = sa.bindparam("feed")
_SUBSCRIBED = sa.select(subscriptions.c.digest).where(subscriptions.c.feed_id == _FEED)
_SUBSCRIBE = sa.insert(subscriptions)
