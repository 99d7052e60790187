"""A bot that people write to, and the part of the daemon that hears it: real settings and store."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

from digest.app.bot_commands import listening
from digest.app.wiring import open_store, prepare, runtime_over
from digest.channels.pace import Pace
from digest.config import Settings
from tests import limits
from tests.channels.telegram.bot_server import PERSON, TOKEN, BotServer, person
from tests.jobs.bench import StoppedClock
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from digest.app.runtime import Runtime
    from digest.store import Store

STRANGER = 666


def bot_server() -> BotServer:
    """A bot whose chats take messages as fast as they come."""
    return BotServer(now=count(0, 60).__next__)


def settings_for(folder: Path, bot: BotServer, **more: Any) -> Settings:
    """A digest that goes to a bot's chat and into a vault, and one that goes into the vault."""
    vault = {"kind": "file", "path": "{digest}-{date}.md"}
    digest = {"schedule": "every monday at 09:00", "first_edition": "3650d"}
    data = {
        "feeds": [build.URL],
        "channels": {"phone": phone(bot), "vault": vault},
        "digests": {"weekly": {**digest, "send_to": ["phone"]}},
        "timezone": "UTC",
    }
    return Settings.model_validate(data | more, context={"base": folder})


def phone(bot: BotServer, **more: Any) -> dict[str, Any]:
    """A channel that posts to the chat of a person, whose bot takes commands."""
    channel = {"kind": "telegram", "bot_token": TOKEN, "chat": str(PERSON), "commands": True}
    return channel | {"api_url": bot.url} | more


@dataclass
class Talk:
    """People and a bot, in a conversation; the clock is one that a test turns."""

    bot: BotServer
    runtime: Runtime
    clock: StoppedClock
    delivering: set[asyncio.Task[Any]]
    told: int = 0

    def write(
        self,
        text: str,
        *,
        by: int = PERSON,
        chat: dict[str, Any] | None = None,
        ago: float = 0,
        **more: Any,
    ) -> None:
        """Somebody writes, in a chat alone with the bot unless there is another."""
        chat = chat or person(by)
        self.bot.chats[chat["id"]] = chat
        date = (self.clock() - timedelta(seconds=ago)).timestamp()
        sender = {**person(by), "is_bot": False}
        message = {"date": int(date), "chat": chat, "from": sender, "text": text, **more}
        self.bot.update(message=message)

    async def answer(self, text: str = "", **how: Any) -> str:
        """What the next message says, after somebody wrote this."""
        return str((await self.message(text, **how))["text"])

    async def message(self, text: str = "", **how: Any) -> dict[str, Any]:
        if text:
            self.write(text, **how)
        self.told += 1
        async with asyncio.timeout(limits.seconds(10)):
            while len(self.bot.messages) < self.told:  # noqa: ASYNC110 - it is in another thread
                await asyncio.sleep(0.002)
        return self.bot.messages[self.told - 1]

    async def pair(self, who: int = PERSON) -> None:
        """Have a person be paired, who so far asked for nothing."""
        code = (await self.answer("/pair", by=who)).split()[3].rstrip(".")
        await self.runtime.pairing_admin.confirm(code.lower())

    async def learn(self, *keys: str) -> None:
        """Have the feed bring entries."""
        entries = [build.entry(key, self.clock()) for key in keys]
        await self.read(lambda store: build.learn(store, *entries, now=self.clock()))

    async def read(self, work: Callable[[Store], Any]) -> Any:
        return await self.runtime.store.transact(work)

    async def delivered(self) -> None:
        """Wait until what was begun to be delivered is."""
        await asyncio.gather(*self.delivering)


@asynccontextmanager
async def talking(
    settings: Settings, bot: BotServer, clock: StoppedClock | None = None
) -> AsyncIterator[Talk]:
    clock = clock or StoppedClock()
    delivering: set[asyncio.Task[Any]] = set()
    async with (
        open_store(settings, "a test") as store,
        runtime_over(store, prepare(settings), clock) as runtime,
    ):
        for channel in runtime.context.channels.values():
            channel.pace = Pace()

        def deliver() -> None:
            delivering.add(asyncio.create_task(runtime.deliver_job.deliver_due()))

        async with listening(runtime, deliver):
            yield Talk(bot, runtime, clock, delivering, told=len(bot.messages))
        await asyncio.gather(*delivering)
