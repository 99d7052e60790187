"""Every page in a real browser: clicked through, looked at, and read as those do who cannot see."""

from __future__ import annotations

import asyncio
import email
import email.policy
import re
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from digest.signing.tokens import Tokens
from tests.feed_xml import item, rss
from tests.servers import Reply
from tests.web import axe
from tests.web.browser import CHROMIUM, Browser, chromium
from tests.web.site import PASSWORD, Servers, Site, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.servers import Mail


pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(not CHROMIUM, reason="needs Chromium"),
]

LOOKS: dict[str, Any] = {
    "light": {"dark": False, "width": 1100},
    "dark": {"dark": True, "width": 1100},
    "narrow": {"dark": False, "width": 360},
}
PAGES = (
    *("/login", "/nothing", "/", "/feeds", "/feeds/1", "/digests", "/digests/weekly"),
    *("/editions", "/editions/1", "/deliveries", "/incidents", "/held"),
)
LONG = "Not today; " + "you may read why at https://mail.example/" + "why/" * 20
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
# What has to be scrolled to sideways; and the words that are broken, but for where any may be.
HIDDEN = """[...document.querySelectorAll(".scroll")]
  .filter(one => one.scrollWidth > one.clientWidth).map(one => one.ariaLabel)"""
BROKEN = """[...document.querySelectorAll("td:not(.long), th:not(.long)")].flatMap(cell => {
  const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = new Range();
  const broken = [];
  while (texts.nextNode()) for (const word of texts.currentNode.data.matchAll(/\\S+/g)) {
    range.setStart(texts.currentNode, word.index);
    range.setEnd(texts.currentNode, word.index + word[0].length);
    if (range.getClientRects().length > 1) broken.push(word[0]);
  }
  return broken;
})"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with chromium(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def busy(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A site with something on every page: a failure, a dead feed, a flood that is held."""
    folder = tmp_path_factory.mktemp("busy")
    servers.feeds.replies["/dead"] = Reply("gone away", 500)
    servers.feeds.replies["/flood"] = Reply(rss(item(1000), title="Flooding"))
    feeds: list[Any] = [f"{servers.feeds.url}/{name}" for name in ("feed", "dead", "flood")]
    weekly = {"title": "Weekly reading", "schedule": "every monday at 09:00"}
    also = {"schedule": "every monday at 09:00", "send_to": "inbox"}
    sent = {"first_edition": "3650d", "send_to": ["inbox", "team", "vault"]}
    digests = {"weekly": weekly | sent, "wochenblatt": also | {"first_edition": "3650d"}}
    settings = settings_for(folder, servers, feeds=feeds, digests=digests)
    servers.mail.refuse_recipient = lambda to: f"554 {LONG}" if "grace" in to else None
    async with serve(settings, folder) as site:
        await site.send("wochenblatt")
        await site.send()
        many = (item(number, link=f"https://flood.example/{number}") for number in range(200))
        servers.feeds.replies["/flood"] = Reply(rss(*many, title="Flooding"))
        await site.daemon.carry_out(lambda runtime: runtime.poll(feeds[2:]))
        servers.feeds.replies["/feed"] = Reply(rss(*(item(n) for n in range(1, 8))))
        await site.daemon.carry_out(lambda runtime: runtime.poll(feeds[:1]))
        yield site


async def test_a_visit(browser: Browser, busy: Site, servers: Servers) -> None:
    await browser.ask("Network.clearBrowserCookies")
    browser.errors.clear()
    await browser.look()
    await browser.open(busy.url)
    assert await browser.path() == "/login"
    await browser.write(PASSWORD)
    await browser.click("button", "Log in")
    assert await browser.path() == "/"
    assert "Needs attention" in await browser.text()

    await browser.click("nav a", "Digests")
    await browser.click("th a", "Weekly reading")
    await browser.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert "Story 7" in await browser.text()
    sent = len(servers.mail.mails)
    await browser.click("button", "Send me a test")
    assert "The test was sent." in await browser.text()
    assert len(servers.mail.mails) == sent + 1
    assert b"[Test]" in servers.mail.mails[-1].raw

    await browser.click("nav a", "Feeds")
    await browser.click("th a", "A feed")
    assert "New entries by day" in await browser.text()

    servers.mail.refuse_recipient = lambda _: None
    await browser.open(f"{busy.url}/deliveries?state=failed")
    await browser.click("tbody button", "Retry")
    assert "Tried again" in await browser.text()
    assert servers.mail.mails[-1].recipient == "grace@two.example"

    await browser.click("nav a", "Held")
    await browser.click("button", "Discard")
    assert "Nothing is held" in await browser.text()

    await browser.click("nav a", "Editions")
    await browser.click("tbody a", "view in browser")
    assert (await browser.path()).startswith("/e/weekly/2")
    assert "Story 1" in await browser.text()

    await browser.open(busy.url)
    await browser.click("button", "Log out")
    await browser.open(f"{busy.url}/feeds")
    assert await browser.path() == "/login"
    assert browser.errors == []


