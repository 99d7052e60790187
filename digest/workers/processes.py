"""Worker processes as callers have them: so many that are kept, or one for each call."""

from __future__ import annotations

import asyncio
import pickle
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from digest.errors import WorkerError
from digest.workers.child import KINDS, Result
from digest.workers.fork_server import fork_worker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from digest.workers.process import Process

T = TypeVar("T")


class ProcessGroup:
    """So many processes, each call in them with a deadline in seconds.

    `kind` is the index of the processes in `KINDS`.
    """

    def __init__(self, count: int, seconds: float, kind: int) -> None:
        self._places = asyncio.Semaphore(count)
        self._seconds = seconds
        self._kind = kind
        self._idle: list[Process] = []
        self._busy: set[Process] = set()

    async def call(self, call: Callable[[], T]) -> T:
        """Call in a process what can be pickled.

        Raises:
            TimeoutError: the deadline passed, and the process was killed.
            WorkerError: it ended its process.
        """
        message = pickle.dumps(call)
        async with self._places:
            result = await self._ask(await self._free(), message)
        if result.error:
            raise result.error
        value: T = result.value
        return value

    async def _free(self) -> Process:
        while self._idle:
            if (process := self._idle.pop()).is_there():
                return process
            await asyncio.to_thread(process.end)
        starting = asyncio.get_running_loop().run_in_executor(None, fork_worker, self._kind)
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            starting.add_done_callback(self._keep)
            raise

    def _keep(self, started: asyncio.Future[Process]) -> None:
        """Have for the next task a process that nobody waited for."""
        if not started.cancelled() and not started.exception():
            self._idle.append(started.result())

    async def _ask(self, process: Process, message: bytes) -> Result:
        self._busy.add(process)
        try:
            async with asyncio.timeout(self._seconds):
                result = await process.call(message)
        except (EOFError, ConnectionError):
            code = await asyncio.to_thread(process.end)
            raise WorkerError(f"ended its process (exit code {code})") from None
        except BaseException:
            # Whatever it does, nobody waits for it any more.
            asyncio.get_running_loop().run_in_executor(None, process.end)
            raise
        finally:
            self._busy.discard(process)
        self._idle.append(process)
        return result

    def release(self) -> list[Process]:
        """Kill those that are at work, and answer the others for whoever ends them."""
        for process in self._busy:
            process.kill()
        idle, self._idle = self._idle, []
        return idle


class OneShotProcesses:
    """Calls that threads wait for, each in a process of its own that is gone after it.

    `kind` is the index of the processes in `KINDS`.
    """

    def __init__(self, kind: int, seconds: float) -> None:
        self._kind = kind
        self._seconds = seconds
        self._lock = Lock()
        self._busy: set[Process] = set()
        self._is_closed = False

    def call(self, call: Callable[[], T]) -> T:
        """Call what can be pickled, and wait for what it returns or raises.

        Raises:
            WorkerError: it took too long, needed too much memory or ended its process.
        """
        process = fork_worker(self._kind)
        with self._lock:
            self._busy.add(process)
        try:
            result = self._result(process, pickle.dumps(call))
        finally:
            with self._lock:
                self._busy.discard(process)
            code = process.end()
        if result is None:
            raise WorkerError(f"ended its process (exit code {code})")
        if isinstance(result.error, MemoryError):
            most = KINDS[self._kind].memory_bytes // 1024**2
            raise WorkerError(f"needed more than {most} MB")
        if result.error:
            raise result.error
        value: T = result.value
        return value

    def _result(self, process: Process, message: bytes) -> Result | None:
        """What comes of a pickled call; None where it ended its process."""
        if self._is_closed:
            raise WorkerError("was not begun, since the program ends")
        try:
            return process.call_blocking(message, self._seconds)
        except TimeoutError:
            raise WorkerError(f"took longer than {self._seconds:g} s") from None
        except (EOFError, ConnectionError):
            return None

    def close(self) -> None:
        """End what is being done, and begin nothing more."""
        with self._lock:
            self._is_closed = True
            for process in self._busy:
                process.kill()


def end(processes: Iterable[Process]) -> None:
    """End processes; it takes a moment."""
    for process in processes:
        process.end()
