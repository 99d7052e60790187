"""The control socket: commands that write are handed to the daemon that holds the database."""

from __future__ import annotations

import json
import logging
import os
from contextlib import asynccontextmanager
from io import BytesIO
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from digest.errors import StoreError, UsageError, mendable
from digest.log import event
from digest.runtime import as_json

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.daemon import Daemon

_log = logging.getLogger(__name__)

# A socket's address is a fixed field of 108 bytes on Linux, 104 on BSD, with its closing zero.
_LONGEST_PATH = 103
# A list of a hundred thousand recipients, and more.
_LONGEST_COMMAND = 64 * 1024 * 1024


def socket_path(database: Path) -> Path:
    """The socket beside a database."""
    return database.with_name(f"{database.name}.sock")


@asynccontextmanager
async def control_socket(daemon: Daemon) -> AsyncIterator[None]:
    """Answer commands while the daemon runs; only the daemon's own user can connect."""
    path = socket_path(daemon.settings.database_path)
    if len(os.fsencode(path)) > _LONGEST_PATH:
        event(_log, logging.WARNING, "no control socket: its path is too long", path=path)
        yield
        return

    app = web.Application(client_max_size=_LONGEST_COMMAND)
    app.add_routes(_routes(daemon))
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    # Whoever left it there is dead: the lock is ours.
    path.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        await web.UnixSite(runner, str(path)).start()
    finally:
        os.umask(before)
    try:
        yield
    finally:
        await runner.cleanup()
        path.unlink(missing_ok=True)


def _routes(daemon: Daemon) -> list[web.RouteDef]:
    async def poll(request: web.Request) -> web.Response:
        asked = await request.json()
        return await _answer(daemon.carry_out(lambda runtime: runtime.poll(asked["feeds"])))

    async def send(request: web.Request) -> web.Response:
        asked = await request.json()
        return await _answer(
            daemon.carry_out(lambda runtime: runtime.send(asked["digest"], asked["to"]))
        )

    async def held(request: web.Request) -> web.Response:
        asked = await request.json()
        return await _answer(
            daemon.carry_out(
                lambda runtime: runtime.decide_held(asked["feeds"], release=asked["release"])
            )
        )

    async def decide(request: web.Request) -> web.Response:
        asked, command = await request.json(), request.path.lstrip("/")
        return await _answer(daemon.carry_out(lambda runtime: runtime.decide(command, asked)))

    async def recipients(request: web.Request) -> web.Response:
        asked = await request.json()
        return await _answer(
            daemon.carry_out(lambda runtime: runtime.rostering.carry_out(asked["do"], asked))
        )

    async def reload(_: web.Request) -> web.Response:
        daemon.read_anew()
        return web.json_response({"result": {"reloading": True}})

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"result": daemon.alive})

    commands = [web.post(f"/{do.__name__}", do) for do in (poll, send, held, recipients, reload)]
    commands += [web.post(f"/{command}", decide) for command in ("retry", "drop", "resend")]
    return [*commands, web.get("/alive", alive)]


async def _answer(work: Any) -> web.Response:
    try:
        return web.json_response({"result": await work}, dumps=as_json)
    except Exception as error:
        reasons = mendable(error)
        if not reasons:
            raise
        text = "; ".join(dict.fromkeys(str(reason) for reason in reasons))
        return web.json_response({"error": text, "exit_code": reasons[0].exit_code})


async def ask_daemon(database: Path, command: str, **asked: Any) -> dict[str, Any] | None:
    """Have the running daemon carry out a command; None where none answers.

    Raises:
        UsageError: the daemon calls the command wrong.
        StoreError: it could not carry it out.
    """
    answer = await _ask("POST", database, command, asked)
    if answer is None:
        return None
    if "error" in answer:
        kind = UsageError if answer["exit_code"] == UsageError.exit_code else StoreError
        raise kind(answer["error"])
    result: dict[str, Any] = answer["result"]
    return result


async def daemon_is_alive(database: Path) -> bool:
    """Whether a daemon answers, and its loop turns."""
    answer = await _ask("GET", database, "alive", None)
    return bool(answer and answer["result"])


async def _ask(
    method: str, database: Path, command: str, asked: dict[str, Any] | None
) -> dict[str, Any] | None:
    path = socket_path(database)
    if len(os.fsencode(path)) > _LONGEST_PATH:
        return None
    timeout = aiohttp.ClientTimeout(total=5.0 if method == "GET" else None)
    # Not as `json=`, which warns of what is long.
    body = None if asked is None else BytesIO(json.dumps(asked).encode())
    connector = aiohttp.UnixConnector(path=str(path))
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        try:
            async with session.request(method, f"http://digest/{command}", data=body) as answer:
                answer.raise_for_status()
                content: dict[str, Any] = await answer.json()
                return content
        except aiohttp.ClientConnectorError:
            # Nobody is there, or it is not ours to talk to.
            return None
        except (aiohttp.ClientError, TimeoutError) as error:
            if method == "GET":
                return None
            raise StoreError(f"the daemon did not answer: {type(error).__name__}") from None
