"""Rocket.Chat's integrations: what an answer means, and where a post goes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from digest.channels.pace import Pace
from digest.errors import ChannelError
from tests.channels.making import deliveries, open_it, send, started
from tests.channels.refusals import refused
from tests.channels.rocketchat.place import (
    NO_CHANNEL,
    PATH,
    TOO_LONG,
    TOO_MANY,
    Room,
    failure,
    said,
)
from tests.rendering.samples import edition, ordinary, story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from tests.servers import Reply, Seen

OVERRIDE = failure("overriding destination channel is disabled for this integration")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    made.start()
    yield made
    made.stop()


def rocketchat(room: Room, **more: str) -> Channel:
    channel = open_it(room.folder, {**room.channel(), **more})
    channel.pace = Pace()
    return channel


async def test_a_post_is_a_text_and_its_receipt_a_flag(room: Room) -> None:
    channel = rocketchat(room, channel="#general")

    receipts = await send(channel, *deliveries(channel, edition(story(title="@all *new*"))))

    assert receipts == ["success"]
    [seen] = room.server.requests_to(PATH)
    assert seen.json["channel"] == "#general"
    assert "**[@\u2060all ∗new∗](https://site.example/1)**" in seen.json["text"]


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (NO_CHANNEL, "look at the setting channel"),
        (OVERRIDE, "allow the integration to override its channel"),
        (
            said(401, success=False, error="Invalid integration id or token provided."),
            "look whether",
        ),
    ],
    ids=["no channel", "override", "no integration"],
)
async def test_what_needs_a_person_has_a_remedy(room: Room, answer: Reply, remedy: str) -> None:
    error = await refused(room, answer)

    assert isinstance(error, ChannelError)
    assert error.lasting
    assert f"; {remedy}" in error.reason


async def test_a_limit_says_how_long_to_wait(room: Room) -> None:
    error = await refused(room, TOO_MANY)

    assert isinstance(error, ChannelError)
    assert not error.lasting
    assert error.retry_after == timedelta(seconds=42)


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (TOO_LONG, "refused"),
        (said(200, success=False), "unknown"),
        (said(200), "unknown"),
        (said(503, success=False, error="Service Unavailable"), "retrying"),
    ],
    ids=["too long", "no success", "no flag", "disabled"],
)
async def test_other_answers(room: Room, answer: Reply, verdict: str) -> None:
    assert (await refused(room, answer)).verdict == verdict


async def test_what_was_kept_for_a_wrong_channel_goes_to_the_one_that_is_mended(
    room: Room, tmp_path: Path
) -> None:
    async with started(tmp_path, rocketchat(room, channel="#nws")) as daemon:
        await daemon.publish(edition(story()))
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["pending"]
    async with started(tmp_path, rocketchat(room)) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"]


async def test_it_goes_on_at_the_part_that_is_missing(room: Room, tmp_path: Path) -> None:
    posts: list[str] = []

    def take_all_but_the_second(seen: Seen) -> Reply:
        posts.append(seen.json["text"].partition("\n")[0])
        return TOO_MANY if len(posts) == 2 else said(success=True)

    room.server.replies[PATH] = take_all_but_the_second
    async with started(tmp_path, rocketchat(room)) as daemon:
        assert await daemon.publish(ordinary(80)) == 3
        await daemon.delivering.deliver_due()
        daemon.clock.turn(minutes=1)
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"] * 3
    numbers = [post.rpartition("(")[2] for post in posts]
    assert numbers == ["1/3)", "2/3)", "2/3)", "3/3)"]
