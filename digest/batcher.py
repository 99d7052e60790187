"""Carries out together what is asked for while others are being carried out."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Items in batches of at most `most`, so many batches `at_once`; each asker has its own answer.

    `carry_out` has an answer for each item of a batch, in their order; an exception among them is
    raised where it is waited for, and one that it raises itself, for all. With `patience`, in
    seconds, items wait that long for others to come, even where nothing is being carried out.
    """

    def __init__(
        self,
        carry_out: Callable[[Sequence[Item]], Awaitable[Sequence[Answer | BaseException]]],
        *,
        most: int,
        at_once: int = 1,
        patience: float = 0.0,
    ) -> None:
        self._carry_out = carry_out
        self._most = most
        self._free = at_once
        self._patience = patience
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._carriers: set[asyncio.Task[None]] = set()

    async def ask(self, item: Item) -> Answer:
        """The answer for an item, which is carried out even where nobody waits any more."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((item, done))
        if not self._patience or len(self._waiting) >= self._most:
            self._start()
        elif self._timer is None:
            self._timer = loop.call_later(self._patience, self._start)
        return await asyncio.shield(done)

    async def finish(self) -> None:
        """Carry out all that waits, and wait for it."""
        self._start()
        while self._carriers:
            await asyncio.wait(self._carriers)

    def _start(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._free and (batch := self._next_batch()):
            self._free -= 1
            carrier = asyncio.create_task(self._carry(batch))
            self._carriers.add(carrier)
            carrier.add_done_callback(self._carriers.discard)

    def _next_batch(self) -> list[tuple[Item, asyncio.Future[Answer]]]:
        """What is to be carried out next; nothing while its time has not come."""
        number = 0 if self._timer else min(len(self._waiting), self._most)
        return [self._waiting.popleft() for _ in range(number)]

    async def _carry(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        try:
            while batch:
                answers = await self._answers([item for item, _ in batch])
                for (_, done), answer in zip(batch, answers, strict=True):
                    _settle(done, answer)
                batch = self._next_batch()
        finally:
            self._free += 1

    async def _answers(self, items: Sequence[Item]) -> Sequence[Answer | BaseException]:
        try:
            return await self._carry_out(items)
        except Exception as error:  # noqa: BLE001 - raised where it is waited for
            return [error] * len(items)


def _settle(done: asyncio.Future[Answer], answer: Answer | BaseException) -> None:
    if done.done():
        return
    if isinstance(answer, BaseException):
        done.set_exception(answer)
    else:
        done.set_result(answer)
