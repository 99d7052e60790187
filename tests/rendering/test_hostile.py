"""Hostile words in every field and form: delivered, and inert.

Each case says what a reader sees. It comes once through a whole feed, and once straight into the
story, as if nothing had cleaned it before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any
from unicodedata import category
from xml.sax.saxutils import escape

import pytest
from markdown_it import MarkdownIt

from digest.feeds.identity import identify
from digest.model import AlsoIn, Edition
from digest.rendering.clean import clean_entries
from digest.rendering.email.message import build_email, personal_headers
from digest.rendering.slack.blocks import MAX_JSON
from digest.rendering.slack.messages import build_messages
from digest.rendering.templates import Templates
from tests.feed_xml import parse_feed, rss
from tests.rendering.markup import document, fragment, links, structure
from tests.rendering.samples import edition, story

if TYPE_CHECKING:
    from collections.abc import Iterator

HEADERS = [
    *("To", "Message-ID", "Subject", "List-Id", "Content-Language", "From", "Date"),
    *("Auto-Submitted", "MIME-Version", "Content-Type"),
]
TEMPLATES = Templates()


@dataclass(frozen=True)
class Title:
    """A hostile title, and what a reader sees of it after it came through a feed."""

    raw: str
    shown: str


def same(title: str) -> Title:
    return Title(title, title)


TITLES = {
    "script": same("Alpha <script>alert(1)</script> Omega"),
    "handler": same('Alpha "><img src=x onerror=alert(1)> Omega'),
    "end of head": same("Alpha </title></head><body onload=alert(1)> Omega"),
    "conditional comment": same("Alpha <!--[if mso]><script>alert(1)</script><![endif]--> Omega"),
    "line break": Title(
        "Alpha\r\nBcc: evil@example.com Omega", "Alpha Bcc: evil@example.com Omega"
    ),
    "encoded word": same("Alpha =?utf-8?q?x=0D=0ABcc:_evil@example.com?= Omega"),
    "encoded word first": same(
        "=?utf-8?b?DQpCY2M6IGV2aWxAZXhhbXBsZS5jb20NCg0KQWxwaGE=?= Alpha Omega"
    ),
    "separators": Title("Alpha\u2028Bcc: x\u2029\x0b\x0c\x85Omega", "Alpha Bcc: x …Omega"),
    "NUL": Title("Alpha\0Omega", "Alpha\ufffdOmega"),
    "C1": Title("Alpha\x9b31m\x90Omega", "Alpha›31m Omega"),
    "escape sequence": Title("Alpha\x1b[31mOmega", "Alpha[31mOmega"),
    "bidi override": Title("Alpha \u202eagemO\u202c \u2066Omega", "Alpha agemO Omega"),
    "Slack ping": same("Alpha <!channel> <@U012AB3CD> <https://evil.example|here> Omega"),
    "Slack entities": Title("Alpha &lt;!channel&gt; &amp; Omega", "Alpha <!channel> & Omega"),
    "mrkdwn": same("Alpha *x* _y_ ~z~ `c` :skull: Omega"),
    "template": same("Alpha {{ 7*7 }} {% for x in y %} {# #} ${7*7} Omega"),
    "Markdown link": same("Alpha ](javascript:alert(1)) [x](javascript:alert(1)) Omega"),
    "Markdown image": same(
        "Alpha ![x](https://evil.example/pixel.png) <https://evil.example> Omega"
    ),
    "Markdown blocks": same("# Alpha > - + 1. | ``` *** === Omega"),
    "numbered": same("1. Alpha Omega"),
    "backslashes": same("Alpha \\ \\\\ \\* \\"),
    "percent": same("Alpha %s %(x)s %n {0} {edition} Omega"),
    "kept styles": same('Alpha data-css-inline="keep" Omega'),
    "family": same("Alpha 👩‍👩‍👧‍👦🏳️‍🌈👍🏽 Omega"),
    "combining marks": same("Alpha Z" + "\u0301\u0327\u0353" * 60 + " Omega"),
    "dots": same("Alpha\u200b. . .. Omega"),
}
LONG = "Alpha " + "x" * 10_000
SURROGATE = "Alpha \ud800 Omega"


def from_feed(title: str) -> Edition:
    """An edition of one story that came all the way through a feed."""
    legal = "".join(
        f"&#{ord(character)};" if ord(character) < 0x20 else escape(character)
        for character in title
    )
    entry = (
        "<item><guid>1</guid><link>https://site.example/1</link>"
        f"<title>{legal}</title><description>Some words.</description></item>"
    )
    parsed = parse_feed(rss(entry).encode(), "https://site.example/feed")
    clean = clean_entries(identify(parsed))[0]
    return edition(story(title=clean.title, url=clean.link, excerpt=clean.excerpt))


def everywhere(text: str) -> Edition:
    """An edition that has the text in every field that a feed fills."""
    return edition(
        story(
            title=text,
            feed=text,
            author=f"{text} and others",
            excerpt=text,
            also_in=(AlsoIn(text, "https://other.example/1"), AlsoIn(text, "")),
        )
    )


def cases() -> list[Any]:
    """Build function, raw title, what of it shows."""
    found = []
    for name, title in TITLES.items():
        found += [
            pytest.param((from_feed, title.raw, title.shown), id=f"{name}, through a feed"),
            pytest.param((everywhere, title.raw, "Alpha"), id=f"{name}, everywhere"),
        ]
    return [
        *found,
        pytest.param((from_feed, LONG, LONG[:1_000]), id="long, through a feed"),
        pytest.param((everywhere, LONG, LONG), id="long, everywhere"),
        pytest.param((everywhere, SURROGATE, "Alpha"), id="lone surrogate, everywhere"),
    ]


@dataclass(frozen=True)
class Case:
    hostile: Edition
    harmless: Edition
    shown: str


@pytest.fixture(params=cases())
def case(request: pytest.FixtureRequest) -> Case:
    build, raw, shown = request.param
    return Case(build(raw), build("Fine"), shown)


def test_in_the_headers_of_an_email(case: Case) -> None:
    message = build_email(case.hostile, "<p>html</p>", "text", "Digest <digest@example.com>")
    raw = personal_headers("ada@example.com", "<1@example.com>") + message

    mail = message_from_bytes(raw, policy=default)
    assert mail.keys() == HEADERS
    assert mail["Subject"].startswith("Weekly reading: ")
    assert case.shown[:80] in mail["Subject"] or mail["Subject"].endswith("…")
    assert not any(category(character) == "Cc" for character in mail["Subject"])
    assert raw.partition(b"\r\n\r\n")[0].isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_in_html(case: Case) -> None:
    root = document(TEMPLATES.html(case.hostile))

    assert structure(root) == structure(document(TEMPLATES.html(case.harmless)))
    assert case.shown in root.find_class("headline")[0].text_content()
    assert links(root) <= {"https://site.example/1", "https://other.example/1"}


def test_in_the_body_of_an_email(case: Case) -> None:
    html, text = TEMPLATES.html(case.hostile), TEMPLATES.text(case.hostile)

    raw = build_email(case.hostile, html, text, "Digest <digest@example.com>")

    plain, rich = message_from_bytes(raw, policy=default).iter_parts()
    assert case.shown in " ".join(plain.get_content().split())
    assert structure(document(rich.get_content())) == structure(document(html))
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_in_text(case: Case) -> None:
    text = TEMPLATES.text(case.hostile)

    assert case.shown in " ".join(text.split())
    assert "\nBcc:" not in text


def test_in_markdown(case: Case) -> None:
    root = fragment(MarkdownIt("commonmark").render(TEMPLATES.markdown(case.hostile)))

    tags = {tag for tag, _ in structure(root)}
    assert tags == {"main", "h1", "h2", "h3", "p", "a"}
    assert links(root) <= {"https://site.example/1", "https://other.example/1"}
    assert case.shown in root.text_content()


def test_in_slack(case: Case) -> None:
    [message] = build_messages(case.hostile)

    encoded = json.dumps(message)
    assert len(encoded) < MAX_JSON
    assert "mrkdwn" not in encoded
    assert "<" not in message["text"]
    assert ">" not in message["text"]
    links = [element for element in elements(message["blocks"]) if element["type"] == "link"]
    assert links[0]["url"] == story().url
    assert {link["url"] for link in links[1:]} <= {"https://other.example/1"}
    assert case.shown[:199] in links[0]["text"]
    encoded.encode("utf-8")


def elements(blocks: Any) -> Iterator[dict[str, Any]]:
    """Every object with a type, at any depth."""
    if isinstance(blocks, list):
        for block in blocks:
            yield from elements(block)
    elif isinstance(blocks, dict):
        if "type" in blocks:
            yield blocks
        for value in blocks.values():
            yield from elements(value)


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES.keys())
def test_a_feed_leaves_no_control_character(title: Title) -> None:
    rendered = from_feed(title.raw)

    for form in (TEMPLATES.html, TEMPLATES.text, TEMPLATES.markdown):
        odd = {c for c in form(rendered) if not c.isprintable()} - {"\n", "\u2007", "\u00ad"}
        assert odd <= {"\u200b", "\u200d"}
