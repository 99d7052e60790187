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
MEMORY_BYTES = 512 * 1024**2
_IDLE_SECONDS = 60.0


def _limit_worker() -> None:
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
    """Processes that start with the first task and are gone a minute after the last."""

    def __init__(
        self,
        count: int | None = None,
        *,
        task_seconds: float = _TASK_SECONDS,
        idle_seconds: float = _IDLE_SECONDS,
    ) -> None:
        self._count = count or min(os.cpu_count() or 1, 4)
        self._task_seconds = task_seconds
        self._idle_seconds = idle_seconds
        self._pool: ProcessPool | None = None
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
            with _without_interrupts():
                pool = self._started()
                future = pool.schedule(task, args, kwargs, timeout=self._task_seconds)
            return await asyncio.wrap_future(future)
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

    def _started(self) -> ProcessPool:
        if self._pool is None:
            self._pool = ProcessPool(
                max_workers=self._count,
                initializer=_limit_worker,
                # A fork would inherit the database, the sockets and the locks of other threads.
                context=multiprocessing.get_context("spawn"),
            )
        return self._pool

    def close(self) -> None:
        """End the processes; the next task starts new ones."""
        if self._goodbye:
            self._goodbye.cancel()
        if self._pool:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()
            self._pool = None
