"""The thread that owns the store, and carries out together what comes while it is at work."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from digest.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

A = TypeVar("A")
T = TypeVar("T")

# So that what is done together is soon done, and can be answered.
_MOST_TOGETHER = 32
# How long what can wait does, for more of its kind, in seconds, and how much of it there may be.
_PATIENCE = 0.05
_MOST_OF_A_KIND = 100


class _Opened(Protocol):
    def together(self) -> AbstractContextManager[None]: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=_Opened)


class StoreThread(Generic[S]):
    """Runs whole transactions on the one thread that owns the connection.

    What arrives while others are at work is carried out together, in one transaction: a commit
    waits for the disk. What can wait for more of its kind is one call with it: a thread at work
    beside the loop makes both slower, since each statement has them take turns.
    """

    def __init__(self, open_store: Callable[[], S]) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._open = open_store
        self._lock = Lock()
        self._batches: dict[Callable[[S, list[Any]], None], _Batch[S]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: deque[_Work[S] | _Batch[S]] = deque()
        self._serving = False

    async def open(self) -> None:
        """Open the store on its thread."""
        self._store = await asyncio.get_running_loop().run_in_executor(self._executor, self._open)

    async def run(self, work: Callable[[S], T]) -> T:
        """Call `work` with the store, and wait for what it returns, stored for good.

        It may be called once more, where what it did with others could not be kept.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._hand_over(loop, [_Work(work, done)])
        # Shielded: a transaction that was handed over is carried out, and its result is known.
        return await asyncio.shield(done)

    async def run_together(self, work: Callable[[S, list[A]], None], one: A) -> None:
        """Call `work` with the store and all that comes for it within 50 ms, and wait for that.

        It is stored for good then. As with `run`, it may be called once more; where it fails with
        others, it is called with each alone.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        batch = self._batches.setdefault(work, _Batch(work))
        batch.add(one, done)
        if len(batch) >= _MOST_OF_A_KIND:
            self._hand_over_batches(loop)
        elif self._timer is None:
            self._timer = loop.call_later(_PATIENCE, self._hand_over_batches, loop)
        await asyncio.shield(done)

    async def close(self) -> None:
        """Finish what was handed over, then close."""
        loop = asyncio.get_running_loop()
        self._hand_over_batches(loop)
        await loop.run_in_executor(self._executor, self._store.close)
        self._executor.shutdown()

    def _hand_over_batches(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batches = list(self._batches.values())
        self._batches.clear()
        self._hand_over(loop, batches)

    def _hand_over(
        self, loop: asyncio.AbstractEventLoop, works: Iterable[_Work[S] | _Batch[S]]
    ) -> None:
        with self._lock:
            self._waiting += works
            if self._waiting and not self._serving:
                self._serving = True
                self._executor.submit(self._serve, loop)

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        while group := self._next_group():
            self._carry_out(group)
            loop.call_soon_threadsafe(_settle, group)

    def _next_group(self) -> list[_Work[S] | _Batch[S]]:
        with self._lock:
            number = min(len(self._waiting), _MOST_TOGETHER)
            group = [self._waiting.popleft() for _ in range(number)]
            self._serving = bool(group)
            return group

    def _carry_out(self, group: Sequence[_Work[S] | _Batch[S]]) -> None:
        if len(group) > 1 and self._done_together(group):
            return
        for work in group:
            work.try_on(self._store)

    def _done_together(self, group: Sequence[_Work[S] | _Batch[S]]) -> bool:
        """Whether each of them has an answer; else nothing is kept, and some may do alone."""
        begun = False
        try:
            with self._store.together():
                begun = True
                for work in group:
                    work.try_on(self._store)
        except StoreError as error:
            if begun:
                return False
            # A database that is locked makes wait before it says so, and would again.
            for work in group:
                work.end(error)
        return True


class _Work(Generic[S]):
    """What was asked of the store, and how it went."""

    def __init__(self, work: Callable[[S], Any], done: asyncio.Future[Any]) -> None:
        self._work = work
        self._done = done
        self._result: Any = None
        self._error: BaseException | None = None

    def try_on(self, store: S) -> None:
        self._result = self._error = None
        try:
            self._result = self._work(store)
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self._error = error

    def end(self, error: StoreError | None) -> None:
        self._error = error

    def settle(self) -> None:
        if self._done.done():
            return
        if self._error is None:
            self._done.set_result(self._result)
        else:
            self._done.set_exception(self._error)


class _Batch(Generic[S]):
    """Works of one kind: one call, or one each where that fails."""

    def __init__(self, work: Callable[[S, list[Any]], None]) -> None:
        self._work = work
        self._ones: list[Any] = []
        self._parts: list[_Work[S]] = []

    def __len__(self) -> int:
        return len(self._parts)

    def add(self, one: Any, done: asyncio.Future[None]) -> None:
        self._ones.append(one)
        self._parts.append(_Work(lambda store: self._work(store, [one]), done))

    def try_on(self, store: S) -> None:
        try:
            self._work(store, self._ones)
        except StoreError as error:
            # It is the database's, and each would wait for it in turn.
            self.end(error)
        except BaseException:  # noqa: BLE001 - raised where it is waited for
            for part in self._parts:
                part.try_on(store)
        else:
            self.end(None)

    def end(self, error: StoreError | None) -> None:
        for part in self._parts:
            part.end(error)

    def settle(self) -> None:
        for part in self._parts:
            part.settle()


def _settle(group: Sequence[_Work[Any] | _Batch[Any]]) -> None:
    for work in group:
        work.settle()
