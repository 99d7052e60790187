"""Processes that do tasks, each of which can be killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from contextlib import contextmanager
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, TypeVar

from pebble import ProcessExpired, ProcessPool

from digest.errors import FeedError
from digest.feeds.limits import MEMORY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

# What workers need is loaded once, by the process that they are forked from; so is what the
# script that started us imports, which each of them would run again. That process holds nothing
# of ours that a fork could inherit: no database, no sockets, no threads' locks.
_CONTEXT = multiprocessing.get_context("forkserver")
_PRELOADED = ("feedparser", "digest.jobs.reading", "digest.rendering.boilerplate", "digest.cli")
_CONTEXT.set_forkserver_preload([__name__, *_PRELOADED])


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


class Lane:
    """So many processes, each task in them with a deadline in seconds."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count = count
        self._seconds = seconds
        self._pool: ProcessPool | None = None

    async def run(self, call: Callable[[], T]) -> T:
        """Call in a process what can be pickled.

        Raises:
            TimeoutError: the deadline passed, and the process was killed.
            FeedError: it ended its process.
        """
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
        try:
            return await asyncio.wrap_future(future)
        except ProcessExpired as error:
            raise FeedError(f"parsing ended its process (exit code {error.exitcode})") from None

    def give_up(self) -> list[ProcessPool]:
        """The processes, if there are any, for whoever ends them."""
        pool, self._pool = self._pool, None
        return [pool] if pool else []


def end(pools: Sequence[ProcessPool]) -> None:
    """End processes; it may take a tenth of a second."""
    for pool in pools:
        pool.stop()  # type: ignore[no-untyped-call]
        pool.join()
