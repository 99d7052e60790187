"""The program of the worker processes, and of the one that they are forked from.

That one is a program of its own, which holds nothing of the daemon's that a fork could inherit: no
database, no sockets, no threads' locks. It loads what tasks need, and nothing that only the daemon
needs: its start is most of what a few bodies cost.
"""

from __future__ import annotations

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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# Before each pickle: how long it is.
LENGTH = struct.Struct("!Q")
# What is said to the forking process, and what it answers.
NUMBER = struct.Struct("!q")


class Kind(Struct, frozen=True):
    """A kind of workers: the most memory of each, and what all of them import.

    What goes wrong in a `quiet` one is told by the answer alone.
    """

    memory_bytes: int
    loaded: tuple[str, ...]
    quiet: bool = False


READING, RENDERING, EXTRACTING = range(3)
KINDS = (
    Kind(
        512 * 1024**2,
        (
            *("digest.feeds.parsing.fast", "digest.feeds.parsing.tolerant"),
            *("digest.feeds.parsing.json_feed", "digest.feeds.parsing.read"),
            "digest.jobs.body_task",
            *("digest.rendering.boilerplate", "digest.rendering.clean"),
        ),
    ),
    Kind(256 * 1024**2, ("css_inline", "digest.rendering.template_trial"), quiet=True),
    # What it imports is large and seldom used: it goes with each worker, and no other has it.
    Kind(512 * 1024**2, (), quiet=True),
)


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


def fork_workers() -> None:
    """The program: fork a worker for each socket that comes, until there are no more to come.

    Standard input is a socket. An index of `KINDS` with a socket is answered with the number of its
    worker; the number of a worker that has been killed or has ended by itself with its exit code.
    """
    with socket.socket(fileno=0) as control:
        while (request := _next(control)) is not None:
            number, handles = request
            if not handles:
                _, status = os.waitpid(number, 0)
                control.send(NUMBER.pack(os.waitstatus_to_exitcode(status)))
                continue
            _load(KINDS[number])
            if worker := os.fork():
                os.close(handles[0])
                control.send(NUMBER.pack(worker))
            else:
                control.close()
                _serve_calls(socket.socket(fileno=handles[0]), KINDS[number])


def _next(control: socket.socket) -> tuple[int, list[int]] | None:
    """The next request, a number and perhaps the socket with it; None at the end."""
    message, handles, _, _ = socket.recv_fds(control, NUMBER.size, 1)
    return (*NUMBER.unpack(message), handles) if message else None


def _load(kind: Kind) -> None:
    """Import what workers of a kind need, once for all of them."""
    for name in kind.loaded:
        importlib.import_module(name)


def _serve_calls(connection: socket.socket, kind: Kind) -> None:
    """Be a worker: answer each call that comes, and end with the connection."""
    _lower(resource.RLIMIT_AS, kind.memory_bytes)
    _lower(resource.RLIMIT_CORE, 0)
    if kind.quiet:
        # A library that gets no memory writes there and ends the process.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    # Where nobody waits for the answer any more, nobody is told so.
    with suppress(ConnectionError), connection, connection.makefile("rb") as calls:
        while length := calls.read(LENGTH.size):
            answer = _answer(calls.read(*LENGTH.unpack(length)))
            connection.sendall(LENGTH.pack(len(answer)) + answer)
    # A forked process must not go on in, or clean up for, the one that it was forked from.
    os._exit(0)


def _lower(limit: int, most: int) -> None:
    """Hold this process to a limit; a tighter one that it was given stays."""
    tightest = min([most, *(given for given in resource.getrlimit(limit) if given >= 0)])
    resource.setrlimit(limit, (tightest, tightest))


def _answer(call: bytes) -> bytes:
    try:
        return pickle.dumps(Result(pickle.loads(call)(), well=True))  # noqa: S301 - of our own
    except Exception as error:  # noqa: BLE001 - raised where the result is waited for
        error.add_note(f"In a worker process:\n{traceback.format_exc()}")
        return pickle.dumps(Result(error=error))
