"""The link of an email leads to the edition that the email is of."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.feed_xml import NOW, item, rss
from tests.rendering.markup import document
from tests.servers import Reply
from tests.web.site import PASSWORD, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers import Mail
    from tests.web.site import Servers, Site

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "https://digest.example.com"
LINK = re.compile(rf"{PUBLIC}(/e/[^\s\"|>]+)")


@dataclass
class Sent:
    """A site that readers reach, and what went out of two editions by email and to Slack."""

    site: Site
    mails: list[dict[str, str]]
    posts: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sent(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sent]:
    folder = tmp_path_factory.mktemp("sent")
    channels = {
        "inbox": {"kind": "email", "to": "ada@one.example"},
        "later": {"kind": "email", "to": "grace@two.example"},
        "team": {"kind": "slack", "webhook_url": f"{servers.slack.url}/services/T0/B0/s3cretpath"},
    }
    digest = {"schedule": "every monday at 09:00", "first_edition": "3650d"}
    settings = settings_for(
        folder,
        servers,
        channels=channels,
        digests={"Week-ly_": digest | {"send_to": ["inbox", "team"]}},
        alerts={"send_to": "inbox"},
        web={"listen": "127.0.0.1:0", "public_url": f"{PUBLIC}/", "password": PASSWORD},
    )
    async with serve(settings, folder) as site:
        await site.send("Week-ly_")
        await site_has(site, servers, 9)
        await site.send("Week-ly_")
        mails = [parts(mail) for mail in servers.mail.mails]
        yield Sent(site, mails, [json.dumps(seen.json) for seen in servers.slack.seen])


async def site_has(site: Site, servers: Servers, number: int) -> None:
    """Have something new to send."""
    servers.feeds.replies["/feed"] = Reply(rss(item(number)))
    await site.daemon.carry_out(lambda runtime: runtime.poll([]))


def parts(mail: Mail) -> dict[str, str]:
    parsed = message_from_bytes(mail.raw, policy=default)
    bodies = {kind: parsed.get_body((kind,)) for kind in ("plain", "html")}
    return {kind: body.get_content() for kind, body in bodies.items() if body is not None}


def links(said: str) -> list[str]:
    return LINK.findall(said)


async def test_an_email_links_to_its_own_edition(sent: Sent) -> None:
    for mail, title in zip(sent.mails, ("Story 1", "Story 9"), strict=True):
        [link] = links(mail["html"])
        assert links(mail["plain"]) == [link]
        assert link.startswith("/e/Week-ly_/")
        answer, text = await sent.site.answer(link)
        assert answer.status == 200
        assert document(text).find_class("headline")[0].text_content() == title


async def test_a_post_has_the_link_of_the_email(sent: Sent) -> None:
    assert [links(post) for post in sent.posts] == [links(mail["html"]) for mail in sent.mails]


async def test_what_is_sent_elsewhere_later_has_the_same_link(sent: Sent, servers: Servers) -> None:
    what = {"edition": 1, "to": "later"}
    await sent.site.daemon.carry_out(lambda runtime: runtime.decide("resend", what))
    again = servers.mail.mails[-1]
    assert again.recipient == "grace@two.example"
    assert links(parts(again)["html"]) == links(sent.mails[0]["html"])


async def test_an_alert_has_none(sent: Sent, servers: Servers) -> None:
    await sent.site.daemon.read(
        lambda store: store.incidents.note("feed", "https://x.example/", "gone", NOW)
    )
    await sent.site.daemon.carry_out(lambda runtime: runtime.once())
    alert = parts(servers.mail.mails[-1])
    assert "gone" in alert["plain"]
    assert "/u/" in alert["plain"]
    assert links(alert["plain"] + alert["html"]) == []


async def test_what_is_kept_nowhere_has_none(sent: Sent, servers: Servers) -> None:
    await site_has(sent.site, servers, 10)
    test = ("Week-ly_", "inbox", "ada@one.example")
    await sent.site.daemon.carry_out(lambda runtime: runtime.trial_sender.send(*test))
    mail = parts(servers.mail.mails[-1])
    await sent.site.log_in()
    preview = await sent.site.page("/digests/Week-ly_/preview/email")
    for shown in (mail["html"], mail["plain"], preview):
        assert "Story 10" in shown
        assert "/e/" not in shown
