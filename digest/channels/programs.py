"""Running a program of the operator's, which may hang, flood or start others."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from digest.model.structs import repr_without

if TYPE_CHECKING:
    from asyncio import StreamReader
    from asyncio.subprocess import Process
    from collections.abc import Awaitable, Callable, Mapping, Sequence

_MOST_TO_END = 1.0
_MOST_OUTPUT = 64 * 1024


class Ended(Struct, frozen=True):
    """How a program ended: its exit code, or minus a signal; None where it was out of time.

    `output` is how its output begins, `errors` how its error output ends.
    """

    code: int | None
    output: bytes
    errors: bytes

    __repr__ = repr_without("output", "errors")


async def run_program(
    command: Sequence[str],
    payload: bytes = b"",
    *,
    seconds: float,
    environment: Mapping[str, str] | None = None,
    begin: Callable[[], None] = lambda: None,
) -> Ended:
    """Run a program without a shell, with `payload` as its input.

    It has ended when all that it started has closed its output. After `seconds`, and when nobody
    waits for it any more, what still runs of it is killed, but for what it started in a session of
    its own: that is left alone. `begin` is called when it was started.

    Raises:
        OSError: it cannot be started.
    """
    given_up: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    starting = asyncio.create_subprocess_exec(
        *command,
        stdin=PIPE,
        stdout=PIPE,
        stderr=PIPE,
        env=environment,
        start_new_session=True,
    )
    # By itself, since what is cancelled while it starts a program may lose sight of it.
    running = asyncio.create_task(_run(starting, payload, seconds, begin, given_up))
    try:
        return await asyncio.shield(running)
    finally:
        given_up.cancel()
        await asyncio.wait({running})


async def _run(
    starting: Awaitable[Process],
    payload: bytes,
    seconds: float,
    begin: Callable[[], None],
    given_up: asyncio.Future[None],
) -> Ended:
    program = await starting
    begin()
    output, errors = bytearray(), bytearray()
    talking = asyncio.create_task(_talk(program, payload, output, errors))
    ends: set[asyncio.Future[Any]] = {talking, given_up}
    await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    code = program.returncode
    if not talking.done():
        _kill_all(program)
        await asyncio.wait({talking}, timeout=_MOST_TO_END)
    if talking.done():
        talking.result()
    talking.cancel()
    # Else its pipes stay open here for as long as something that was not killed has them, too.
    program._transport.close()  # type: ignore[attr-defined] # noqa: SLF001
    return Ended(code, bytes(output), bytes(errors))


async def _talk(program: Process, payload: bytes, output: bytearray, errors: bytearray) -> None:
    """Give it its input until it has ended, and add to what is kept of what it writes."""
    assert program.stdout is not None
    assert program.stderr is not None
    await asyncio.gather(
        *(_keep_beginning(program.stdout, output), _keep_end(program.stderr, errors)),
        *(_feed(program, payload), program.wait()),
    )


async def _feed(program: Process, payload: bytes) -> None:
    """Give it its input, which it need not read."""
    assert program.stdin is not None
    with contextlib.suppress(ConnectionError):
        program.stdin.write(payload)
        await program.stdin.drain()
    program.stdin.close()


async def _keep_beginning(stream: StreamReader, kept: bytearray) -> None:
    while some := await stream.read(_MOST_OUTPUT):
        kept += some[: _MOST_OUTPUT - len(kept)]


async def _keep_end(stream: StreamReader, kept: bytearray) -> None:
    while some := await stream.read(_MOST_OUTPUT):
        kept += some
        del kept[:-_MOST_OUTPUT]


def _kill_all(program: Process) -> None:
    """Kill what goes on of it, and of all it has started, which may hold on to its output."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(program.pid, signal.SIGKILL)
