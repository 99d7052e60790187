"""An edition as JSON, for programs: one form, wherever they get it.

`docs/schemas/edition.json` is its schema. What is in it keeps its name and its meaning; what comes
later is added beside it.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from digest.model import (
    AlsoIn,
    EditionBlock,
    Fact,
    Failing,
    Held,
    More,
    Quiet,
    Related,
    Summary,
    as_dict,
)
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model import Edition, Story

# Another form, in which something has a new name or meaning, would have the next number.
VERSION = 1
# Receivers of webhooks take no more than 16 MB (n8n, Home Assistant) or 10 MB (Zapier).
MOST_BYTES = 8_000_000
# As long as titles and names of feeds are where nothing else makes an edition short enough.
_SHORT_TITLE = 100


class Period(Struct, frozen=True, rename={"from_": "from"}):
    """Half open."""

    from_: datetime
    to: datetime


class StorySnapshot(Struct, frozen=True):
    """One thing to read."""

    title: str
    url: str
    """Empty where there is none."""
    feed: str
    author: str
    published: datetime | None
    excerpt: str
    html: str
    """Its whole content, made safe, where the digest shows it; else empty."""
    image: str
    """Where its feed says it has a picture; else empty."""
    reading_minutes: int
    """How long its text or recording takes; 0 where its feed has neither."""
    recording: bool
    """Whether there is something to hear, or to watch, rather than to read."""
    video: bool
    facts: tuple[Fact, ...]
    """What was measured when the edition was composed, like points and comments."""
    discussion: str
    """Where people talk about it, or empty."""
    also_in: tuple[AlsoIn, ...]
    related: tuple[Related, ...]
    brief: bool
    """Whether it is shown by its title alone."""
    had: datetime | None
    """When an earlier edition had its link."""
    watched: tuple[str, ...]
    """The rules of `watch` that it matches."""
    updated: bool
    """Whether it has changed since an earlier edition had it."""
    group: str
    """The subject that it shares with its neighbours in the section, or empty."""
    summary: Summary | None
    """How the excerpt came about, where the digest asks for summaries; else null."""


class SectionSnapshot(Struct, frozen=True):
    """Stories under one heading."""

    title: str
    url: str
    """The home page of its feed, where it is of one; else empty."""
    top: bool
    """Whether its stories were raised above the others."""
    stories: tuple[StorySnapshot, ...]
    more: tuple[More, ...]
    """What is only counted of its feeds, and in the last section of feeds that have none."""


class EditionSnapshot(Struct, frozen=True):
    """An edition: what its readers see of it."""

    version: int
    """Of this form: 1. What is added to the form does not change it."""
    digest: str
    title: str
    subject: str
    url: str
    """Where a browser shows it; empty where it does not, and in a preview."""
    language: str
    timezone: str
    period: Period
    next_at: datetime | None
    """When the next edition is due."""
    sections: tuple[SectionSnapshot, ...]
    held_back: int
    """How many stories wait for the next edition."""
    held: tuple[Held, ...]
    """Feeds with a flood of entries, which wait for the operator's word."""
    failing: tuple[Failing, ...]
    """Feeds that could not be read for long."""
    quiet: tuple[Quiet, ...]
    """Feeds that have brought nothing for long."""
    blocks: tuple[EditionBlock, ...]
    """What stands above the stories and is none, like the weather."""


def snapshot(edition: Edition, url: str = "") -> EditionSnapshot:
    """What programs get of an edition; `url` shows it in a browser, if there is one."""
    return EditionSnapshot(
        version=VERSION,
        digest=edition.digest,
        title=edition.title,
        subject=edition.subject,
        url=url,
        language=edition.language,
        timezone=edition.timezone,
        period=Period(edition.period_from, edition.period_to),
        next_at=edition.next_at,
        sections=tuple(
            SectionSnapshot(
                *(section.title, section.url, section.top),
                tuple(map(_story, section.stories)),
                section.more,
            )
            for section in edition.sections
        ),
        held_back=edition.held_back,
        held=edition.held,
        failing=edition.failing,
        quiet=edition.quiet,
        blocks=edition.blocks,
    )


def as_json_text(edition: Edition, url: str = "") -> str:
    """The snapshot as a JSON document; times are ISO 8601."""
    return _json(snapshot(edition, url), ensure_ascii=False, indent=2) + "\n"


def as_json_object(edition: Edition, url: str = "") -> dict[str, Any]:
    """The snapshot as what a program is sent in one message, of at most `MOST_BYTES` as JSON.

    Where it would be longer, whole contents are left out, and the titles of stories that are only
    counted, which can be hundreds of thousands; then what is said of stories; and then all but
    their links and how their titles begin.
    """
    made = snapshot(edition, url)
    text = _json(made)
    for shorter in (_without_content, _without_text, _title_and_link):
        if len(text) > MOST_BYTES:
            text = _json(_with_shorter(made, shorter))
    found: dict[str, Any] = json.loads(text)
    return found


def _json(made: EditionSnapshot, **options: Any) -> str:
    return json.dumps(as_dict(made), default=datetime.isoformat, **options)


def _with_shorter(
    made: EditionSnapshot, shorter: Callable[[StorySnapshot], StorySnapshot]
) -> EditionSnapshot:
    """The same, with shorter stories, and without titles of those that are counted."""
    sections = tuple(
        replace(
            section,
            stories=tuple(map(shorter, section.stories)),
            more=tuple(replace(more, listed=()) for more in section.more),
        )
        for section in made.sections
    )
    return replace(made, sections=sections)


def _without_content(story: StorySnapshot) -> StorySnapshot:
    return replace(story, html="")


def _without_text(story: StorySnapshot) -> StorySnapshot:
    return replace(story, html="", excerpt="", related=())


def _title_and_link(story: StorySnapshot) -> StorySnapshot:
    return replace(
        _without_text(story),
        title=short_line(story.title, _SHORT_TITLE),
        feed=short_line(story.feed, _SHORT_TITLE),
        author="",
        image="",
        discussion="",
        facts=(),
        also_in=(),
        watched=(),
        group="",
    )


def _story(story: Story) -> StorySnapshot:
    return StorySnapshot(**{name: getattr(story, name) for name in StorySnapshot.__struct_fields__})
