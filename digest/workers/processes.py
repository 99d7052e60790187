"""Processes that do tasks, each of which can be killed."""

from __future__ import annotations

import asyncio
import atexit
import os
import pickle
import signal
import socket
import sys
from contextlib import suppress
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from digest.errors import WorkerError
from digest.workers.child import LENGTH, NUMBER, READING, WORKS, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

# Modules are found there where they are found here.
_PROGRAM = """\
import sys
sys.path[:] = sys.argv[2:]
from digest.workers.child import fork_workers
fork_workers(float(sys.argv[1]))
"""
_SPARE_SECONDS = 5.0


class Lane:
    """So many processes, each task in them with a deadline in seconds."""

    def __init__(self, count: int, seconds: float) -> None:
        self._places = asyncio.Semaphore(count)
        self._seconds = seconds
        self._idle: list[Process] = []
        self._busy: set[Process] = set()

    async def run(self, call: Callable[[], T]) -> T:
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
        starting = asyncio.get_running_loop().run_in_executor(None, _fork, READING)
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
                result = await process.answer(message)
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

    def give_up(self) -> list[Process]:
        """Kill those that are at work, and answer the others for whoever ends them."""
        for process in self._busy:
            process.kill()
        idle, self._idle = self._idle, []
        return idle


class Alone:
    """Calls that threads wait for, each in a process of its own that is gone after it.

    `work` is the index in `WORKS` of what they are.
    """

    def __init__(self, work: int, seconds: float) -> None:
        self._work = work
        self._seconds = seconds
        self._lock = Lock()
        self._busy: set[Process] = set()
        self._is_closed = False

    def call(self, call: Callable[[], T]) -> T:
        """Call what can be pickled, and wait for what it returns or raises.

        Raises:
            WorkerError: it took too long, needed too much memory or ended its process.
        """
        process = _fork(self._work)
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
            most = WORKS[self._work].memory_bytes // 1024**2
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
            return process.wait_for_answer(message, self._seconds)
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


class Process:
    """A worker process."""

    def __init__(self, number: int, connection: socket.socket, source: Source) -> None:
        self._number = number
        self._connection = connection
        self._source = source
        self._is_ended = False

    async def answer(self, message: bytes) -> Result:
        """What comes of a pickled call.

        Raises:
            EOFError, ConnectionError: the process has ended.
        """
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(self._connection, LENGTH.pack(len(message)) + message)
        (length,) = LENGTH.unpack(await self._receive(LENGTH.size))
        result: Result = pickle.loads(await self._receive(length))  # noqa: S301 - of our own
        return result

    async def _receive(self, length: int) -> bytearray:
        loop = asyncio.get_running_loop()
        received = bytearray(length)
        rest = memoryview(received)
        while rest:
            if not (number := await loop.sock_recv_into(self._connection, rest)):
                raise EOFError
            rest = rest[number:]
        return received

    def wait_for_answer(self, message: bytes, seconds: float) -> Result:
        """What comes of a pickled call, for a thread that can wait.

        Raises:
            TimeoutError: there was none within so many seconds.
            EOFError, ConnectionError: the process has ended.
        """
        self._connection.settimeout(seconds)
        until = monotonic() + seconds
        self._connection.sendall(LENGTH.pack(len(message)) + message)
        (length,) = LENGTH.unpack(self._wait_for(LENGTH.size, until))
        result: Result = pickle.loads(self._wait_for(length, until))  # noqa: S301 - of our own
        return result

    def _wait_for(self, length: int, until: float) -> bytearray:
        received = bytearray(length)
        rest = memoryview(received)
        while rest:
            self._connection.settimeout(max(until - monotonic(), 0.001))
            if not (number := self._connection.recv_into(rest)):
                raise EOFError
            rest = rest[number:]
        return received

    def is_there(self) -> bool:
        """Whether an idle process has not ended."""
        try:
            self._connection.recv(1)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def kill(self) -> None:
        """Have it end, whatever it does; who waits for its answer learns of it."""
        if not self._is_ended:
            with suppress(ProcessLookupError):
                os.kill(self._number, signal.SIGKILL)

    def end(self) -> int | None:
        """End it if it has not, and answer its exit code, if anybody knows."""
        self.kill()
        # The number may be another's from here on.
        self._is_ended = True
        self._connection.close()
        return self._source.bury(self._number)


class Source:
    """A process that workers are forked from; it ends with this one.

    After `spare_seconds` without work it loads what few workers need.
    """

    def __init__(self, spare_seconds: float = _SPARE_SECONDS) -> None:
        self._lock = Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._number = os.posix_spawn(
                sys.executable,
                [sys.executable, "-c", _PROGRAM, str(spare_seconds), *sys.path],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)],
                # Ctrl-C reaches every process of the terminal; it is for us to say when these end.
                setsigmask=[signal.SIGINT],
                # Who ignores it, as some supervisors have it, is never told how children ended.
                setsigdef=[signal.SIGCHLD],
            )

    def fork(self, work: int = READING) -> Process:
        """A new process for what has this index in `WORKS`.

        Raises:
            OSError: there is nothing left to fork it from.
        """
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                return Process(self._ask(work, [theirs.fileno()]), ours, self)
        except OSError:
            ours.close()
            raise

    def bury(self, number: int) -> int | None:
        """The exit code of a process that has ended or is about to, if anybody knows."""
        try:
            return self._ask(number)
        except OSError:
            return None

    def close(self) -> None:
        """End it; the processes that were forked from it stay."""
        self._control.close()
        os.kill(self._number, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(self._number, 0)

    def _ask(self, number: int, handles: Sequence[int] = ()) -> int:
        with self._lock:
            socket.send_fds(self._control, [NUMBER.pack(number)], handles)
            if not (answer := self._control.recv(NUMBER.size)):
                raise BrokenPipeError("the process that forks workers has ended")
            (said,) = NUMBER.unpack(answer)
            return int(said)


# At most one, which is started when the first worker is.
_sources: list[Source] = []
_FORKING = Lock()


def _fork(work: int) -> Process:
    """A new worker; where that fails there will be another source for the next."""
    with _FORKING:
        if not _sources:
            _sources.append(Source())
        try:
            return _sources[0].fork(work)
        except OSError:
            _end_sources()
            raise


@atexit.register
def _end_sources() -> None:
    while _sources:
        _sources.pop().close()
