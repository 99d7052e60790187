"""Sends one delivery through its channel, and says what became of it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.errors import ChannelError, DeliveryError
from digest.jobs.outcomes import outcome_of
from digest.log import event
from digest.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from digest.channels import Channel, Session
    from digest.jobs.channel_turn import ChannelTurn
    from digest.log import Sanitiser
    from digest.model import Delivery

_log = logging.getLogger(__name__)


class DeliveryAttempts:
    """Attempts to send; `token_of` makes what the pages of a channel's recipient go by."""

    def __init__(
        self,
        clock: Callable[[], datetime],
        sanitiser: Sanitiser,
        token_of: Callable[[str, str], str],
    ) -> None:
        self._clock = clock
        self._sanitiser = sanitiser
        self._token_of = token_of

    async def make(
        self, turn: ChannelTurn, session: Session, delivery: Delivery, due: Collection[Delivery]
    ) -> Outcome:
        """Send a claimed delivery; answers what became of it.

        Raises:
            ChannelError: the channel takes nothing from anybody now.
        """
        channel = turn.channel
        try:
            token = self._token_of(delivery.channel, delivery.recipient)
            receipt = await session.send(_in_form(channel, replace(delivery, token=token)))
        except ChannelError:
            raise
        except DeliveryError as error:
            refusal = error
        except asyncio.CancelledError:
            # Whether it arrived, nobody knows where it was begun; the next start settles it.
            event(_log, logging.WARNING, "interrupted", delivery=delivery.id)
            raise
        except Exception as error:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while delivering", extra={"fields": {"delivery": delivery.id}})
            begun = has_begun(session)
            reason = f"a bug: {type(error).__name__}"
            refusal = DeliveryError(reason, "unknown" if begun else "retrying")
        else:
            turn.doubts.accept()
            turn.accepted.add(delivery.recipient)
            return Outcome("sent", receipt=self._sanitiser(receipt) or None)
        if refusal.verdict == "refused" and channel.plainer(delivery.payload) is None:
            refusal = DeliveryError(refusal.reason, "failed")
        outcome = self.outcome(channel, delivery, refusal)
        if refusal.verdict == "failed" or (refusal.verdict == "refused" and delivery.plainer):
            turn.judge(delivery, refusal, due, outcome)
        return outcome

    def outcome(self, channel: Channel, delivery: Delivery, error: DeliveryError) -> Outcome:
        """What a delivery that failed comes to: another attempt, or the end of it."""
        outcome = outcome_of(delivery, error, channel.patience, self._clock())
        return replace(outcome, error=self._sanitiser(outcome.error or ""))


def has_begun(session: Session) -> bool:
    """Whether a byte of what was being sent may have left, as far as the session can tell."""
    begun: bool = getattr(session, "begun", True)
    return begun


def _in_form(channel: Channel, delivery: Delivery) -> Delivery:
    """The delivery with a plainer payload where the one it has was refused, and there is one."""
    plainer = channel.plainer(delivery.payload) if delivery.plainer else None
    return replace(delivery, payload=plainer) if plainer else delivery
