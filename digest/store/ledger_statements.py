"""Statements of the ledger: what is due, what may be claimed, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from digest.store.recipients import gets_nothing
from digest.store.tables import IS_OPEN, UtcDateTime, channels, deliveries, recipients

if TYPE_CHECKING:
    from digest.model import DeliveryState

_NOW = sa.bindparam("now", type_=UtcDateTime)
_OUTCOME: sa.BindParameter[str] = sa.bindparam("outcome")
_THIS = deliveries.c.id == sa.bindparam("delivery")


def _state(state: DeliveryState) -> sa.ColumnElement[str]:
    return sa.literal_column(f"'{state}'")


TIME_HAS_COME = sa.or_(
    sa.and_(
        deliveries.c.state == _state("pending"),
        # When its recipient wants it.
        sa.or_(deliveries.c.next_attempt_at.is_(None), deliveries.c.next_attempt_at <= _NOW),
    ),
    sa.and_(
        deliveries.c.state.in_((_state("retrying"), _state("unknown"))),
        deliveries.c.next_attempt_at <= _NOW,
    ),
)
_earlier = deliveries.alias("earlier")
# Parts, and editions of a digest, reach a recipient in order. An edition that is sent once more
# waits for no later one.
_WAITS = sa.exists().where(
    _earlier.c.channel == deliveries.c.channel,
    _earlier.c.recipient == deliveries.c.recipient,
    _earlier.c.digest == deliveries.c.digest,
    _earlier.c.id < deliveries.c.id,
    _earlier.c.edition_id <= deliveries.c.edition_id,
    sa.literal_column(f"earlier.{IS_OPEN}"),
    sa.or_(_earlier.c.state != _state("unknown"), _earlier.c.next_attempt_at.is_not(None)),
)
MAY_SEND = sa.func.coalesce(channels.c.next_attempt_at <= _NOW, sa.true())
IS_DUE = sa.and_(TIME_HAS_COME, ~_WAITS)
_GETS_NOTHING = sa.and_(
    recipients.c.channel == deliveries.c.channel,
    recipients.c.key == sa.bindparam("key"),
    gets_nothing(_NOW),
)
# Each delivery costs these two, so they are put together once, with what never changes in them.
CLAIM = (
    sa.update(deliveries)
    .where(_THIS, IS_DUE, ~sa.exists().where(_GETS_NOTHING))
    .values(
        state=_state("sending"),
        attempts=deliveries.c.attempts + sa.literal_column("1"),
        next_attempt_at=sa.null(),
        changed_at=_NOW,
    )
)
# Whoever has left since a delivery was planned does not get it.
LEAVE_OUT = (
    sa.update(deliveries)
    .where(_THIS, IS_DUE, sa.exists().where(_GETS_NOTHING))
    .values(
        state=sa.case((deliveries.c.state == _state("unknown"), "unknown"), else_="failed"),
        last_error=sa.select(recipients.c.state).where(_GETS_NOTHING).scalar_subquery(),
        next_attempt_at=sa.null(),
        dropped=1,
        changed_at=_NOW,
    )
)
RECORD = (
    sa.update(deliveries)
    .where(_THIS)
    .values(
        state=_OUTCOME,
        receipt=sa.bindparam("answer"),
        last_error=sa.bindparam("error"),
        next_attempt_at=sa.bindparam("again", type_=UtcDateTime),
        doubtful=sa.case((_OUTCOME == "unknown", 1), else_=deliveries.c.doubtful),
        plainer=sa.func.max(deliveries.c.plainer, sa.bindparam("plainly")),
        deferred_at=sa.case(
            (_OUTCOME == "retrying", sa.func.coalesce(deliveries.c.deferred_at, _NOW)),
            else_=deliveries.c.deferred_at,
        ),
        changed_at=_NOW,
    )
)
