"""An organisation of Zulip: what its server makes of a bot's requests."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import HttpServer, Seen

BOT = "digest-bot@zulip.example"
KEY = "s3cr3tApiKey"
CHANNEL = "news"
_LOGIN = f"Basic {b64encode(f'{BOT}:{KEY}'.encode()).decode()}"
_CUT = "\n[message truncated]"


def said(status: int = 200, **fields: Any) -> Reply:
    result = {"result": "success" if status < 400 else "error", "msg": "", **fields}
    return Reply(json.dumps(result), status, {"Content-Type": "application/json"})


BAD_KEY = said(401, msg="Invalid API key", code="INVALID_API_KEY")
NO_CHANNEL = said(
    400, msg="Channel 'nws' does not exist", code="STREAM_DOES_NOT_EXIST", stream="nws"
)
NO_RIGHT = said(400, msg="You do not have permission to post in this channel.", code="BAD_REQUEST")
TOO_MANY = Reply(
    json.dumps(
        {"result": "error", "msg": "API usage exceeded rate limit", "code": "RATE_LIMIT_HIT"}
    ),
    429,
    {"Content-Type": "application/json", "Retry-After": "28.706807374954224"},
)


@dataclass
class Organisation:
    """What was posted, with the time of each.

    `answers` and `looks` are given first, in turn, to posts and to who looks at messages.
    """

    server: HttpServer
    now: float = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Reply | None] = field(default_factory=list)
    looks: list[Reply] = field(default_factory=list)
    after: list[Reply | None] = field(default_factory=list)
    """What is answered, in turn, to posts that were taken."""

    def __post_init__(self) -> None:
        self.server.service = self.reply

    def reply(self, seen: Seen) -> Reply:
        if seen.headers.get("Authorization") != _LOGIN:
            return BAD_KEY
        path = urlsplit(seen.path).path
        query = dict(parse_qsl(urlsplit(seen.path).query))
        match seen.method, path:
            case "POST", "/api/v1/messages":
                return self.post(seen)
            case "GET", "/api/v1/messages":
                return self.look(query)
            case "GET", "/api/v1/users/me":
                return said(full_name="Digest", email=BOT, user_id=9)
            case "GET", "/api/v1/get_stream_id":
                return said(stream_id=7) if query["stream"] == CHANNEL else NO_CHANNEL
        return said(404, msg="Not found", code="BAD_REQUEST")

    def post(self, seen: Seen) -> Reply:
        if self.answers and (answer := self.answers.pop(0)):
            return answer
        if seen.headers["Content-Type"] != "application/x-www-form-urlencoded":
            return said(400, msg="Missing 'type' argument", code="REQUEST_VARIABLE_MISSING")
        form = dict(parse_qsl(seen.body.decode(), keep_blank_values=True))
        if form["to"] not in {CHANNEL, "7"} or form["type"] != "stream":
            return NO_CHANNEL
        content = form["content"].rstrip().lstrip("\n")
        if not content:
            return said(400, msg="Message must not be empty", code="BAD_REQUEST")
        self.take(_cut(content, 10_000, _CUT), _cut(form["topic"], 60, "..."))
        taken = said(id=self.messages[-1]["id"])
        return (self.after.pop(0) if self.after else None) or taken

    def take(self, content: str, topic: str) -> None:
        message = {"content": content, "subject": topic, "sender_email": BOT}
        number = 42 + len(self.messages)
        self.messages.append({**message, "id": number, "timestamp": int(self.now)})

    def look(self, query: dict[str, str]) -> Reply:
        if self.looks:
            return self.looks.pop(0)
        narrow = {each["operator"]: each["operand"] for each in json.loads(query["narrow"])}
        assert narrow["stream"] in {CHANNEL, 7}
        assert narrow["sender"] == BOT
        assert query["apply_markdown"] == "false"
        anchor = float("inf") if query["anchor"] == "newest" else int(query["anchor"])
        before = [message for message in self.messages if message["id"] < anchor]
        return said(messages=before[-int(query["num_before"]) :])


def _cut(text: str, most: int, mark: str) -> str:
    return text if len(text) <= most else text[: most - len(mark)] + mark
