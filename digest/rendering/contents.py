"""The contents that a long edition opens with: a line for a section, and a line for the others."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.model import Section  # noqa: TC001 - templates' reference reads its type

if TYPE_CHECKING:
    from digest.model import Edition, Story

# What fits two screens is seen without a list of it: lines of a mail program on a desk, as the
# theme `classic` sets them, 600 pixels wide. A title has larger letters than an excerpt.
_TWO_SCREENS = 80
_TITLE, _EXCERPT = 60, 75
_PICTURE = 5
# With its heading, contents are eight lines.
_MOST_LINES = 7


class Contents(Struct, frozen=True):
    """The first sections below the top, and how many there are beside."""

    sections: tuple[Section, ...]
    others: int


def contents(edition: Edition) -> Contents | None:
    """What an edition opens with; None where it fits two screens, or has but one section."""
    named = tuple(
        section
        for section in edition.sections
        if section.shown and section.headed and not section.top
    )
    if len(named) < 2 or _lines(edition) <= _TWO_SCREENS:
        return None
    most = len(named) if len(named) <= _MOST_LINES else _MOST_LINES - 1
    return Contents(named[:most], len(named) - most)


def _lines(edition: Edition) -> int:
    """About how many lines it has; each section has a heading of two."""
    return sum(2 + sum(map(_story, section.shown)) for section in edition.sections)


def _story(story: Story) -> int:
    title = ceil(len(story.title) / _TITLE)
    if story.brief:
        return 1 + title
    beside = _PICTURE if story.picture else 0
    text = ceil(len(story.html or story.excerpt) / _EXCERPT)
    return title + max(1 + text, beside) + len(story.related) + 1
