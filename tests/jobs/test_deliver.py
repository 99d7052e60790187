from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.channels.pace import Pace
from digest.errors import ChannelError, DeliveryError, StoreError
from digest.jobs.outcomes import outcome_of
from digest.log import Redactor, Sanitiser
from digest.model import NO_PICTURES, Delivery, DeliveryState, Outcome, Rendition
from tests import limits
from tests.feed_xml import NOW
from tests.jobs.bench import StoppedClock, context_of, open_deliver_job, open_store
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.jobs.deliver import DeliverJob
    from digest.model import Edition, Pictures
    from digest.rendering.renderer import Renderer
    from digest.store import Store, StoreThread

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PATIENCE = 10 * MINUTE
BUSY = DeliveryError("busy", "retrying")
NO = DeliveryError("no such user", "failed")
SILENCE = DeliveryError("no answer", "unknown")

DELIVERY = Delivery(
    id=1,
    edition_id=1,
    digest="weekly",
    channel="inbox",
    recipient="ada@example.com",
    part=1,
    state="pending",
    attempts=0,
    created_at=NOW,
    message_id="<1@example.com>",
)


@pytest.mark.parametrize(
    ("attempts", "pause"),
    [
        *((0, MINUTE), (1, 2 * MINUTE), (2, 4 * MINUTE), (7, 128 * MINUTE)),
        *((8, 4 * HOUR), (50, 4 * HOUR), (10_000, 4 * HOUR)),
    ],
)
def test_pauses_double_up_to_four_hours(attempts: int, pause: timedelta) -> None:
    outcome = outcome_of(replace(DELIVERY, attempts=attempts), BUSY, PATIENCE, NOW)
    assert outcome == Outcome("retrying", error="busy", next_attempt_at=NOW + pause)


@pytest.mark.parametrize(
    ("attempts", "asked", "pause"),
    [
        (0, 30 * MINUTE, 30 * MINUTE),
        (1, 30 * MINUTE, HOUR),
        (9, 30 * MINUTE, 4 * HOUR),
        (0, 6 * HOUR, 6 * HOUR),
        (5, 6 * HOUR, 6 * HOUR),
        (0, timedelta(0), MINUTE),
        (0, timedelta(seconds=1), timedelta(seconds=1)),
    ],
)
def test_a_server_that_asks_for_a_pause_gets_it(
    attempts: int, asked: timedelta, pause: timedelta
) -> None:
    error = DeliveryError("busy", "retrying", retry_after=asked)
    outcome = outcome_of(replace(DELIVERY, attempts=attempts), error, PATIENCE, NOW)
    assert outcome.next_attempt_at == NOW + pause


@pytest.mark.parametrize("state", ["pending", "retrying", "unknown"])
def test_after_five_days_it_is_given_up(state: DeliveryState) -> None:
    delivery = replace(DELIVERY, state=state, attempts=30, created_at=NOW - DAY, deferred_at=NOW)
    assert outcome_of(delivery, BUSY, PATIENCE, NOW + 5 * DAY - MINUTE).state == "retrying"
    given_up = outcome_of(delivery, BUSY, PATIENCE, NOW + 5 * DAY)
    assert given_up == Outcome("failed", error="given up after 5 days: busy")


def test_what_may_have_arrived_has_not_failed_when_it_is_given_up() -> None:
    delivery = replace(DELIVERY, attempts=30, doubtful=True, deferred_at=NOW)
    given_up = outcome_of(delivery, BUSY, PATIENCE, NOW + 5 * DAY)
    assert given_up == Outcome("unknown", error="given up after 5 days: busy")


def test_a_week_between_two_attempts_is_no_reason_to_give_up() -> None:
    twice = replace(DELIVERY, state="retrying", attempts=1, deferred_at=NOW)
    assert outcome_of(twice, BUSY, PATIENCE, NOW + 7 * DAY).state == "retrying"
    assert outcome_of(replace(twice, attempts=3), BUSY, PATIENCE, NOW + 8 * DAY).state == "failed"


