"""Refusals of everybody: the channel rests, nobody is given up, and all is sent in the end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.jobs.channel_turn import ChannelTurn
from digest.model import Delivery
from tests import limits
from tests.channels.email.test_delivering import to, two_channels
from tests.channels.scripted import SmtpScript, serving
from tests.feed_xml import NOW
from tests.jobs.bench import StoppedClock, context_of, open_deliver_job, open_store
from tests.jobs.test_deliver import FakeChannel
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.store import Store, StoreThread

GONE = "550 5.1.1 <{}>: Recipient address rejected: User unknown"
NAMES = ("ada", "grace", "edith", "joan", "vera")


class Refusing(SmtpScript):
    """Refuses recipients as `says` has it, by name; `{}` in a reply is the address."""

    def __init__(self, says: dict[str, str] | None = None, everybody: str = "250 OK") -> None:
        super().__init__()
        self.says = says or {}
        self.everybody = everybody
        self.told: list[str] = []

    def _reply(self, verb: str, default: str) -> str | None:
        if verb != "RCPT":
            return super()._reply(verb, default)
        address = self.heard[-1][1].decode().partition("<")[2].partition(">")[0]
        name = address.partition("@")[0]
        self.told.append(name)
        return self.says.get(name, self.everybody).format(address)


class Posting:
    """A ledger with editions, and what delivers them through one server."""

    def __init__(self, folder: Path, store: StoreThread[Store], port: int, **smtp: Any) -> None:
        self.store = store
        self.clock = StoppedClock()
        self.channels = two_channels(folder, port, **smtp)
        self.reported: list[tuple[str, str]] = []

    async def publish(self, *names: str) -> None:
        await self.store.transact(
            lambda opened: build.publish(opened, sent_as=(to("one", *names),))
        )

    async def deliver(self) -> dict[str, str]:
        """What became of everything, by the recipient's name."""
        made = open_deliver_job(context_of(self.store, self.clock, self.channels))
        async with asyncio.timeout(limits.seconds(30)):
            await made.deliver_due(self._report)
        return {row["recipient"].partition("@")[0]: row["state"] for row in await self.rows()}

    def _report(self, delivery: Delivery, outcome: Any) -> None:
        self.reported.append((delivery.recipient.partition("@")[0], outcome.state))

    async def rows(self) -> list[Any]:
        ids = await self.store.transact(lambda opened: opened.ledger.of_edition(1))
        return [{"recipient": one.recipient, "state": one.state, "error": one.error} for one in ids]

    async def incidents(self) -> list[str]:
        found = await self.store.transact(lambda opened: opened.incidents.open_ones())
        return [one.subject for one in found]

    async def left(self) -> set[str]:
        """Those to whom nothing is sent any more."""
        found = await self.store.transact(lambda opened: opened.recipients.all())
        return {one.address.partition("@")[0] for one in found if one.state == "bounced"}


@pytest.fixture
def server() -> Refusing:
    return Refusing()


@pytest.fixture
async def posting(tmp_path: Path, server: Refusing) -> AsyncIterator[Posting]:
    with serving(server.talk) as port:
        async with open_store(tmp_path) as store:
            yield Posting(tmp_path, store, port)


@pytest.mark.parametrize(
    "words", ["550 5.7.1 Not today, {}", "554 no", "550 5.4.1 id 1vP-{} denied", "550 no {}"]
)
async def test_where_all_are_refused_alike_it_is_the_channel(
    posting: Posting, server: Refusing, words: str
) -> None:
    server.everybody = words
    await posting.publish(*NAMES)

    became = await posting.deliver()

    assert became == dict.fromkeys(NAMES, "pending")
    assert server.told == list(NAMES[:3])
    assert await posting.incidents() == ["one"]
    assert await posting.left() == set()
    assert posting.reported == []
    server.everybody = "250 OK"
    posting.clock.turn(hours=6)
    assert await posting.deliver() == dict.fromkeys(NAMES, "sent")
    assert await posting.incidents() == []


async def test_it_rests_for_as_long_as_it_takes(posting: Posting, server: Refusing) -> None:
    server.everybody = "554 no"
    await posting.publish(*NAMES)

    for _ in range(40):
        assert await posting.deliver() == dict.fromkeys(NAMES, "pending")
        posting.clock.turn(hours=6)
    assert await posting.incidents() == ["one"]
    server.everybody = "250 OK"
    assert await posting.deliver() == dict.fromkeys(NAMES, "sent")


async def test_one_who_is_accepted_settles_it(posting: Posting, server: Refusing) -> None:
    server.says = {"ada": GONE, "grace": GONE}
    await posting.publish(*NAMES)

    became = await posting.deliver()

    assert became == {"ada": "failed", "grace": "failed"} | dict.fromkeys(NAMES[2:], "sent")
    assert server.told == list(NAMES)
    assert posting.reported[:3] == [("ada", "failed"), ("grace", "failed"), ("edith", "sent")]
    assert await posting.left() == {"ada", "grace"}
    assert await posting.incidents() == []


