"""Google Chat's webhooks: what an answer means, and the threads of editions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from digest.channels.pace import Pace
from digest.errors import ChannelError, ConfigError
from tests.channels.googlechat.place import BAD_KEY, PATH, TOO_LONG, Space, Threads, failure, said
from tests.channels.making import deliveries, open_it, send, started
from tests.channels.refusals import refused
from tests.rendering.samples import edition, ordinary, story

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from tests.servers import Reply


@pytest.fixture
def space(tmp_path: Path) -> Iterator[Space]:
    made = Space(tmp_path)
    made.start()
    yield made
    made.stop()


def google(space: Space) -> Channel:
    channel = open_it(space.folder, space.channel())
    channel.pace = Pace()
    return channel


async def test_a_message_is_in_google_s_own_syntax_and_its_name_is_the_receipt(
    space: Space,
) -> None:
    channel = google(space)

    receipts = await send(channel, *deliveries(channel, edition(story(title="<users/all> *b*"))))

    assert receipts == ["spaces/AAAA/messages/BBBB.BBBB"]
    [seen] = space.server.seen
    assert seen.json.keys() == {"text"}
    assert "*<https://site.example/1|‹users/all› ∗b∗>*" in seen.json["text"]
    assert seen.json["text"].startswith("*Weekly reading*\n")


async def test_the_messages_of_an_edition_share_a_thread_of_their_own(tmp_path: Path) -> None:
    space = Threads(tmp_path)
    space.start()
    channel = google(space)
    await send(channel, *deliveries(channel, ordinary(60)))
    space.stop()

    threads = {seen.json["thread"]["threadKey"] for seen in space.server.seen}
    assert len(space.server.seen) > 1
    assert len(threads) == 1
    assert threads.pop().startswith("weekly 2026-11-16T")


@pytest.mark.parametrize(
    "answer",
    [
        BAD_KEY,
        failure(404, "NOT_FOUND", "Space not found."),
        failure(403, "PERMISSION_DENIED", "The caller does not have permission"),
    ],
    ids=["key", "space", "rights"],
)
async def test_a_webhook_that_is_gone_needs_a_person(space: Space, answer: Reply) -> None:
    error = await refused(space, answer)

    assert isinstance(error, ChannelError)
    assert error.lasting
    assert "; look whether the webhook is still among the space's apps" in error.reason


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (TOO_LONG, "refused"),
        (failure(429, "RESOURCE_EXHAUSTED", "Resource has been exhausted"), "retrying"),
        (failure(503, "UNAVAILABLE", "The service is currently unavailable."), "retrying"),
        (failure(504, "DEADLINE_EXCEEDED", "Deadline exceeded"), "unknown"),
        (said(200), "unknown"),
    ],
    ids=["too long", "quota", "down", "504", "no name"],
)
async def test_other_answers(space: Space, answer: Reply, verdict: str) -> None:
    assert (await refused(space, answer)).verdict == verdict


async def test_what_may_have_arrived_is_not_posted_again(space: Space, tmp_path: Path) -> None:
    space.server.replies[PATH] = said(504)
    async with started(tmp_path, google(space)) as daemon:
        await daemon.publish(edition(story()))
        for _ in range(3):
            await daemon.delivering.deliver_due()
            daemon.clock.turn(days=1)

        assert await daemon.states() == ["unknown"]
    assert len(space.server.seen) == 1


async def test_the_token_in_the_query_is_told_to_nobody(
    space: Space, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    error = await refused(
        space, failure(400, "INVALID_ARGUMENT", f"no {PATH}?token=s3cr3t-t0k3n-of-a-space")
    )

    assert "s3cr3t" not in f"{error!r} {caplog.text}"


def test_its_address_is_no_other_kind_s(tmp_path: Path) -> None:
    address = "https://chat.googleapis.com/v1/spaces/AAAA/messages?key=k&token=t"
    with pytest.raises(ConfigError, match="for a channel of kind googlechat"):
        open_it(tmp_path, {"kind": "discord", "webhook_url": address})
