"""Which entries are pending: those for a digest that no edition of it has taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.store.entries import is_taken
from digest.store.tables import entries, feeds, subscriptions

if TYPE_CHECKING:
    from collections.abc import Collection


def of_pending(query: sa.Select[Any], digest: str, urls: Collection[str]) -> sa.Select[Any]:
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


def newest_pending(digest: str, urls: Collection[str], most: int) -> sa.Select[Any]:
    """The numbers of the newest of what is pending, so many of each feed."""
    newest_first = sa.func.row_number().over(
        partition_by=entries.c.feed_id, order_by=entries.c.id.desc()
    )
    numbered = sa.select(entries.c.id, newest_first.label("place")).select_from(entries)
    ranked = of_pending(
        numbered.join(feeds, feeds.c.id == entries.c.feed_id), digest, urls
    ).subquery()
    return sa.select(ranked.c.id).where(ranked.c.place <= most)
