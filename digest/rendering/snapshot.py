"""An edition as JSON, for programs (`digest --json preview`) and for the file channel."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.model import AlsoIn, EditionBlock, Fact, More, Related, as_dict

if TYPE_CHECKING:
    from digest.model import Edition, Story


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
    published: datetime | None
    excerpt: str
    reading_minutes: int
    """How long its text or recording takes; 0 where its feed has neither."""
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


class SectionSnapshot(Struct, frozen=True):
    """Stories under one heading."""

    title: str
    stories: tuple[StorySnapshot, ...]
    more: tuple[More, ...]
    """What is only counted of its feeds, and in the last section of feeds that have none."""


class EditionSnapshot(Struct, frozen=True):
    """`preview`: the edition as it would be now."""

    digest: str
    subject: str
    period: Period
    sections: tuple[SectionSnapshot, ...]
    held_back: int
    """How many stories wait for the next edition."""
    blocks: tuple[EditionBlock, ...]
    """What stands above the stories and is none, like the weather."""


def snapshot(edition: Edition) -> EditionSnapshot:
    """What programs get of an edition."""
    return EditionSnapshot(
        digest=edition.digest,
        subject=edition.subject,
        period=Period(edition.period_from, edition.period_to),
        sections=tuple(
            SectionSnapshot(section.title, tuple(map(_story, section.stories)), section.more)
            for section in edition.sections
        ),
        held_back=edition.held_back,
        blocks=edition.blocks,
    )


def as_json_text(edition: Edition) -> str:
    """The snapshot as a JSON document; times are ISO 8601."""
    plain = as_dict(snapshot(edition))
    return json.dumps(plain, default=datetime.isoformat, ensure_ascii=False, indent=2) + "\n"


def _story(story: Story) -> StorySnapshot:
    return StorySnapshot(**{name: getattr(story, name) for name in StorySnapshot.__struct_fields__})
