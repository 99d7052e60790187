"""A worker process: how it is called and killed."""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING

from digest.workers.child import LENGTH, Result

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class Process:
    """A worker process; `reap` answers the exit code of a number that has ended."""

    def __init__(
        self, number: int, connection: socket.socket, reap: Callable[[int], int | None]
    ) -> None:
        self._number = number
        self._connection = connection
        self._reap = reap
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
        return self._reap(self._number)
