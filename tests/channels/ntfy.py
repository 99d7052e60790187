"""A topic of ntfy, on a server that wants a login; it answers as `server/server.go` does."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar

from tests.channels.place import SERVICE, HttpPlace
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers import Seen

_JSON = {"Content-Type": "application/json"}
TOKEN = "tk_s3cr3t0123456789"


def error(status: int, code: int, words: str) -> Reply:
    refusal = {"code": code, "http": status, "error": words, "link": "https://ntfy.sh/docs/"}
    return Reply(json.dumps(refusal), status, _JSON)


UNAUTHORIZED = error(401, 40101, "unauthorized")
BAD_TOPIC = error(400, 40009, "invalid request: topic invalid")
TOO_LARGE = error(413, 41303, "JSON body too large")
AS_A_FILE = error(413, 41301, "attachment too large, or bandwidth limit reached")


class Topic(HttpPlace):
    kind = "ntfy"
    path = "/"
    example: ClassVar[dict[str, Any]] = {
        "kind": "ntfy",
        "url": f"{SERVICE}/s3cr3t-topic",
        "token": TOKEN,
    }
    whole = False
    takes = Reply('{"id": "hwQ2YpKdmg", "event": "message"}', 200, _JSON)
    refuses = error(400, 40018, "invalid request: actions invalid")
    answers = Reply('{"username": "ada", "role": "user"}', 200, _JSON)

    def start(self) -> None:
        self.server.replies["/v1/account"] = self.account
        super().start()

    def account(self, seen: Seen) -> Reply:
        return self.answers if self.knows(seen) else UNAUTHORIZED

    def knows(self, seen: Seen) -> bool:
        return seen.headers.get("Authorization") == f"Bearer {TOKEN}"

    def reply(self, seen: Seen) -> Reply:
        if not self.knows(seen):
            return UNAUTHORIZED
        if refusal := refusal_of(seen.body):
            return refusal
        return super().reply(seen)


def refusal_of(body: bytes) -> Reply | None:
    """What the server has against a message, if anything."""
    if len(body) > 2 * 4_096:
        return TOO_LARGE
    post = json.loads(body)
    checks: list[tuple[Callable[[], object], Reply]] = [
        (lambda: re.fullmatch(r"[-_A-Za-z0-9]{1,64}", post["topic"]), BAD_TOPIC),
        (lambda: re.fullmatch(r"[-_A-Za-z0-9]{1,64}", post["sequence_id"]), Topic.refuses),
        (lambda: post.keys() <= {"topic", "sequence_id", "title", "message", "click"}, BAD_TOPIC),
        # What is longer becomes a file, which this server keeps none of.
        (lambda: 0 < len(post["message"].encode()) <= 4_096, AS_A_FILE),
    ]
    return next((refusal for is_good, refusal in checks if not is_good()), None)
