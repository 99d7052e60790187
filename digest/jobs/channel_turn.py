"""A channel's turn to be served: what it is known to take, and which refusals are in doubt."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec import Struct, field

from digest.channels.alike import alike
from digest.errors import ChannelError
from digest.jobs.doubts import Doubts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.channels import Channel
    from digest.errors import DeliveryError
    from digest.model import Backoff, Delivery, Outcome


class ChannelTurn(Struct):
    """A channel's turn to be served, and who hears of it; nothing is begun once it is to stop.

    `rest` is why nothing could be sent before; `accepted` are those who got something since;
    `doubts` are the refusals that may not be about their recipients.
    """

    channel: Channel
    report: Callable[[Delivery, Outcome], None]
    rest: Backoff | None
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    doubts: Doubts = field(default_factory=Doubts)
    accepted: set[str] = field(default_factory=set)

    def is_alone(self, delivery: Delivery, reason: str) -> bool:
        """Whether what keeps it back again keeps nobody else back."""
        if delivery.error is None:
            return False
        if self.accepted - {delivery.recipient}:
            return True
        known = alike(delivery.error, reason, (delivery.recipient,))
        return known and delivery.state == "retrying" and self.rest is None

    def judge(
        self, delivery: Delivery, refusal: DeliveryError, due: Iterable[Delivery], outcome: Outcome
    ) -> None:
        """Hold a refusal for good that may be about us.

        Raises:
            ChannelError: it is.
        """
        match self.doubts.judge(delivery, refusal, (each.recipient for each in due)):
            case "of the channel":
                raise ChannelError(
                    f"everybody is refused alike: {refusal.reason}; {self.channel.remedy}",
                    lasting=True,
                )
            case "doubted":
                self.doubts.held[delivery.id] = delivery, outcome
            case "believed":
                pass
