"""Channels that take nothing, in order and at their pace, and what is sent in a plainer form."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.channels.pace import Pace
from digest.errors import ChannelError, DeliveryError
from digest.jobs.outcomes import backoff_after
from digest.model import Backoff, Rendition
from tests import limits
from tests.feed_xml import NOW
from tests.jobs.bench import open_store
from tests.jobs.test_deliver import BUSY, NO, SILENCE, FakeChannel, HangingChannel, Post
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DOWN = ChannelError("cannot connect")
DEAD = ChannelError("no_service", lasting=True)


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with open_store(tmp_path) as store:
        yield Post(store)


async def rests(post: Post) -> dict[str, dict[str, object]]:
    return (await post.store.transact(lambda store: store.health.read())).channels


async def incidents(post: Post) -> list[tuple[str, str, str]]:
    found = await post.store.transact(lambda store: store.incidents.open_ones())
    return [(one.kind, one.subject, one.message) for one in found]


async def history(post: Post, number: int = 1) -> list[tuple[str, int, str | None]]:
    (record,) = await post.store.transact(lambda store: store.deliveries.of_ids([number]))
    return [(change.state, change.attempt, change.said) for change in record.changes]


@pytest.mark.parametrize(
    ("failures", "pause"), [(0, MINUTE), (1, 2 * MINUTE), (4, 16 * MINUTE), (99, 30 * MINUTE)]
)
def test_rests_double_up_to_half_an_hour(failures: int, pause: timedelta) -> None:
    before = Backoff(NOW - HOUR, failures, "before", NOW) if failures else None
    rest = backoff_after(DOWN, before, NOW)
    since = before.since if before else NOW
    assert rest == Backoff(since, failures + 1, "cannot connect", NOW + pause)


def test_a_rest_is_as_long_as_the_server_asks() -> None:
    asked = ChannelError("429", retry_after=2 * HOUR)
    assert backoff_after(asked, None, NOW).next_attempt_at == NOW + 2 * HOUR


def test_what_somebody_has_to_mend_is_seldom_tried() -> None:
    assert backoff_after(DEAD, None, NOW) == Backoff(
        NOW, 1, "no_service", NOW + 6 * HOUR, lasting=True
    )


async def test_a_channel_that_is_down_is_asked_once_and_loses_nothing(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [DOWN]
    assert await post.by(channel).deliver_due() == []
    assert channel.recipients == ["ada@example.com"]
    assert await post.states() == ["pending", "pending"]
    assert (await post.row())["attempts"] == 0
    assert await history(post) == [("sending", 1, None), ("pending", 0, "cannot connect")]
    post.clock.turn(seconds=59)
    assert await post.by(channel).deliver_due() == []
    assert len(channel.sent) == 1
    post.clock.turn(seconds=1)
    await post.by(channel).deliver_due()
    assert await post.states() == ["sent", "sent"]
    assert await rests(post) == {}


async def test_a_channel_that_is_down_for_weeks_loses_nothing(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    for _ in range(30):
        channel.answers = [DOWN]
        await post.by(channel).deliver_due()
        post.clock.turn(days=1)
    await post.publish(build.INBOX)
    await post.by(channel).deliver_due()
    assert await post.states() == ["sent"] * 4


async def test_a_rest_keeps_no_other_channel(post: Post) -> None:
    await post.publish(build.INBOX, build.TEAM)
    inbox, team = FakeChannel(), FakeChannel("team")
    inbox.answers = [DEAD]
    await post.by(inbox, team).deliver_due()
    assert await post.states("team") == ["sent", "sent"]
    assert await post.states() == ["pending", "pending"]


async def test_what_lasts_is_an_incident_until_it_works(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [DEAD, DEAD]
    for _ in range(2):
        await post.by(channel).deliver_due()
        assert await incidents(post) == [("channel", "inbox", "no_service")]
        post.clock.turn(hours=6)
    await post.by(channel).deliver_due()
    assert await incidents(post) == []


async def test_what_may_pass_is_an_incident_after_an_hour(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    found = []
    for _ in range(7):
        channel.answers = [DOWN]
        await post.by(channel).deliver_due()
        found.append(bool(await incidents(post)))
        post.clock.now = next(iter((await rests(post)).values()))["next_attempt_at"]  # type: ignore[assignment]
    # After 0, 1, 3, 7, 15, 31 and 61 minutes.
    assert found == [False] * 6 + [True]


async def test_a_refusal_of_one_recipient_shows_that_a_channel_works(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [DOWN]
    await post.by(channel).deliver_due()
    post.clock.turn(minutes=1)
    channel.answers = [NO]
    await post.by(channel).deliver_due()
    assert await rests(post) == {}
    assert await post.states() == ["failed", "sent"]


async def test_a_start_tries_every_channel_anew(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [DEAD]
    await post.by(channel).deliver_due()
    by = post.by(channel)
    assert await by.deliver_due() == []
    await by.release_claimed()
    await by.deliver_due()
    assert await post.states() == ["sent", "sent"]


async def test_a_doubtful_delivery_stays_so_when_the_channel_is_down(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [SILENCE]
    await post.by(channel).deliver_due()
    post.clock.turn(minutes=10)
    channel.answers = [DOWN]
    await post.by(channel).deliver_due()
    assert await post.states() == ["unknown", "sent"]
    post.clock.turn(minutes=1)
    await post.by(channel).deliver_due()
    assert await post.states() == ["sent", "sent"]


async def test_editions_reach_a_recipient_in_order(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [BUSY]
    await post.by(channel).deliver_due()
    post.clock.turn(seconds=30)
    await post.publish(build.INBOX)
    await post.by(channel).deliver_due()
    # What one recipient waits for keeps no other waiting.
    assert await post.states() == ["retrying", "sent", "pending", "sent"]
    post.clock.turn(minutes=1)
    await post.by(channel).deliver_due()
    sent = [one.edition_id for one in channel.sent if one.recipient == "ada@example.com"]
    assert sent == [1, 1, 2]
    assert await post.states() == ["sent"] * 4


async def test_what_is_refused_is_sent_in_a_plainer_form_once(post: Post) -> None:
    rich = replace(build.TEAM, parts=(b"rich one", b"two"))
    await post.publish(rich)
    channel = FakeChannel("team")
    channel.answers = [DeliveryError("invalid_blocks", "refused")]
    await post.by(channel).deliver_due()
    assert [one.payload for one in channel.sent] == [b"rich one", b"one", b"two"]
    assert await post.states("team") == ["sent", "sent"]
    assert [state for state, *_ in await history(post)] == [
        *("sending", "retrying", "sending", "sent")
    ]


@pytest.mark.parametrize("payload", [b"plain", b"rich"])
async def test_what_has_no_plainer_form_has_failed(post: Post, payload: bytes) -> None:
    await post.publish(Rendition("team", "slack", ("webhook",), (payload,)))
    channel = FakeChannel("team")
    channel.answers = [DeliveryError("invalid_blocks", "refused")] * 2
    await post.by(channel).deliver_due()
    assert await post.states("team") == ["failed"]
    assert len(channel.sent) == 1


async def test_a_plainer_form_that_is_refused_has_failed(post: Post) -> None:
    await post.publish(Rendition("team", "slack", ("webhook",), (b"rich one",)))
    channel = FakeChannel("team")
    channel.answers = [DeliveryError("invalid_blocks", "refused")] * 3
    await post.by(channel).deliver_due()
    assert await post.states("team") == ["failed"]
    assert [one.payload for one in channel.sent] == [b"rich one", b"one"]


async def test_a_pace_is_kept(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.pace = Pace(0.05)
    began: list[float] = []
    note = channel.pace.begin

    def begin(now: float) -> None:
        began.append(now)
        note(now)

    channel.pace.begin = begin  # type: ignore[method-assign]
    await post.by(channel).deliver_due()
    assert await post.states() == ["sent", "sent"]
    assert began[1] - began[0] >= 0.05


async def test_a_stop_does_not_wait_for_the_pace(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.pace = Pace(3600)
    by = post.by(channel)
    # The second is an hour away; that the first is done is known from the report.
    await by.deliver_due(lambda *_: next(iter(by._turns.values())).stop.set())
    assert await post.states() == ["sent", "pending"]


async def test_no_secret_is_kept_of_why_a_channel_rests(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "digest")
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [ChannelError("login digest:s3cret refused", lasting=True)]
    await post.by(channel).deliver_due()
    assert (await rests(post))["inbox"]["last_error"] == "login digest:*** refused"
    assert await incidents(post) == [("channel", "inbox", "login digest:*** refused")]
    assert await history(post) == [
        ("sending", 1, None),
        ("pending", 0, "login digest:*** refused"),
    ]
    assert "s3cret" not in str([record.__dict__ for record in caplog.records])
    assert "s3cret" not in str(await post.store.transact(build.dump))


async def test_a_channel_that_is_busy_is_left_to_who_is_at_it(post: Post) -> None:
    await post.publish(build.INBOX, build.TEAM)
    inbox, team = HangingChannel(), FakeChannel("team")
    by = post.by(inbox, team)
    busy = asyncio.create_task(by.deliver_due())
    await inbox.started.wait()
    await asyncio.wait_for(by.deliver_due(join=False), limits.seconds(10))
    assert await post.states() == ["sending", "pending"]
    inbox.go.set()
    await busy
    assert await post.states() == ["sent", "sent"]
    assert len(inbox.sent) == 2