async def test_days_in_which_nothing_was_tried_do_not_count(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    post.clock.turn(days=9)
    for days in (0, 1, 3):
        channel.answers = [BUSY]
        post.clock.turn(days=days)
        await post.by(channel).deliver_due()
        assert await post.states() == ["retrying", "sent"]
    channel.answers = [BUSY]
    post.clock.turn(days=1)
    await post.by(channel).deliver_due()
    assert await post.states() == ["failed", "sent"]
    # Whoever asks for another try gets days of them.
    await post.store.transact(lambda store: store.deliveries.retry([1], post.clock()))
    channel.answers = [BUSY]
    await post.by(channel).deliver_due()
    assert await post.states() == ["retrying", "sent"]


@pytest.mark.parametrize("patience", [None, PATIENCE])
@pytest.mark.parametrize("state", ["pending", "retrying", "unknown"])
def test_a_refusal_is_final(state: DeliveryState, patience: timedelta | None) -> None:
    outcome = outcome_of(replace(DELIVERY, state=state), NO, patience, NOW)
    assert outcome == Outcome("failed", error="no such user")


@pytest.mark.parametrize(
    ("state", "patience", "again"),
    [
        ("pending", PATIENCE, PATIENCE),
        ("retrying", PATIENCE, PATIENCE),
        ("pending", timedelta(0), timedelta(0)),
        ("unknown", PATIENCE, None),
        ("unknown", timedelta(0), None),
        ("pending", None, None),
        ("unknown", None, None),
    ],
)
def test_what_nobody_knows_is_tried_once_more_if_at_all(
    state: DeliveryState, patience: timedelta | None, again: timedelta | None
) -> None:
    delivery = replace(DELIVERY, state=state, doubtful=state == "unknown")
    outcome = outcome_of(delivery, SILENCE, patience, NOW + 9 * DAY)
    next_attempt_at = None if again is None else NOW + 9 * DAY + again
    assert outcome == Outcome("unknown", error="no answer", next_attempt_at=next_attempt_at)


class FakeChannel:
    """Keeps what it is given; answers with what `answers` has next, else "ok"."""

    remedy = "mend the section smtp, or ask whoever runs the server"

    def __init__(self, name: str = "inbox", patience: timedelta | None = PATIENCE) -> None:
        self.name = name
        self.kind = "slack" if name == "team" else "email"
        self.patience = patience
        self.pace = Pace()
        self.sent: list[Delivery] = []
        self.answers: list[str | Exception] = []

    @property
    def recipients(self) -> list[str]:
        return [delivery.recipient for delivery in self.sent]

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",
    ) -> Rendition:
        raise NotImplementedError

    def plainer(self, payload: bytes) -> bytes | None:
        return payload.removeprefix(b"rich ") if payload.startswith(b"rich ") else None

    def greeting(self, line: str) -> bytes | None:
        raise NotImplementedError

    def session(self) -> nullcontext[FakeChannel]:
        return nullcontext(self)

    async def send(self, delivery: Delivery) -> str:
        self.sent.append(delivery)
        answer = self.answers.pop(0) if self.answers else "ok"
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def check(self) -> str:
        raise NotImplementedError


class HangingChannel(FakeChannel):
    """Answers when `go` is set."""

    def __init__(self, name: str = "inbox", patience: timedelta | None = PATIENCE) -> None:
        super().__init__(name, patience)
        self.started = asyncio.Event()
        self.go = asyncio.Event()

    async def send(self, delivery: Delivery) -> str:
        self.started.set()
        await self.go.wait()
        return await super().send(delivery)


class Post:
    """An open ledger with editions for `inbox` and `team`, and what delivers them."""

    def __init__(self, store: StoreThread[Store]) -> None:
        self.store = store
        self.clock = StoppedClock()

    def by(self, *channels: FakeChannel, grace_seconds: float = 10) -> DeliverJob:
        by_name = {channel.name: channel for channel in channels}
        sanitiser = Sanitiser(Redactor(["s3cret"]))
        context = context_of(self.store, self.clock, by_name, sanitiser=sanitiser)
        return open_deliver_job(context, grace_seconds=grace_seconds, record_again_seconds=0)

    async def publish(self, *sent_as: Rendition) -> None:
        at = self.clock()
        await self.store.transact(lambda store: build.publish(store, at=at, sent_as=sent_as))

    async def states(self, channel: str = "inbox") -> list[str]:
        rows = (await self.store.transact(build.dump))["deliveries"]
        return [str(row[5]) for row in rows if row[2] == channel]

    async def row(self, number: int = 0) -> dict[str, object]:
        with_names = "id edition channel recipient part state attempts next_attempt_at message_id"
        names = [*with_names.split(), "receipt", "error", "doubtful", "created_at", "changed_at"]
        names += ["digest", "plainer", "deferred_at", "dropped", "of_id"]
        rows = (await self.store.transact(build.dump))["deliveries"]
        return dict(zip(names, rows[number], strict=True))


