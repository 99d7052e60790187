"""A receiver of webhooks that takes what is signed, and each message once."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import SERVICE, HttpPlace
from tests.channels.webhook.receiver import NEW, OLD, Receiver
from tests.servers import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Seen

PATH = "/webhook/s3cr3t-0a1b2c3d"


class Workflow(HttpPlace):
    kind = "webhook"
    path = PATH
    example: ClassVar[dict[str, Any]] = {
        "kind": "webhook",
        "url": f"{SERVICE}{PATH}",
        "secret": f"{NEW}\n{OLD}",
    }
    patience = timedelta(minutes=5)
    refuses = Reply('{"message": "the signature is wrong"}', 400)

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.receiver = Receiver()

    def reply(self, seen: Seen) -> Reply:
        return self.receiver(seen)

    def arrived(self) -> list[bytes]:
        return [seen.body for seen in self.receiver.requests]

    def shown(self) -> bytes:
        return json.dumps([json.loads(body)["sections"] for body in self.arrived()]).encode()