@pytest_asyncio.fixture(loop_scope="module")
async def open_list(servers: Servers, tmp_path: Path) -> AsyncIterator[Site]:
    """A site that readers reach, with a list that everybody can be on."""
    settings = settings_for(
        tmp_path,
        servers,
        channels={"inbox": {"kind": "email", "to": "ada@one.example", "subscribe": "open"}},
        digests={
            "weekly": {
                "schedule": "every monday at 09:00",
                "send_to": "inbox",
                "first_edition": "3650d",
                "feedback": True,
            }
        },
        web={"listen": "127.0.0.1:0", "public_url": "https://digest.example.com"},
    )
    servers.mail.refuse_recipient = lambda _: None
    async with serve(settings, tmp_path) as site:
        await site.send()
        yield site


async def test_a_reader_leaves_returns_and_another_one_joins(
    browser: Browser, open_list: Site, servers: Servers
) -> None:
    script, serious = axe.kept(), []
    key = await open_list.daemon.read(lambda store: store.keys.key("links"))
    token = Tokens(key).of_recipient("inbox", "ada@one.example")
    browser.errors.clear()

    async def look() -> None:
        for name, look in LOOKS.items():
            await browser.look(**look)
            assert await browser.evaluate(FITS), await browser.text()
            if script and name != "narrow":
                serious.extend(await axe.violations(browser, script))

    await browser.open(open_list.url + _link(servers.mail.mails[-1], "f"))
    await look()
    await browser.click("button", "More like this")
    assert "You asked for more like this in weekly." in await browser.text()
    await look()
    await browser.click("button", "Take it back")
    assert "stands higher in weekly" in await browser.text()

    await browser.open(f"{open_list.url}/u/{token}")
    await look()
    await browser.click("button", "Unsubscribe")
    assert "a***@one.example does not get" in await browser.text()
    await browser.click("button", "Send again")
    assert "Unsubscribe" in await browser.text()

    await browser.open(f"{open_list.url}/p/{token}")
    await look()
    await browser.click("button", "Pause")
    assert "a***@one.example does not get weekly before" in await browser.text()
    await browser.click("button", "Send again")

    await browser.open(f"{open_list.url}/subscribe/inbox")
    await look()
    await browser.evaluate("document.querySelector('input[name=address]').focus()")
    await browser.write("eve@new.example")
    servers.mail.arrived.clear()
    await browser.click("button", "Subscribe")
    # Nobody writes an address in less than two seconds; what was written stays there.
    while "Please send it once more." in await browser.text():
        assert all("422" in error for error in browser.errors)
        await browser.click("button", "Subscribe")
    browser.errors.clear()
    assert "You get an email with a link now." in await browser.text()
    assert await asyncio.to_thread(servers.mail.arrived.wait, 10)
    mail = servers.mail.mails[-1]
    assert mail.recipient == "eve@new.example"
    await browser.open(open_list.url + _link(mail, "confirm"))
    await look()
    await browser.click("button", "Confirm")
    assert "e***@new.example gets weekly." in await browser.text()

    listed = await open_list.daemon.read(lambda store: store.recipients.all())
    assert {one.address: one.state for one in listed} == {
        "ada@one.example": "active",
        "eve@new.example": "active",
    }
    assert (serious, browser.errors) == ([], [])


def _link(mail: Mail, page: str) -> str:
    """The first link of a mail to a page of readers, below the public address."""
    message = email.message_from_bytes(mail.raw, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https://digest\.example\.com(/{page}/\S+)", body.get_content())
    assert found
    return found[1]


def keep(folder: Path, page: str, look: str, shot: bytes) -> None:
    """For whoever wants to look too."""
    assert shot.startswith(b"\x89PNG")
    (folder / f"{page.strip('/').replace('/', '-') or 'overview'}-{look}.png").write_bytes(shot)


async def test_every_page_in_every_look(
    browser: Browser,
    busy: Site,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    script = axe.kept()
    await busy.log_in()
    (cookie,) = (one for one in busy.client.cookie_jar if one.key == "digest_session")
    await browser.ask("Network.setCookie", name=cookie.key, value=cookie.value, url=busy.url)
    browser.errors.clear()
    found, shots = {}, tmp_path_factory.mktemp("screenshots")
    for page in PAGES:
        await browser.open(busy.url + page)
        assert await browser.path() == page
        for name, look in LOOKS.items():
            await browser.look(**look)
            keep(shots, page, name, await browser.screenshot())
            assert await browser.evaluate(FITS), f"{page} is wider than {look['width']} pixels"
            assert await browser.evaluate(HIDDEN) == [], page
            assert await browser.evaluate(BROKEN) == [], page
            # What differs by look are colours, which are those of one of the others when narrow.
            rules = ["color-contrast"] if name == "dark" else None
            if not script or name == "narrow":
                continue
            if serious := await axe.violations(browser, script, rules):
                found[page, name] = serious
    assert found == {}
    assert [error for error in browser.errors if "/nothing" not in error] == []
    if script is None:
        pytest.skip("no axe-core: run `python -m tests.web.axe`; the rest was looked at")
