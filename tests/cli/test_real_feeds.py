"""The main job on three real feeds: found, sent once to each, and then only what is new."""

from __future__ import annotations

import email
import email.policy
import json
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from lxml import html as lxml_html

from tests.servers import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.project import Project

FILES = (
    "000_15d9832d9658d853.xml",
    "001_67a38f441258eeb4.xml",
    "002_cca78b23d596d15f.xml",
)
ADDED = """<item><title>One more</title><link>https://forem.com/x/one-more</link>
<guid>https://forem.com/x/one-more</guid><pubDate>Fri, 10 Apr 2026 15:00:00 +0000</pubDate>
<description>Words.</description></item>"""


def said_by(body: bytes) -> set[tuple[str, str]]:
    """Titles and links as an XML parser of another make reads them."""
    items = ET.fromstring(body).iter("item")
    return {(item.findtext("title") or "", item.findtext("link") or "") for item in items}


@pytest.fixture
def serving(project: Project, shared: Path) -> Project:
    for name in FILES:
        body = (shared / "feeds" / name).read_bytes()
        project.feeds.replies[f"/{name}"] = Reply(body)
    project.configure(*(f"/{name}" for name in FILES), send_to="inbox, team")
    return project


def body_of(serving: Project, name: str) -> bytes:
    reply = serving.feeds.replies[f"/{name}"]
    assert isinstance(reply, Reply)
    assert isinstance(reply.body, bytes)
    return reply.body


def test_every_entry_arrives_once_and_then_only_what_is_new(serving: Project) -> None:
    said = set().union(*(said_by(body_of(serving, name)) for name in FILES))
    assert len(said) == 29

    polled = serving.json("poll")
    assert (polled["new"], polled["failed"]) == (29, 0)
    preview = serving.json("preview", "weekly")
    stories = [story for part in preview["sections"] for story in part["stories"]]
    counted = [each for part in preview["sections"] for each in part["more"]]
    shown = [one for story in stories for one in (story, *story["related"])]
    shown += [title for feed in counted for title in feed["listed"]]
    assert len(shown) == 29
    assert {(one["title"], one["url"]) for one in shown} == said

    sent = serving.json("send", "weekly")
    assert sent["entries"] == 29
    assert [d["state"] for d in sent["deliveries"]] == ["sent"] * 3
    assert sorted(mail.recipient for mail in serving.mail.mails) == [
        "ada@one.example",
        "grace@two.example",
    ]
    for mail in serving.mail.mails:
        message = email.message_from_bytes(mail.raw, policy=email.policy.default)
        part = message.get_body(("html",))
        assert part is not None
        links = lxml_html.fromstring(part.get_content()).iter("a")
        headlines = {(story["title"], story["url"]) for story in stories}
        assert {(link.text, link.get("href")) for link in links} >= headlines
    (post,) = serving.slack.seen
    assert post.json["unfurl_links"] is False
    addresses = re.findall(r'"url": "([^"]+)"', json.dumps(post.json))
    assert all(addresses.count(story["url"]) == 1 for story in stories)

    serving.json("poll")
    assert serving.json("send", "weekly")["edition"] is None

    name = FILES[0]
    body = body_of(serving, name)
    rebuilt = body.replace(
        b"<language>", b"<lastBuildDate>Sat, 11 Apr 2026 00:00:00 +0000</lastBuildDate><language>"
    )
    assert rebuilt != body
    serving.feeds.replies[f"/{name}"] = Reply(rebuilt)
    polled = serving.json("poll")
    assert [feed["new"] for feed in polled["feeds"]] == [0, 0, 0]
    assert serving.json("send", "weekly")["edition"] is None

    grown = rebuilt.replace(b"<item>", ADDED.encode() + b"<item>", 1)
    serving.feeds.replies[f"/{name}"] = Reply(grown)
    polled = serving.json("poll")
    assert [feed["new"] for feed in polled["feeds"]] == [1, 0, 0]
    sent = serving.json("send", "weekly")
    assert sent["entries"] == 1
    assert len(serving.mail.mails) == 4
    assert len(serving.slack.seen) == 2
    assert "One more" in json.dumps(serving.slack.seen[-1].json)
