"""Delivering: the ledger to the channels."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.errors import DeliveryError
from digest.log import event
from digest.model import Delivery, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from digest.channels import Channel
    from digest.log import Redactor
    from digest.store import Store, StoreThread

_log = logging.getLogger(__name__)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=4)
# RFC 5321, section 4.5.4.1: give up after four or five days.
_GIVE_UP_AFTER = timedelta(days=5)
_MOST_DOUBLINGS = 12
# A stop has 8 seconds in all.
_GRACE_SECONDS = 6.0


def outcome_of(
    delivery: Delivery, error: DeliveryError, patience: timedelta | None, now: datetime
) -> Outcome:
    """What becomes of a delivery after an attempt that failed.

    `delivery` is as it was before the attempt. Pauses double from a minute, or from what the
    server asked for, to four hours, over five days. What nobody knows the end of is tried once
    more after `patience`, if the channel has any.
    """
    if error.verdict == "unknown":
        once_more = patience is not None and delivery.state != "unknown"
        again = now + patience if once_more and patience is not None else None
        return Outcome("unknown", error=error.reason, next_attempt_at=again)
    if error.verdict == "failed":
        return Outcome("failed", error=error.reason)
    if now - delivery.created_at >= _GIVE_UP_AFTER:
        reason = f"given up after {_GIVE_UP_AFTER.days} days: {error.reason}"
        return Outcome("failed", error=reason)
    doubled = 2 ** min(delivery.attempts, _MOST_DOUBLINGS)
    pause = min((error.retry_after or _FIRST_PAUSE) * doubled, _LONGEST_PAUSE)
    # A server that asks for longer than that is obeyed.
    pause = max(pause, error.retry_after or pause)
    return Outcome("retrying", error=error.reason, next_attempt_at=now + pause)


class Delivering:
    """Makes what deliveries are due, channel by channel side by side."""

    def __init__(
        self,
        store: StoreThread[Store],
        channels: Mapping[str, Channel],
        clock: Callable[[], datetime],
        redact: Redactor,
        grace_seconds: float = _GRACE_SECONDS,
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._redact = redact
        self._grace_seconds = grace_seconds
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def release_claimed(self) -> None:
        """Settle what an earlier process was sending when it died."""
        now = self._clock()
        repeatable = [
            name for name, channel in self._channels.items() if channel.patience is not None
        ]
        count = await self._store.run(lambda store: store.ledger.release_claimed(repeatable, now))
        if count:
            event(_log, logging.WARNING, "released", interrupted=count)

    async def deliver_due(
        self, report: Callable[[Delivery, Outcome], None] = lambda *_: None
    ) -> list[Outcome]:
        """Make every delivery that is due, in order within a channel.

        When cancelled, what is being sent gets a few seconds to finish and is recorded.
        """
        now = self._clock()
        due = await self._store.run(lambda store: store.ledger.due_channels(now))
        known = [self._channels[name] for name in due if name in self._channels]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._drain(channel, report)) for channel in known]
        return [outcome for task in tasks for outcome in task.result()]

    async def _drain(
        self, channel: Channel, report: Callable[[Delivery, Outcome], None]
    ) -> list[Outcome]:
        outcomes: list[Outcome] = []
        async with self._turns[channel.name]:
            while made := await self._next_whole(channel):
                delivery, outcome = made
                report(delivery, outcome)
                outcomes.append(outcome)
        return outcomes

    async def _next_whole(self, channel: Channel) -> tuple[Delivery, Outcome] | None:
        """Make the next delivery, from claim to record, also when cancelled in between."""
        making = asyncio.create_task(self._next(channel))
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            await asyncio.wait({making}, timeout=self._grace_seconds)
            making.cancel()
            raise

    async def _next(self, channel: Channel) -> tuple[Delivery, Outcome] | None:
        now = self._clock()
        delivery = await self._store.run(lambda store: store.ledger.claim(channel.name, now))
        if delivery is None:
            return None
        try:
            outcome = await self._attempt(channel, delivery)
        except asyncio.CancelledError:
            # Whether it arrived, nobody knows; the next start settles it.
            event(_log, logging.WARNING, "interrupted", delivery=delivery.id)
            raise
        return delivery, await self._record(delivery, outcome)

    async def _attempt(self, channel: Channel, delivery: Delivery) -> Outcome:
        try:
            return Outcome("sent", receipt=await channel.send(delivery))
        except DeliveryError as error:
            return outcome_of(delivery, error, channel.patience, self._clock())
        except Exception as error:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while delivering", extra={"fields": {"delivery": delivery.id}})
            unknown = DeliveryError(f"a bug: {type(error).__name__}", "unknown")
            return outcome_of(delivery, unknown, channel.patience, self._clock())

    async def _record(self, delivery: Delivery, outcome: Outcome) -> Outcome:
        error = self._redact(outcome.error) if outcome.error else None
        receipt = self._redact(outcome.receipt) if outcome.receipt else None
        redacted = Outcome(outcome.state, receipt, error, outcome.next_attempt_at)
        now = self._clock()
        await self._store.run(lambda store: store.ledger.record(delivery.id, redacted, now))
        event(
            _log,
            logging.INFO if outcome.state == "sent" else logging.WARNING,
            "delivered" if outcome.state == "sent" else "not delivered",
            digest=delivery.digest,
            edition=delivery.edition_id,
            channel=delivery.channel,
            recipient=delivery.recipient,
            part=delivery.part if delivery.part > 1 else None,
            state=outcome.state,
            attempt=delivery.attempts + 1,
            error=error,
            next_attempt_at=outcome.next_attempt_at and outcome.next_attempt_at.isoformat(),
        )
        return redacted
