"""Open lists: who can have a mail sent to whom, and how often."""

from __future__ import annotations

import asyncio
import re
from contextlib import closing
from datetime import timedelta
from email import message_from_bytes
from email.policy import SMTP
from typing import TYPE_CHECKING

import pytest

from digest.config.addresses import mail_key
from digest.model import Recipient
from digest.signing.tokens import Confirmation
from digest.store.confirmations import Ask
from digest.web.peers import peer_of
from tests import limits
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.web.readers import ADA, TOKENS, Desk, form_of, serving
from tests.web.test_public import ONE_CLICK, URLENCODED, buttons, confirmation, said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from digest.store import Store

EVE = "eve@example.com"
TOLD = "You get an email with a link now."


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with serving(tmp_path) as desk:
        yield desk


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(store_at(tmp_path / "digest.db")) as store:
        yield store


async def sent_to(desk: Desk) -> list[str]:
    await asyncio.gather(*desk.confirming._sending)
    return [one.recipient for one in desk.channel.sent]


def links(desk: Desk, number: int = -1) -> list[str]:
    """The pages that a mail leads to: to confirm, and never to be asked."""
    mail = message_from_bytes(desk.channel.sent[number].payload, policy=SMTP)
    return re.findall(r"https://digest\.example\.com(/\w+/\S+)", mail.get_content())


async def confirm(desk: Desk, number: int = -1) -> str:
    return said(await desk.post(links(desk, number)[0], do="confirm"))


async def test_one_mailbox_is_asked_once_however_it_is_tagged(desk: Desk) -> None:
    for number in range(60):
        answer = await desk.subscribe(f"Eve+{number}@Example.com")
        assert said(answer).startswith(TOLD)
    assert await sent_to(desk) == ["Eve+0@Example.com"]


@pytest.mark.parametrize(
    "others",
    [
        ["Eve@gmail.com", "e.v.e@googlemail.com", "ev.e+x@GMAIL.com"],
        ["eve@müller.example", "eve@xn--mller-kva.example", "EVE+1@MÜLLER.example"],
        ['"eve"@example.com', "eve@example.com.", "EVE@EXAMPLE.COM"],
    ],
)
async def test_one_mailbox_has_many_names(desk: Desk, others: list[str]) -> None:
    for one in others:
        await desk.subscribe(one)
    assert [mail_key(one) for one in await sent_to(desk)] == [mail_key(others[0])]


async def test_three_times_until_it_is_confirmed(desk: Desk) -> None:
    for _ in range(6):
        await desk.subscribe(EVE)
        desk.clock.turn(hours=1)
    assert await sent_to(desk) == [EVE] * 3
    assert await confirm(desk, 0) == "e***@example.com gets Weekly reading."
    await desk.subscribe(EVE)
    assert await sent_to(desk) == [EVE] * 4


def test_three_times_in_all_lists(store: Store) -> None:
    wanted = [(f"list{n}", NOW + timedelta(hours=n)) for n in range(9)]
    asked = [store.asking.ask(Ask(channel, EVE), at) for channel, at in wanted]
    assert asked == ["asked"] * 3 + ["asked before"] * 6
    store.asking.confirmed(Ask("list1", EVE), NOW)
    assert store.asking.ask(Ask("list8", EVE), NOW + timedelta(hours=9)) == "asked"


@pytest.mark.parametrize("left", ["inbox", "other", "gone"])
def test_who_left_any_list_is_asked_once_a_month(store: Store, left: str) -> None:
    for names in (["inbox", "gone", "other"], ["inbox", "other"]):
        store.moves.know_lists(names)
    store.recipients.put([Recipient(left, "eve+x@example.com", state="bounced")], NOW)
    days = [store.asking.ask(Ask("inbox", EVE), NOW + timedelta(days=n)) for n in range(31)]
    assert [n for n, verdict in enumerate(days) if verdict == "asked"] == [0, 30]


@pytest.mark.parametrize(
    "address",
    [
        "eve@example.com (Win at evil.example)",
        "eve@example.com()",
        "Eve <eve@example.com>",
        "root@localhost",
        "eve@[127.0.0.1]",
        "eve@[IPv6:::1]",
        "eve@127.0.0.1",
        "eve@example.com,bob@example.com",
    ],
)
async def test_what_says_more_than_an_address_is_none(desk: Desk, address: str) -> None:
    answer = await desk.subscribe(address)
    assert (answer.status, said(answer)) == (422, "This is not an email address.")
    assert await sent_to(desk) == []


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("Eve+news@example.com", "eve+x@example.com"),
        ("e.v.e@googlemail.com", "eve+x@gmail.com"),
        ("eve@müller.example", "eve@xn--mller-kva.example"),
    ],
)
async def test_who_left_is_asked_once_a_month(desk: Desk, address: str, other: str) -> None:
    left = Recipient("inbox", address, state="unsubscribed")
    await desk.store.transact(lambda store: store.recipients.put([left], NOW))
    for _ in range(30):
        await desk.subscribe(other)
        desk.clock.turn(days=1)
    assert len(await sent_to(desk)) == 1
    await desk.subscribe(other)
    assert len(await sent_to(desk)) == 2


