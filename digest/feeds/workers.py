"""Worker processes for work that may stall or eat memory: each task can be killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from digest.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
T = TypeVar("T")

_TASK_SECONDS = 10.0
_QUICK_SECONDS = 1.0
MEMORY_BYTES = 512 * 1024**2
_IDLE_SECONDS = 60.0


def _prepare_worker() -> None:
    # A signal from the terminal reaches the whole group; the parent decides when workers end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # What takes long to import must not count as a task's own time.
    import feedparser  # noqa: F401


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
        self._quick = _Lane(count or min(os.cpu_count() or 1, 4), quick_seconds)
        self._slow = _Lane(1, task_seconds - quick_seconds)
        self._idle_seconds = idle_seconds
        self._running = 0
        self._goodbye: asyncio.TimerHandle | None = None

    async def run(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a pure, importable function in a worker.

        Raises:
            FeedError: it took too long, ran out of memory or killed its process.
        """
        if self._goodbye:
            self._goodbye.cancel()
        self._running += 1
        try:
            try:
                return await self._quick.run(task, *args, **kwargs)
            except FutureTimeoutError:
                return await self._slow.run(task, *args, **kwargs)
        except FutureTimeoutError:
            raise FeedError(f"parsing took longer than {self._task_seconds:g} s") from None
        except MemoryError:
            raise FeedError(f"parsing needed more than {MEMORY_BYTES // 1024**2} MB") from None
        except ProcessExpired as error:
            raise FeedError(f"parsing ended its process (exit code {error.exitcode})") from None
        finally:
            self._running -= 1
            if not self._running:
                loop = asyncio.get_running_loop()
                self._goodbye = loop.call_later(self._idle_seconds, self.close)

    def close(self) -> None:
        """End the processes; the next task starts new ones."""
        if self._goodbye:
            self._goodbye.cancel()
        self._quick.close()
        self._slow.close()


class _Lane:
    """So many processes, each task in them with a deadline in seconds."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._seconds = seconds
        self._pool: ProcessPool | None = None

    async def run(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        with _without_interrupts():
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self._count,
                    initializer=_prepare_worker,
                    # A fork would inherit the database, the sockets and other threads' locks.
                    context=multiprocessing.get_context("spawn"),
                )
            future = self._pool.schedule(task, args, kwargs, timeout=self._seconds)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        if self._pool:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None
