"""A post and its thread, through a real ledger, to a server that answers as Slack does."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from digest.channels.pace import Pace
from digest.channels.slack import SlackChannel
from digest.errors import DeliveryError
from digest.jobs.delivering import Delivering
from digest.jobs.room import Room
from digest.log import Redactor, Words
from tests.channels.making import TEMPLATES, delivery, open_it, send
from tests.jobs.bench import StoppedClock, open_store
from tests.rendering.slack_samples import of_many, rich
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


@pytest.fixture
def workspace(slack_server: HttpServer) -> Workspace:
    made = Workspace(slack_server)
    slack_server.replies[POST] = made
    return made


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
        room = Room(store, "digest.db", lambda: None, self.clock)
        self.delivering = Delivering(
            store, {"it": channel}, self.clock, Words(Redactor()), room, 0, 0
        )
        self.channel = channel

    async def publish(self, edition: Edition) -> None:
        rendition = self.channel.render(edition, TEMPLATES)
        await self.store.run(
            lambda store: build.publish(store, at=self.clock(), sent_as=(rendition,))
        )

    async def states(self) -> list[str]:
        found = await self.store.run(lambda store: store.ledger.of_edition(1))
        return [each.state for each in found]


@asynccontextmanager
async def started(folder: Path, channel: SlackChannel) -> AsyncIterator[Daemon]:
    async with open_store(folder) as store:
        yield Daemon(store, channel)


async def test_each_section_is_a_reply_to_the_parent(tmp_path: Path, workspace: Workspace) -> None:
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"] * 3
        assert workspace.threads == [None, PARENT, PARENT]
        assert [post.get("reply_broadcast") for post in workspace.posts] == [None, False, False]


async def test_without_threads_the_parts_follow_each_other(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with started(tmp_path, app(tmp_path, workspace, threads=False)) as daemon:
        await daemon.publish(of_many(80))
        await daemon.delivering.deliver_due()

        assert len(workspace.posts) > 1
        assert set(workspace.threads) == {None}


async def test_replies_find_their_parent_after_a_crash(
    tmp_path: Path, workspace: Workspace
) -> None:
    # The pace keeps the first reply back, and there the process ends.
    async with started(tmp_path, app(tmp_path, workspace, pace=3_600)) as daemon:
        await daemon.publish(rich())
        sent = asyncio.Event()
        going = asyncio.create_task(daemon.delivering.deliver_due(lambda *_: sent.set()))
        await sent.wait()
        going.cancel()
        await daemon.delivering.finish()
    assert workspace.threads == [None]

    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent"] * 3
    assert workspace.threads == [None, PARENT, PARENT]


async def test_a_reply_that_was_on_its_way_in_a_crash_is_left_to_a_person(
    tmp_path: Path, workspace: Workspace
) -> None:
    go = threading.Event()
    workspace.answers = [None, Reply(hold=go)]
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        going = asyncio.create_task(daemon.delivering.deliver_due())
        await asyncio.to_thread(workspace.answering.wait, 10)
        going.cancel()
        await daemon.delivering.finish()
        go.set()

    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent", "unknown", "sent"]
    assert workspace.threads == [None, PARENT]


async def test_a_reply_waits_while_its_parent_is_tried_again(
    tmp_path: Path, workspace: Workspace
) -> None:
    workspace.answers = [said(ok=False, error="internal_error")]
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["retrying", "pending", "pending"]
        daemon.clock.turn(minutes=1)
        await daemon.delivering.deliver_due()
    assert workspace.threads == [None, PARENT, PARENT]


@pytest.mark.parametrize(
    ("answer", "state"),
    [(said(ok=False, error="too_odd"), "failed"), (Reply("", 200), "unknown")],
)
async def test_where_there_is_no_parent_the_sections_are_posts(
    tmp_path: Path, workspace: Workspace, answer: Reply, state: str
) -> None:
    workspace.answers = [answer]
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        assert await daemon.states() == [state, "sent", "sent"]
    assert workspace.threads == [None, None]


async def test_a_dropped_parent_holds_no_section_back(tmp_path: Path, workspace: Workspace) -> None:
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.store.run(lambda store: store.deliveries.drop([1], daemon.clock()))
        await daemon.delivering.deliver_due()
    assert workspace.threads == [None, None]


async def test_what_is_sent_once_more_has_a_thread_of_its_own(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        await daemon.store.run(lambda store: store.deliveries.resend(1, None, daemon.clock()))
        await daemon.delivering.deliver_due()
    again = "1503435956.000004"
    assert workspace.threads == [None, PARENT, PARENT, None, again, again]


@pytest.mark.parametrize("part", [1, 2])
async def test_a_part_that_is_refused_goes_in_a_plainer_form_in_its_place(
    tmp_path: Path, workspace: Workspace, part: int
) -> None:
    refusal = said(ok=False, error="invalid_blocks")
    workspace.answers = [*[None] * (part - 1), refusal]
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent"] * 3
    assert workspace.threads == [None, PARENT, PARENT]
    assert ["blocks" in post for post in workspace.posts] == [n != part for n in (1, 2, 3)]


@pytest.mark.parametrize("word", ["thread_not_found", "restricted_action_non_threadable_channel"])
async def test_a_thread_that_takes_no_reply_is_left(
    tmp_path: Path, workspace: Workspace, word: str
) -> None:
    workspace.answers = [None, said(ok=False, error=word)]
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent"] * 3
    assert workspace.threads == [None, None, PARENT]


async def test_a_reply_of_which_nobody_knows_is_not_posted_again(
    tmp_path: Path, workspace: Workspace
) -> None:
    workspace.answers = [None, Reply("", 200)]
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["sent", "unknown", "sent"]
    assert len(workspace.server.requests_to(POST)) == 3


async def test_a_receipt_without_a_time_stamp_is_no_thread(
    tmp_path: Path, workspace: Workspace
) -> None:
    payload = json.dumps({"text": "Hello"}).encode()
    await send(app(tmp_path, workspace), delivery("C0123456789", payload, part=2))
    assert workspace.threads == [None]
    workspace.answers = [said(ok=False, error="thread_not_found")]
    with pytest.raises(DeliveryError):
        await send(app(tmp_path, workspace), delivery("C0123456789", payload, part=2))
