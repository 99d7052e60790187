"""Worker processes for work that may stall or eat memory: each task can be killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
from collections import deque
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from digest.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

P = ParamSpec("P")
T = TypeVar("T")

_TASK_SECONDS = 10.0
_QUICK_SECONDS = 1.0
MEMORY_BYTES = 512 * 1024**2
_IDLE_SECONDS = 60.0
_MOST_TOGETHER = 16
# What workers need is loaded once, by the process that they are forked from; so is what the
# script that started us imports, which each of them would run again. That process holds nothing
# of ours that a fork could inherit: no database, no sockets, no threads' locks.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__, "feedparser", "digest.jobs.reading", "digest.cli"])


def _prepare_worker() -> None:
    # A signal from the terminal reaches the whole group; the parent decides when workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Threads started in here, and the processes they start, never see Ctrl-C.

    A worker that is still starting could not yet ignore it by itself.
    """
    # Started from another thread it would lift the block there.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Workers:
    """Processes that start with the first task and are gone a minute after the last.

    A task has `quick_seconds`. One that needs more is begun again in a process for such alone, so
    that it keeps none waiting that need little, and has `task_seconds` in all.
    """

    def __init__(
        self,
        count: int | None = None,
        *,
        task_seconds: float = _TASK_SECONDS,
        quick_seconds: float = _QUICK_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        self._task_seconds = task_seconds
        quick_seconds = min(quick_seconds, task_seconds / 2)
        count = count or min(os.cpu_count() or 1, 4)
        self._quick = _Lane(count, quick_seconds)
        self._slow = _Lane(1, task_seconds - quick_seconds)
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
        _end(self._give_up())

    def _give_up(self) -> list[ProcessPool]:
        return [*self._quick.give_up(), *self._slow.give_up()]

    def _leave(self) -> None:
        # In a thread, since the event loop would wait for a tenth of a second.
        asyncio.get_running_loop().run_in_executor(None, _end, self._give_up())

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
                return await self._quick.run(call)
            except FutureTimeoutError:
                return await self._slow.run(call)
        except FutureTimeoutError:
            raise FeedError(f"parsing took longer than {self._task_seconds:g} s") from None
        except MemoryError:
            raise FeedError(f"parsing needed more than {MEMORY_BYTES // 1024**2} MB") from None
        except ProcessExpired as error:
            raise FeedError(f"parsing ended its process (exit code {error.exitcode})") from None

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
            results = await self._quick.run(partial(_call_all, [task.call for task in tasks]))
        except Exception:  # noqa: BLE001 - whatever it is, each is told its own when tried alone
            results = [_Result()] * len(tasks)
        finally:
            self._free_trips += 1
            self._set_out()
        again = [task.finish(result) for task, result in zip(tasks, results, strict=True)]
        # What went wrong among others is tried alone, with a deadline and a verdict of its own.
        await asyncio.gather(*(self._settle(task) for task in again if task))

    async def _settle(self, task: _Task) -> None:
        try:
            result = _Result(await self._alone(task.call), well=True)
        except Exception as error:  # noqa: BLE001 - raised where the task is waited for
            result = _Result(error=error)
        task.finish(result)


@dataclass(frozen=True, slots=True)
class _Result:
    """What a call returned, if it went well, or raised; neither where nobody knows."""

    value: Any = None
    error: Exception | None = None
    well: bool = False


class _Task:
    """A call that waits for a trip to a worker, and whoever waits for what it returns."""

    def __init__(self, call: Callable[[], Any]) -> None:
        self.call = call
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def finish(self, result: _Result) -> _Task | None:
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


def _call_all(calls: Sequence[Callable[[], Any]]) -> list[_Result]:
    return [_call(call) for call in calls]


def _call(call: Callable[[], Any]) -> _Result:
    try:
        return _Result(call(), well=True)
    except FeedError as error:
        return _Result(error=error)
    except Exception:  # noqa: BLE001 - tried again alone, where it is told whole
        return _Result()


class _Lane:
    """So many processes, each task in them with a deadline in seconds."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._seconds = seconds
        self._pool: ProcessPool | None = None

    async def run(self, call: Callable[[], T]) -> T:
        with _without_interrupts():
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self._count, initializer=_prepare_worker, context=_CONTEXT
                )
            try:
                future = self._pool.schedule(call, timeout=self._seconds)
            except Exception:
                # Processes that could not be started are not asked again; others may start.
                self._pool = None
                raise
        return await asyncio.wrap_future(future)

    def give_up(self) -> list[ProcessPool]:
        """The processes, if there are any, for whoever ends them."""
        pool, self._pool = self._pool, None
        return [pool] if pool else []


def _end(pools: Sequence[ProcessPool]) -> None:
    for pool in pools:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
