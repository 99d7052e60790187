"""A chat with a person, and a topic of a group."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import SERVICE, Place
from tests.channels.telegram.bot_server import FORUM, PERSON, TOKEN, TOO_LONG, BotServer

if TYPE_CHECKING:
    from pathlib import Path


class Chat(Place):
    kind = "telegram"
    refusal = "refused"
    example: ClassVar[dict[str, Any]] = {
        "kind": "telegram",
        "bot_token": TOKEN,
        "chat": str(PERSON),
        "api_url": SERVICE,
    }

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        # Every message comes three seconds after the one before.
        self.bot = BotServer(now=count(0, 3).__next__)
        self._running = False

    def start(self) -> None:
        self.bot.start()
        self._running = True

    def stop(self) -> None:
        if self._running:
            self.go_down()

    def channel(self) -> dict[str, Any]:
        return {**self.example, "api_url": self.bot.url}

    def arrived(self) -> list[bytes]:
        return self.bot.bodies

    def shown(self) -> bytes:
        return "\n".join(message["text"] for message in self.bot.messages).encode()

    def go_down(self) -> None:
        self.bot.stop()
        self._running = False

    def refuse_for_good(self) -> None:
        self.bot.answers = [TOO_LONG] * 10


class Topic(Chat):
    variant = "in a topic"
    example: ClassVar[dict[str, Any]] = {**Chat.example, "chat": str(FORUM), "topic": 5}
