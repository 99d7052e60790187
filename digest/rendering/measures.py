"""What was measured of a story, in words: points, comments, and where people talk about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.language import language_of, unbroken
from digest.model import CONFIRMATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.language import Language
    from digest.model import Edition, Fact, Story

# Whichever fact is of this unit leads to the discussion.
_COMMENTS = "comments"
_COUNTED: dict[str, Callable[[Language, int], str]] = {
    "points": lambda language, number: language.count(number, "point", "points"),
    _COMMENTS: lambda language, number: language.count(number, "comment", "comments"),
    "downloads": lambda language, number: language.count(number, "download", "downloads"),
    "stars": lambda language, number: language.count(number, "star", "stars"),
    "views": lambda language, number: language.count(number, "view", "views"),
    "likes": lambda language, number: language.count(number, "like", "likes"),
    "people": lambda language, number: language.count(
        number, "person shares it", "people share it"
    ),
}


def measures(edition: Edition, story: Story) -> list[tuple[str, str]]:
    """`312 points`, `104 comments`: each with the address it leads to, if any.

    Where nobody counts the comments, the discussion has a word of its own.
    """
    language = language_of(edition.language)
    found = [
        (_counted(fact, language), story.discussion if _unit(fact) == _COMMENTS else "")
        for fact in story.facts
        if fact.name != CONFIRMATION
    ]
    if story.discussion and not any(url for _, url in found):
        found.append((language.translate("Discussion"), story.discussion))
    return found


def _unit(fact: Fact) -> str:
    return fact.unit or fact.name


def _counted(fact: Fact, language: Language) -> str:
    unit = _unit(fact)
    if isinstance(fact.value, int) and unit in _COUNTED:
        return unbroken(_COUNTED[unit](language, fact.value))
    return unbroken(f"{language.number(fact.value)} {unit}")
