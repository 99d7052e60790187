"""What a receiver knows a delivery by, so that a repeat of it does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.model import Delivery


def idempotency_key(delivery: Delivery) -> str:
    """The same at each attempt, and no other delivery's: `weekly-20261116090000-…@example-com`.

    It has no full stop, which ends it where it is signed (Standard Webhooks).
    """
    return delivery.message_id.strip("<>").replace(".", "-")
