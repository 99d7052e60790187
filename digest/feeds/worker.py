"""What runs in worker processes, and in the one that they are forked from.

That one is a program of its own, which holds nothing of the daemon's that a fork could inherit: no
database, no sockets, no threads' locks. It loads what tasks need, and nothing that only the daemon
needs: its start is most of what a few bodies cost.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import resource
import socket
import struct
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.errors import FeedError
from digest.feeds.limits import MEMORY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Before each pickle: how long it is.
LENGTH = struct.Struct("!Q")
# What is said to the forking process, and what it answers.
NUMBER = struct.Struct("!q")
_LOADED = (
    *("digest.feeds.parse", "digest.jobs.reading"),
    *("digest.rendering.boilerplate", "digest.rendering.clean"),
)
# What most bodies are read without, and what would be loaded by each worker that needs it.
_LOADED_LATER = ("feedparser",)


class Result(Struct, frozen=True):
    """What a call returned, if it went well, or raised; neither where nobody knows."""

    value: Any = None
    error: Exception | None = None
    well: bool = False


def call_all(calls: Sequence[Callable[[], Any]]) -> list[Result]:
    """Call one after the other."""
    return [_call(call) for call in calls]


def _call(call: Callable[[], Any]) -> Result:
    try:
        return Result(call(), well=True)
    except FeedError as error:
        return Result(error=error)
    except Exception:  # noqa: BLE001 - tried again alone, where it is told whole
        return Result()


def fork_workers(spare_seconds: float) -> None:
    """The program: fork a worker for each socket that comes, until there are no more to come.

    Standard input is a socket. A zero with a socket is answered with the number of its worker; the
    number of a worker that has been killed or has ended by itself with its exit code. After
    `spare_seconds` without a request, it loads what few workers need.
    """
    _load(_LOADED)
    with socket.socket(fileno=0) as control:
        control.settimeout(spare_seconds)
        while (request := _next(control)) is not None:
            number, handles = request
            if not handles:
                _, status = os.waitpid(number, 0)
                control.send(NUMBER.pack(os.waitstatus_to_exitcode(status)))
            elif worker := os.fork():
                os.close(handles[0])
                control.send(NUMBER.pack(worker))
            else:
                control.close()
                _work(socket.socket(fileno=handles[0]))


def _next(control: socket.socket) -> tuple[int, list[int]] | None:
    """The next request, a number and perhaps the socket with it; None at the end."""
    while True:
        try:
            said, handles, _, _ = socket.recv_fds(control, NUMBER.size, 1)
        except TimeoutError:
            control.settimeout(None)
            _load(_LOADED_LATER)
        else:
            return (*NUMBER.unpack(said), handles) if said else None


def _load(names: Sequence[str]) -> None:
    for name in names:
        importlib.import_module(name)
    # What is looked through for garbage is written to, and so is no longer shared.
    gc.freeze()


def _work(connection: socket.socket) -> None:
    """Be a worker: answer each call that comes, and end with the connection."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # Where nobody waits for the answer any more, nobody is told so.
    with suppress(ConnectionError), connection, connection.makefile("rb") as calls:
        while length := calls.read(LENGTH.size):
            answer = _answer(calls.read(*LENGTH.unpack(length)))
            connection.sendall(LENGTH.pack(len(answer)) + answer)
    os._exit(0)


def _answer(call: bytes) -> bytes:
    try:
        return pickle.dumps(Result(pickle.loads(call)(), well=True))  # noqa: S301 - of our own
    except Exception as error:  # noqa: BLE001 - raised where the result is waited for
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return pickle.dumps(Result(error=error))
