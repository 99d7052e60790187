"""A channel of Discord, and a thread in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.discord.webhook import INVALID, PATH, WEBHOOK, is_valid, said
from tests.channels.place import SERVICE, HttpPlace

if TYPE_CHECKING:
    from tests.servers import Reply, Seen


class Room(HttpPlace):
    kind = "discord"
    path = PATH
    example: ClassVar[dict[str, Any]] = {"kind": "discord", "webhook_url": f"{SERVICE}{path}"}
    takes = said(id="1505")
    refuses = INVALID
    answers = WEBHOOK

    def _reply(self, seen: Seen) -> Reply:
        if self.is_post(seen) and not is_valid(seen.body):
            return self.refuses
        return super()._reply(seen)


class Thread(Room):
    variant = "in a thread"
    example: ClassVar[dict[str, Any]] = {**Room.example, "thread": "9001"}
