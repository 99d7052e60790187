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


def pending_numbers(digest: str, urls: Collection[str]) -> sa.Select[Any]:
    """The numbers of what is pending with the addresses of their feeds, the newest first."""
    numbered = sa.select(entries.c.id, feeds.c.url).select_from(entries)
    joined = numbered.join(feeds, feeds.c.id == entries.c.feed_id)
    return of_pending(joined, digest, urls).order_by(entries.c.id.desc())