async def test_other_words_settle_it(posting: Posting, server: Refusing) -> None:
    server.says = {"ada": GONE, "grace": "554 5.7.1 spam"}
    server.everybody = GONE
    await posting.publish(*NAMES)

    assert await posting.deliver() == dict.fromkeys(NAMES, "failed")
    assert await posting.left() == {"ada", "edith", "joan", "vera"}


@pytest.mark.parametrize("names", [("ada",), ("ada", "grace")])
@pytest.mark.parametrize("words", [GONE, "550 no {}"])
async def test_a_list_of_one_or_two_may_be_gone(
    posting: Posting, server: Refusing, names: tuple[str, ...], words: str
) -> None:
    server.everybody = words
    await posting.publish(*names)

    assert await posting.deliver() == dict.fromkeys(names, "failed")
    assert server.told == list(names)
    assert await posting.incidents() == []


async def test_an_old_list_that_begins_with_who_has_left_is_sent_all_the_same(
    posting: Posting, server: Refusing
) -> None:
    old = [f"old{n}" for n in range(8)]
    server.says = dict.fromkeys(old, GONE)
    await posting.publish(*old, *NAMES)

    became = await posting.deliver()

    assert became == dict.fromkeys(old, "failed") | dict.fromkeys(NAMES, "sent")
    assert await posting.left() == set(old)


async def test_others_are_asked_first_after_a_rest(posting: Posting, server: Refusing) -> None:
    server.says = dict.fromkeys(NAMES[:3], "550 no")
    await posting.publish(*NAMES)
    assert await posting.deliver() == dict.fromkeys(NAMES, "pending")
    posting.clock.turn(hours=6)

    became = await posting.deliver()

    assert became == dict.fromkeys(NAMES[:3], "failed") | dict.fromkeys(NAMES[3:], "sent")
    assert await posting.incidents() == []


@pytest.mark.parametrize(
    ("words", "hours"),
    [
        ("550 5.7.1 your network is blocked here", 6),
        ("450 4.7.1 Client host rejected: cannot find your hostname", 1),
        ("421 4.7.0 go away", 1),
        ("550 5.4.5 daily sending limit exceeded", 24),
    ],
)
async def test_one_whose_refusal_looks_like_ours_keeps_nobody_waiting(
    posting: Posting, server: Refusing, words: str, hours: int
) -> None:
    server.says = {"ada": words}
    await posting.publish(*NAMES)
    assert await posting.deliver() == dict.fromkeys(NAMES, "pending")
    posting.clock.turn(hours=hours)
    await posting.deliver()
    posting.clock.turn(hours=hours)
    became = await posting.deliver()

    assert became == {"ada": "retrying"} | dict.fromkeys(NAMES[1:], "sent")
    assert await posting.incidents() == []
    # It has its own days, after which it is given up.
    for _ in range(40):
        posting.clock.turn(hours=24)
        await posting.deliver()
    assert (await posting.deliver())["ada"] == "failed"
    assert "given up after 5 days" in (await posting.rows())[0]["error"]
    assert await posting.incidents() == []


async def test_relaying_that_is_denied_for_some_loses_nobody_for_days(
    posting: Posting, server: Refusing
) -> None:
    server.says = dict.fromkeys(NAMES[:3], "554 5.7.1 <{}>: Relay access denied")
    await posting.publish(*NAMES)

    for _ in range(16):
        await posting.deliver()
        posting.clock.turn(hours=6)

    became = await posting.deliver()
    assert became["joan"] == became["vera"] == "sent"
    assert {became[name] for name in NAMES[:3]} <= {"pending", "retrying"}
    server.says = {}
    posting.clock.turn(hours=6)
    assert await posting.deliver() == dict.fromkeys(NAMES, "sent")
    assert await posting.incidents() == []


async def test_what_was_put_off_before_waits_for_its_channel_like_any_other(
    posting: Posting, server: Refusing
) -> None:
    server.says = {"ada": "451 4.7.1 Greylisted"}
    await posting.publish("ada")
    assert await posting.deliver() == {"ada": "retrying"}
    server.says = {"ada": "554 5.7.1 Relay access denied"}

    for _ in range(30):
        posting.clock.turn(hours=6)
        assert await posting.deliver() == {"ada": "retrying"}

    assert await posting.incidents() == ["one"]
    server.says = {}
    posting.clock.turn(hours=6)
    assert await posting.deliver() == {"ada": "sent"}


def test_who_is_accepted_is_no_other() -> None:
    once = Delivery(1, 1, "weekly", "one", "ada@example.com", 1, "pending", 0, NOW, "")
    turn = ChannelTurn(FakeChannel(), lambda *_: None, None, accepted={"ada@example.com"})

    assert not turn.is_alone(replace(once, error="550 relay denied"), "550 relay denied")
    turn.accepted.add("grace@example.com")
    assert turn.is_alone(replace(once, error="550 relay denied"), "550 relay denied")
    assert not turn.is_alone(once, "550 relay denied")


