"""Readers say what they want more of: by a link of an email, and there by a button, no sooner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from digest.jobs import feedback as job
from digest.model import FEEDBACK_COUNTS
from digest.web.public_page import HEADERS
from tests.feed_xml import item, rss
from tests.servers import Reply
from tests.web.site import PASSWORD, serve, settings_for
from tests.web.test_in_browser import PUBLIC, parts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.web.site import Servers, Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

LINK = re.compile(rf"{PUBLIC}(/f/[^\s\"]+)")
ADA, GRACE = "ada@one.example", "grace@two.example"


@dataclass
class Sent:
    """A site with an edition of three stories, and what each reader has of it."""

    site: Site
    mails: dict[str, dict[str, str]]

    def links(self, reader: str = ADA, part: str = "html") -> list[str]:
        return LINK.findall(self.mails[reader][part])

    async def get(self, link: str) -> tuple[int, str]:
        answer, text = await self.site.answer(link)
        return answer.status, text

    async def post(self, link: str, deed: str) -> tuple[int, str]:
        answer, text = await self.site.answer(link, "POST", data={"do": deed})
        return answer.status, text

    async def votes(self) -> list[tuple[int, str, str]]:
        since = datetime.now(UTC) - FEEDBACK_COUNTS
        found = await self.site.daemon.read(
            lambda store: store.feedback.of_digest("weekly", ["inbox"], since)
        )
        return [(each.reader, each.vote, each.title) for each in found]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sent(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sent]:
    folder = tmp_path_factory.mktemp("feedback")
    servers.mail.mails.clear()
    digest = {"schedule": "every monday at 09:00", "first_edition": "3650d"}
    settings = settings_for(
        folder,
        servers,
        digests={
            "weekly": digest | {"send_to": ["inbox", "team"], "feedback": True},
            "plain": digest | {"send_to": ["inbox"]},
        },
        web={"listen": "127.0.0.1:0", "public_url": f"{PUBLIC}/", "password": PASSWORD},
    )
    async with serve(settings, folder) as site:
        await site.send("weekly")
        yield Sent(site, {mail.recipient: parts(mail) for mail in servers.mail.mails})


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def nothing_said(sent: Sent) -> None:
    """Nobody has said anything yet."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    await sent.site.daemon.read(lambda store: store.feedback.drop_before(tomorrow))


async def test_each_story_of_an_email_has_its_links_and_the_text_has_one(
    sent: Sent, servers: Servers
) -> None:
    links = sent.links()
    assert [link.rsplit("/", 1)[1] for link in links] == ["more", "less"] * 3
    assert sent.links(part="plain") == links[::2]
    assert {link.split("/")[2] for link in links}.isdisjoint(
        link.split("/")[2] for link in sent.links(GRACE)
    )
    assert all("/f/" not in str(seen.json) for seen in servers.slack.seen)

    await sent.site.send("plain")
    assert LINK.findall(parts(servers.mail.mails[-1])["html"]) == []


async def test_looking_changes_nothing_and_a_button_does_once(sent: Sent) -> None:
    more, less = sent.links()[:2]
    for link in (more, less, more):
        status, page = await sent.get(link)
        assert (status, "Story 1 · A feed" in page) == (200, True)
        assert "stands higher in weekly for 90 days" in page
    assert await sent.votes() == []

    for _ in range(2):
        status, page = await sent.post(more, "more")
        assert (status, "You asked for more like this in weekly." in page) == (200, True)
        assert await sent.votes() == [(0, "more", "Story 1")]
    assert "You asked for more like this" in (await sent.get(less))[1]

    # The other word takes its place; what is no word does nothing.
    assert "You asked for less" in (await sent.post(more, "less"))[1]
    assert (await sent.post(less, "everything"))[0] == 422
    assert await sent.votes() == [(0, "less", "Story 1")]
    for _ in range(2):
        assert "You asked" not in (await sent.post(less, "withdraw"))[1]
        assert await sent.votes() == []


async def test_it_is_a_page_like_all_of_readers(sent: Sent) -> None:
    answer, page = await sent.site.answer(sent.links()[0])
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "Set-Cookie" not in answer.headers
    assert "one.example" not in page


async def test_a_link_that_was_changed_leads_nowhere(sent: Sent) -> None:
    more = sent.links()[0]
    _, _, reader, digest, due, token, story, vote = more.split("/")
    another = "8Z" if due.endswith("9Z") else "9Z"
    for changed in (
        [reader[:-4] + "AAAA", digest, due, token, story, vote],
        [reader, "plain", due, token, story, vote],
        [reader, digest, due[:-2] + another, token, story, vote],
        [reader, digest, due, token, story, "everything"],
    ):
        assert (await sent.post("/f/" + "/".join(changed), "more"))[0] == 404
    nothing = f"/f/{reader}/{digest}/{due}/{token}/99/{vote}"
    assert (await sent.post(nothing, "more"))[0] == 410
    assert await sent.votes() == []


async def test_a_link_has_an_end(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job, "FEEDBACK_OPEN", timedelta(0))
    status, page = await sent.post(sent.links()[0], "more")
    assert (status, "This link has ended" in page) == (410, True)
    assert await sent.votes() == []


async def test_who_has_left_says_nothing(sent: Sent) -> None:
    leave = re.findall(rf"{PUBLIC}(/u/[^\s\"]+)", sent.mails[GRACE]["html"])[0]
    assert (await sent.post(sent.links(GRACE)[0], "more"))[0] == 200
    await sent.post(leave, "")
    assert (await sent.post(sent.links(GRACE)[2], "more"))[0] == 410
    assert await sent.votes() == []


async def test_the_next_edition_counts_it_and_says_so(sent: Sent, servers: Servers) -> None:
    await sent.post(sent.links()[1], "less")
    servers.feeds.replies["/feed"] = Reply(rss(item(9)))
    await sent.site.daemon.carry_out(lambda runtime: runtime.poll([]))
    await sent.site.log_in()

    assert "1 reader wanted less from this feed" in await sent.site.page("/digests/weekly")
    assert "wanted less" not in await sent.site.page("/digests/plain")

    await sent.site.send("weekly")
    assert "Story 9" in parts(servers.mail.mails[-1])["html"]
    [record] = await sent.site.daemon.read(lambda store: store.explaining.find("Story 9", 1))
    taken = record.subscriptions["weekly"].taken
    assert taken is not None
    assert (taken.more, taken.less) == (0, 1)
