"""Worker processes for work that may stall or eat memory: each task can be killed."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from digest.errors import FeedError, WorkerError
from digest.workers.child import READING, WORKS, Result, call_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.workers.processes import Lane

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
    `doing` is said where it fails.
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        task_seconds: float = _TASK_SECONDS,
        quick_seconds: float = _QUICK_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
        doing: str = "parsing",
    ) -> None:
        self._task_seconds = task_seconds
        self._doing = doing
        quick_seconds = min(quick_seconds, task_seconds / 2)
        count = count or min(os.cpu_count() or 1, 4)
        self._sizes = {"quick": (count, quick_seconds), "slow": (1, task_seconds - quick_seconds)}
        self._lanes: dict[str, Lane] = {}
        self._idle_seconds = idle_seconds
        self._running = 0
        self._goodbye: asyncio.TimerHandle | None = None
        self._waiting: deque[_Task] = deque()
        # One more than there are processes, so that none waits for what to do next.
        self._free_trips = count + 1
        self._trips: set[asyncio.Task[None]] = set()

    async def run(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a pure, importable function in a worker.

        Raises:
            FeedError: it took too long, ran out of memory or killed its process.
        """
        with self._at_work():
            return await self._alone(partial(task, *args, **kwargs))

    async def run_together(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for what takes little, and less with others in one trip to a worker.

        Raises:
            FeedError: as `run`.
        """
        with self._at_work():
            waiting = _Task(partial(task, *args, **kwargs))
            self._waiting.append(waiting)
            self._set_out()
            done: T = await waiting.done
            return done

    def close(self) -> None:
        """End the processes; the next task starts new ones."""
        if self._goodbye:
            self._goodbye.cancel()
        self._ending()()

    def _ending(self) -> Callable[[], None]:
        """What ends the processes there are, now that none is given anything more."""
        pools = [pool for lane in self._lanes.values() for pool in lane.give_up()]
        if not pools:
            return lambda: None
        from digest.workers.processes import end

        return partial(end, pools)

    def _lane(self, name: str) -> Lane:
        # Most polls bring nothing to read, and do without.
        from digest.workers.processes import Lane

        if name not in self._lanes:
            self._lanes[name] = Lane(*self._sizes[name])
        return self._lanes[name]

    def _leave(self) -> None:
        # In a thread, since the event loop would wait for a tenth of a second.
        asyncio.get_running_loop().run_in_executor(None, self._ending())

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        if self._goodbye:
            self._goodbye.cancel()
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            if not self._running:
                loop = asyncio.get_running_loop()
                self._goodbye = loop.call_later(self._idle_seconds, self._leave)

    async def _alone(self, call: Callable[[], T]) -> T:
        try:
            try:
                return await self._lane("quick").run(call)
            except TimeoutError:
                return await self._lane("slow").run(call)
        except TimeoutError:
            raise FeedError(f"{self._doing} took longer than {self._task_seconds:g} s") from None
        except MemoryError:
            most = WORKS[READING].memory_bytes // 1024**2
            raise FeedError(f"{self._doing} needed more than {most} MB") from None
        except WorkerError as error:
            raise FeedError(f"{self._doing} {error}") from None

    def _set_out(self) -> None:
        while self._free_trips and self._waiting:
            self._free_trips -= 1
            number = min(len(self._waiting), _MOST_TOGETHER)
            tasks = [self._waiting.popleft() for _ in range(number)]
            trip = asyncio.create_task(self._travel(tasks))
            self._trips.add(trip)
            trip.add_done_callback(self._trips.discard)

    async def _travel(self, tasks: Sequence[_Task]) -> None:
        try:
            results = await self._lane("quick").run(
                partial(call_all, [task.call for task in tasks])
            )
        except Exception:  # noqa: BLE001 - whatever it is, each is told its own when tried alone
            results = [Result()] * len(tasks)
        finally:
            self._free_trips += 1
            self._set_out()
        again = [task.finish(result) for task, result in zip(tasks, results, strict=True)]
        # What went wrong among others is tried alone, with a deadline and a verdict of its own.
        await asyncio.gather(*(self._settle(task) for task in again if task))

    async def _settle(self, task: _Task) -> None:
        try:
            result = Result(await self._alone(task.call), well=True)
        except Exception as error:  # noqa: BLE001 - raised where the task is waited for
            result = Result(error=error)
        task.finish(result)


class _Task:
    """A call that waits for a trip to a worker, and whoever waits for what it returns."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def finish(self, result: Result) -> _Task | None:
        """Answer who waits; without a result the task is still to be done."""
        if self.done.done():
            return None
        if result.error:
            self.done.set_exception(result.error)
        elif result.well:
            self.done.set_result(result.value)
        else:
            return self
        return None
