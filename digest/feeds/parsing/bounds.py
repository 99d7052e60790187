"""What a source says, held to the limits: every text, link and number of it."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.feeds.limits import (
    MAX_FACTS,
    MAX_HTML,
    MAX_ID,
    MAX_LINK,
    MAX_NAME,
    MAX_TITLE,
    MAX_UNIT,
    within_limits,
)
from digest.feeds.text import absolute_link, categories, one_line, well_formed
from digest.model import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from digest.model import ParsedEntry, ParsedFeed


def bounded(feed: ParsedFeed, url: str) -> ParsedFeed:
    """A feed of a document that came from `url`, as it may be stored and shown.

    Names and titles are one line, links absolute (`url` is what they are relative to) and of http
    or https, and nothing is longer or more than `digest.feeds.limits` has it. Twice is as once.

    Raises:
        FeedError: it is too much.
    """
    return replace(
        feed,
        title=one_line(feed.title, MAX_NAME),
        entries=within_limits(_entry(entry, url) for entry in feed.entries),
        link=absolute_link(url, feed.link, MAX_LINK),
        resolved=one_line(feed.resolved, MAX_NAME),
    )


def _entry(entry: ParsedEntry, url: str) -> ParsedEntry:
    link = absolute_link(url, entry.link, MAX_LINK)
    return replace(
        entry,
        guid=well_formed(entry.guid).strip()[:MAX_ID],
        link=link,
        title=one_line(entry.title, MAX_TITLE),
        author=one_line(entry.author, MAX_NAME),
        html=well_formed(entry.html)[:MAX_HTML],
        base=absolute_link(url, entry.base, MAX_LINK) or link or url,
        image=absolute_link(url, entry.image, MAX_LINK),
        categories=categories(entry.categories),
        facts=bounded_facts(entry.facts),
        discussion=absolute_link(url, entry.discussion, MAX_LINK),
    )


def bounded_facts(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Facts of an entry as they may be stored and shown."""
    return tuple(_facts(facts))[:MAX_FACTS]


def _facts(facts: Iterable[Fact]) -> Iterable[Fact]:
    for fact in facts:
        name, unit = one_line(fact.name, MAX_UNIT), one_line(fact.unit, MAX_UNIT)
        if name and isfinite(fact.value):
            yield Fact(name, fact.value, unit)
