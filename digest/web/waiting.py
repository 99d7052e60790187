"""What answers while the daemon waits for its disk: it lives, and does nothing yet."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from digest.log import event
from digest.network import listening_trouble
from digest.store import database_of
from digest.web.control import waiting_socket

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from digest.config import Settings

_log = logging.getLogger(__name__)


@asynccontextmanager
async def answers_while_waiting(settings: Settings, reason: str) -> AsyncIterator[None]:
    """Answer `status --healthcheck` and, where there are pages, `/healthz`.

    Who starts a daemon anew that does not answer would not find more room on the disk.
    """
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(waiting_socket(database_of(settings), reason))
        if settings.web:
            await stack.enter_async_context(_pages(*settings.web.address))
        yield


@asynccontextmanager
async def _pages(host: str, port: int) -> AsyncIterator[None]:
    from aiohttp import web

    server = web.ServerRunner(web.Server(_answer), shutdown_timeout=0.5)
    await server.setup()
    try:
        try:
            await web.TCPSite(server, host, port).start()
        except (OSError, UnicodeError) as error:
            trouble = listening_trouble(error, host, port)
            event(_log, logging.WARNING, "no pages", listen=f"{host}:{port}", error=trouble)
        yield
    finally:
        await server.cleanup()


async def _answer(request: web.BaseRequest) -> web.Response:
    from aiohttp import web

    if request.path == "/healthz":
        return web.Response(text="ok\n")
    return web.Response(text="waits for its disk\n", status=503, headers={"Retry-After": "60"})
