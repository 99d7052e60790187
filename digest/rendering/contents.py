"""The contents that a long edition opens with: a line for a section, and a line for the others."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.model import Section  # noqa: TC001 - templates' reference reads its type

if TYPE_CHECKING:
    from digest.model import Edition, Story

# What fits two screens is seen without a list of it: pixels of a mail program on a desk.
_TWO_SCREENS = 1_800
# How the theme `classic` sets an edition, 600 pixels wide: characters in a line of a title and of
# an excerpt, the height of such a line, and what is around a story, a line of it, and a section,
# and above and below all.
_IN_TITLE, _IN_EXCERPT = 60, 75
_LINE = 24
_AROUND_STORY, _AROUND_LINE, _AROUND_SECTION, _AROUND_ALL = 54, 10, 54, 200
_PICTURE = 132
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
    if len(named) < 2 or _height(edition) <= _TWO_SCREENS:
        return None
    most = len(named) if len(named) <= _MOST_LINES else _MOST_LINES - 1
    return Contents(named[:most], len(named) - most)


def _height(edition: Edition) -> int:
    """About how many pixels it is high."""
    return _AROUND_ALL + sum(
        _AROUND_SECTION + sum(map(_height_of, section.shown)) for section in edition.sections
    )


def _height_of(story: Story) -> int:
    title = _LINE * ceil(len(story.title) / _IN_TITLE)
    if story.brief:
        return title + _AROUND_LINE
    text = _LINE * ceil(len(story.html or story.excerpt) / _IN_EXCERPT)
    beside = _PICTURE if story.picture else 0
    related = _LINE * len(story.related)
    return max(title + text, beside) + related + _AROUND_STORY
