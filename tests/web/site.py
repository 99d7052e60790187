"""A daemon with its pages, in this process: real settings, store, workers, channels and sockets."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp

from digest.app.daemon import Daemon
from digest.app.wiring import open_store, prepare
from digest.config import Settings
from digest.errors import DigestError
from digest.web.server import Listener, web_server
from tests import limits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from digest.app.results import Send
    from tests.servers import HttpServer, MailServer

PASSWORD = "correct horse battery"
_TOKEN = re.compile(r'name="token" value="([0-9a-f]+)"')


@dataclass
class Site:
    """The pages, and a browser without a screen: `client` keeps cookies, `answer` follows none."""

    daemon: Daemon
    serving: Listener
    client: aiohttp.ClientSession
    reload: asyncio.Event
    loaded: list[Settings | DigestError] = field(default_factory=list)
    file: Path = Path()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.serving.port}"

    async def answer(
        self, path: str, method: str = "GET", **more: Any
    ) -> tuple[aiohttp.ClientResponse, str]:
        more.setdefault("allow_redirects", False)
        async with self.client.request(method, self.url + path, **more) as answer:
            return answer, await answer.text()

    async def page(self, path: str) -> str:
        answer, text = await self.answer(path)
        assert answer.status == 200, text
        return text

    async def log_in(self, password: str = PASSWORD) -> aiohttp.ClientResponse:
        return (await self.answer("/login", "POST", data={"password": password}))[0]

    async def press(self, path: str, on: str = "/", **form: str) -> tuple[Any, str]:
        """Post a form with the token of a page, and follow to where that leads."""
        found = _TOKEN.search(await self.page(on))
        assert found
        data = {"token": found[1], **form}
        return await self.answer(path, "POST", data=data, allow_redirects=True)

    def take_over(self, settings: Settings) -> None:
        """Have the daemon read these settings."""
        self.loaded.append(settings)
        self.reload.set()

    def write(self, read: Settings | DigestError) -> None:
        """Change the file, to what is read as these settings, or has this error."""
        self.loaded.append(read)
        self.file.write_text(f"# {len(self.loaded)} times\n", "utf-8")

    async def send(self, digest: str = "weekly") -> Send:
        """An edition, published and delivered."""
        return await self.daemon.carry_out(lambda runtime: runtime.send(digest, None))


@dataclass
class Servers:
    """The rest of the world."""

    feeds: HttpServer
    mail: MailServer
    slack: HttpServer


def settings_for(folder: Path, servers: Servers, **more: Any) -> Settings:
    """A digest of one feed that goes out in every way."""
    data = {
        "database": "sqlite:///digest.db",
        "polling": {"allow_private_networks": True, "per_host": 0},
        "feeds": [{"url": f"{servers.feeds.url}/feed", "name": "A feed"}],
        "smtp": {
            "host": "127.0.0.1",
            "port": servers.mail.port,
            "security": "none",
            "from": "Weekly <digest@sender.example>",
        },
        "channels": {
            "inbox": {"kind": "email", "to": ["ada@one.example", "grace@two.example"]},
            "team": {
                "kind": "slack",
                "webhook_url": f"{servers.slack.url}/services/T0/B0/s3cretpath",
            },
            "vault": {"kind": "file", "path": "out/{digest}-{date}.md"},
        },
        "digests": {
            "weekly": {
                "title": "Weekly reading",
                "schedule": "every monday at 09:00",
                "first_edition": "3650d",
                "send_to": ["inbox", {"channel": "team", "max_entries": 20}, "vault"],
            }
        },
        "web": {"listen": "127.0.0.1:0", "password": PASSWORD},
    }
    return Settings.model_validate(data | more, context={"base": folder})


@asynccontextmanager
async def serve(settings: Settings, folder: Path) -> AsyncIterator[Site]:
    """A daemon at work, with every feed polled."""
    stop, reload = asyncio.Event(), asyncio.Event()
    loaded: list[Settings | DigestError] = [settings]
    file = folder / "c.yaml"

    def load() -> Settings:
        if isinstance(loaded[-1], DigestError):
            raise loaded[-1]
        return loaded[-1]

    async with open_store(settings, "a test") as store:
        daemon = Daemon(store, prepare(settings), load, lambda _: None, file, reload)
        async with web_server(daemon) as serving:
            running = asyncio.create_task(daemon.run(stop))
            jar = aiohttp.CookieJar(unsafe=True)
            try:
                async with aiohttp.ClientSession(cookie_jar=jar) as client:
                    await daemon.carry_out(lambda runtime: runtime.poll([]))
                    await _first_round(daemon)
                    yield Site(daemon, serving, client, reload, loaded, file)
            finally:
                stop.set()
                await running


async def _first_round(daemon: Daemon) -> None:
    """Wait until the round of polling that a start begins has ended."""
    async with asyncio.timeout(limits.seconds(10)):
        while daemon.health.round_seconds is None:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0)
