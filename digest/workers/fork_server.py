"""The process that workers are forked from, started with the first of them."""

from __future__ import annotations

import atexit
import os
import signal
import socket
import sys
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from digest.workers.child import NUMBER, READING
from digest.workers.process import Process

if TYPE_CHECKING:
    from collections.abc import Sequence

# Modules are found there where they are found here.
_PROGRAM = """\
import sys
sys.path[:] = sys.argv[1:]
from digest.workers.child import fork_workers
fork_workers()
"""


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
                return Process(self._ask(kind, [theirs.fileno()]), ours, self.reap)
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


def fork_worker(kind: int) -> Process:
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
