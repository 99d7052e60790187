"""What models were asked lately, and what that came to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from msgspec import Struct

from digest.store.tables import model_requests

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_DAY = timedelta(days=1)


class ModelUsage(Struct, frozen=True):
    """What a model was asked in a day."""

    model: str
    """Its name, and where it is."""
    requests: int
    failed: int
    """How many of them brought no answer."""
    tokens_in: int
    """Of the questions."""
    tokens_out: int
    """Of the answers."""
    asked_at: datetime
    """When it was asked last; the day ends then."""


def model_usage_in(connection: Connection) -> tuple[ModelUsage, ...]:
    """What each model was asked in the day that ends with the last request of all."""
    asked = model_requests.c
    last = connection.execute(sa.select(sa.func.max(asked.asked_at))).scalar()
    if last is None:
        return ()
    query = (
        sa.select(
            asked.model,
            sa.func.count(),
            sa.func.sum(sa.case((asked.outcome == "answered", 0), else_=1)),
            sa.func.sum(asked.tokens_in),
            sa.func.sum(asked.tokens_out),
            sa.func.max(asked.asked_at),
        )
        .where(asked.asked_at > last - _DAY)
        .group_by(asked.model)
        .order_by(asked.model)
    )
    return tuple(ModelUsage(*row) for row in connection.execute(query))
