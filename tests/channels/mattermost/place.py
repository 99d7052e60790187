"""A channel of Mattermost, and another one that a webhook posts to by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import SERVICE, HttpPlace
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import Seen

PATH = "/hooks/s3cr3tgeneratedkey"
_CHANNELS = ("town-square", "news")


def said(identifier: str, status: int, message: str) -> Reply:
    fields = {
        "id": identifier,
        "message": message,
        "detailed_error": "",
        "request_id": "x7",
        "status_code": status,
    }
    return Reply(json.dumps(fields), status, {"Content-Type": "application/json"})


INVALID = said("web.incoming_webhook.invalid.app_error", 400, "Invalid webhook.")
NO_TEXT = said("web.incoming_webhook.text.app_error", 400, "No text specified.")
NO_CHANNEL = said("web.incoming_webhook.channel.app_error", 404, "Couldn't find the channel.")


class Room(HttpPlace):
    kind = "mattermost"
    path = PATH
    example: ClassVar[dict[str, Any]] = {"kind": "mattermost", "webhook_url": f"{SERVICE}{PATH}"}
    takes = Reply("ok", 200, {"Content-Type": "text/plain"})
    refuses = NO_TEXT

    def start(self) -> None:
        ping = Reply('{"status": "OK"}', 200, {"Content-Type": "application/json"})
        self.server.replies["/api/v4/system/ping"] = ping
        super().start()

    def reply(self, seen: Seen) -> Reply:
        if not self.is_post(seen) or not seen.json.get("text"):
            return NO_TEXT
        if seen.json.get("channel", "news") not in _CHANNELS:
            return NO_CHANNEL
        # The server would split it, where it likes.
        return super().reply(seen) if len(seen.json["text"]) <= 16_383 else NO_TEXT


class Named(Room):
    variant = "in another channel"
    example: ClassVar[dict[str, Any]] = {**Room.example, "channel": "town-square"}
