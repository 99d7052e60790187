"""The servers of the demo: feeds, a mail catcher and a Slack stand-in."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

_FEEDS = Path(__file__).parent / "sample_feeds"
_AGO = re.compile(r"\{\{ago:(\d+):(rfc822|iso)\}\}")
_LATER = "<!--later-->"


class MailCatcher:
    """An aiosmtpd handler that keeps what it is given."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Accept a message for each of its recipients."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self.messages += [(recipient, raw) for recipient in envelope.rcpt_tos]
        return "250 OK"


class DemoFeeds:
    """The sample feeds, dated relative to `started`; `later` adds two entries."""

    def __init__(self, started: datetime) -> None:
        self.started = started
        self.later: datetime | None = None

    @staticmethod
    def names() -> list[str]:
        """The files' names."""
        return sorted(path.name for path in _FEEDS.iterdir() if path.suffix != ".json")

    def body(self, name: str) -> str:
        """A feed as it is now."""
        text = (_FEEDS / name).read_text("utf-8")
        if self.later:
            extra = json.loads((_FEEDS / "later.json").read_text("utf-8")).get(name, "")
            text = text.replace(_LATER, _dated(extra, self.later))
        return _dated(text, self.started)


def _dated(text: str, now: datetime) -> str:
    def when(match: re.Match[str]) -> str:
        at = (now - timedelta(hours=int(match[1]))).astimezone(UTC).replace(microsecond=0)
        return format_datetime(at) if match[2] == "rfc822" else at.isoformat()

    return _AGO.sub(when, text)


@asynccontextmanager
async def serve_feeds(feeds: DemoFeeds) -> AsyncIterator[int]:
    """Serve the feeds; answers the port."""

    async def answer(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in feeds.names():
            raise web.HTTPNotFound
        response = web.Response(text=feeds.body(name), content_type="application/xml")
        response.enable_compression()
        return response

    async with _http("GET", "/{name}", answer) as port:
        yield port


@asynccontextmanager
async def catch_slack(posts: list[dict[str, Any]]) -> AsyncIterator[int]:
    """Answer as an incoming webhook does, and keep what is posted; answers the port."""

    async def answer(request: web.Request) -> web.Response:
        posts.append(await request.json())
        return web.Response(text="ok")

    async with _http("POST", "/services/{path:.*}", answer) as port:
        yield port


@asynccontextmanager
async def catch_mail(catcher: MailCatcher) -> AsyncIterator[int]:
    """A mail server that keeps what it is given; answers the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(catcher, hostname="localhost", loop=loop), "127.0.0.1", 0
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


@asynccontextmanager
async def _http(method: str, path: str, answer: Callable[[web.Request], Any]) -> AsyncIterator[int]:
    app = web.Application()
    app.router.add_route(method, path, answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
