"""A post and its thread, through a real ledger, to a server that answers as Slack does."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING

import pytest

from digest.errors import DeliveryError
from tests.channels.making import delivery, send, started
from tests.channels.slack.workspace import PARENT, POST, app, said
from tests.rendering.slack_samples import of_many, rich
from tests.servers import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.channels.slack.workspace import Workspace


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
        assert await daemon.states() == ["pending"] * 3
        daemon.clock.turn(minutes=1)
        await daemon.delivering.deliver_due()
    assert workspace.threads == [None, PARENT, PARENT]


@pytest.mark.parametrize(
    ("answers", "state"),
    [([said(ok=False, error="invalid_blocks")] * 2, "failed"), ([Reply("", 200)], "unknown")],
)
async def test_where_there_is_no_parent_the_sections_are_posts(
    tmp_path: Path, workspace: Workspace, answers: list[Reply], state: str
) -> None:
    workspace.answers = [*answers]
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        assert await daemon.states() == [state, "sent", "sent"]
    assert workspace.threads == [None, None]


async def test_a_dropped_parent_holds_no_section_back(tmp_path: Path, workspace: Workspace) -> None:
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.store.transact(lambda store: store.deliveries.drop([1], daemon.clock()))
        await daemon.delivering.deliver_due()
    assert workspace.threads == [None, None]


async def test_what_is_sent_once_more_has_a_thread_of_its_own(
    tmp_path: Path, workspace: Workspace
) -> None:
    async with started(tmp_path, app(tmp_path, workspace)) as daemon:
        await daemon.publish(rich())
        await daemon.delivering.deliver_due()
        await daemon.store.transact(lambda store: store.deliveries.resend(1, None, daemon.clock()))
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
