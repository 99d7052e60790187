"""Claims deliveries in the ledger, and writes down what became of them, however long it takes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, TypeVar

from digest.errors import StoreError
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from digest.model import Backoff, Delivery, Outcome
    from digest.store import Store, StoreThread

T = TypeVar("T")

_log = logging.getLogger(__name__)


class DeliveryRecords:
    """What a job that delivers writes in the ledger; what cannot be written is tried again."""

    def __init__(
        self, store: StoreThread[Store], clock: Callable[[], datetime], again_seconds: float
    ) -> None:
        self._store = store
        self._clock = clock
        self._again_seconds = again_seconds

    async def claim(self, due: Iterable[Delivery]) -> Delivery | None:
        """The first of these that may be sent now, marked as being sent."""
        now = self._clock()
        return await self._store.transact(lambda store: store.ledger.claim(due, now))

    async def hand_back(self, delivery: Delivery) -> None:
        """Have a claimed delivery, of which nothing was sent, be as it was."""
        now = self._clock()
        await self._store.transact(lambda store: store.ledger.hand_back(delivery, now))

    async def record(
        self, delivery: Delivery, outcome: Outcome, then: Iterable[Delivery] = ()
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

    async def back_off(self, delivery: Delivery, backoff: Backoff, now: datetime) -> None:
        """Write down that a channel takes nothing, and hand back the delivery that showed it."""
        await self._write_down(
            delivery, lambda store: store.ledger.back_off(delivery, backoff, now)
        )

    async def _write_down(self, delivery: Delivery, write: Callable[[Store], T]) -> T:
        while True:
            try:
                return await self._store.transact(write)
            except StoreError as error:
                reason = str(error)
            event(_log, logging.ERROR, "not recorded yet", delivery=delivery.id, error=reason)
            await asyncio.sleep(self._again_seconds)
