"""A workspace that answers as Slack does, and a daemon that delivers to it."""

from __future__ import annotations

import json
import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from digest.channels.pace import Pace
from digest.channels.slack.channel import SlackChannel
from tests.channels.making import TEMPLATES, open_it
from tests.jobs.bench import StoppedClock, context_of, open_deliver_job, open_store
from tests.servers import HttpServer, Reply, Seen
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.model import Edition

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


class Daemon:
    """What delivers, from one start to the next."""

    def __init__(self, store: Any, channel: SlackChannel) -> None:
        self.store, self.clock = store, StoppedClock()
        context = context_of(store, self.clock, {"it": channel})
        self.delivering = open_deliver_job(context, grace_seconds=0, record_again_seconds=0)
        self.channel = channel

    async def publish(self, edition: Edition) -> None:
        rendition = self.channel.render(edition, TEMPLATES)
        await self.store.transact(
            lambda store: build.publish(store, at=self.clock(), sent_as=(rendition,))
        )

    async def states(self) -> list[str]:
        found = await self.store.transact(lambda store: store.ledger.of_edition(1))
        return [each.state for each in found]


@asynccontextmanager
async def started(folder: Path, channel: SlackChannel) -> AsyncIterator[Daemon]:
    async with open_store(folder) as store:
        yield Daemon(store, channel)
