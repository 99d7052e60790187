"""A workspace that answers as Slack does, and the app that posts to it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from digest.channels.pace import Pace
from digest.channels.slack.channel import SlackChannel
from tests.channels.making import open_it
from tests.servers import HttpServer, Reply, Seen

if TYPE_CHECKING:
    from pathlib import Path


PARENT = "1503435956.000001"
POST = "/api/chat.postMessage"


def said(**what: Any) -> Reply:
    return Reply(json.dumps(what), headers={"Content-Type": "application/json"})


@dataclass
class Workspace:
    """Gives each post a time stamp; `answers` are given first, one after the other."""

    server: HttpServer
    answers: list[Reply | None] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    answering: threading.Event = field(default_factory=threading.Event)

    def __call__(self, seen: Seen) -> Reply:
        if self.answers and (answer := self.answers.pop(0)):
            self.answering.set()
            return answer
        self.posts.append(seen.json)
        return said(ok=True, channel="C0123456789", ts=f"1503435956.{len(self.posts):06}")

    @property
    def threads(self) -> list[str | None]:
        return [post.get("thread_ts") for post in self.posts]


def app(folder: Path, workspace: Workspace, *, threads: bool = True, pace: float = 0) -> Any:
    channel = open_it(
        folder,
        {
            "kind": "slack",
            "bot_token": "xoxb-s3cr3t",
            "channel": "C0123456789",
            "api_url": f"{workspace.server.url}/api/",
            "threads": threads,
        },
    )
    assert isinstance(channel, SlackChannel)
    channel.pace = Pace(pace)
    return channel
