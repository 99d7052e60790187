"""The thread that owns the store: each transaction is carried out there."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from digest.batcher import Batcher
from digest.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

Item = TypeVar("Item")
T = TypeVar("T")

# So that what is done together is soon done, and can be answered.
_MOST_TOGETHER = 32
# How long what can wait does, for more of its kind, in seconds, and how much of it there may be.
_PATIENCE = 0.05
_MOST_OF_A_KIND = 100


class _Opened(Protocol):
    def together(self) -> AbstractContextManager[None]: ...
    def release_memory(self) -> None: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=_Opened)


class StoreThread(Generic[S]):
    """Carries out transactions on the one thread that owns the connection.

    What arrives while others are at work is carried out together, in one transaction: a commit
    waits for the disk. What can wait for more of its kind is one call with it: a thread at work
    beside the loop makes both slower, since each statement has them take turns.
    """

    def __init__(self, open_store: Callable[[], S]) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._open = open_store
        self._works = Batcher(self._carry_out, most=_MOST_TOGETHER)
        self._kinds: dict[Callable[[S, list[Any]], None], Batcher[Any, None]] = {}

    async def open(self) -> None:
        """Open the store on its thread."""
        self._store = await self._on_thread(self._open)

    async def transact(self, work: Callable[[S], T]) -> T:
        """Call `work` with the store, and wait for what it returns, stored for good.

        It may be called once more, where what it did with others could not be kept.
        """
        return cast("T", await self._works.ask(work))

    async def transact_together(self, work: Callable[[S, list[Item]], None], item: Item) -> None:
        """Call `work` with the store and all items that come for it within 50 ms.

        They are stored for good then. As with `transact`, it may be called once more; where it
        fails with others, it is called with each alone.
        """
        if work not in self._kinds:
            carry_out = partial(self._carry_out_kind, work)
            self._kinds[work] = Batcher(carry_out, most=_MOST_OF_A_KIND, patience=_PATIENCE)
        await self._kinds[work].ask(item)

    async def release_memory(self) -> None:
        """Give up the memory that only work of a moment ago needed."""
        await self._on_thread(self._store.release_memory)

    async def close(self) -> None:
        """Finish what was handed over, then close."""
        for batcher in (*self._kinds.values(), self._works):
            await batcher.finish()
        await self._on_thread(self._store.close)
        self._executor.shutdown()

    async def _on_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._executor, call)

    async def _carry_out(self, works: Sequence[Callable[[S], Any]]) -> list[Any]:
        return await self._on_thread(partial(_carry_out, self._store, works))

    async def _carry_out_kind(
        self, work: Callable[[S, list[Any]], None], items: Sequence[Any]
    ) -> Sequence[BaseException | None]:
        try:
            await self.transact(lambda store: work(store, [*items]))
        except StoreError:
            # It is the database's, and each would wait for it in turn.
            raise
        except Exception:  # noqa: BLE001 - raised where it is waited for
            alone = (self.transact(partial(_with_one, work, item)) for item in items)
            return await asyncio.gather(*alone, return_exceptions=True)
        return [None] * len(items)


def _carry_out(store: S, works: Sequence[Callable[[S], Any]]) -> list[Any]:
    """What works return or raise, done in one transaction, or each in its own."""
    begun = False
    if len(works) > 1:
        try:
            with store.together():
                begun = True
                return [_attempt(work, store) for work in works]
        except StoreError as error:
            if not begun:
                # A database that is locked makes wait before it says so, and would again.
                return [error] * len(works)
    # Of what was done together nothing is kept, and some may do alone.
    return [_attempt(work, store) for work in works]


def _attempt(work: Callable[[S], T], store: S) -> T | BaseException:
    try:
        return work(store)
    except BaseException as error:  # noqa: BLE001 - raised where it is waited for
        return error


def _with_one(work: Callable[[S, list[Item]], None], item: Item, store: S) -> None:
    work(store, [item])
