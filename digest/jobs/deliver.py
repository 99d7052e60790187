"""Makes the deliveries that are due: from the ledger through the channels."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict, deque
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from digest.errors import ChannelError
from digest.jobs.channel_turn import ChannelTurn
from digest.jobs.delivery_attempts import DeliveryAttempts, has_begun
from digest.jobs.delivery_records import DeliveryRecords
from digest.jobs.outcomes import backoff_after, put_off
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from digest.channels import Channel, Session
    from digest.jobs.context import JobContext
    from digest.jobs.disk_guard import DiskGuard
    from digest.model import Delivery, Outcome

T = TypeVar("T")

_log = logging.getLogger(__name__)

# A stop has 8 seconds in all.
_GRACE_SECONDS = 5.0
_RECORD_AGAIN_SECONDS = 5.0


class DeliverJob:
    """Makes what deliveries are due, channel by channel side by side.

    `token_of` makes what the pages of a channel's recipient go by.
    """

    def __init__(
        self,
        context: JobContext,
        disk_guard: DiskGuard,
        grace_seconds: float = _GRACE_SECONDS,
        record_again_seconds: float = _RECORD_AGAIN_SECONDS,
        *,
        token_of: Callable[[str, str], str] = lambda *_: "",
    ) -> None:
        self._store = context.store
        self._channels = context.channels
        self._clock = context.clock
        self._sanitiser = context.sanitiser
        self._disk_guard = disk_guard
        self._grace_seconds = grace_seconds
        self._records = DeliveryRecords(self._store, self._clock, record_again_seconds)
        self._attempts = DeliveryAttempts(self._clock, self._sanitiser, token_of)
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turns: dict[asyncio.Task[list[Outcome]], ChannelTurn] = {}

    async def release_claimed(self) -> None:
        """Settle what an earlier process was sending when it died, and try every channel anew."""
        await self.try_channels()
        now = self._clock()
        repeatable = {
            name: now + pause_after_crash(channel)
            for name, channel in self._channels.items()
            if channel.patience is not None
        }
        count = await self._store.transact(
            lambda store: store.ledger.release_claimed(repeatable, now)
        )
        if count:
            event(_log, logging.WARNING, "released", interrupted=count)

    async def try_channels(self) -> None:
        """End the rest of every channel: somebody who may have mended it asks for it."""
        now = self._clock()
        await self._store.transact(lambda store: store.ledger.try_channels(now, self._channels))

    async def deliver_due(
        self,
        report: Callable[[Delivery, Outcome], None] = lambda *_: None,
        *,
        join: bool = True,
    ) -> list[Outcome]:
        """Make every delivery that is due, in order within a channel.

        A channel that is busy is waited for, or with `join` off left to who is at it. Nothing is
        made where there is no room to record it.
        """
        if not await self._disk_guard.has_room():
            return []
        now = self._clock()
        due = await self._store.transact(lambda store: store.ledger.due_channels(now))
        free = (name for name in due if join or not self._locks[name].locked())
        turns = [
            ChannelTurn(self._channels[name], report, due[name])
            for name in free
            if name in self._channels
        ]
        drained = await asyncio.gather(
            *(self._take(turn) for turn in turns), return_exceptions=True
        )
        # A channel that could not be served has not kept the others from being so.
        for outcomes in drained:
            if isinstance(outcomes, BaseException):
                raise outcomes
        return [outcome for made in drained if isinstance(made, list) for outcome in made]

    async def finish(self) -> None:
        """Give what is being sent a few seconds to end and be recorded, then give it up."""
        turns = dict(self._turns)
        for turn in turns.values():
            turn.stop.set()
        if turns:
            await asyncio.wait(turns, timeout=self._grace_seconds)
        for taking in turns:
            taking.cancel()
        await asyncio.gather(*turns, return_exceptions=True)

    async def _take(self, turn: ChannelTurn) -> list[Outcome]:
        """Serve a channel; when cancelled, what is being sent goes on until `finish`."""
        taking = asyncio.create_task(self._drain(turn))
        self._turns[taking] = turn
        taking.add_done_callback(self._turns.pop)
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            turn.stop.set()
            raise

    async def _drain(self, turn: ChannelTurn) -> list[Outcome]:
        """Work off what is due, and what has become so meanwhile."""
        outcomes: list[Outcome] = []
        async with self._locks[turn.channel.name], turn.channel.session() as session:
            while not turn.stop.is_set() and (made := await self._work_off(turn, session)):
                outcomes += made
        return outcomes

    async def _work_off(self, turn: ChannelTurn, session: Session) -> list[Outcome]:
        """Make what is due; no more than one delivery is `sending` at any time."""
        outcomes: list[Outcome] = []
        due = deque(await self._due(turn))
        claimed = await self._claim(turn, due)
        try:
            while claimed and not turn.stop.is_set():
                delivery, claimed = claimed, None
                # What was passed over waits for another part, and is due again then.
                while due.popleft().id != delivery.id:
                    pass
                outcome = await self._make(turn, session, delivery, due)
                if outcome is None:
                    claimed = await self._claim(turn, due)
                    continue
                # The next is claimed with it, in one transaction, unless that has to wait.
                now = not turn.doubts.held and await self._may_claim_now(turn, due)
                claimed = await self._records.record(delivery, outcome, due if now else ())
                outcomes += [*await self._believe(turn), outcome]
                self._tell(turn, delivery, outcome)
                if turn.rest:
                    await self._works(turn)
                if not now:
                    claimed = await self._claim(turn, due)
        finally:
            if claimed:
                await self._records.hand_back(claimed)
        if turn.doubts.held and not turn.stop.is_set() and await self._disk_guard.has_room():
            # Nobody is left to ask.
            turn.doubts.settled = True
        return outcomes + await self._believe(turn)

    async def _make(
        self, turn: ChannelTurn, session: Session, delivery: Delivery, due: Collection[Delivery]
    ) -> Outcome | None:
        """Make one delivery; None where it is as it was before."""
        try:
            outcome = await self._attempts.make(turn, session, delivery, due)
        except ChannelError as error:
            if turn.is_alone(delivery, error.reason):
                return self._attempts.outcome(turn.channel, delivery, put_off(error))
            await self._rest(turn, delivery, error)
            return None
        except asyncio.CancelledError:
            if not has_begun(session):
                await self._records.hand_back(delivery)
            raise
        if delivery.id in turn.doubts.held:
            await self._records.hand_back(replace(delivery, error=outcome.error))
            return None
        return outcome

    async def _believe(self, turn: ChannelTurn) -> list[Outcome]:
        """Write down the refusals that were in question and are not any more."""
        believed = []
        for delivery, outcome in turn.doubts.believed():
            if await self._records.claim([delivery]):
                await self._records.record(delivery, outcome)
                self._tell(turn, delivery, outcome)
                believed.append(outcome)
        return believed

    @staticmethod
    def _tell(turn: ChannelTurn, delivery: Delivery, outcome: Outcome) -> None:
        _say(delivery, outcome)
        turn.report(delivery, outcome)

    async def _due(self, turn: ChannelTurn) -> list[Delivery]:
        now, channel = self._clock(), turn.channel
        due = await self._store.transact(
            lambda store: store.ledger.due(channel.name, channel.kind, now)
        )
        rest = turn.rest
        if rest and (rest.lasting or rest.failures > 1):
            # What made the channel rest may be about one recipient: the others come first.
            due.sort(key=lambda each: (each.error is not None, each.error == rest.reason))
        return [each for each in due if each.id not in turn.doubts.held]

    async def _claim(self, turn: ChannelTurn, due: Collection[Delivery]) -> Delivery | None:
        """The next delivery, claimed when the pace of the channel allows it.

        None once stopped, or where there is no room.
        """
        while due and not turn.stop.is_set() and (pause := self._pause(turn.channel)):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(turn.stop.wait(), pause)
        if not due or turn.stop.is_set() or not await self._disk_guard.has_room():
            return None
        return await self._records.claim(due)

    async def _may_claim_now(self, turn: ChannelTurn, due: Collection[Delivery]) -> bool:
        waits = not due or turn.stop.is_set() or self._pause(turn.channel)
        return not waits and await self._disk_guard.has_room()

    @staticmethod
    def _pause(channel: Channel) -> float:
        """Seconds until the next message may go out; with 0 its turn is taken, by nobody else."""
        now = asyncio.get_running_loop().time()
        pause = channel.pace.delay(now)
        if not pause:
            channel.pace.begin(now)
        return pause

    async def _rest(self, turn: ChannelTurn, delivery: Delivery, error: ChannelError) -> None:
        """Leave a channel alone that takes nothing; its deliveries are as they were."""
        now = self._clock()
        told = ChannelError(
            self._sanitiser(error.reason), lasting=error.lasting, retry_after=error.retry_after
        )
        rest = turn.rest = backoff_after(told, turn.rest, now)
        turn.stop.set()
        await self._records.back_off(delivery, rest, now)
        event(
            _log,
            logging.ERROR if rest.lasting else logging.WARNING,
            "channel rests",
            channel=turn.channel.name,
            error=rest.reason,
            failures=rest.failures,
            next_attempt_at=rest.next_attempt_at.isoformat(),
        )

    async def _works(self, turn: ChannelTurn) -> None:
        now, turn.rest = self._clock(), None
        await self._store.transact(lambda store: store.ledger.works(turn.channel.name, now))
        event(_log, logging.INFO, "channel works again", channel=turn.channel.name)


def pause_after_crash(channel: Channel) -> timedelta:
    """How long after a start it takes until a channel can look for what a crash interrupted."""
    pause: timedelta = getattr(channel, "settles", timedelta(0))
    return pause


def _say(delivery: Delivery, outcome: Outcome) -> None:
    sent = outcome.state == "sent"
    event(
        _log,
        logging.INFO if sent else logging.WARNING,
        "delivered" if sent else "not delivered",
        digest=delivery.digest,
        edition=delivery.edition_id,
        channel=delivery.channel,
        recipient=delivery.recipient,
        part=delivery.part if delivery.part > 1 else None,
        state=outcome.state,
        attempt=delivery.attempts + 1,
        error=outcome.error,
        next_attempt_at=outcome.next_attempt_at and outcome.next_attempt_at.isoformat(),
    )
