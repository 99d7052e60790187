"""Worker processes: how they are forked, called and killed."""

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
from digest.workers.child import KINDS, LENGTH, NUMBER, READING, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

T = TypeVar("T")

# Modules are found there where they are found here.
_PROGRAM = """\
import sys
sys.path[:] = sys.argv[1:]
from digest.workers.child import fork_workers
fork_workers()
"""


class ProcessGroup:
    """So many processes, each call in them with a deadline in seconds."""

    def __init__(self, count: int, seconds: float) -> None:
        self._places = asyncio.Semaphore(count)
        self._seconds = seconds
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
        process = _fork(self._kind)
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


class Process:
    """A worker process."""

    def __init__(self, number: int, connection: socket.socket, server: ForkServer) -> None:
        self._number = number
        self._connection = connection
        self._server = server
        self._is_ended = False

    async def call(self, message: bytes) -> Result:
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

    def call_blocking(self, message: bytes, seconds: float) -> Result:
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
        return self._server.reap(self._number)


class ForkServer:
    """A process that workers are forked from; it ends with this one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._control, theirs = socket.socketpair()
        with theirs:
            self._number = os.posix_spawn(
                sys.executable,
                [sys.executable, "-c", _PROGRAM, *sys.path],
                os.environ,
                file_actions=[(os.POSIX_SPAWN_DUP2, theirs.fileno(), 0)],
                # Ctrl-C reaches every process of the terminal; it is for us to say when these end.
                setsigmask=[signal.SIGINT],
                # Who ignores it, as some supervisors have it, is never told how children ended.
                setsigdef=[signal.SIGCHLD],
            )

    def fork(self, kind: int = READING) -> Process:
        """A new process of the kind that has this index in `KINDS`.

        Raises:
            OSError: there is nothing left to fork it from.
        """
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        try:
            with theirs:
                return Process(self._ask(kind, [theirs.fileno()]), ours, self)
        except OSError:
            ours.close()
            raise

    def reap(self, number: int) -> int | None:
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
            (answered,) = NUMBER.unpack(answer)
            return int(answered)


# At most one, which is started when the first worker is.
_servers: list[ForkServer] = []
_FORKING = Lock()


def _fork(kind: int) -> Process:
    """A new worker; where that fails another fork server is started for the next."""
    with _FORKING:
        if not _servers:
            _servers.append(ForkServer())
        try:
            return _servers[0].fork(kind)
        except OSError:
            _end_servers()
            raise


@atexit.register
def _end_servers() -> None:
    while _servers:
        _servers.pop().close()
