"""Listens for the web server while the settings ask for it, where they want it."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from digest.errors import StoreError
from digest.log import event
from digest.network import listening_trouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import web

    from digest.app.daemon import Daemon
    from digest.config import Settings
    from digest.web.connections import Connections

_log = logging.getLogger(__name__)

# A stop has 8 seconds in all; what a request set off is finished by the daemon, not by its answer.
_SHUTDOWN_SECONDS = 0.5
_LINGER_SECONDS = 1.0
_KEEP_ALIVE_SECONDS = 10.0


@asynccontextmanager
async def web_server(daemon: Daemon) -> AsyncIterator[Listener]:
    """Serve the pages while the daemon runs, and follow its settings.

    Raises:
        ListenError: nobody can listen there.
    """
    serving = Listener(daemon)
    await serving.follow(daemon.settings)
    daemon.make_ready = serving.follow
    try:
        yield serving
    finally:
        await serving.close()


class ListenError(StoreError):
    """An address that cannot be listened at."""


class Listener:
    """The listener, and the application behind it; neither is there before it is asked for."""

    def __init__(self, daemon: Daemon) -> None:
        self._daemon = daemon
        self._runner: web.AppRunner | None = None
        self._connections: Connections | None = None
        self._server: asyncio.Server | None = None
        self._listening = ""

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def follow(self, settings: Settings) -> None:
        """Listen where these settings say, and nowhere else.

        Raises:
            ListenError: nobody can listen there; all is as it was.
        """
        wanted = settings.web.listen if settings.web else ""
        if wanted == self._listening:
            return
        if settings.web and self._has_port(settings.web.address[1]):
            await self._move(settings)
        else:
            server = await self._listen(settings) if settings.web else None
            self._take(server)
        self._listening = wanted

    def _has_port(self, port: int) -> bool:
        return self._server is not None and self.port == port

    async def _move(self, settings: Settings) -> None:
        """Listen at another address of the same port, where some allow no two to listen at once."""
        self._take(None)
        try:
            self._take(await self._listen(settings))
        except ListenError:
            self._take(await self._listen(self._daemon.settings))
            raise

    def _take(self, server: asyncio.Server | None) -> None:
        before, self._server = self._server, server
        if before is not None:
            before.close()

    async def close(self) -> None:
        """Stop, and give answers that are under way a moment."""
        if self._server is not None:
            self._server.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def _listen(self, settings: Settings) -> asyncio.Server:
        assert settings.web is not None
        host, port = settings.web.address
        connections = await self._protocols()
        try:
            server = await asyncio.get_running_loop().create_server(connections, host, port)
        except (OSError, UnicodeError) as error:
            trouble = listening_trouble(error, host, port)
            raise ListenError(f"web.listen: {settings.web.listen}: {trouble}") from None
        event(_log, logging.INFO, "pages", listen=settings.web.listen)
        if settings.web.password is None:
            event(_log, logging.WARNING, "no operator's pages", reason="there is no `web.password`")
        return server

    async def _protocols(self) -> Connections:
        """What makes the protocols of connections; the application is built for the first."""
        # Nothing of the pages is loaded where there are none.
        from aiohttp import web

        from digest.web.connections import Connections
        from digest.web.refusals import Refusals, http_logger
        from digest.web.site import build_application

        if self._connections is None:
            refusals = Refusals()
            self._connections = Connections(self._make_protocol, refusals, self._may_be_many)
            app = await build_application(self._daemon, self._connections, refusals)
            runner = web.AppRunner(
                app,
                access_log=None,
                logger=http_logger(refusals),
                shutdown_timeout=_SHUTDOWN_SECONDS,
                keepalive_timeout=_KEEP_ALIVE_SECONDS,
                lingering_time=_LINGER_SECONDS,
                # Nothing that is packed is taken.
                auto_decompress=False,
            )
            await runner.setup()
            self._runner = runner
        return self._connections

    def _may_be_many(self, address: str) -> bool:
        """Whether an address may be a proxy's: one of those declared, or any where readers use one.

        An https address is a proxy's, since we speak no TLS.
        """
        from digest.web.peers import is_of

        settings = self._daemon.settings.web
        if settings is None:
            return False
        if settings.proxies:
            return is_of(address, settings.proxies)
        return (settings.public_url or "").startswith("https:")

    def _make_protocol(self) -> asyncio.Protocol:
        assert self._runner is not None
        assert self._runner.server is not None
        return self._runner.server()
