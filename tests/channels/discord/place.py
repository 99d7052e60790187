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

    def reply(self, seen: Seen) -> Reply:
        query = dict(parse_qsl(urlsplit(seen.path).query))
        if self.is_post(seen) and not (query == self.query(seen) and is_valid(seen.body)):
            return self.refuses
        return super().reply(seen)

    def query(self, seen: Seen) -> dict[str, str]:  # noqa: ARG002
        """The query that a post has."""
        return {"wait": "true"}


class Thread(Room):
    variant = "in a thread"
    example: ClassVar[dict[str, Any]] = {**Room.example, "thread": "9001"}

    def query(self, seen: Seen) -> dict[str, str]:
        return {**super().query(seen), "thread_id": "9001"}


class Forum(Room):
    variant = "in new posts of a forum"
    example: ClassVar[dict[str, Any]] = {**Room.example, "new_post": True}

    def query(self, seen: Seen) -> dict[str, str]:
        # The post that a message begins has the message's id.
        of_post = {} if "thread_name" in seen.json else {"thread_id": "1505"}
        return {**super().query(seen), **of_post}
