"""Links of before: of channels that go by another name now, and of people who are on no list."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from digest.model import Recipient
from tests.feed_xml import NOW
from tests.web.readers import TOKENS, Desk, serving
from tests.web.test_public import buttons, said

if TYPE_CHECKING:
    from pathlib import Path

    from digest.store import Store

EVE = "eve@example.com"
OLD = TOKENS.of_recipient("inbox", EVE)
BEFORE = NOW - timedelta(days=30)


async def put(desk: Desk, *some: Recipient) -> None:
    await desk.store.transact(lambda store: store.recipients.put(some, BEFORE))


async def states(desk: Desk) -> dict[tuple[str, str], str]:
    return {(one.channel, one.address): one.state for one in await desk.all()}


async def move(desk: Desk) -> None:
    await desk.store.transact(
        lambda store: store.moves.move_recipients("inbox", "news", [], BEFORE)
    )


@pytest.mark.parametrize("moved", [True, False])
async def test_an_old_link_ends_what_is_sent_now(tmp_path: Path, *, moved: bool) -> None:
    async with serving(tmp_path, channel="news") as desk:
        if moved:
            await put(desk, Recipient("inbox", EVE))
            await move(desk)
        else:
            await put(desk, Recipient("inbox", EVE), Recipient("news", EVE))
        assert (
            said(await desk.get(f"/u/{OLD}")) == "Stop sending Weekly reading to e***@example.com?"
        )
        answer = await desk.post(f"/u/{OLD}")
        assert said(answer) == "e***@example.com does not get Weekly reading."
        assert set((await states(desk)).values()) == {"unsubscribed"}
        assert (("inbox", EVE) in await states(desk)) == (not moved)
        again = await desk.post(f"/u/{OLD}", do="resubscribe")
        assert buttons(again) == ["unsubscribe"]
        assert set((await states(desk)).values()) == {"active"}


async def test_whom_the_file_names_leaves_by_an_old_link_too(tmp_path: Path) -> None:
    async with serving(tmp_path, channel="news", to=f"ada@example.com {EVE}") as desk:
        assert said(await desk.post(f"/u/{OLD}")) == "e***@example.com does not get Weekly reading."
        assert await states(desk) == {("inbox", EVE): "unsubscribed", ("news", EVE): "unsubscribed"}


async def test_what_was_left_before_does_not_come_back_with_the_rest(tmp_path: Path) -> None:
    async with serving(tmp_path, channel="news") as desk:
        await put(desk, Recipient("news", EVE, state="unsubscribed"), Recipient("inbox", EVE))
        await desk.post(f"/u/{OLD}")
        await desk.post(f"/u/{OLD}", do="resubscribe")
        assert await states(desk) == {("inbox", EVE): "unsubscribed", ("news", EVE): "unsubscribed"}


async def test_a_link_of_a_list_that_is_there_is_of_no_other(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        await put(desk, Recipient("inbox", EVE), Recipient("other", EVE))
        await desk.post(f"/u/{OLD}")
        assert await states(desk) == {("inbox", EVE): "unsubscribed", ("other", EVE): "active"}


async def test_preferences_by_an_old_link_are_of_the_list_of_now(tmp_path: Path) -> None:
    async with serving(tmp_path, channel="news") as desk:
        await put(desk, Recipient("inbox", EVE))
        await move(desk)
        await desk.post(f"/p/{OLD}", **{"do": "pause", "for": "1"})
        assert await states(desk) == {("news", EVE): "paused"}


@pytest.mark.parametrize("form", ["ß", "SS"])
async def test_a_link_of_an_earlier_version_by_idna_2003(tmp_path: Path, form: str) -> None:
    old = TOKENS.of_recipient("inbox", "eve@fass.example")
    async with serving(
        tmp_path, to="eve@fa\u00df.example" if form == "ß" else "x@y.example"
    ) as desk:
        if form == "SS":
            await put(desk, Recipient("inbox", "eve@faß.example"))

            def mark(store: Store) -> None:
                with store.database.transaction() as connection:
                    connection.exec_driver_sql("UPDATE recipients SET former = 'eve@fass.example'")

            await desk.store.transact(mark)
        await desk.post(f"/u/{old}")
        assert (await states(desk))["inbox", "eve@faß.example"] == "unsubscribed"


PREFERENCES = [
    {"do": "pause", "for": "ever"},
    {"do": "time", "at": "07:30", "zone": "Europe/Berlin"},
    {"do": "weekly"},
    {"do": "each"},
    {"do": "resume"},
    {"do": "resubscribe"},
]


@pytest.mark.parametrize("wanted", PREFERENCES, ids=lambda one: one["do"])
@pytest.mark.parametrize("known", [True, False])
async def test_of_somebody_on_no_list_nothing_is_stored(
    tmp_path: Path, wanted: dict[str, str], *, known: bool
) -> None:
    async with serving(tmp_path) as desk:
        if known:
            # Whom the file named once.
            await put(desk, Recipient("inbox", EVE, listed=False, state="unsubscribed"))
        before = await desk.all()
        for page in "p" if wanted["do"] != "resubscribe" else "up":
            answer = await desk.post(f"/{page}/{OLD}", **wanted)
            assert "does not get Weekly reading." in said(answer)
        assert await desk.all() == before


async def test_who_is_on_no_list_can_still_say_no(tmp_path: Path) -> None:
    async with serving(tmp_path) as desk:
        await desk.post(f"/u/{OLD}")
        (eve,) = await desk.all()
        assert (eve.channel, eve.state, eve.listed) == ("inbox", "unsubscribed", False)


async def test_a_channel_that_is_gone_can_still_be_left(tmp_path: Path) -> None:
    token = TOKENS.of_recipient("gone", "ada@example.com")
    async with serving(tmp_path) as desk:
        assert (await desk.post(f"/u/{token}")).status == 200
        assert await states(desk) == {
            ("gone", "ada@example.com"): "unsubscribed",
            # Nobody knows that it is not that one.
            ("inbox", "ada@example.com"): "unsubscribed",
        }