@pytest.fixture
async def post(tmp_path: Path) -> AsyncIterator[Post]:
    async with open_store(tmp_path) as store:
        yield Post(store)


async def test_what_is_sent_is_written_down(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = ["250 queued"]
    outcomes = await post.by(channel).deliver_due()
    assert [outcome.state for outcome in outcomes] == ["sent", "sent"]
    assert channel.recipients == ["ada@example.com", "grace@example.com"]
    assert [delivery.payload for delivery in channel.sent] == [b"mail", b"mail"]
    row = await post.row()
    assert (row["state"], row["receipt"], row["attempts"]) == ("sent", "250 queued", 1)
    assert await post.by(channel).deliver_due() == []
    assert len(channel.sent) == 2


async def test_it_is_sending_in_the_ledger_while_it_is_sent(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = HangingChannel()
    delivering = asyncio.create_task(post.by(channel).deliver_due())
    await channel.started.wait()
    assert await post.states() == ["sending", "pending"]
    channel.go.set()
    await delivering
    assert await post.states() == ["sent", "sent"]


async def test_each_delivery_is_reported(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [NO]
    reported: list[tuple[str, str]] = []
    await post.by(channel).deliver_due(
        lambda delivery, outcome: reported.append((delivery.recipient, outcome.state))
    )
    assert reported == [("ada@example.com", "failed"), ("grace@example.com", "sent")]


async def test_a_recipient_that_is_busy_is_tried_again_later(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [BUSY]
    await post.by(channel).deliver_due()
    assert await post.states() == ["retrying", "sent"]
    post.clock.turn(seconds=59)
    assert await post.by(channel).deliver_due() == []
    post.clock.turn(seconds=1)
    channel.answers = [BUSY]
    await post.by(channel).deliver_due()
    row = await post.row()
    assert (row["attempts"], row["next_attempt_at"]) == (2, post.clock() + 2 * MINUTE)
    post.clock.turn(minutes=2)
    await post.by(channel).deliver_due()
    assert await post.states() == ["sent", "sent"]
    assert channel.recipients == ["ada@example.com", "grace@example.com", *["ada@example.com"] * 2]
    # Whatever the attempt, the same bytes with the same identity.
    assert len({(one.payload, one.message_id) for one in channel.sent if one.id == 1}) == 1


async def test_a_refusal_stops_only_its_own_recipient(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [NO]
    await post.by(channel).deliver_due()
    assert await post.states() == ["failed", "sent"]
    assert (await post.row())["error"] == "no such user"
    post.clock.turn(days=30)
    assert await post.by(channel).deliver_due() == []


async def test_silence_is_tried_once_more_and_then_left_to_a_person(post: Post) -> None:
    await post.publish(build.TEAM)
    channel = FakeChannel("team")
    channel.answers = [SILENCE, SILENCE]
    await post.by(channel).deliver_due()
    # The second part waits with the first.
    assert await post.states("team") == ["unknown", "pending"]
    post.clock.turn(minutes=10)
    await post.by(channel).deliver_due()
    assert [delivery.part for delivery in channel.sent] == [1, 1, 2]
    assert await post.states("team") == ["unknown", "sent"]
    post.clock.turn(days=30)
    assert await post.by(channel).deliver_due() == []


async def test_silence_is_left_to_a_person_where_a_copy_would_do_harm(post: Post) -> None:
    await post.publish(build.TEAM)
    channel = FakeChannel("team", patience=None)
    channel.answers = [SILENCE]
    await post.by(channel).deliver_due()
    post.clock.turn(days=30)
    await post.by(channel).deliver_due()
    assert [delivery.part for delivery in channel.sent] == [1, 2]
    assert await post.states("team") == ["unknown", "sent"]


async def test_a_bug_is_unknown_and_logged_whole(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel(patience=None)
    channel.answers = [ZeroDivisionError()]
    await post.by(channel).deliver_due()
    assert await post.states() == ["unknown", "sent"]
    assert (await post.row())["error"] == "a bug: ZeroDivisionError"
    (bug,) = [record for record in caplog.records if record.exc_info]
    assert bug.__dict__["fields"] == {"delivery": 1}


async def test_no_secret_is_kept_or_logged(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "digest")
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [DeliveryError("login digest:s3cret refused", "failed"), "250 s3cret"]
    outcomes = await post.by(channel).deliver_due()
    first, second = await post.row(0), await post.row(1)
    assert (first["error"], second["receipt"]) == ("login digest:*** refused", "250 ***")
    assert "s3cret" not in str(outcomes)
    assert "s3cret" not in str([record.__dict__ for record in caplog.records])


async def test_a_delivery_is_one_line_of_the_log(
    post: Post, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "digest")
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [BUSY]
    await post.by(channel).deliver_due()
    common = {"digest": "weekly", "edition": 1, "channel": "inbox", "attempt": 1}
    again = {"error": "busy", "next_attempt_at": (NOW + MINUTE).isoformat()}
    lines = [(one.levelname, one.getMessage(), one.__dict__["fields"]) for one in caplog.records]
    assert lines == [
        (
            "WARNING",
            "not delivered",
            {**common, "recipient": "ada@example.com", "state": "retrying", **again},
        ),
        ("INFO", "delivered", {**common, "recipient": "grace@example.com", "state": "sent"}),
    ]


async def test_a_channel_that_hangs_delays_no_other(post: Post) -> None:
    await post.publish(build.INBOX, build.TEAM)
    inbox, team = HangingChannel("inbox"), FakeChannel("team")
    both = asyncio.Event()

    def report(delivery: Delivery, outcome: Outcome) -> None:
        assert (delivery.channel, outcome.state) == ("team", "sent")
        if delivery.part == 2:
            both.set()

    delivering = asyncio.create_task(post.by(inbox, team).deliver_due(report))
    await both.wait()
    assert await post.states() == ["sending", "pending"]
    assert await post.states("team") == ["sent", "sent"]
    delivering.cancel()
    inbox.go.set()
    with pytest.raises(asyncio.CancelledError):
        await delivering


async def test_a_channel_nobody_configured_is_left_alone(post: Post) -> None:
    await post.publish(build.INBOX, build.TEAM)
    await post.by(FakeChannel("inbox")).deliver_due()
    assert await post.states() == ["sent", "sent"]
    assert await post.states("team") == ["pending", "pending"]


async def test_two_rounds_at_once_send_one_after_the_other(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = HangingChannel()
    delivering = post.by(channel)
    rounds = [asyncio.create_task(delivering.deliver_due()) for _ in range(2)]
    await channel.started.wait()
    # The store answers in order: whatever the other round asked for is done by the second.
    await post.states()
    assert await post.states() == ["sending", "pending"]
    channel.go.set()
    await asyncio.gather(*rounds)
    assert channel.recipients == ["ada@example.com", "grace@example.com"]


async def test_a_stop_lets_what_is_being_sent_finish_and_starts_nothing(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = HangingChannel()
    by = post.by(channel)
    delivering = asyncio.create_task(by.deliver_due())
    await channel.started.wait()
    delivering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivering
    channel.go.set()
    await by.finish()
    assert channel.recipients == ["ada@example.com"]
    assert await post.states() == ["sent", "pending"]


@pytest.mark.parametrize("patience", [None, PATIENCE])
async def test_a_stop_does_not_wait_for_ever(
    post: Post, caplog: pytest.LogCaptureFixture, patience: timedelta | None
) -> None:
    await post.publish(build.INBOX)
    channel = HangingChannel(patience=patience)
    by = post.by(channel, grace_seconds=0.05)
    delivering = asyncio.create_task(by.deliver_due())
    await channel.started.wait()
    delivering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await delivering
    await by.finish()
    assert await post.states() == ["sending", "pending"]
    assert "interrupted" in [record.getMessage() for record in caplog.records]

    # The next start settles it: nobody knows whether it arrived.
    working = FakeChannel(patience=patience)
    after = post.by(working)
    await after.release_claimed()
    assert await post.states() == ["unknown", "pending"]
    assert (await post.row())["error"] == "interrupted while sending"
    await after.deliver_due()
    assert await post.states() == [("unknown" if patience is None else "sent"), "sent"]
    assert len(working.sent) == (1 if patience is None else 2)


async def test_a_stop_hands_back_what_is_claimed_and_not_sent(post: Post) -> None:
    three = ("ada@example.com", "grace@example.com", "edith@example.com")
    await post.publish(replace(build.INBOX, recipients=three))
    before = await post.row(2)
    second, stopped = asyncio.Event(), threading.Event()

    class Slow(FakeChannel):
        async def send(self, delivery: Delivery) -> str:
            if delivery.recipient == three[1]:
                # Its outcome, and the claim of the third, have to stand in line behind this.
                post.store._executor.submit(stopped.wait)
                second.set()
            return await super().send(delivery)

    channel = Slow(patience=None)
    by = post.by(channel)
    delivering = asyncio.create_task(by.deliver_due())
    await second.wait()
    delivering.cancel()
    await asyncio.sleep(0)
    stopped.set()
    with pytest.raises(asyncio.CancelledError):
        await delivering
    await by.finish()
    assert await post.states() == ["sent", "sent", "pending"]
    assert await post.row(2) == before
    assert channel.recipients == list(three[:2])


async def test_a_report_that_fails_leaves_nothing_claimed(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()

    def report(delivery: Delivery, outcome: Outcome) -> None:
        del delivery, outcome
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await post.by(channel).deliver_due(report)
    assert await post.states() == ["sent", "pending"]


async def test_one_delivery_of_a_channel_is_in_doubt_at_most(post: Post) -> None:
    many = tuple(f"reader{number}@example.com" for number in range(20))
    await post.publish(replace(build.INBOX, recipients=many))
    in_doubt: list[list[tuple[str, str]]] = []

    class Watched(FakeChannel):
        async def send(self, delivery: Delivery) -> str:
            rows = (await post.store.transact(build.dump))["deliveries"]
            in_doubt.append([(row[3], row[5]) for row in rows if row[5] != "pending"])
            return await super().send(delivery)

    channel = Watched()
    channel.answers = ["ok", NO, "ok", ZeroDivisionError(), SILENCE]
    await post.by(channel).deliver_due()
    # As the first byte of each leaves, it is sending, and all before it are settled.
    for number, seen in enumerate(in_doubt):
        assert [recipient for recipient, _ in seen] == list(many[: number + 1])
        assert [state for _, state in seen].index("sending") == number
    assert len(in_doubt) == len(many)


async def test_a_round_is_one_session(post: Post) -> None:
    await post.publish(build.INBOX)
    post.clock.turn(hours=1)
    await post.publish(build.INBOX)
    opened: list[str] = []

    class Counted(FakeChannel):
        def session(self) -> nullcontext[FakeChannel]:
            opened.append(self.name)
            return super().session()

    channel = Counted()
    await post.by(channel).deliver_due()
    assert len(channel.sent) == 4
    assert opened == ["inbox"]


async def test_what_becomes_due_meanwhile_is_sent_too(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = HangingChannel()
    delivering = asyncio.create_task(post.by(channel).deliver_due())
    await channel.started.wait()
    post.clock.turn(hours=1)
    await post.publish(build.INBOX)
    channel.go.set()
    await delivering
    assert await post.states() == ["sent"] * 4


async def test_editions_and_their_parts_go_in_order(post: Post) -> None:
    await post.publish(build.TEAM)
    post.clock.turn(hours=1)
    await post.publish(build.TEAM)
    channel = FakeChannel("team")
    await post.by(channel).deliver_due()
    assert [(one.edition_id, one.part) for one in channel.sent] == [(1, 1), (1, 2), (2, 1), (2, 2)]


async def test_release_is_said_once(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    await post.publish(build.INBOX)
    due = await post.store.transact(lambda store: store.ledger.due("inbox", "email", NOW))
    await post.store.transact(lambda store: store.ledger.claim(due, NOW))
    for _ in range(2):
        await post.by(FakeChannel()).release_claimed()
    lines = [(record.getMessage(), record.__dict__["fields"]) for record in caplog.records]
    assert lines == [("released", {"interrupted": 1})]


def refuse(state: str, store: Store) -> None:
    """Make the database refuse this state, as it would on a full disk."""
    with store.database.transaction() as connection:
        connection.exec_driver_sql(
            f"CREATE TRIGGER full BEFORE UPDATE ON deliveries WHEN NEW.state = '{state}' "
            "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )


class Listener(logging.Handler):
    """Sets `heard` at a line of the log."""

    def __init__(self, wanted: str) -> None:
        super().__init__()
        self._wanted = wanted
        self.heard = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == self._wanted:
            self.heard.set()


def make_room(store: Store) -> None:
    with store.database.transaction() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")


async def test_nothing_is_sent_that_cannot_be_claimed(post: Post) -> None:
    await post.publish(build.INBOX)
    await post.store.transact(lambda store: refuse("sending", store))
    channel = FakeChannel()
    with pytest.raises(StoreError, match="disk is full"):
        await post.by(channel).deliver_due()
    assert channel.sent == []
    assert await post.states() == ["pending", "pending"]


async def test_what_cannot_be_recorded_is_once_there_is_room(
    post: Post,
) -> None:
    await post.publish(build.INBOX)
    await post.store.transact(lambda store: refuse("sent", store))
    channel = FakeChannel()
    listener = Listener("not recorded yet")
    log = logging.getLogger("digest.jobs")
    log.addHandler(listener)
    delivering = asyncio.create_task(post.by(channel).deliver_due())
    await asyncio.wait_for(listener.heard.wait(), limits.seconds(10))
    log.removeHandler(listener)
    assert await post.states() == ["sending", "pending"]
    await post.store.transact(make_room)
    await delivering
    assert await post.states() == ["sent", "sent"]
    assert channel.recipients == ["ada@example.com", "grace@example.com"]


async def test_a_doubtful_delivery_has_not_failed_when_its_copy_is_refused(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [DeliveryError("no answer", "unknown"), "ok", DeliveryError("550", "failed")]
    by = post.by(channel)
    await by.deliver_due()
    post.clock.now += PATIENCE
    await by.deliver_due()
    assert await post.states() == ["unknown", "sent"]
    assert (await post.row())["next_attempt_at"] is None


async def test_after_one_copy_there_is_never_another(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    silence = DeliveryError("no answer", "unknown")
    channel.answers = [silence, "ok", DeliveryError("busy", "retrying"), silence]
    by = post.by(channel)
    for _ in range(5):
        await by.deliver_due()
        post.clock.now += PATIENCE
    assert await post.states() == ["unknown", "sent"]
    assert channel.recipients.count("ada@example.com") == 3


async def test_what_was_rendered_for_another_kind_waits_for_it(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.kind = "slack"
    await post.by(channel).deliver_due()
    assert await post.states() == ["pending", "pending"]
    health = await post.store.transact(lambda store: store.health.read())
    assert health.waiting == [("inbox", "email", 2, 1)]


async def refused_by(post: Post, change: str) -> None:
    """Make the database refuse a change of the channels that rest."""
    sql = f"CREATE TRIGGER full BEFORE {change} ON channels BEGIN SELECT RAISE(ABORT, 'full'); END"
    await post.store.transact(lambda store: store.database._driver.execute(sql))


async def delivered_with_room_made_late(post: Post, channel: FakeChannel) -> None:
    listener = Listener("not recorded yet")
    log = logging.getLogger("digest.jobs")
    log.addHandler(listener)
    delivering = asyncio.create_task(post.by(channel).deliver_due())
    await asyncio.wait_for(listener.heard.wait(), limits.seconds(10))
    log.removeHandler(listener)
    await post.store.transact(make_room)
    await delivering


async def test_a_rest_that_cannot_be_noted_leaves_nothing_claimed(post: Post) -> None:
    await post.publish(build.INBOX)
    await refused_by(post, "INSERT")
    channel = FakeChannel()
    channel.answers = [ChannelError("no route")]
    await delivered_with_room_made_late(post, channel)
    assert await post.states() == ["pending", "pending"]
    assert len((await post.store.transact(build.dump))["channels"]) == 1


async def test_what_was_sent_is_recorded_though_its_channel_cannot_be(post: Post) -> None:
    await post.publish(build.INBOX)
    channel = FakeChannel()
    channel.answers = [ChannelError("no route")]
    await post.by(channel).deliver_due()
    await refused_by(post, "DELETE")
    post.clock.turn(hours=1)
    with pytest.raises(StoreError, match="full"):
        await post.by(channel).deliver_due()
    assert await post.states() == ["sent", "pending"]
    await post.store.transact(make_room)
    await post.by(channel).deliver_due()
    assert await post.states() == ["sent", "sent"]
    assert channel.recipients == ["ada@example.com", "ada@example.com", "grace@example.com"]
    assert (await post.store.transact(build.dump))["channels"] == []
