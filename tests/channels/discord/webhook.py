"""A webhook that holds what is posted to the limits of Discord."""

from __future__ import annotations

import json
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


NO_POST = said(
    400,
    message="Webhooks posted to forum channels must have a thread_name or thread_id",
    code=220001,
)
BOTH = said(400, message="Cannot have both a thread_name and thread_id", code=220002)
NO_FORUM = said(400, message="Webhooks can only create threads in forum channels", code=220003)
HARMFUL = said(400, message="Message blocked by harmful links filter", code=240000)


def is_valid(body: bytes) -> bool:
    """Whether a body is a message that Discord takes, and pings nobody."""
    try:
        post = json.loads(body)
        embeds = post.get("embeds", [])
        texts = [_trimmed(embed.get("title", "")) for embed in embeds]
        described = [_trimmed(embed["description"]) for embed in embeds]
        content = post["content"]
    except (ValueError, KeyError, AttributeError):
        return False
    urls = [embed["url"] for embed in embeds if "url" in embed]
    return (
        {"content", "allowed_mentions"} <= post.keys()
        and post.keys() <= {"content", "allowed_mentions", "embeds", "thread_name"}
        and bool(content.strip())
        and _units(content) <= 2_000
        and len(embeds) <= 10
        and all(_units(text) <= 256 for text in texts)
        and all(0 < _units(text) <= 4_096 for text in described)
        and sum(map(_units, texts + described)) <= 6_000
        # Discord would show them as one.
        and len(set(urls)) == len(urls)
        and post["allowed_mentions"] == {"parse": []}
        and 0 < _units(post.get("thread_name", "x")) <= 100
    )


def _trimmed(text: str) -> str:
    return text.strip()


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _embed_text(embed: dict[str, str]) -> str:
    return f"{embed.get('title', '')}\n{embed['description']}"


@dataclass
class Webhook:
    """A webhook by its whole address, query and all; `answers` are given first, in turn.

    A `forum` has no messages but in posts, of which each is a thread with its first message's id.
    """

    server: HttpServer
    forum: bool = False
    threads: list[str] = field(default_factory=lambda: ["9001"])
    answers: list[Reply | None] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server.service = self._reply

    @property
    def contents(self) -> list[str]:
        return [post["content"] for post in self.posts]

    @property
    def shown(self) -> list[str]:
        """What a reader sees of each message: its text and its embeds."""
        return [
            "\n".join([post["content"], *map(_embed_text, post.get("embeds", []))])
            for post in self.posts
        ]

    def _reply(self, seen: Seen) -> Reply:
        query = parse_qs(urlsplit(seen.path).query)
        if urlsplit(seen.path).path != PATH:
            return UNKNOWN
        if seen.method == "GET":
            return said(405) if query else WEBHOOK
        if self.answers and (answer := self.answers.pop(0)):
            return answer
        if not is_valid(seen.body) or not seen.headers["Content-Type"].startswith(
            _JSON["Content-Type"]
        ):
            return INVALID
        thread, name = query.get("thread_id", [""])[0], seen.json.get("thread_name")
        if refusal := self._refusal(thread, name):
            return refusal
        message = f"{1506 + len(self.posts)}"
        if name:
            self.threads.append(message)
        self.posts.append({**seen.json, "thread": thread or (message if name else "")})
        return said(headers=self.headers, id=message) if "wait" in query else Reply(b"", 204)

    def _refusal(self, thread: str, name: str | None) -> Reply | None:
        if thread and name:
            return BOTH
        if thread:
            return None if thread in self.threads else NO_THREAD
        if self.forum:
            return None if name else NO_POST
        return NO_FORUM if name else None
