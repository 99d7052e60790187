"""A webhook that holds what is posted to the limits of Discord."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import HttpServer, Seen

_JSON = {"Content-Type": "application/json"}
PATH = "/api/webhooks/1503/s3cr3t-t0k3n"


def said(status: int = 200, headers: dict[str, str] | None = None, **what: Any) -> Reply:
    return Reply(json.dumps(what), status, _JSON | (headers or {}))


UNKNOWN = said(404, message="Unknown Webhook", code=10015)
INVALID = said(400, message="Invalid Form Body", code=50035, errors={"content": {}})
NO_THREAD = said(400, message="Unknown Channel", code=10003)
LIMITED = said(
    429,
    {"Retry-After": "1"},
    message="You are being rate limited.",
    retry_after=0.3,
    **{"global": False},
)
WEBHOOK = said(
    id="1503", name="Captain", channel_id="77", guild_id="7", token="s3cr3t-t0k3n", type=1
)


def is_valid(body: bytes) -> bool:
    """Whether a body is a message that Discord takes, and pings nobody."""
    try:
        post = json.loads(body)
        content = post["content"]
        units = len(content.encode("utf-16-le")) // 2
    except (ValueError, KeyError, AttributeError, UnicodeEncodeError):
        return False
    return (
        post.keys() == {"content", "allowed_mentions", "flags"}
        and bool(content.strip())
        and units <= 2_000
        and post["allowed_mentions"] == {"parse": []}
        and post["flags"] == 4
    )


@dataclass
class Webhook:
    """A webhook by its whole address, query and all; `answers` are given first, in turn."""

    server: HttpServer
    threads: tuple[str, ...] = ("9001",)
    answers: list[Reply | None] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        threads = ["", *(f"thread_id={thread}" for thread in (*self.threads, "404"))]
        for query in ("", *(f"?wait=true&{thread}".rstrip("&") for thread in threads)):
            self.server.replies[f"{PATH}{query}"] = self._reply

    @property
    def contents(self) -> list[str]:
        return [post["content"] for post in self.posts]

    def _reply(self, seen: Seen) -> Reply:
        query = parse_qs(urlsplit(seen.path).query)
        if seen.method == "GET":
            return said(405) if query else WEBHOOK
        self.asked.set()
        if self.answers and (answer := self.answers.pop(0)):
            return answer
        if not is_valid(seen.body) or not seen.headers["Content-Type"].startswith(
            _JSON["Content-Type"]
        ):
            return INVALID
        thread = query.get("thread_id", [""])[0]
        if thread not in {"", *self.threads}:
            return NO_THREAD
        self.posts.append({**seen.json, "thread": thread})
        return said(id=f"{1505 + len(self.posts)}") if "wait" in query else Reply(b"", 204)
