"""Keys that are rotated while the daemon runs: what ends, and what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.signing.tokens import Confirmation, Tokens
from digest.signing.web_links import digest_feed_url, edition_url
from tests.feed_xml import NOW
from tests.store import build
from tests.web.site import Servers, Site, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.model import Recipient

ADA = "ada@one.example"


@pytest.fixture
async def site(servers: Servers, tmp_path: Path) -> AsyncIterator[Site]:
    async with serve(settings_for(tmp_path, servers), tmp_path) as site:
        await site.send()
        yield site


async def links(site: Site) -> dict[str, str]:
    """A path of each kind, signed with the key of now."""
    key = await site.daemon.read(lambda store: store.keys.key("links"))
    (due,) = await site.daemon.read(lambda store: store.archive.editions(("weekly",), 1))
    tokens = Tokens(key)
    reader = tokens.of_recipient("inbox", ADA)
    asked = Confirmation("inbox", ADA, NOW + 3650 * build.DAY)
    return {
        "leave": f"/u/{reader}",
        "preferences": f"/p/{reader}",
        "confirm": f"/confirm/{tokens.of_confirmation(asked)}",
        "edition": edition_url("", key, "weekly", due.scheduled_for),
        "feed": digest_feed_url("", key, "weekly"),
    }


async def statuses(site: Site, paths: dict[str, str]) -> dict[str, int]:
    return {kind: (await site.answer(path))[0].status for kind, path in paths.items()}


async def test_what_was_signed_before_lets_readers_leave_and_no_more(site: Site) -> None:
    await site.log_in()
    before = await links(site)
    # Nobody may subscribe by themselves here.
    good = {"leave": 200, "preferences": 200, "confirm": 404, "edition": 200, "feed": 200}
    assert await statuses(site, before) == good
    await site.daemon.rotate_keys(forget=False)
    assert (await site.answer("/"))[0].status == 303
    ended = dict.fromkeys(good, 404) | {"leave": 200}
    assert await statuses(site, before) == ended
    assert await statuses(site, await links(site)) == good
    assert (await site.log_in()).status == 303
    assert (await site.answer("/"))[0].status == 200

    left, text = await site.answer(before["leave"], "POST", data={"List-Unsubscribe": "One-Click"})
    assert left.status == 200
    assert "resubscribe" not in text
    # Whoever has a key of before can bring nobody back.
    answer, _ = await site.answer(before["leave"], "POST", data={"do": "resubscribe"})
    assert answer.status == 200
    assert [one.state for one in await recipients(site)] == ["unsubscribed"]
    after = (await links(site))["leave"]
    await site.answer(after, "POST", data={"do": "resubscribe"})
    assert [one.state for one in await recipients(site)] == ["active"]


async def recipients(site: Site) -> list[Recipient]:
    return await site.daemon.read(lambda store: store.recipients.all())


async def test_mail_has_links_of_the_new_key_at_once(site: Site) -> None:
    before = await links(site)
    await site.daemon.rotate_keys(forget=False)
    url = await site.daemon.carry_out(
        lambda runtime: _now(runtime.subscriptions.tokens.of_recipient("inbox", ADA))
    )
    assert f"/u/{url}" == (await links(site))["leave"] != before["leave"]


async def _now(value: str) -> str:
    return value


async def test_forgotten_keys_let_nobody_leave(site: Site) -> None:
    before = await links(site)
    await site.daemon.rotate_keys(forget=False)
    between = await links(site)
    await site.daemon.rotate_keys(forget=True)
    for path in (before["leave"], between["leave"]):
        assert (await site.answer(path))[0].status == 404
        assert (await site.answer(path, "POST"))[0].status == 404
    assert await recipients(site) == []
    assert (await site.answer((await links(site))["leave"]))[0].status == 200


async def test_every_key_that_ever_was_lets_readers_leave(site: Site) -> None:
    paths = []
    for _ in range(3):
        paths.append((await links(site))["leave"])
        await site.daemon.rotate_keys(forget=False)
    assert [(await site.answer(path))[0].status for path in paths] == [200] * 3


async def test_a_link_never_to_be_asked_again_outlives_its_key(site: Site) -> None:
    tokens = Tokens(await site.daemon.read(lambda store: store.keys.key("links")))
    path = f"/u/{tokens.of_refusal('inbox', 'eve@example.com')}"
    await site.daemon.rotate_keys(forget=False)
    assert (await site.answer(path, "POST", data={"List-Unsubscribe": "One-Click"}))[
        0
    ].status == 200
    assert await site.daemon.read(lambda store: store.asking.is_never("eve@example.com"))
    assert await site.daemon.read(lambda store: store.recipients.all()) == []
    await site.daemon.rotate_keys(forget=True)
    assert (await site.answer(path))[0].status == 404
