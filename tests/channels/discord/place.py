"""A channel of Discord, and a thread in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

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
    query: ClassVar[dict[str, str]] = {"wait": "true"}

    def reply(self, seen: Seen) -> Reply:
        query = dict(parse_qsl(urlsplit(seen.path).query))
        if self.is_post(seen) and not (query == self.query and is_valid(seen.body)):
            return self.refuses
        return super().reply(seen)


class Thread(Room):
    variant = "in a thread"
    example: ClassVar[dict[str, Any]] = {**Room.example, "thread": "9001"}
    query: ClassVar[dict[str, str]] = {"wait": "true", "thread_id": "9001"}


class Forum(Room):
    variant = "in new posts of a forum"
    example: ClassVar[dict[str, Any]] = {**Room.example, "new_post": True}
    query: dict[str, str]

    def reply(self, seen: Seen) -> Reply:
        if not self.is_post(seen):
            return super().reply(seen)
        begins = "thread_name" in seen.json
        # The id of a post is that of its first message.
        self.query = Room.query | ({} if begins else {"thread_id": "1505"})
        return super().reply(seen)
