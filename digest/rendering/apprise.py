"""An edition as the messages that one of apprise's services takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from digest.language import language_of
from digest.rendering.dialects import COMMON
from digest.rendering.messages import edition_messages
from digest.rendering.parts import Limit
from digest.rendering.phrases import short_line
from digest.rendering.plain_markup import PLAIN
from digest.rendering.push_message import push_message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Edition

# What splits an edition needs room for what stands around a story.
_LEAST_ROOM = 1_500
_MAX_TITLE = 100
_LEAST_WORDS = 20
# Not in an address, like https://site.example/@name.
_MENTION = re.compile(r"(?<![\w/])@(?=\w)")


class AppriseMessage(Struct, frozen=True):
    """A title, which is empty where the service takes none, and a body in a format."""

    title: str
    body: str
    format: Literal["text", "markdown"]


class Form(Struct, frozen=True):
    """What a service takes: so many characters of a title and of a body, as apprise counts them."""

    title: int
    body: int
    is_markdown: bool
    is_push: bool
    """Whether there is room for a line and a link only."""


def form_of(service: Any) -> Form:
    """What one of apprise's services says that it takes."""
    formats = service.notify_format
    formats = formats if isinstance(formats, tuple) else (formats,)
    names = [str(getattr(each, "value", each)) for each in formats]
    title = min(_MAX_TITLE, max(0, service.title_maxlen))
    body = service.body_maxlen - service.overflow_buffer
    if service.overflow_amalgamate_title:
        # With the end of its line.
        body -= title + 2
    if "text" not in names:
        # It is converted, and may get longer.
        body //= 2
    return Form(
        title,
        body,
        is_markdown="markdown" in names and "text" not in names,
        is_push=body < _LEAST_ROOM or service.body_max_line_count > 0,
    )


def apprise_messages(edition: Edition, form: Form, url: str) -> list[AppriseMessage]:
    """What a service gets of an edition, in order; `url` shows it in a browser, if any."""
    return [
        AppriseMessage(
            short_line(_unmentioned(title), form.title) if form.title else "",
            _unmentioned(body),
            "markdown" if form.is_markdown and not form.is_push else "text",
        )
        for title, body in _messages(edition, form, url)
    ]


def _messages(edition: Edition, form: Form, url: str) -> Iterator[tuple[str, str]]:
    """The title and the body of each message."""
    if form.is_push:
        yield edition.title, _push(edition, form, url)
    elif form.is_markdown:
        for message in edition_messages(COMMON, edition, [_limit(form.body)], url):
            yield edition.title, message
    else:
        for message in _plain(edition, form.body, url):
            title, _, body = message.partition("\n")
            yield title, body if form.title else message


def _plain(edition: Edition, most: int, url: str) -> Iterator[str]:
    """Messages of which the last ends with the address of the edition, if it has one."""
    words = language_of(edition.language).translate("View in browser")
    end = f"\n\n{words}: {url}" if url else ""
    *others, last = edition_messages(PLAIN, edition, [_limit(most - len(end))])
    yield from others
    yield last + end


def _push(edition: Edition, form: Form, url: str) -> str:
    """One line with a link, as templates of messages take it too; without a link that is longer."""
    push = push_message(edition, url, form.body - _LEAST_WORDS)
    words = _unmentioned(push.text if form.title else f"{push.title} · {push.text}")
    if not push.link:
        return short_line(words, form.body)
    return f"{short_line(words, form.body - len(push.link) - 1)} {push.link}"


def _limit(most: int) -> Limit[str]:
    return Limit(lambda text: len(_unmentioned(text)), most)


def _unmentioned(text: str) -> str:
    """The text, in which no service finds anybody to notify; it looks the same."""
    return _MENTION.sub("@\u2060", text)
