"""`digest run`: runs the daemon, or one round of its work."""

from __future__ import annotations

import asyncio
import logging
import signal
from typing import TYPE_CHECKING, NoReturn

import click

from digest.app.daemon import Daemon
from digest.app.wiring import despite_full_disk, open_runtime, open_store, prepare
from digest.cli import aio, leave
from digest.cli.output import print_result, say
from digest.language import counted
from digest.log import event
from digest.store import database_of
from digest.web.control import control_socket
from digest.web.server import web_server

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from digest.app.results import Run
    from digest.cli.options import Options
    from digest.config import Settings


_log = logging.getLogger(__name__)


@click.command()
@click.option("--once", is_flag=True, help="One round of what is due, then exit.")
@click.pass_obj
def run(options: Options, *, once: bool) -> int:
    """Run the daemon until SIGTERM or SIGINT.

    With --once: poll, publish and deliver what is due, and exit; a digest that never had an
    edition is due at once.
    """
    settings = options.settings()
    if not once:
        asyncio.run(_serve(options, settings))
    result = aio.run(_once(settings))
    print_result(result, _print)
    return 1 if result.failed or result.unpublished or result.undelivered else 0


def _print(result: Run) -> None:
    new = counted(result.new, "new entry", "new entries")
    editions = counted(len(result.editions), "edition")
    failed = counted(result.failed, "feed")
    say(
        f"{new}, {editions}, {result.delivered} delivered, {failed} failed, "
        f"{result.undelivered} not delivered"
    )
    for digest, reason in result.unpublished.items():
        say(f"{digest} was not published: {reason}")


async def _serve(options: Options, settings: Settings) -> NoReturn:
    stop, reload = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    # What was secret once may still be said.
    secrets = set(settings.secrets())

    def adopt(taken_over: Settings) -> None:
        secrets.update(taken_over.secrets())
        options.set_up_log(taken_over, secrets)

    async def serve() -> None:
        prepared = prepare(settings)
        async with open_store(settings, "digest run", check=True) as store:
            # Until here, however long the database took to open, nothing has begun that a signal
            # should let finish.
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop.set)
            daemon = Daemon(store, prepared, options.load, adopt, options.file(), reload)
            async with control_socket(daemon), web_server(daemon):
                await daemon.run(stop)

    def waiting(reason: str) -> AbstractAsyncContextManager[None]:
        # Most never wait.
        from digest.web.waiting import answers_while_waiting

        return answers_while_waiting(settings, reason)

    # A daemon that ended would only be started again, and find no more room.
    await despite_full_disk(serve, database_of(settings), stop, waiting)
    event(_log, logging.INFO, "stopped")
    # Not after the loop has ended, which waits for its threads: a name that does not resolve holds
    # one for longer than a stop may take.
    leave(0)


async def _once(settings: Settings) -> Run:
    async with open_runtime(settings, "digest run --once", first_due_at_once=True) as runtime:
        return await runtime.once()