async def test_a_server_that_takes_no_more_keeps_the_rest(
    posting: Posting, server: Refusing
) -> None:
    later = [f"later{n:02}" for n in range(20)]
    server.says = dict.fromkeys(later, "554 5.7.1 no, {}")
    await posting.publish(*NAMES, *later)

    became = await posting.deliver()

    assert became == (
        dict.fromkeys(NAMES, "sent")
        | dict.fromkeys(later[:10], "failed")
        | dict.fromkeys(later[10:], "pending")
    )
    assert await posting.incidents() == ["one"]
    server.says = {}
    posting.clock.turn(hours=6)
    became = await posting.deliver()
    assert [became[name] for name in later[10:]] == ["sent"] * 10


async def test_a_row_of_those_who_are_gone_is_no_trouble(
    posting: Posting, server: Refusing
) -> None:
    gone = [f"gone{n:02}" for n in range(15)]
    server.says = dict.fromkeys(gone, GONE)
    await posting.publish("ada", *gone, "grace")

    became = await posting.deliver()

    assert became == dict.fromkeys(gone, "failed") | {"ada": "sent", "grace": "sent"}
    assert await posting.incidents() == []


async def test_one_who_is_accepted_between_begins_the_row_anew(
    posting: Posting, server: Refusing
) -> None:
    names = [f"{'ok' if n % 8 == 0 else 'no'}{n:02}" for n in range(30)]
    server.says = {name: "554 no" for name in names if name.startswith("no")}
    await posting.publish(*names)

    became = await posting.deliver()

    assert all(became[name] == ("sent" if name[0] == "o" else "failed") for name in names)
    assert await posting.incidents() == []


async def test_who_is_put_off_accepts_nobody(posting: Posting, server: Refusing) -> None:
    server.everybody = "451 4.7.1 greylisted"
    await posting.publish(*NAMES)

    assert await posting.deliver() == dict.fromkeys(NAMES, "retrying")
    assert await posting.incidents() == []


async def test_a_refusal_of_the_message_counts_too(posting: Posting, server: Refusing) -> None:
    server.replies = {".": "554 5.7.1 spam"}
    await posting.publish(*NAMES)

    assert await posting.deliver() == dict.fromkeys(NAMES, "pending")
    assert len(server.messages) == 3


async def test_a_sender_that_is_refused_burns_nobody(posting: Posting, server: Refusing) -> None:
    server.everybody = "553 5.7.1 <d@example.com>: Sender address rejected: not owned by user d"
    await posting.publish(*NAMES)

    assert await posting.deliver() == dict.fromkeys(NAMES, "pending")
    assert server.told == ["ada"]
    assert await posting.incidents() == ["one"]


async def test_a_daily_limit_is_nobodys_fault(posting: Posting, server: Refusing) -> None:
    server.says = dict.fromkeys(NAMES[2:], "550 5.4.5 Daily user sending limit exceeded")
    await posting.publish(*NAMES)

    became = await posting.deliver()
    assert became == dict.fromkeys(NAMES[:2], "sent") | dict.fromkeys(NAMES[2:], "pending")
    assert await posting.incidents() == []
    asked = list(server.told)
    posting.clock.turn(hours=23)
    assert await posting.deliver() == became
    assert server.told == asked
    # A reload tries it before its time.
    await posting.store.transact(
        lambda opened: opened.ledger.try_channels(posting.clock(), ["one"])
    )
    assert await posting.deliver() == became
    assert await posting.incidents() == []
    posting.clock.turn(hours=23)
    server.says = {}
    posting.clock.turn(hours=1)
    assert await posting.deliver() == dict.fromkeys(NAMES, "sent")
    assert await posting.incidents() == []


@pytest.mark.parametrize(
    ("stage", "stopped", "settled"),
    [
        *((stage, "pending", "pending") for stage in ("connect", "EHLO", "MAIL", "RCPT", "DATA")),
        (".", "sending", "unknown"),
    ],
)
async def test_a_stop_leaves_doubt_from_the_first_byte_on_only(
    posting: Posting, server: Refusing, stage: str, stopped: str, settled: str
) -> None:
    heard = asyncio.Event()
    loop = asyncio.get_running_loop()
    answer = server._answer

    def never(connection: Any, verb: str, default: str) -> bool:
        if verb != stage:
            return answer(connection, verb, default)
        loop.call_soon_threadsafe(heard.set)
        connection.recv(1)
        return False

    server._answer = never  # type: ignore[method-assign]
    await posting.publish("ada")
    context = context_of(posting.store, posting.clock, posting.channels)
    made = open_deliver_job(context, grace_seconds=0)
    delivering = asyncio.create_task(made.deliver_due())
    await asyncio.wait_for(heard.wait(), limits.seconds(20))
    await made.finish()
    await asyncio.gather(delivering, return_exceptions=True)

    [row] = await posting.rows()
    assert row["state"] == stopped
    await made.release_claimed()
    [row] = await posting.rows()
    assert row["state"] == settled
