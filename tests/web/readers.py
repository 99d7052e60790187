"""Readers' pages, served on this machine from a store of their own."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

import aiohttp
from aiohttp import web

from digest.channels.pace import Pace
from digest.jobs.confirmations import ConfirmationMailer
from digest.jobs.context import JobContext
from digest.jobs.subscriptions import Subscriptions
from digest.log import Redactor, Sanitiser
from digest.signing.tokens import Tokens
from digest.store import Store, StoreThread
from digest.web.public import public_routes
from digest.web.refusals import Refusals
from tests.databases import store_at
from tests.jobs.bench import MONDAYS, StoppedClock, settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from digest.channels import Channel
    from digest.config import Settings
    from digest.model import Delivery, Recipient

T = TypeVar("T")

TOKENS = Tokens(b"k" * 32)
ADA = TOKENS.of_recipient("inbox", "ada@example.com")


class FakeChannel:
    """Keeps what it is given, or answers with `error`."""

    name = "inbox"
    kind = "email"
    remedy = ""

    def __init__(self) -> None:
        self.pace = Pace()
        self.sent: list[Delivery] = []
        self.error: Exception | None = None
        self.done = asyncio.Event()

    def session(self) -> nullcontext[FakeChannel]:
        return nullcontext(self)

    async def send(self, delivery: Delivery) -> str:
        self.sent.append(delivery)
        self.done.set()
        if self.error:
            raise self.error
        return "ok"


class CountingStore(StoreThread[Store]):
    """Counts how often it is asked."""

    asked = 0

    async def transact(self, work: Callable[[Store], T]) -> T:
        self.asked += 1
        return await super().transact(work)


def settings(
    folder: Path,
    *,
    subscribe: str = "open",
    language: str = "en",
    schedule: str = MONDAYS,
    also: str = "",
    proxies: str = "",
    to: str = "ada@example.com",
    channel: str = "inbox",
) -> Settings:
    digest = {"schedule": schedule, "language": language, "send_to": [channel]}
    titles = {"weekly": "Weekly reading"} | ({"also": also} if also else {})
    return settings_of(
        folder,
        ["https://site.example/feed"],
        timezone="Europe/Berlin",
        smtp={"host": "127.0.0.1", "from": "Reading <d@example.com>"},
        web={"public_url": "https://digest.example.com", "proxies": proxies.split()},
        channels={channel: {"kind": "email", "to": to.split(), "subscribe": subscribe}},
        digests={name: digest | {"title": title} for name, title in titles.items()},
    )


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]


def form_of(answer: Answer) -> str:
    """What the form of a page has with it."""
    (found,) = re.findall(r'<input name="form" type="hidden" value="([^"]+)">', answer.text)
    return str(found)


@dataclass
class Desk:
    """Pages that are served, and what is behind them."""

    url: str
    session: aiohttp.ClientSession
    store: CountingStore
    clock: StoppedClock
    channel: FakeChannel
    confirming: ConfirmationMailer

    async def get(self, path: str) -> Answer:
        return await self._ask("GET", path)

    async def post(self, path: str, **form: str) -> Answer:
        return await self._ask("POST", path, data=form)

    async def subscribe(
        self, address: str, path: str = "/subscribe/inbox", *, seconds: float = 2
    ) -> Answer:
        """Look at the form for a while, and send it."""
        form = form_of(await self.get(path))
        self.clock.turn(seconds=seconds)
        return await self.post(path, address=address, form=form)

    async def send(self, path: str, body: bytes, content_type: str) -> Answer:
        return await self._ask("POST", path, data=body, headers={"Content-Type": content_type})

    async def _ask(self, method: str, path: str, **more: Any) -> Answer:
        url = self.url + path
        async with self.session.request(method, url, allow_redirects=False, **more) as answer:
            return Answer(answer.status, await answer.text(), dict(answer.headers))

    async def find(self, address: str = "ada@example.com") -> Recipient | None:
        return await self.store.transact(lambda store: store.recipients.find("inbox", address))

    async def all(self) -> list[Recipient]:
        return await self.store.transact(lambda store: store.recipients.all())


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[CountingStore]:
    store = CountingStore(lambda: store_at(folder / "digest.db"))
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def serving(folder: Path, **how: str) -> AsyncIterator[Desk]:
    clock, channel, config = StoppedClock(), FakeChannel(), settings(folder, **how)
    async with opened(folder) as store:
        await store.transact(lambda opened: opened.moves.know_lists([*config.lists()]))
        store.asked = 0
        channels = cast("dict[str, Channel]", {"inbox": channel})
        context = JobContext(config, store, clock, Sanitiser(Redactor()), channels)
        mailer = ConfirmationMailer(context, TOKENS)
        subscriptions = Subscriptions(context, TOKENS, mailer)
        app = web.Application()
        app.add_routes(public_routes(lambda: subscriptions, Refusals()))
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0]
        try:
            async with aiohttp.ClientSession() as session:
                yield Desk(f"http://{host}:{port}", session, store, clock, channel, mailer)
        finally:
            await runner.cleanup()
            await mailer.finish()
