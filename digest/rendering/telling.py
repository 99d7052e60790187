"""What all forms of an edition say of it and of its stories, as plain text."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from digest.rendering import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model import Edition, Picture, Section, Story

    Say = Callable[..., str]

_PLACE = re.compile(r"\{(\w+)\}")
# Written from right to left: Arabic, Persian, Hebrew, Urdu (ISO 639).
_RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
_LONG, _MANY = 12, 3
_NAME, _NAMED = 60, 3


def say(text: str, /, **values: object) -> str:
    """The text with each `{name}` replaced by the value of that name; HTML where a value is HTML.

    Raises:
        LookupError: there is no value of a name.
    """
    # Not str.format, by which a template could reach into Python.
    pieces: list[object] = list(_PLACE.split(text))
    if missing := [place for place in pieces[1::2] if place not in values]:
        raise LookupError(f"there is no value for {{{missing[0]}}} in {text!r}")
    pieces[1::2] = [values[str(place)] for place in pieces[1::2]]
    if any(hasattr(value, "__html__") for value in values.values()):
        return Markup("").join(escape(piece) for piece in pieces)
    return "".join(map(str, pieces))


def language_direction(language: str) -> str:
    """`rtl` or `ltr`, by a BCP 47 tag."""
    return "rtl" if re.split("[-_]", language.lower())[0] in _RIGHT_TO_LEFT else "ltr"


def name(text: str, language: str) -> str:
    """A name for inside a line of the language: it does not turn what follows it."""
    if language_direction(language) == "ltr":
        return words.inline(text)
    ltr = any(unicodedata.bidirectional(character) == "L" for character in text)
    return f"{text}\u200f" if ltr else text


def facts(
    edition: Edition, section: Section, story: Story, *, brief: bool = False, say: Say = say
) -> list[str]:
    """What is known of a story beside its words: feed, author, date, how long it takes.

    Not the feed or the author where the heading of its section says the same; with `brief`
    neither author nor date.
    """
    said = [say("Updated")] if story.updated else []
    known = [section.title]
    for who in (story.feed, "" if brief else story.author):
        if who and not any(f" {who} " in f" {one} " for one in known):
            said.append(name(who, edition.language))
            known.append(who)
    if story.published and not brief:
        said.append(words.day(story.published, edition.timezone))
    if story.reading_minutes:
        said.append(words.reading_time(story.reading_minutes))
    return said


def closing(edition: Edition, say: Say) -> list[str]:
    """The sentences under an edition: what waits or fails, what is quiet, what comes, and why."""
    said = [words.notes(edition), _quiet(edition, say), _next(edition, say)]
    why = say("You get this because your address is on the list for {title}.", title=edition.title)
    return [*filter(None, said), why]


def _quiet(edition: Edition, say: Say) -> str:
    named = [
        say(
            "{feed} (since {day})",
            feed=name(words.short(one.feed, _NAME), edition.language),
            day=words.day(one.since, edition.timezone),
        )
        for one in edition.quiet[:_NAMED]
    ]
    if more := len(edition.quiet) - len(named):
        named.append(words.count(more, "more feed"))
    return say("Nothing new for long: {feeds}.", feeds=", ".join(named)) if named else ""


def _next(edition: Edition, say: Say) -> str:
    if edition.next_at is None:
        return ""
    day = words.day(edition.next_at, edition.timezone)
    time = f"{edition.next_at.astimezone(ZoneInfo(edition.timezone)):%H:%M}"
    return say("The next edition is due on {day} at {time}.", day=day, time=time)


def is_long(edition: Edition) -> bool:
    """Whether an edition is to open with its contents."""
    return len(edition.stories) > _LONG and len(edition.sections) > _MANY


def fit(picture: Picture, width: int, height: int) -> tuple[int, int]:
    """The size in pixels to show a picture at: within these bounds, in its shape, not enlarged."""
    scale = min(1, width / picture.width, height / picture.height)
    return max(1, round(picture.width * scale)), max(1, round(picture.height * scale))


def source(picture: Picture) -> str:
    """Where a picture is loaded from: the message it is part of (RFC 2392), or its address."""
    return f"cid:{picture.content_id}" if picture.content_id else picture.url
