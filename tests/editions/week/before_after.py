"""What feeds said in the ordinary week, and what the edition makes of it, as a part of the docs."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from digest.model import Section
from digest.rendering.templates import Templates
from tests.editions import week
from tests.feed_xml import parse_feed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.model import Edition, Entry, ParsedEntry
    from tests.editions.week.conftest import Made

_LONGEST = 150
_TAG = re.compile(r"<[^>]*>")
_STORY_END = re.compile(r"\n\n\n|\n-- \n")


class Topic(NamedTuple):
    """Something that an editor sees to.

    `said` names entries by their feed and by an expression that their link matches.
    """

    title: str
    about: str
    said: tuple[tuple[str, str], ...]


TOPICS = (
    Topic(
        "One article in four places",
        "A blog, its copy on another site and two link sites are one story. The blog leads, since "
        "the link of the others is at its address.",
        (
            ("23-ada-lind", "the-page-cache"),
            ("24-dev-to-ada-lind", "the-page-cache"),
            ("01-hacker-news", "the-page-cache"),
            ("03-lobsters", "the-page-cache"),
        ),
    ),
    Topic(
        "A release, and who tells of it",
        "The project's own page, a link site and a forum have the same link; others write about it "
        "in their own words. The digest watches `larder`.",
        (
            ("04-larder", r"v3\.0\.0$"),
            ("01-hacker-news", "larder/releases"),
            ("10-selfhosted", "larder_30_released"),
            ("03-lobsters", "larder.example"),
            ("25-the-ledger", "larder-3-review"),
        ),
    ),
    Topic(
        "Opposites",
        "The titles differ in one word, and it is the one that counts.",
        (("25-the-ledger", "sable"), ("01-hacker-news", "sable")),
    ),
    Topic(
        "What readers had last Monday",
        "The edition before this one had the article.",
        (("03-lobsters", "file-locks"),),
    ),
    Topic(
        "A title that is only a version",
        "In a list of all kinds of things it says nothing.",
        (("05-tern", r"0\.12\.4$"),),
    ),
    Topic(
        "Posts without a title",
        "What is shown is the post.",
        (("13-wren", "0005"), ("13-wren", "0004"), ("13-wren", "0003"), ("13-wren", "0002")),
    ),
    Topic(
        "What stands around a text",
        "Greetings, advertisements and labels are no part of what an article says.",
        (
            ("12-slow-signals", "a-fifth-of-the-web"),
            ("11-arxiv-dc", "2611.04411"),
            ("07-bridges", "Br1dgeM0ves"),
            ("09-stack-and-heap", "89-the-cost"),
            ("10-selfhosted", "shoe_cupboard"),
        ),
    ),
    Topic(
        "A hundred from one feed",
        "A wire brings more in a week than all others together. These are three of them.",
        (
            ("21-meridian-wire", "article-261520"),
            ("21-meridian-wire", "article-241005"),
            ("21-meridian-wire", "article-300620"),
        ),
    ),
)


def before_and_after(made: Made) -> str:
    """Each topic as a section of the docs, in Markdown."""
    return "\n".join(line for topic in TOPICS for line in _section(topic, made))


def _section(topic: Topic, made: Made) -> Iterator[str]:
    said = [_said(feed, part) for feed, part in topic.said]
    yield from (f"### {topic.title}", "", topic.about, "")
    yield from ("| feed | title | link | text |", "|---|---|---|---|")
    stored = [_stored(made.draft.pending, address, entry) for address, entry in said]
    for entry, (_, parsed) in zip(stored, said, strict=True):
        yield _row(entry.feed_title, parsed)
    shown = "\n\n".join(_shown(made.edition, {entry.id for entry in stored}))
    if shown:
        yield from ("", "In the edition:", "", "```text", shown, "```")
    yield from ("", "`digest preview weekly --why` says:", "", "```text")
    yield from _why(made, stored)
    yield from ("```", "")


def _said(name: str, part: str) -> tuple[str, ParsedEntry]:
    """An entry as its feed has it, and the feed's address."""
    (feed,) = [feed for feed in week.feeds() if feed["name"] == name]
    parsed = parse_feed(week.body(feed), feed["asked"])
    (found,) = [
        entry
        for entry in parsed.entries
        if re.search(part, entry.link) or re.search(part, entry.discussion)
    ]
    return feed["source"]["url"], found


def _stored(pending: Sequence[Entry], address: str, parsed: ParsedEntry) -> Entry:
    """The same entry as the digest has it, which may have improved its title or its link."""
    (found,) = [
        entry
        for entry in pending
        if entry.feed_url == address and (entry.link == parsed.link or entry.title == parsed.title)
    ]
    return found


def _row(feed: str, entry: ParsedEntry) -> str:
    text = " ".join(unescape(_TAG.sub(" ", entry.html)).split())
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST].rsplit(' ', 1)[0]} …"
    cells = (feed, entry.title, f"`{entry.link}`", cut)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |".replace("|  |", "| |")


def _cell(text: str) -> str:
    return re.sub(r"([|<>\[\]*$#]|\\)", r"\\\1", text) if not text.startswith("`") else text


def _shown(edition: Edition, ids: set[int]) -> Iterator[str]:
    """The stories that have these entries, as the text of the email shows them."""
    for section in edition.sections:
        for story in section.stories:
            if ids.isdisjoint(story.entries):
                continue
            alone = replace(edition, sections=(Section(section.title, (story,)),), held=())
            text = Templates().text(alone)
            _, star, rest = text.partition("\n* ")
            assert star, text
            yield f"* {_STORY_END.split(rest)[0]}".rstrip()


def _why(made: Made, entries: Sequence[Entry]) -> Iterator[str]:
    """What becomes of these entries, in the order of the edition."""
    wanted = {(entry.title, entry.link) for entry in entries}
    return (fate.line for fate in made.fates if (fate.title, fate.url) in wanted)
