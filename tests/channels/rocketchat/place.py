"""A channel of Rocket.Chat, and another one that an integration posts to by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import SERVICE, HttpPlace
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import Seen

PATH = "/hooks/65f0aa/s3cr3ttoken"
_CHANNELS = ("#general", "@ada")


def said(status: int = 200, **fields: Any) -> Reply:
    return Reply(json.dumps(fields), status, {"Content-Type": "application/json"})


def failure(error: str) -> Reply:
    return said(400, success=False, error=error)


TOO_LONG = failure("error-message-size-exceeded")
NO_CHANNEL = failure("invalid-channel")
TOO_MANY = said(
    429,
    success=False,
    error="Error, too many requests. Please slow down. You must wait 42 seconds before trying this"
    " endpoint again. [error-too-many-requests]",
)


class Room(HttpPlace):
    kind = "rocketchat"
    path = PATH
    example: ClassVar[dict[str, Any]] = {"kind": "rocketchat", "webhook_url": f"{SERVICE}{PATH}"}
    takes = said(success=True)
    refuses = TOO_LONG

    def start(self) -> None:
        self.server.replies["/api/info"] = said(version="7.10", success=True)
        super().start()

    def reply(self, seen: Seen) -> Reply:
        if not self.is_post(seen):
            return failure("unknown-error")
        if seen.json.get("channel", "#general") not in _CHANNELS:
            return NO_CHANNEL
        units = len(seen.json["text"].encode("utf-16-le")) // 2
        return super().reply(seen) if 0 < units <= 5_000 else TOO_LONG


class Named(Room):
    variant = "in another channel"
    example: ClassVar[dict[str, Any]] = {**Room.example, "channel": "#general"}
