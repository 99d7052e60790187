"""Mattermost's webhooks: what an answer means, and where a post goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.errors import ChannelError
from tests.channels.making import deliveries, open_it, send, started
from tests.channels.mattermost.place import INVALID, NO_CHANNEL, NO_TEXT, PATH, Named, Room, said
from tests.channels.refusals import refused
from tests.rendering.samples import edition, story
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    made.start()
    yield made
    made.stop()


def mattermost(room: Room, **more: str) -> Channel:
    return open_it(room.folder, {**room.channel(), **more})


async def test_a_post_is_a_text_for_the_webhook_s_channel(room: Room) -> None:
    channel = mattermost(room)

    receipts = await send(channel, *deliveries(channel, edition(story(title="@all *new*"))))

    assert receipts == ["ok"]
    [seen] = room.server.requests_to(PATH)
    assert seen.json.keys() == {"text"}
    assert "**[@\u2060all \\*new\\*](https://site.example/1)**" in seen.json["text"]


async def test_a_post_for_another_channel_names_it(tmp_path: Path) -> None:
    room = Named(tmp_path)
    room.start()
    channel = mattermost(room)
    await send(channel, *deliveries(channel, edition(story())))
    room.stop()

    assert [seen.json["channel"] for seen in room.server.seen] == ["town-square"]


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (INVALID, "look whether the webhook is still among the integrations"),
        (NO_CHANNEL, "look at the setting channel"),
        (
            said("web.incoming_webhook.channel_locked.app_error", 403, "This webhook is not ..."),
            "look at the setting channel",
        ),
        (
            said("web.incoming_webhook.disabled.app_error", 501, "Incoming webhooks have been ..."),
            "have an administrator allow incoming webhooks",
        ),
    ],
    ids=["invalid", "no channel", "locked", "switched off"],
)
async def test_what_needs_a_person_has_a_remedy(room: Room, answer: Reply, remedy: str) -> None:
    error = await refused(room, answer)

    assert isinstance(error, ChannelError)
    assert error.lasting
    assert f"; {remedy}" in error.reason


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (NO_TEXT, "refused"),
        (Reply("", 200), "unknown"),
        (Reply("accepted by the gateway", 200), "unknown"),
        (Reply("", 504), "unknown"),
        (Reply("", 500), "retrying"),
        (Reply("<html>", 200), "retrying"),
    ],
    ids=["a text", "nothing", "other words", "504", "500", "a page"],
)
async def test_other_answers(room: Room, answer: Reply, verdict: str) -> None:
    assert (await refused(room, answer)).verdict == verdict


async def test_what_was_kept_for_a_wrong_channel_goes_to_the_one_that_is_mended(
    room: Room, tmp_path: Path
) -> None:
    async with started(tmp_path, mattermost(room, channel="#nws")) as daemon:
        await daemon.publish(edition(story()))
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["pending"]
    async with started(tmp_path, mattermost(room)) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"]


async def test_what_may_have_arrived_is_not_posted_again(room: Room, tmp_path: Path) -> None:
    room.server.replies[PATH] = Reply("", 504)
    async with started(tmp_path, mattermost(room)) as daemon:
        await daemon.publish(edition(story()))
        for _ in range(3):
            await daemon.delivering.deliver_due()
            daemon.clock.turn(days=1)

        assert await daemon.states() == ["unknown"]
    assert len(room.server.requests_to(PATH)) == 1
