"""Zulip's API: what an answer means, and how a doubt is settled by looking."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import pytest
from msgspec.structs import replace

from digest.errors import ChannelError, ConfigError
from tests import limits
from tests.channels.making import deliveries, open_it, send, started
from tests.channels.refusals import refused
from tests.channels.zulip.organisation import BAD_KEY, NO_CHANNEL, NO_RIGHT, TOO_MANY, said
from tests.channels.zulip.place import Topic
from tests.rendering.samples import edition, ordinary, story
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Edition

LOST = Reply("", 504)


@pytest.fixture
def topic(tmp_path: Path) -> Iterator[Topic]:
    made = Topic(tmp_path)
    made.start()
    yield made
    made.stop()


def zulip(place: Topic, **more: Any) -> Channel:
    return open_it(place.folder, {**place.channel(), **more})


async def doubtful(
    topic: Topic, *answers: Reply | None, of: Edition | None = None, trouble: Reply = LOST
) -> list[str]:
    """The states of what was posted with an answer that was lost, and then attempted again."""
    async with started(topic.folder, zulip(topic)) as daemon:
        topic.organisation.now = daemon.clock().timestamp()
        topic.organisation.after = [trouble]
        await daemon.publish(of or edition(story()))
        await daemon.delivering.deliver_due()
        assert "unknown" in await daemon.states()
        topic.organisation.answers = list(answers)
        for _ in range(3):
            daemon.clock.turn(minutes=3)
            topic.organisation.now = daemon.clock().timestamp()
            await daemon.delivering.deliver_due()
        return await daemon.states()


async def test_a_message_has_the_digest_s_title_as_its_topic(topic: Topic) -> None:
    channel = zulip(topic)
    made = replace(edition(story(title="@**all** :x: [a]")), title="T" * 80)

    receipts = await send(channel, *deliveries(channel, made))

    [message] = topic.organisation.messages
    assert receipts == ["42"]
    assert message["subject"] == "T" * 59 + "…"
    assert (
        "&#42;&#42;all&#42;&#42; &#58;x: &#91;a&#93;](https://site.example/1)**"
        in (message["content"])
    )


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (BAD_KEY, "401 Invalid API key; look whether the bot is still active"),
        (NO_CHANNEL, "400 Channel 'nws' does not exist; look at the setting channel"),
    ],
)
async def test_what_needs_a_person_has_a_remedy(topic: Topic, answer: Reply, words: str) -> None:
    error = await refused(topic, answer)

    assert isinstance(error, ChannelError)
    assert error.lasting
    assert error.reason.startswith(words)


async def test_a_limit_says_how_long_to_wait(topic: Topic) -> None:
    error = await refused(topic, TOO_MANY)

    assert isinstance(error, ChannelError)
    assert error.retry_after is not None
    assert error.retry_after >= timedelta(seconds=28)


async def test_other_refusals_are_of_the_message(topic: Topic) -> None:
    error = await refused(topic, NO_RIGHT)

    assert error.verdict == "refused"
    assert "You do not have permission to post" in error.reason


async def test_a_check_finds_a_channel_that_is_not_there(topic: Topic) -> None:
    assert await zulip(topic).check() == "the bot is Digest; the channel news is there"
    with pytest.raises(ChannelError, match="look at the setting channel"):
        await zulip(topic, channel="nws").check()


async def test_what_arrived_is_found_and_not_posted_again(topic: Topic) -> None:
    assert await doubtful(topic) == ["sent"]
    assert len(topic.organisation.messages) == 1


async def test_every_part_arrives_once_where_the_first_is_in_doubt(topic: Topic) -> None:
    states = await doubtful(topic, of=ordinary(120))

    assert len(states) > 1
    assert set(states) == {"sent"}
    assert len(topic.organisation.messages) == len(states)


async def test_what_did_not_arrive_is_posted_again(topic: Topic) -> None:
    async with started(topic.folder, zulip(topic)) as daemon:
        topic.organisation.answers = [LOST]
        await daemon.publish(edition(story()))
        # The same text of another day, or under another topic, is another message.
        [part] = deliveries(zulip(topic), edition(story()))
        text = dict(parse_qsl(part.payload.decode()))["content"]
        topic.organisation.now = daemon.clock().timestamp() - 86_400
        topic.organisation.take(text, "Weekly reading")
        topic.organisation.now = daemon.clock().timestamp()
        topic.organisation.take(text, "Another")
        await daemon.delivering.deliver_due()
        daemon.clock.turn(minutes=3)
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"]
    assert len(topic.organisation.messages) == 3


async def test_after_a_crash_it_is_looked_for_when_zulip_is_done_with_it(topic: Topic) -> None:
    hold = threading.Event()
    async with started(topic.folder, zulip(topic)) as daemon:
        topic.organisation.now = daemon.clock().timestamp()
        topic.organisation.after = [Reply("", 504, hold=hold)]
        await daemon.publish(edition(story()))
        sending = asyncio.create_task(daemon.delivering.deliver_due())
        await asyncio.to_thread(topic.server.arrived.wait, limits.seconds(10))
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    hold.set()
    async with started(topic.folder, zulip(topic)) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["unknown"]
        daemon.clock.turn(minutes=2)
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"]
    assert len(topic.organisation.messages) == 1


async def test_what_cannot_be_looked_for_stays_unknown(topic: Topic) -> None:
    topic.organisation.looks = [NO_RIGHT]

    assert await doubtful(topic) == ["unknown"]
    assert len(topic.organisation.messages) == 1


async def test_what_cannot_be_looked_for_is_posted_where_a_person_wants_it(topic: Topic) -> None:
    topic.organisation.looks = [NO_RIGHT, NO_RIGHT]
    assert await doubtful(topic) == ["unknown"]

    async with started(topic.folder, zulip(topic)) as daemon:
        await daemon.store.transact(lambda store: store.deliveries.retry([1], daemon.clock()))
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"]
    assert len(topic.organisation.messages) == 2


async def test_what_was_kept_for_a_wrong_channel_goes_to_the_one_that_is_mended(
    topic: Topic,
) -> None:
    async with started(topic.folder, zulip(topic, channel="nws")) as daemon:
        await daemon.publish(edition(story()))
        await daemon.delivering.deliver_due()
        assert await daemon.states() == ["pending"]
    async with started(topic.folder, zulip(topic)) as daemon:
        await daemon.delivering.release_claimed()
        await daemon.delivering.deliver_due()

        assert await daemon.states() == ["sent"]


async def test_what_may_be_in_another_channel_is_not_posted_to_this_one(topic: Topic) -> None:
    async with started(topic.folder, zulip(topic, channel="7")) as daemon:
        topic.organisation.after = [LOST]
        await daemon.publish(edition(story()))
        await daemon.delivering.deliver_due()
        daemon.clock.turn(minutes=3)
    async with started(topic.folder, zulip(topic)) as later:
        later.clock.turn(minutes=3)
        await later.delivering.deliver_due()

        assert await later.states() == ["unknown"]
    assert len(topic.organisation.messages) == 1


@pytest.mark.parametrize("status", [500, 502, 503])
async def test_what_a_server_in_trouble_may_have_taken_is_looked_for(
    topic: Topic, status: int
) -> None:
    assert await doubtful(topic, trouble=said(status)) == ["sent"]
    assert len(topic.organisation.messages) == 1


async def test_what_cannot_be_looked_for_now_is_looked_for_later(topic: Topic) -> None:
    topic.organisation.looks = [LOST, said(503, msg="Internal server error")]

    assert await doubtful(topic) == ["sent"]
    assert len(topic.organisation.messages) == 1


def test_a_topic_has_sixty_characters_at_most(topic: Topic) -> None:
    with pytest.raises(ConfigError, match="topic"):
        zulip(topic, topic="t" * 61)
