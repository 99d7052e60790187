"""Makes the deliveries that are due: from the ledger through the channels."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict, deque
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from digest.channels.alike import alike
from digest.errors import ChannelError, DeliveryError, StoreError
from digest.jobs.doubts import Doubts
from digest.jobs.outcomes import backoff_after, outcome_of, put_off
from digest.log import event
from digest.model import Backoff, Delivery, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from digest.channels import Channel, Session
    from digest.jobs.context import JobContext
    from digest.jobs.disk_guard import DiskGuard
    from digest.store import Store

T = TypeVar("T")

_log = logging.getLogger(__name__)

# A stop has 8 seconds in all.
_GRACE_SECONDS = 5.0
_RECORD_AGAIN_SECONDS = 5.0


class _Turn(Struct):
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
        self._record_again_seconds = record_again_seconds
        self._token_of = token_of
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turns: dict[asyncio.Task[list[Outcome]], _Turn] = {}

    async def release_claimed(self) -> None:
        """Settle what an earlier process was sending when it died, and try every channel anew."""
        await self.try_channels()
        now = self._clock()
        repeatable = [
            name for name, channel in self._channels.items() if channel.patience is not None
        ]
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
            _Turn(self._channels[name], report, due[name])
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

    async def _take(self, turn: _Turn) -> list[Outcome]:
        """Serve a channel; when cancelled, what is being sent goes on until `finish`."""
        taking = asyncio.create_task(self._drain(turn))
        self._turns[taking] = turn
        taking.add_done_callback(self._turns.pop)
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            turn.stop.set()
            raise

    async def _drain(self, turn: _Turn) -> list[Outcome]:
        """Work off what is due, and what has become so meanwhile."""
        outcomes: list[Outcome] = []
        async with self._locks[turn.channel.name], turn.channel.session() as session:
            while not turn.stop.is_set() and (made := await self._work_off(turn, session)):
                outcomes += made
        return outcomes

    async def _work_off(self, turn: _Turn, session: Session) -> list[Outcome]:
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
                claimed = await self._record(delivery, outcome, due if now else ())
                outcomes += [*await self._believe(turn), outcome]
                self._tell(turn, delivery, outcome)
                if turn.rest:
                    await self._works(turn)
                if not now:
                    claimed = await self._claim(turn, due)
        finally:
            if claimed:
                await self._hand_back(claimed)
        if turn.doubts.held and not turn.stop.is_set() and await self._disk_guard.has_room():
            # Nobody is left to ask.
            turn.doubts.settled = True
        return outcomes + await self._believe(turn)

    async def _make(
        self, turn: _Turn, session: Session, delivery: Delivery, due: Collection[Delivery]
    ) -> Outcome | None:
        """Make one delivery; None where it is as it was before."""
        try:
            outcome = await self._attempt(turn, session, delivery, due)
        except ChannelError as error:
            if turn.is_alone(delivery, error.reason):
                return self._outcome(turn.channel, delivery, put_off(error))
            await self._rest(turn, delivery, error)
            return None
        except asyncio.CancelledError:
            if not _has_begun(session):
                await self._hand_back(delivery)
            raise
        if delivery.id in turn.doubts.held:
            await self._hand_back(replace(delivery, error=outcome.error))
            return None
        return outcome

    async def _believe(self, turn: _Turn) -> list[Outcome]:
        """Write down the refusals that were in question and are not any more."""
        believed = []
        for delivery, outcome in turn.doubts.believed():
            if await self._claim_again(delivery):
                await self._record(delivery, outcome, ())
                self._tell(turn, delivery, outcome)
                believed.append(outcome)
        return believed

    async def _claim_again(self, delivery: Delivery) -> Delivery | None:
        now = self._clock()
        return await self._store.transact(lambda store: store.ledger.claim([delivery], now))

    @staticmethod
    def _tell(turn: _Turn, delivery: Delivery, outcome: Outcome) -> None:
        _say(delivery, outcome)
        turn.report(delivery, outcome)

    async def _due(self, turn: _Turn) -> list[Delivery]:
        now, channel = self._clock(), turn.channel
        due = await self._store.transact(
            lambda store: store.ledger.due(channel.name, channel.kind, now)
        )
        rest = turn.rest
        if rest and (rest.lasting or rest.failures > 1):
            # What made the channel rest may be about one recipient: the others come first.
            due.sort(key=lambda each: (each.error is not None, each.error == rest.reason))
        return [each for each in due if each.id not in turn.doubts.held]

    async def _claim(self, turn: _Turn, due: Collection[Delivery]) -> Delivery | None:
        """The next delivery, claimed when the pace of the channel allows it.

        None once stopped, or where there is no room.
        """
        while due and not turn.stop.is_set() and (pause := self._pause(turn.channel)):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(turn.stop.wait(), pause)
        if not due or turn.stop.is_set() or not await self._disk_guard.has_room():
            return None
        now = self._clock()
        return await self._store.transact(lambda store: store.ledger.claim(due, now))

    async def _may_claim_now(self, turn: _Turn, due: Collection[Delivery]) -> bool:
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

    async def _rest(self, turn: _Turn, delivery: Delivery, error: ChannelError) -> None:
        """Leave a channel alone that takes nothing; its deliveries are as they were."""
        now = self._clock()
        told = ChannelError(
            self._sanitiser(error.reason), lasting=error.lasting, retry_after=error.retry_after
        )
        rest = turn.rest = backoff_after(told, turn.rest, now)
        turn.stop.set()
        await self._write_down(delivery, lambda store: store.ledger.back_off(delivery, rest, now))
        event(
            _log,
            logging.ERROR if rest.lasting else logging.WARNING,
            "channel rests",
            channel=turn.channel.name,
            error=rest.reason,
            failures=rest.failures,
            next_attempt_at=rest.next_attempt_at.isoformat(),
        )

    async def _works(self, turn: _Turn) -> None:
        now, turn.rest = self._clock(), None
        await self._store.transact(lambda store: store.ledger.works(turn.channel.name, now))
        event(_log, logging.INFO, "channel works again", channel=turn.channel.name)

    async def _hand_back(self, delivery: Delivery) -> None:
        now = self._clock()
        await self._store.transact(lambda store: store.ledger.hand_back(delivery, now))

    async def _attempt(
        self, turn: _Turn, session: Session, delivery: Delivery, due: Collection[Delivery]
    ) -> Outcome:
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
            begun = _has_begun(session)
            reason = f"a bug: {type(error).__name__}"
            refusal = DeliveryError(reason, "unknown" if begun else "retrying")
        else:
            turn.doubts.accept()
            turn.accepted.add(delivery.recipient)
            return Outcome("sent", receipt=self._sanitiser(receipt) or None)
        if refusal.verdict == "refused" and channel.plainer(delivery.payload) is None:
            refusal = DeliveryError(refusal.reason, "failed")
        outcome = self._outcome(channel, delivery, refusal)
        if refusal.verdict == "failed" or (refusal.verdict == "refused" and delivery.plainer):
            _judge(turn, delivery, refusal, due, outcome)
        return outcome

    def _outcome(self, channel: Channel, delivery: Delivery, error: DeliveryError) -> Outcome:
        outcome = outcome_of(delivery, error, channel.patience, self._clock())
        return replace(outcome, error=self._sanitiser(outcome.error or ""))

    async def _record(
        self, delivery: Delivery, outcome: Outcome, then: Iterable[Delivery]
    ) -> Delivery | None:
        """Write an outcome down; answers the next delivery, claimed."""
        now = self._clock()
        with contextlib.suppress(StoreError):
            return await self._store.transact(
                lambda store: store.ledger.record(delivery.id, outcome, now, then)
            )
        # What was sent must not be forgotten for what comes next.
        return await self._write_down(
            delivery, lambda store: store.ledger.record(delivery.id, outcome, now)
        )

    async def _write_down(self, delivery: Delivery, write: Callable[[Store], T]) -> T:
        """Write down what happened to a delivery, however long it takes."""
        while True:
            try:
                return await self._store.transact(write)
            except StoreError as error:
                reason = str(error)
            event(_log, logging.ERROR, "not recorded yet", delivery=delivery.id, error=reason)
            await asyncio.sleep(self._record_again_seconds)


def _has_begun(session: Session) -> bool:
    """Whether a byte of what was being sent may have left, as far as the session can tell."""
    begun: bool = getattr(session, "begun", True)
    return begun


def _judge(
    turn: _Turn,
    delivery: Delivery,
    refusal: DeliveryError,
    due: Iterable[Delivery],
    outcome: Outcome,
) -> None:
    """Hold a refusal for good that may be about us.

    Raises:
        ChannelError: it is.
    """
    match turn.doubts.judge(delivery, refusal, (each.recipient for each in due)):
        case "of the channel":
            raise ChannelError(
                f"everybody is refused alike: {refusal.reason}; {turn.channel.remedy}", lasting=True
            )
        case "doubted":
            turn.doubts.held[delivery.id] = delivery, outcome
        case "believed":
            pass


def _in_form(channel: Channel, delivery: Delivery) -> Delivery:
    """The delivery with a plainer payload where the one it has was refused, and there is one."""
    plainer = channel.plainer(delivery.payload) if delivery.plainer else None
    return replace(delivery, payload=plainer) if plainer else delivery


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
