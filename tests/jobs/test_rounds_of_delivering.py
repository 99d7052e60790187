"""Rounds of delivering: what is said of them in the log, who waits for whom, and what they cost."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from digest.channels.pace import Pace
from digest.errors import ChannelError
from digest.model import Rendition
from tests.jobs.bench import context_of, open_deliver_job, open_store
from tests.jobs.test_deliver import (
    BUSY,
    NO,
    SILENCE,
    FakeChannel,
    HangingChannel,
    Post,
    delivered_with_room_made_late,
    refuse,
    refused_by,
)
from tests.jobs.test_rests import DEAD, DOWN, rests
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.model import Delivery
    from digest.store import Store

MANY = tuple(f"reader{number}@example.com" for number in range(20))


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with open_store(tmp_path) as store:
        yield Post(store)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, dict[str, Any]]]:
    """The lines of the log, as they come: level, message, fields."""
    caplog.set_level(logging.INFO, "digest")
    found: list[tuple[str, str, dict[str, Any]]] = []

    class Noting(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append((record.levelname, record.getMessage(), record.__dict__["fields"]))

    noting = Noting()
    log = logging.getLogger("digest.jobs")
    log.addHandler(noting)
    caplog._item.addfinalizer(lambda: log.removeHandler(noting))
    return found


class Unbegun(FakeChannel):
    """Knows that nothing has left yet."""

    begun = False


async def test_a_round_waits_for_who_is_at_a_channel(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = HangingChannel()
    by = post.by(channel)
    first = asyncio.create_task(by.deliver_due())
    await channel.started.wait()
    second = asyncio.create_task(by.deliver_due())
    done, _ = await asyncio.wait([second], timeout=0.2)
    assert not done
    channel.go.set()
    assert [[one.state for one in await each] for each in (first, second)] == [["sent"] * 2, []]


async def test_a_round_that_is_over_is_kept_by_nobody(post: Post) -> None:
    await post.publish(build.INBOX)
    by = post.by(FakeChannel())
    await by.deliver_due()
    assert by._turns == {}


async def test_each_delivery_costs_one_transaction(post: Post) -> None:
    await post.publish(replace(build.INBOX, recipients=MANY))
    began: list[bool] = []

    def begin(*_: object) -> None:
        began.append(True)

    engine = await post.store.transact(lambda store: store.database._engine)
    sa.event.listen(engine, "begin", begin)
    await post.by(FakeChannel()).deliver_due()
    # The outcome of one is written with the claim of the next; a few begin and end the round.
    assert len(began) <= len(MANY) + 6


async def test_all_outcomes_are_answered_in_order(post: Post) -> None:
    await post.publish(build.INBOX, build.TEAM)
    inbox, team = FakeChannel(), FakeChannel("team")
    inbox.answers, team.answers = [BUSY], [SILENCE]
    outcomes = await post.by(inbox, team).deliver_due()
    assert [one.state for one in outcomes] == ["retrying", "sent", "unknown"]


async def test_a_channel_that_cannot_be_served_keeps_no_other(post: Post) -> None:
    await post.publish(build.INBOX, build.TEAM)

    class Broken(FakeChannel):
        def session(self) -> Any:
            raise ZeroDivisionError

    team = FakeChannel("team")
    with pytest.raises(ZeroDivisionError):
        await post.by(Broken(), team).deliver_due()
    assert await post.states("team") == ["sent", "sent"]


async def test_what_pages_go_by_comes_with_each_delivery(post: Post) -> None:
    await post.publish(build.INBOX)
    plain, channel = FakeChannel(), FakeChannel()
    plain.answers = [BUSY, BUSY]
    await post.by(plain).deliver_due()
    assert [one.token for one in plain.sent] == ["", ""]
    post.clock.turn(hours=1)
    by = open_deliver_job(
        context_of(post.store, post.clock, {"inbox": channel}),
        token_of=lambda name, recipient: f"{name}/{recipient}",
    )
    await by.deliver_due()
    assert [one.token for one in channel.sent] == [
        "inbox/ada@example.com",
        "inbox/grace@example.com",
    ]


@pytest.mark.parametrize(("begun", "state"), [(True, "unknown"), (False, "retrying")])
async def test_a_bug_before_the_first_byte_is_no_doubt(
    post: Post, lines: list[tuple[str, str, dict[str, Any]]], *, begun: bool, state: str
) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel() if begun else Unbegun()
    channel.answers = [ZeroDivisionError()]
    await post.by(channel).deliver_due()
    assert await post.states() == [state, "sent"]
    assert (await post.row())["error"] == "a bug: ZeroDivisionError"
    assert ("ERROR", "bug while delivering", {"delivery": 1}) in lines


async def test_a_stop_before_the_first_byte_hands_back(post: Post) -> None:
    await post.publish(build.INBOX)

    class Waiting(HangingChannel):
        begun = False

    channel = Waiting()
    by = post.by(channel, grace_seconds=0)
    delivering = asyncio.create_task(by.deliver_due())
    await channel.started.wait()
    await by.finish()
    # The store may be closed now: nothing is left to be written down.
    assert await post.states() == ["pending", "pending"]
    await asyncio.gather(delivering, return_exceptions=True)


async def test_a_rest_is_as_long_as_was_asked_for(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [ChannelError("429", retry_after=timedelta(hours=2))]
    began = post.clock()
    await post.by(channel).deliver_due()
    assert (await rests(post))["inbox"]["next_attempt_at"] == began + timedelta(hours=2)


async def test_a_second_rest_counts_from_the_first(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    for failures, pause in ((1, 1), (2, 2), (3, 4)):
        channel.answers = [DOWN]
        await post.by(channel).deliver_due()
        rest = (await rests(post))["inbox"]
        assert (rest["failures"], rest["next_attempt_at"]) == (
            failures,
            post.clock() + timedelta(minutes=pause),
        )
        post.clock.turn(minutes=pause)


@pytest.mark.parametrize(
    ("error", "level"), [(DOWN, "WARNING"), (DEAD, "ERROR")], ids=["passing", "lasting"]
)
async def test_a_rest_and_its_end_are_a_line_each(
    post: Post, lines: list[tuple[str, str, dict[str, Any]]], error: ChannelError, level: str
) -> None:
    await post.publish(Rendition("inbox", "email", MANY[:1], (b"mail",)))
    channel = FakeChannel()
    channel.answers = [error]
    await post.by(channel).deliver_due()
    [(said, message, fields)] = lines
    at = (await rests(post))["inbox"]["next_attempt_at"]
    assert (said, message) == (level, "channel rests")
    assert fields == {
        "channel": "inbox",
        "error": error.reason,
        "failures": 1,
        "next_attempt_at": at.isoformat(),  # type: ignore[attr-defined]
    }
    post.clock.turn(hours=7)
    await post.by(channel).deliver_due()
    assert ("INFO", "channel works again", {"channel": "inbox"}) in lines


async def test_what_cannot_be_written_down_is_said(
    post: Post, lines: list[tuple[str, str, dict[str, Any]]]
) -> None:
    await post.publish(build.INBOX)
    await post.store.transact(lambda store: refuse("sent", store))
    await delivered_with_room_made_late(post, FakeChannel())
    level, message, fields = lines[0]
    assert (level, message, fields["delivery"]) == ("ERROR", "not recorded yet", 1)
    assert isinstance(fields["error"], str)
    assert "disk is full" in fields["error"]


async def test_a_rest_is_noted_as_soon_as_it_can_be(post: Post) -> None:
    await post.publish(build.INBOX)
    await refused_by(post, "INSERT")
    channel = FakeChannel()
    channel.answers = [DOWN]
    await delivered_with_room_made_late(post, channel)
    assert (await rests(post))["inbox"]["last_error"] == "cannot connect"


async def test_a_line_of_a_delivery_says_all_there_is(
    post: Post, lines: list[tuple[str, str, dict[str, Any]]]
) -> None:
    await post.publish(build.TEAM)
    channel = FakeChannel("team")
    channel.answers = ["ok", BUSY]
    await post.by(channel).deliver_due()
    common = {"digest": "weekly", "edition": 1, "channel": "team", "recipient": "webhook"}
    assert lines[0] == ("INFO", "delivered", {**common, "state": "sent", "attempt": 1})
    assert lines[1] == (
        "WARNING",
        "not delivered",
        {
            **common,
            "part": 2,
            "state": "retrying",
            "attempt": 1,
            "error": "busy",
            "next_attempt_at": (post.clock() + timedelta(minutes=1)).isoformat(),
        },
    )


async def test_a_refusal_in_question_is_reported_once_it_is_believed(post: Post) -> None:
    await post.publish(replace(build.INBOX, recipients=MANY[:3]))
    channel = FakeChannel()
    channel.answers = [NO, NO]
    reported: list[tuple[str, str]] = []

    def report(delivery: Delivery, outcome: Any) -> None:
        reported.append((delivery.recipient, outcome.state))

    outcomes = await post.by(channel).deliver_due(report)
    assert sorted(reported) == [(MANY[0], "failed"), (MANY[1], "failed"), (MANY[2], "sent")]
    assert sorted(one.state for one in outcomes) == ["failed", "failed", "sent"]
    assert len(channel.sent) == 3


async def test_a_refusal_that_nobody_contradicts_is_believed_in_the_end(post: Post) -> None:
    await post.publish(replace(build.INBOX, recipients=MANY[:2]))
    channel = FakeChannel()
    channel.answers = [NO, NO]
    assert [one.state for one in await post.by(channel).deliver_due()] == ["failed"] * 2
    assert await post.states() == ["failed"] * 2


async def test_others_are_asked_first_after_all_were_refused_alike(post: Post) -> None:
    await post.publish(replace(build.INBOX, recipients=MANY[:5]))
    channel = FakeChannel()
    channel.answers = [NO] * 3
    by = post.by(channel)
    assert await by.deliver_due() == []
    assert (await rests(post))["inbox"]["last_error"] == (
        "everybody is refused alike: no such user; mend the section smtp, or ask whoever runs the"
        " server"
    )
    asked = len(channel.sent)
    post.clock.turn(hours=6)
    channel.answers = []
    await by.deliver_due()
    assert [one.recipient for one in channel.sent[asked:]] == [*MANY[3:5], *MANY[:3]]
    assert await post.states() == ["sent"] * 5


async def test_a_pace_holds_for_who_is_next_too(post: Post) -> None:
    await post.publish(replace(build.INBOX, recipients=MANY[:3]))
    channel = FakeChannel()
    channel.pace = Pace(0.05)
    loop = asyncio.get_running_loop()
    began = loop.time()
    await post.by(channel).deliver_due()
    assert await post.states() == ["sent"] * 3
    assert loop.time() - began >= 0.1


async def test_only_where_a_copy_does_no_harm_it_is_sent_after_a_crash(post: Post) -> None:
    await post.publish(build.INBOX, build.TEAM)
    inbox, team = FakeChannel(), FakeChannel("team", patience=None)

    def claim(store: Store) -> None:
        for name, kind in (("inbox", "email"), ("team", "slack")):
            store.ledger.claim(store.ledger.due(name, kind, post.clock()), post.clock())

    await post.store.transact(claim)
    by = post.by(inbox, team)
    await by.release_claimed()
    await by.deliver_due()
    assert await post.states() == ["sent", "sent"]
    assert await post.states("team") == ["unknown", "sent"]
