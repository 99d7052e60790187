"""Rows of the ledger, as deliveries and as what keeps a channel from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from digest.model import Backoff, Delivery
from digest.store.tables import renditions

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection


def delivery_of(row: Any, payload: bytes = b"") -> Delivery:
    """A row of the ledger as a delivery."""
    return Delivery(
        id=row.id,
        edition_id=row.edition_id,
        digest=row.digest,
        channel=row.channel,
        recipient=row.recipient,
        part=row.part,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        message_id=row.message_id,
        error=row.last_error,
        doubtful=bool(row.doubtful),
        plainer=bool(row.plainer),
        deferred_at=row.deferred_at,
        payload=payload,
    )


def backoff_of(row: Any) -> Backoff:
    """A row of the table of channels as what keeps it from sending."""
    return Backoff(
        since=row.failing_since,
        failures=row.failures,
        reason=row.last_error,
        next_attempt_at=row.next_attempt_at,
        lasting=bool(row.lasting),
    )


def payloads_of(
    connection: Connection, channel: str, edition_ids: Collection[int]
) -> dict[tuple[int, int], bytes]:
    """A channel's payloads by edition and part: each once, however many get it."""
    query = sa.select(renditions.c.edition_id, renditions.c.part, renditions.c.payload).where(
        renditions.c.channel == channel, renditions.c.edition_id.in_(edition_ids)
    )
    return {(row.edition_id, row.part): row.payload for row in connection.execute(query)}
