"""An edition as one line for a phone: how many stories there are, and what the first are called."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.language import language_of
from digest.model import ALERTS
from digest.rendering import phrases
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Edition

# In graphemes and units of UTF-16.
_MAX_TITLE = 100
_MAX_HEADLINE = 80
# What a phone shows of a notification that is opened out has room for about so many.
_HEADLINES = 5


class PushMessage(Struct, frozen=True):
    """A title of at most 100 characters, a text of at most 500, and a link with what it is called.

    The link is empty where there is nothing that it could lead to.
    """

    title: str
    text: str
    link: str = ""
    link_title: str = ""


def push_message(edition: Edition, url: str, longest_link: int) -> PushMessage:
    """One line of an edition, which leads to `url`, where a browser shows all of it.

    Without, it leads to the first story that is named and has an address; a link longer than
    `longest_link` is left out.
    """
    title = _cut(edition.title, _MAX_TITLE)
    link, link_title = next(
        ((link, name) for link, name in _links(edition, url) if _is_link(link, longest_link)),
        ("", ""),
    )
    return PushMessage(title, " · ".join(filter(None, _words(edition))), link, link_title)


def _cut(text: str, most: int) -> str:
    return short_line(" ".join(text.split()), most)


def _is_link(link: str, longest: int) -> bool:
    return link.startswith(("https://", "http://")) and len(link) <= longest


def _words(edition: Edition) -> Iterator[str]:
    language = language_of(edition.language)
    if not edition.stories:
        yield language.translate("Nothing new this time.")
    elif edition.digest != ALERTS:
        yield language.count(len(edition.stories), "story", "stories")
    for story in islice(edition.stories, _HEADLINES):
        yield phrases.inline(_cut(story.title, _MAX_HEADLINE), language.direction)


def _links(edition: Edition, url: str) -> Iterator[tuple[str, str]]:
    """Where it could lead, the best first, each with what it is called."""
    if url:
        yield url, language_of(edition.language).translate("View in browser")
        return
    for story in islice(edition.stories, _HEADLINES):
        yield story.url, _cut(story.title, _MAX_TITLE)
