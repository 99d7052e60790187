"""The daemon's control socket: it carries out the commands that would write beside it."""

from __future__ import annotations

import logging
import os
import socket
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

# First, since it imports aiohttp without the authorities of this machine.
import digest.http_client  # noqa: F401

# isort: split
from aiohttp import web

from digest.app.results import Reloaded
from digest.app.runtime import rotation_report
from digest.errors import StoreError, mendable
from digest.file_errors import file_trouble
from digest.log import event
from digest.model import as_json
from digest.store import database_of
from digest.web.control_client import nameless_address, peer_of, socket_address

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
    from pathlib import Path

    from msgspec import Struct

    from digest.app.daemon import Daemon
    from digest.app.results import KeysRotated
    from digest.app.runtime import Runtime
    from digest.store import DatabaseAddress

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_log = logging.getLogger(__name__)

# A list of a hundred thousand recipients, and more.
_LONGEST_COMMAND = 64 * 1024 * 1024


@asynccontextmanager
async def control_socket(daemon: Daemon) -> AsyncIterator[None]:
    """Answer commands while the daemon runs; only the daemon's own user can connect."""
    path = database_of(daemon.settings).control_socket()
    try:
        # Whoever left it there is dead: the lock is ours.
        path.unlink(missing_ok=True)
        bound = _bound(path)
    except OSError as error:
        # Not every file system has sockets.
        reason = file_trouble(path, error)
        async with _nameless(database_of(daemon.settings), _routes(daemon), reason):
            yield
        return
    try:
        async with _answering(bound, _routes(daemon)):
            yield
    finally:
        path.unlink(missing_ok=True)


@asynccontextmanager
async def waiting_socket(database: DatabaseAddress, reason: str) -> AsyncIterator[None]:
    """Answer, while the daemon waits for its disk, that it lives, and commands why none is done.

    No file is made for that: the disk may have no room, and the lock is not ours.
    """

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/alive":
            return web.json_response({"result": True})
        text = f"the daemon waits for its disk: {reason}"
        return web.json_response({"error": text, "exit_code": StoreError.exit_code})

    async with _nameless(database, [web.route("*", "/{command}", answer)], reason):
        yield


@asynccontextmanager
async def _nameless(
    database: DatabaseAddress, routes: Sequence[web.RouteDef], reason: str
) -> AsyncIterator[None]:
    """Answer where no file is needed, if that can be; `reason` says why there is none."""
    try:
        address = nameless_address(database)
        bound = _listener(address) if address else None
    except OSError as error:
        reason, bound = f"{reason}; {error.strerror}", None
    if bound is None:
        # Work goes on; only commands are not answered.
        path = database.control_socket()
        event(_log, logging.WARNING, "no control socket", path=path, error=reason)
        yield
        return
    async with _answering(bound, routes):
        yield


@asynccontextmanager
async def _answering(bound: socket.socket, routes: Sequence[web.RouteDef]) -> AsyncIterator[None]:
    app = web.Application(client_max_size=_LONGEST_COMMAND, middlewares=[_ours_alone])
    app.add_routes(routes)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    await web.SockSite(runner, bound).start()
    try:
        yield
    finally:
        await runner.cleanup()


def _bound(path: Path) -> socket.socket:
    """A socket that only its owner can connect to: it gets its rights before it listens."""
    with socket_address(path) as address:
        bound = _listener(address)
    try:
        path.chmod(0o600)
    except OSError:
        bound.close()
        raise
    return bound


def _listener(address: str) -> socket.socket:
    bound = socket.socket(socket.AF_UNIX)
    try:
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


@web.middleware
async def _ours_alone(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse other users' processes, also where a file system minds no rights."""
    transport = request.transport
    peer = transport and peer_of(transport.get_extra_info("socket"))
    if peer not in {None, 0, os.geteuid()}:
        raise web.HTTPForbidden
    return await handler(request)


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

    async def reload(_: web.Request) -> web.Response:
        return await _answer(_reload(daemon))

    async def alive(_: web.Request) -> web.Response:
        return web.json_response({"result": daemon.alive})

    commands = [web.post(f"/{do.__name__}", do) for do in (poll, send, held, reload)]
    commands += [web.post(f"/{command}", _people(daemon)) for command in ("recipients", "rename")]
    commands += [web.post(f"/{command}", _tests(daemon)) for command in ("send_test", "test")]
    commands.append(web.post("/summaries", partial(_summaries, daemon)))
    commands += [web.post(f"/{command}", decide) for command in ("retry", "drop", "resend")]
    commands.append(web.post("/rotate", partial(_rotate, daemon)))
    commands += [web.post(f"/{command}", _pairings(daemon)) for command in ("pair", "revoke")]
    return [*commands, web.get("/alive", alive)]


def _people(daemon: Daemon) -> Callable[[web.Request], Awaitable[web.Response]]:
    """What carries out commands about recipients, and about names that are gone."""

    async def people(request: web.Request) -> web.Response:
        asked = await request.json()

        def work(runtime: Runtime) -> Coroutine[Any, Any, Struct]:
            if request.path == "/rename":
                return runtime.renames.carry_out(asked["do"], asked["names"])
            return runtime.recipient_admin.carry_out(asked["do"], asked)

        return await _answer(daemon.carry_out(work))

    return people


def _tests(daemon: Daemon) -> Callable[[web.Request], Awaitable[web.Response]]:
    """What sends tests: of an edition, or a line by a channel."""

    async def test(request: web.Request) -> web.Response:
        asked = await request.json()

        def work(runtime: Runtime) -> Coroutine[Any, Any, Struct]:
            if request.path == "/test":
                return runtime.trial_sender.greet(asked["channel"])
            return runtime.trial_sender.send_to(asked["digest"], asked["to"])

        return await _answer(daemon.carry_out(work))

    return test


def _pairings(daemon: Daemon) -> Callable[[web.Request], Awaitable[web.Response]]:
    """What changes who may ask bots."""

    async def change(request: web.Request) -> web.Response:
        asked, command = await request.json(), request.path.lstrip("/")
        return await _answer(
            daemon.carry_out(lambda runtime: runtime.pairing_admin.carry_out(command, asked["who"]))
        )

    return change


async def _summaries(daemon: Daemon, request: web.Request) -> web.Response:
    # Most daemons have no model.
    from digest.app.summary_trial import try_summaries

    asked = await request.json()
    return await _answer(daemon.carry_out(lambda runtime: try_summaries(runtime, asked["digest"])))


async def _reload(daemon: Daemon) -> Reloaded:
    return Reloaded(tuple(await daemon.read_anew()))


async def _rotate(daemon: Daemon, request: web.Request) -> web.Response:
    asked = await request.json()

    async def rotate() -> KeysRotated:
        return rotation_report(await daemon.rotate_keys(forget=asked["forget"]))

    return await _answer(rotate())


async def _answer(work: Any) -> web.Response:
    try:
        return web.json_response({"result": await work}, dumps=as_json)
    except Exception as error:
        reasons = mendable(error)
        if not reasons:
            raise
        text = "; ".join(dict.fromkeys(str(reason) for reason in reasons))
        return web.json_response({"error": text, "exit_code": reasons[0].exit_code})