async def test_somebody_else_who_asks_keeps_nobody_from_confirming(desk: Desk) -> None:
    await desk.subscribe(EVE)
    for _ in range(3):
        await desk.subscribe("eve+spam@example.com")
    assert await sent_to(desk) == [EVE]
    assert await confirm(desk) == "e***@example.com gets Weekly reading."


async def test_what_a_script_posts_is_refused(desk: Desk) -> None:
    form = form_of(await desk.get("/subscribe/inbox"))
    desk.clock.turn(hours=12)
    forged = [
        {},
        {"form": ""},
        {"form": "x" * 60},
        {"form": ADA},
        {"form": TOKENS.of_form("other", desk.clock() - timedelta(minutes=1))},
        {"form": TOKENS.of_form("inbox", desk.clock() + timedelta(minutes=1))},
        {"form": form},
    ]
    for more in forged:
        answer = await desk.post("/subscribe/inbox", address=EVE, **more)
        assert (answer.status, said(answer)) == (422, "Please send it once more.")
        assert f'value="{EVE}"' in answer.text
        assert form_of(answer) not in more.values()
    assert await sent_to(desk) == []


async def test_who_is_very_quick_only_has_to_send_it_once_more(desk: Desk) -> None:
    answer = await desk.subscribe(EVE, seconds=1.9)
    assert (answer.status, said(answer)) == (422, "Please send it once more.")
    desk.clock.turn(seconds=0.2)
    again = await desk.post("/subscribe/inbox", address=EVE, form=form_of(answer))
    assert said(again).startswith(TOLD)
    assert await sent_to(desk) == [EVE]


