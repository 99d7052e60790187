"""Delivering: the ledger to the channels."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.errors import DeliveryError, StoreError
from digest.log import event
from digest.model import Delivery, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from digest.channels import Channel
    from digest.log import Words
    from digest.store import Store, StoreThread

_log = logging.getLogger(__name__)

_FIRST_PAUSE = timedelta(minutes=1)
_LONGEST_PAUSE = timedelta(hours=4)
# RFC 5321, section 4.5.4.1: give up after four or five days.
_GIVE_UP_AFTER = timedelta(days=5)
_MOST_DOUBLINGS = 12
# A stop has 8 seconds in all.
_GRACE_SECONDS = 5.0
_RECORD_AGAIN_SECONDS = 5.0


def outcome_of(
    delivery: Delivery, error: DeliveryError, patience: timedelta | None, now: datetime
) -> Outcome:
    """What becomes of a delivery after an attempt that failed.

    `delivery` is as it was before the attempt. Pauses double from a minute, or from what the
    server asked for, to four hours, over five days. What nobody knows the end of is tried once
    more after `patience`, if the channel has any; whatever follows, never a second time.
    """
    if error.verdict == "unknown":
        once_more = patience is not None and not delivery.doubtful
        again = now + patience if once_more and patience is not None else None
        return Outcome("unknown", error=error.reason, next_attempt_at=again)
    if error.verdict == "failed":
        # What may have arrived before has not failed because a copy was refused.
        return Outcome("unknown" if delivery.doubtful else "failed", error=error.reason)
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
        words: Words,
        grace_seconds: float = _GRACE_SECONDS,
        record_again_seconds: float = _RECORD_AGAIN_SECONDS,
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._words = words
        self._grace_seconds = grace_seconds
        self._record_again_seconds = record_again_seconds
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._making: set[asyncio.Task[tuple[Delivery, Outcome] | None]] = set()

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
        self,
        report: Callable[[Delivery, Outcome], None] = lambda *_: None,
        *,
        join: bool = True,
    ) -> list[Outcome]:
        """Make every delivery that is due, in order within a channel.

        A channel that is busy is waited for, or with `join` off left to who is at it.
        """
        now = self._clock()
        due = await self._store.run(lambda store: store.ledger.due_channels(now))
        free = (name for name in due if join or not self._turns[name].locked())
        known = [self._channels[name] for name in free if name in self._channels]
        drained = await asyncio.gather(
            *(self._drain(channel, report) for channel in known), return_exceptions=True
        )
        # A channel that could not be served has not kept the others from being so.
        for outcomes in drained:
            if isinstance(outcomes, BaseException):
                raise outcomes
        return [outcome for one in drained if isinstance(one, list) for outcome in one]

    async def finish(self) -> None:
        """Give what is being sent a few seconds to end and be recorded, then give it up."""
        if self._making:
            await asyncio.wait(self._making, timeout=self._grace_seconds)
        for making in self._making:
            making.cancel()
        await asyncio.gather(*self._making, return_exceptions=True)

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
        """Make the next delivery; once begun it goes on when cancelled, until `finish`."""
        making = asyncio.create_task(self._next(channel))
        self._making.add(making)
        making.add_done_callback(self._making.discard)
        return await asyncio.shield(making)

    async def _next(self, channel: Channel) -> tuple[Delivery, Outcome] | None:
        now = self._clock()
        delivery = await self._store.run(
            lambda store: store.ledger.claim(channel.name, channel.kind, now)
        )
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
        error = self._words(outcome.error) if outcome.error else None
        receipt = self._words(outcome.receipt) if outcome.receipt else None
        fit = Outcome(outcome.state, receipt, error, outcome.next_attempt_at)
        while not await self._recorded(delivery, fit):  # noqa: ASYNC110 - nothing tells of room
            await asyncio.sleep(self._record_again_seconds)
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
        return fit

    async def _recorded(self, delivery: Delivery, outcome: Outcome) -> bool:
        """Whether it could be written down: what was sent must not be forgotten for a full disk."""
        now = self._clock()
        try:
            await self._store.run(lambda store: store.ledger.record(delivery.id, outcome, now))
        except StoreError as error:
            event(_log, logging.ERROR, "not recorded yet", delivery=delivery.id, error=str(error))
            return False
        return True
