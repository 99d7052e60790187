"""An application of a server of Gotify."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import SERVICE, HttpPlace
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import Seen

_JSON = {"Content-Type": "application/json"}
TOKEN = "As3cr3t.token01"


def error(status: int, name: str, words: str) -> Reply:
    refusal = {"error": name, "errorCode": status, "errorDescription": words}
    return Reply(json.dumps(refusal), status, _JSON)


UNAUTHORIZED = error(401, "Unauthorized", "you need to provide a valid access token")


class Application(HttpPlace):
    kind = "gotify"
    path = "/message"
    example: ClassVar[dict[str, Any]] = {"kind": "gotify", "url": SERVICE, "token": TOKEN}
    whole = False
    takes = Reply('{"id": 25, "appid": 5, "priority": 0}', 200, _JSON)
    refuses = error(400, "Bad Request", "Field 'message' is required")
    answers = Reply('{"version": "2.7.3", "commit": "c0ffee", "buildDate": "2026"}', 200, _JSON)

    def start(self) -> None:
        self.server.replies["/version"] = self.answers
        super().start()

    def reply(self, seen: Seen) -> Reply:
        if seen.headers.get("X-Gotify-Key") != TOKEN or "token" in seen.path:
            return UNAUTHORIZED
        if not seen.json.get("message"):
            return self.refuses
        return super().reply(seen)
