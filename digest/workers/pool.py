"""A pool of worker processes for work that may stall or eat memory: each task can be killed."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from digest.batcher import Batcher
from digest.errors import FeedError, HostLimitError, WorkerError
from digest.workers.child import KINDS, READING, Result, call_all
from digest.workers.memory_limit import tight_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.workers.processes import ProcessGroup

P = ParamSpec("P")
T = TypeVar("T")

_TASK_SECONDS = 10.0
_QUICK_SECONDS = 1.0
_IDLE_SECONDS = 60.0
_MOST_TOGETHER = 16


class WorkerPool:
    """Processes that start with the first task and are gone a minute after the last.

    A task has `quick_seconds`. One that needs more is begun again in a process for such alone, so
    that it keeps none waiting that need little, and has `task_seconds` in all. What they are
    `doing` is in the error where it fails; `kind` is the index of its processes in `KINDS`.
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        task_seconds: float = _TASK_SECONDS,
        quick_seconds: float = _QUICK_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
        doing: str = "parsing",
        kind: int = READING,
    ) -> None:
        self._task_seconds = task_seconds
        self._doing = doing
        self._kind = kind
        quick_seconds = min(quick_seconds, task_seconds / 2)
        count = count or min(os.cpu_count() or 1, 4)
        self._sizes = {"quick": (count, quick_seconds), "slow": (1, task_seconds - quick_seconds)}
        self._groups: dict[str, ProcessGroup] = {}
        self._idle_seconds = idle_seconds
        self._running = 0
        self._idle_timer: asyncio.TimerHandle | None = None
        # One more than there are processes, so that none waits for what to do next.
        self._batcher = Batcher(self._call_all, most=_MOST_TOGETHER, at_once=count + 1)

    async def call(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a pure, importable function in a worker.

        Raises:
            FeedError: it took too long, ran out of memory or killed its process.
            HostLimitError: this machine allows less memory than it may need.
        """
        with self._at_work():
            return await self._call_alone(partial(task, *args, **kwargs))

    async def call_together(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for what takes little, and less with others in one message to a worker.

        Raises:
            FeedError: as `call`.
        """
        call = partial(task, *args, **kwargs)
        with self._at_work():
            result = await self._batcher.ask(call)
            if result.error:
                raise result.error
            if result.well:
                return cast("T", result.value)
            # What went wrong among others is tried alone, with a deadline and a verdict of its own.
            return await self._call_alone(call)

    def close(self) -> None:
        """End the processes; the next task starts new ones."""
        if self._idle_timer:
            self._idle_timer.cancel()
        self._release()()

    def _release(self) -> Callable[[], None]:
        """What ends the processes there are, now that none is given anything more."""
        processes = [process for group in self._groups.values() for process in group.release()]
        if not processes:
            return lambda: None
        from digest.workers.processes import end

        return partial(end, processes)

    def _group(self, name: str) -> ProcessGroup:
        # Most polls bring nothing to read, and do without.
        from digest.workers.processes import ProcessGroup

        if name not in self._groups:
            self._groups[name] = ProcessGroup(*self._sizes[name], self._kind)
        return self._groups[name]

    def _end_idle(self) -> None:
        # In a thread, since the event loop would wait for a tenth of a second.
        asyncio.get_running_loop().run_in_executor(None, self._release())

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        if self._idle_timer:
            self._idle_timer.cancel()
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                loop = asyncio.get_running_loop()
                self._idle_timer = loop.call_later(self._idle_seconds, self._end_idle)

    async def _call_alone(self, call: Callable[[], T]) -> T:
        try:
            try:
                return await self._group("quick").call(call)
            except TimeoutError:
                return await self._group("slow").call(call)
        except TimeoutError:
            raise FeedError(f"{self._doing} took longer than {self._task_seconds:g} s") from None
        except MemoryError:
            most = KINDS[self._kind].memory_bytes // 1024**2
            raise self._failure(f"needed more than {most} MB") from None
        except WorkerError as error:
            raise self._failure(str(error)) from None

    def _failure(self, reason: str) -> FeedError:
        """What to say of a task that ended its process, or had too little memory."""
        if limit := tight_memory():
            return HostLimitError(f"{self._doing} failed: {limit}")
        return FeedError(f"{self._doing} {reason}")

    async def _call_all(self, calls: Sequence[Callable[[], Any]]) -> Sequence[Result]:
        try:
            return await self._group("quick").call(partial(call_all, calls))
        except Exception:  # noqa: BLE001 - whatever it is, each is told its own when tried alone
            return [Result()] * len(calls)
