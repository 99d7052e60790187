"""The overview: a paragraph on top of an edition that says what it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.language import language_of
from digest.model import OVERVIEW, EditionBlock
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from digest.model import Edition, Story

# The stories that it names, and how much of each title.
_NAMED, _LONGEST_TITLE = 4, 90
LEAST_STORIES = 3
"""Fewer are seen at a glance, and need none."""


def topmost(edition: Edition, most: int) -> tuple[Story, ...]:
    """The stories with the best claim to be shown; of one subject, one."""
    ranked = sorted((story for story in edition.stories if not story.had), key=lambda s: s.rank)
    of_subject: dict[str, Story] = {}
    for story in ranked:
        of_subject.setdefault(story.group or f"\n{story.title}", story)
    return tuple(of_subject.values())[:most]


def plain_overview(edition: Edition) -> EditionBlock | None:
    """What an edition is about by the titles of its topmost stories; None where they are few."""
    if len(edition.stories) < LEAST_STORIES:
        return None
    language = language_of(edition.language)
    named = topmost(edition, _NAMED)
    titles = [short_line(story.title, _LONGEST_TITLE).rstrip(" .;") for story in named]
    if rest := len(edition.stories) - len(titles):
        titles.append(language.translate("and {count} more", count=rest))
    return EditionBlock(OVERVIEW, language.translate("In short"), text=f"{'; '.join(titles)}.")


def written_overview(edition: Edition, text: str) -> EditionBlock:
    """What a model wrote of an edition, and that it did."""
    title = language_of(edition.language).translate("In short, written by a model")
    return EditionBlock(OVERVIEW, title, text=text)
