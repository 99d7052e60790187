"""A web service that apprise posts JSON to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import HttpPlace
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import Seen

HOST = "service.example"


class Service(HttpPlace):
    kind = "apprise"
    path = "/s3cr3t-path"
    example: ClassVar[dict[str, Any]] = {
        "kind": "apprise",
        "url": f"json://ada:s3cr3t-word@{HOST}{path}",
    }
    down = "unknown"
    asks = False
    refuses = Reply("no", 400)

    def channel(self) -> dict[str, Any]:
        here = self.server.url.removeprefix("http://")
        return {**self.example, "url": self.example["url"].replace(HOST, here)}

    def reply(self, seen: Seen) -> Reply:
        post = seen.json
        if not 0 < len(post["message"]) <= 32_768 or len(post["title"]) > 250:
            return self.refuses
        return super().reply(seen)
