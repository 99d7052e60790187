"""A topic of Zulip: the digest's own, or one that the settings name."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import SERVICE, HttpPlace
from tests.channels.zulip.organisation import BOT, CHANNEL, KEY, NO_RIGHT, Organisation

if TYPE_CHECKING:
    from pathlib import Path


class Topic(HttpPlace):
    kind = "zulip"
    path = "/api/v1/messages"
    patience = timedelta(minutes=2)
    refuses = NO_RIGHT
    example: ClassVar[dict[str, Any]] = {
        "kind": "zulip",
        "url": SERVICE,
        "email": BOT,
        "api_key": KEY,
        "channel": CHANNEL,
    }

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.organisation = Organisation(self.server)

    def start(self) -> None:
        self.server.start()
        self._running = True

    def arrived(self) -> list[bytes]:
        return [message["content"].encode() for message in self.organisation.messages]


class Named(Topic):
    variant = "under a topic, by the channel's id"
    example: ClassVar[dict[str, Any]] = {**Topic.example, "channel": "7", "topic": "What is new"}
