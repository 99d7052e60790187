"""Statements of `status`: deliveries by state, those in trouble, those to make, and what rests."""

from __future__ import annotations

import sqlalchemy as sa

from digest.store.tables import (
    channels,
    deliveries,
    digests,
    editions,
    renditions,
    weekly_readers,
)

# Of more than these nobody wants to know each.
_MOST = 5_000

# What was sent once more is told by that.
_repeat = deliveries.alias("repeat")
_REPEATED = sa.exists().where(_repeat.c.of_id == deliveries.c.id)
_LOST = deliveries.c.state.in_(("failed", "unknown"))
_KEPT = sa.and_(deliveries.c.dropped == 0, sa.or_(~_LOST, ~_REPEATED))
COUNTS = sa.select(deliveries.c.state, sa.func.count()).where(_KEPT).group_by(deliveries.c.state)
TROUBLED = (
    sa.select(
        deliveries.c.id,
        deliveries.c.channel,
        deliveries.c.recipient,
        deliveries.c.state,
        deliveries.c.last_error,
        deliveries.c.next_attempt_at,
        deliveries.c.created_at,
        deliveries.c.deferred_at,
        editions.c.digest,
    )
    .join(editions, editions.c.id == deliveries.c.edition_id)
    .where(deliveries.c.state.in_(("failed", "unknown", "retrying")), _KEPT)
    # Those that are tried again come last.
    .order_by(deliveries.c.next_attempt_at.is_not(None), deliveries.c.id.desc())
    .limit(_MOST)
)
WAITING = (
    sa.select(
        deliveries.c.channel,
        renditions.c.kind,
        sa.func.count(),
        sa.func.min(deliveries.c.id),
    )
    .join(
        renditions,
        sa.and_(
            renditions.c.edition_id == deliveries.c.edition_id,
            renditions.c.channel == deliveries.c.channel,
            renditions.c.part == deliveries.c.part,
        ),
    )
    .where(sa.or_(deliveries.c.state == "pending", deliveries.c.next_attempt_at.is_not(None)))
    .group_by(deliveries.c.channel, renditions.c.kind)
)
WEEKLY = sa.select(weekly_readers.c.digest, sa.func.count()).group_by(weekly_readers.c.digest)
RESTING = sa.select(channels).order_by(channels.c.name)
PLANNED = sa.select(digests).where(digests.c.gone == 0)
