"""A workspace of Slack, by each of the ways to post."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from digest.rendering.slack.messages import build_messages
from tests.channels.place import SERVICE, HttpPlace
from tests.servers import Reply

if TYPE_CHECKING:
    from digest.model import Edition
    from tests.servers import Seen

_JSON = {"Content-Type": "application/json"}


def _blocks(posts: list[bytes]) -> bytes:
    return json.dumps([json.loads(post).get("blocks") for post in posts]).encode()


class Workspace(HttpPlace):
    kind = "slack"
    path = "/services/T/B/s3cr3t-t0k3n"
    example: ClassVar[dict[str, Any]] = {"kind": "slack", "webhook_url": f"{SERVICE}{path}"}
    refuses = Reply("invalid_blocks", 400)
    answers = Reply("no_text", 400)

    def is_post(self, seen: Seen) -> bool:
        return bool(seen.json.get("text"))

    def shown(self) -> bytes:
        """The blocks; their text is for notifications."""
        return _blocks(self.arrived())

    @classmethod
    def golden(cls, edition: Edition) -> dict[str, str]:
        posts = json.dumps(build_messages(edition), ensure_ascii=False, indent=1)
        return {"slack.json": f"{posts}\n"}


class App(HttpPlace):
    kind = "slack"
    variant = "as an app"
    path = "/api/chat.postMessage"
    example: ClassVar[dict[str, Any]] = {
        "kind": "slack",
        "bot_token": "xoxb-s3cr3t-t0k3n",
        "channel": "C0123456789",
        "api_url": f"{SERVICE}/api/",
    }
    takes = Reply('{"ok": true, "ts": "1.2"}', headers=_JSON)
    refuses = Reply('{"ok": false, "error": "invalid_blocks"}', headers=_JSON)

    def shown(self) -> bytes:
        """The blocks; their text is for notifications."""
        return _blocks(self.arrived())

    def start(self) -> None:
        known = Reply('{"ok": true, "user": "digest"}', headers=_JSON)
        self.server.replies["/api/auth.test"] = known
        super().start()


class Threads(App):
    variant = "in threads"
    example: ClassVar[dict[str, Any]] = {**App.example, "threads": True}