async def test_limits_outlive_a_restart(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        await desk.subscribe(EVE)
        assert await sent_to(desk) == [EVE]
    async with serving(tmp_path) as desk:
        await desk.subscribe(EVE)
        assert await sent_to(desk) == []


async def test_never_again(desk: Desk) -> None:
    await desk.subscribe(EVE)
    await sent_to(desk)
    _, never = links(desk)
    mail = message_from_bytes(desk.channel.sent[0].payload, policy=SMTP)
    assert mail["List-Unsubscribe"] == f"<https://digest.example.com{never}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    shown = await desk.get(never)
    assert said(shown) == "Never ask e***@example.com again to confirm a subscription?"
    assert buttons(shown) == ["never"]
    assert not await desk.store.transact(lambda store: store.asking.is_never(EVE))
    done = await desk.send(never, ONE_CLICK, URLENCODED)
    assert said(done) == "e***@example.com will not be asked again."
    assert (await desk.post(never, do="never")).text == done.text
    desk.clock.turn(days=400)
    answer = await desk.subscribe("eve+again@example.com")
    assert said(answer).startswith(TOLD)
    assert await sent_to(desk) == [EVE]
    assert await desk.all() == []
    assert await desk.store.transact(lambda store: store.asking.allow("Eve+x@example.com"))
    await desk.subscribe(EVE)
    assert await sent_to(desk) == [EVE] * 2


async def test_the_answer_says_nothing_about_anybody(desk: Desk) -> None:
    await desk.post(f"/u/{ADA}")
    await desk.store.transact(lambda store: store.asking.never("never@example.com", NOW))
    some = ["ada@example.com", EVE, EVE, "never@example.com", "ada@example.com"]
    answers = [await desk.subscribe(one) for one in some]
    assert len({(one.status, one.text) for one in answers}) == 1


class NeverDone:
    """A store whose every answer is waited for in vain."""

    async def run(self, _: object) -> None:
        await asyncio.Event().wait()


async def test_nor_does_the_time_until_it(desk: Desk) -> None:
    desk.confirming._store = NeverDone()  # type: ignore[assignment]
    async with asyncio.timeout(limits.seconds(5)):
        assert said(await desk.subscribe(EVE)).startswith(TOLD)


async def test_a_domain_gets_so_many_an_hour_unless_it_is_of_thousands(desk: Desk) -> None:
    for number in range(30):
        await desk.subscribe(f"n{number}@small.example")
        await desk.subscribe(f"n{number}@gmail.com")
    found = await sent_to(desk)
    assert sum(one.endswith("@small.example") for one in found) == 20
    assert sum(one.endswith("@gmail.com") for one in found) == 30
    desk.clock.turn(hours=1)
    await desk.subscribe("late@small.example")
    assert (await sent_to(desk))[-1] == "late@small.example"


async def test_whoever_has_a_domain_has_what_is_below_it(desk: Desk) -> None:
    for number in range(25):
        await desk.subscribe(f"a@n{number}.small.example")
    assert len(await sent_to(desk)) == 20
    await desk.subscribe("a@other.co.uk")
    await desk.subscribe("a@another.co.uk")
    assert len(await sent_to(desk)) == 22
    assert Ask("inbox", "a@x.other.co.uk").domain == "other.co.uk"


def test_so_many_in_all(store: Store) -> None:
    asked = [store.asking.ask(Ask("inbox", f"a@x.y{n}.example"), NOW) for n in range(301)]
    assert asked.count("asked") == 300
    assert asked[-1] == "all"
    later = NOW + timedelta(hours=1)
    assert store.asking.ask(Ask("inbox", "a@x300.example"), later) == "asked"


def test_a_peer_may_ask_so_often(store: Store) -> None:
    admitted = [store.asking.admit("192.0.2.1", NOW) for _ in range(21)]
    assert admitted == [True] * 20 + [False]
    assert store.asking.admit("192.0.2.2", NOW)
    assert store.asking.admit("192.0.2.1", NOW + timedelta(hours=1))


async def test_a_peer_is_told_so(tmp_path: Path) -> None:
    async with serving(tmp_path, proxies="127.0.0.1") as desk:
        form = TOKENS.of_form("inbox", NOW - timedelta(minutes=1))

        async def ask(number: int, peer: str) -> int:
            answer = await desk._ask(
                "POST",
                "/subscribe/inbox",
                data={"address": f"a@{number}.example", "form": form},
                headers={"X-Forwarded-For": f"10.9.9.9, {peer}"},
            )
            return answer.status

        of_one = [await ask(n, f"2001:db8:1:2::{n:x}") for n in range(21)]
        assert of_one == [200] * 20 + [429]
        assert await ask(21, "2001:db8:1:3::1") == 200


PEERS = {
    ("192.0.2.7", "", ""): "",
    ("8.8.8.8", "", ""): "8.8.8.8",
    ("8.8.8.8", "1.1.1.1", ""): "8.8.8.8",
    ("2a00:1450:4001:82a::200e", "", ""): "2a00:1450:4001:82a::/64",
    ("::ffff:8.8.8.8", "", ""): "8.8.8.8",
    ("127.0.0.1", "1.1.1.1", ""): "",
    ("10.0.0.2", "", ""): "",
    ("127.0.0.1", "1.1.1.1", "127.0.0.1"): "1.1.1.1",
    ("127.0.0.1", "6.6.6.6, 1.1.1.1", "127.0.0.1"): "1.1.1.1",
    ("10.0.0.2", "6.6.6.6, 1.1.1.1, 10.0.0.9", "10.0.0.0/8"): "1.1.1.1",
    ("10.0.0.2", "192.168.1.5", "10.0.0.0/8"): "192.168.1.5",
    ("10.0.0.2", "", "10.0.0.0/8"): "",
    ("10.0.0.2", "10.0.0.3", "10.0.0.0/8"): "",
    ("10.0.0.2", "nonsense", "10.0.0.0/8"): "",
    ("10.0.0.2", "1.1.1.1:4711", "10.0.0.0/8"): "1.1.1.1",
    ("10.0.0.2", '"[2a00:1450::1]:4711"', "10.0.0.0/8"): "2a00:1450::/64",
    ("", "", ""): "",
}


@pytest.mark.parametrize(("said_by", "peer"), PEERS.items())
def test_who_a_request_comes_from(said_by: tuple[str, str, str], peer: str) -> None:
    remote, forwarded, proxies = said_by
    found = peer_of(remote, [forwarded] if forwarded else [], proxies.split() if proxies else ())
    assert found == peer


def test_what_is_remembered_has_a_bound(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("digest.store.confirmations._MOST_KEPT", 5)
    monkeypatch.setattr("digest.store.confirmations._MOST_BUDGETS", 5)
    for number in range(20):
        store.asking.ask(Ask("inbox", f"a@x{number}.example"), NOW + timedelta(seconds=number))
        store.asking.admit(f"10.0.0.{number}", NOW + timedelta(seconds=number))
    with store.database.transaction() as connection:
        numbers = [
            connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()
            for table in ("asks", "ask_budgets")
        ]
    assert numbers[0] <= 6
    assert numbers[1] <= 25
    store.asking.ask(Ask("inbox", "late@x.example"), NOW + timedelta(days=90, minutes=1))
    with store.database.transaction() as connection:
        query = "SELECT count(*) FROM asks UNION ALL SELECT count(*) FROM ask_budgets"
        assert connection.exec_driver_sql(query).fetchall() == [(1,), (2,)]


async def test_a_link_to_confirm_by_does_so_once(desk: Desk) -> None:
    await desk.subscribe(EVE)
    await sent_to(desk)
    assert await confirm(desk) == "e***@example.com gets Weekly reading."
    assert await confirm(desk) == "e***@example.com gets Weekly reading."
    await desk.post(f"/u/{TOKENS.of_recipient('inbox', EVE)}")
    assert await confirm(desk) == "e***@example.com does not get Weekly reading."


async def test_what_was_asked_before_somebody_left_brings_nobody_back(desk: Desk) -> None:
    token = confirmation()
    desk.clock.turn(minutes=5)
    await desk.post(f"/u/{TOKENS.of_recipient('inbox', EVE)}")
    answer = await desk.post(f"/confirm/{token}")
    assert said(answer) == "e***@example.com does not get Weekly reading."
    later = Confirmation("inbox", EVE, desk.clock() + timedelta(days=3, minutes=1))
    answer = await desk.post(f"/confirm/{TOKENS.of_confirmation(later)}")
    assert said(answer) == "e***@example.com gets Weekly reading."
