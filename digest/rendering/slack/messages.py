"""An edition as Slack messages: one post, several, or a post and its thread.

Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import json
from itertools import chain, takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.language import language_of
from digest.rendering import phrases
from digest.rendering.footer import next_edition, notes
from digest.rendering.full_list import linked_to_list
from digest.rendering.parts import Limit, fits, split
from digest.rendering.phrases import short_line
from digest.rendering.slack import blocks as make
from digest.rendering.slack.blocks import MAX_BLOCKS, MAX_JSON, Message
from digest.rendering.slack.edition_blocks import glances
from digest.rendering.slack.plain import literal
from digest.rendering.slack.sections import MAX_NAME, Item, body, sections

if TYPE_CHECKING:
    from digest.language import Language
    from digest.model import Edition
    from digest.rendering.slack.blocks import Block

# What a part's number and summary may add to it once all parts are known.
_MARGIN = 150
_MAX_HEADER = 140
_MAX_TEXT = 200
_MAX_NOTE = 240
# A thread's parent is to be short.
_MOST_IN_PARENT = 5
# A story is made to fit alone (`blocks`), so none has a shorter form.
_LIMITS: tuple[Limit[Message], ...] = (
    Limit(lambda message: len(message["blocks"]), MAX_BLOCKS),
    Limit(lambda message: len(json.dumps(message)), MAX_JSON - _MARGIN - 1),
)


class _Level(Struct, frozen=True):
    """How much is told: graphemes of excerpt for the top stories and the rest, and pictures."""

    top: int
    rest: int
    pictures: bool = False


_LEVELS = (
    *(_Level(300, 220, pictures=True), _Level(300, 220), _Level(300, 160)),
    *(_Level(300, 120), _Level(220, 80), _Level(220, 0)),
)
_MOST_REPLIES = 6
# Neighbouring sections share a reply of no more stories than this, as long as the replies are few.
_FEW = 6
_IN_THREAD = _LEVELS[0]


def build_messages(edition: Edition, url: str = "") -> list[Message]:
    """One message where it fits, with excerpts if they do; else as many as it takes.

    A message is split between stories, never inside one. `url` is where the edition is shown in a
    browser, if it is.
    """
    edition = linked_to_list(edition, url) if url else edition
    items: list[Item] = []
    footer = [*_in_browser(edition, url), *_footer(edition)]
    for level in _LEVELS:
        items = _items(edition, level)
        message = _message(edition, items, 1, 1, footer)
        if fits(message, _LIMITS):
            return [message]
    # Measured as the first or a later of many, and as the last: with all that a part can have.
    parts = split(
        items,
        lambda part: _message(edition, part, 1 if part[0] is items[0] else 99, 99, footer),
        _LIMITS,
    )
    return [
        _message(edition, part, n, len(parts), footer if n == len(parts) else [])
        for n, part in enumerate(parts, 1)
    ]


def build_thread(edition: Edition, url: str = "") -> list[Message]:
    """A short post with the top stories, then what goes into its thread, small sections together.

    There are at most `_MOST_REPLIES`; what is too much for them is counted in the last. Where there
    is nothing to go into a thread, it is what `build_messages` makes.
    """
    edition = linked_to_list(edition, url) if url else edition
    items = _items(edition, _IN_THREAD)
    top = list(takewhile(lambda item: item.section.top, items))[:_MOST_IN_PARENT]
    link = _in_browser(edition, url)
    opening = split(top, lambda part: _parent(edition, part, items[len(part) :], link), _LIMITS)[0]
    rest = items[len(opening) :]
    if not rest:
        return build_messages(edition, url)
    language = language_of(edition.language)
    footer = _footer(edition)
    replies = _replies(edition, len(opening), [*_beyond(rest, language, url), *footer])
    shown, beyond = replies[:_MOST_REPLIES], [*chain(*replies[_MOST_REPLIES:])]
    closing = [*_beyond(beyond, language, url), *footer]
    made = [_reply(edition, part, closing if part is shown[-1] else []) for part in shown]
    return [_parent(edition, opening, [*chain(*shown)], link), *made]


def _replies(edition: Edition, opening: int, closing: list[Block]) -> list[list[Item]]:
    """What goes into each reply, behind the first stories: in as much detail as few have room for.

    They are too many where even the titles are.
    """
    rest = _items(edition, _IN_THREAD)[opening:]
    replies = _by_section(edition, rest, closing)
    for level in _LEVELS:
        if len(replies) <= _MOST_REPLIES:
            break
        items = _items(edition, level)[opening:]
        # To divide what is too much anyway costs more than to see that it is.
        if level is _LEVELS[-1] or _weight(items) <= _MOST_REPLIES * MAX_JSON:
            replies = split(items, lambda part: _reply(edition, part, closing), _LIMITS)
    return replies


def _weight(items: list[Item]) -> int:
    return sum(len(json.dumps(item.blocks)) for item in items)


def _by_section(edition: Edition, items: list[Item], closing: list[Block]) -> list[list[Item]]:
    """Each section by itself, or with those before it where they are small; none after too many."""
    replies: list[list[Item]] = []
    for run in sections(items):
        if len(replies) > _MOST_REPLIES:
            break
        joined = [*replies[-1], *run] if replies else run
        if len(joined) <= _FEW and fits(_reply(edition, joined, closing), _LIMITS):
            replies[-1:] = [joined]
        else:
            replies += split(run, lambda part: _reply(edition, part, closing), _LIMITS)
    return replies


def _beyond(items: list[Item], language: Language, url: str) -> list[Block]:
    """The line that counts what a thread has no room for; none where there is nothing."""
    if not items:
        return []
    waiting = (more.stories for item in items if item.last for more in item.section.more)
    count = language.translate("and {count} more", count=len(items) + sum(waiting))
    return [make.rich_text([make.line([make.link(url, count)])])]


def _items(edition: Edition, level: _Level) -> list[Item]:
    pictures = level.pictures and not any(section.top for section in edition.sections)
    items = []
    for number, section in enumerate(edition.sections):
        for place, story in enumerate(section.stories, 1):
            excerpt = level.top if section.top or story.is_shared else level.rest
            large = not story.brief and (section.top or (pictures and story.picture is not None))
            blocks = (
                make.blocks(story, section, excerpt, edition)
                if large
                else [make.bullet(story, section, excerpt, edition)]
            )
            last = place == len(section.stories)
            items.append(Item(number, section, story, blocks, not large, place == 1, last))
    return items


def _message(
    edition: Edition, items: list[Item], number: int, total: int, footer: list[Block]
) -> Message:
    title = short_line(edition.title, _MAX_HEADER)
    language = language_of(edition.language)
    part = language.translate("continued, part {number} of {total}", number=number, total=total)
    nothing = make.plain(language.translate("Nothing new this time."))
    blocks = [
        _header(title if total == 1 else f"{title} ({number}/{total})"),
        _context(phrases.summary(edition) if number == 1 else part),
        *(glances(edition) if number == 1 else []),
        *(body(items, language) or [{"type": "section", "text": nothing}]),
        *footer,
    ]
    opens = f"{title} ({number}/{total})"
    return _post(edition.subject if number == 1 else _announced(opens, items, language), blocks)


def _parent(edition: Edition, opening: list[Item], rest: list[Item], link: list[Block]) -> Message:
    language = language_of(edition.language)
    runs = list(sections(rest))
    names = language.list_of(
        f"{phrases.inline(short_line(run[0].section.title, MAX_NAME), language.direction)}"
        f" ({len(run)})"
        for run in runs
    )
    inside = language.translate(
        "In the thread: {stories} in {sections}: {names}",
        stories=language.count(len(rest), "story", "stories"),
        sections=language.count(len(runs), "section"),
        names=names,
    )
    blocks = [
        _header(short_line(edition.title, _MAX_HEADER)),
        _context(phrases.summary(edition)),
        *glances(edition),
        *body(opening, language),
        _context(short_line(inside, _MAX_NOTE)),
        *link,
    ]
    return _post(edition.subject, blocks)


def _reply(edition: Edition, items: list[Item], footer: list[Block]) -> Message:
    language = language_of(edition.language)
    blocks = [*body(items, language), *footer]
    titles = dict.fromkeys(short_line(item.section.title, MAX_NAME) for item in items)
    return _post(_announced(language.list_of(titles), items, language), blocks)


def _post(text: str, blocks: list[Block]) -> Message:
    """A message; what notifications say of it is `text`, which is mrkdwn."""
    return {
        "text": literal(short_line(text, _MAX_TEXT)),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _announced(name: str, items: list[Item], language: Language) -> str:
    """The name of a message, and what it begins with."""
    beginning = short_line(items[0].story.title, MAX_NAME)
    if more := len(items) - 1:
        beginning = language.plural(
            more, "{story}, and {number} more", "{story}, and {number} more", story=beginning
        )
    return f"{name}: {beginning}"


def _header(title: str) -> Block:
    return {"type": "header", "text": make.plain(title)}


def _context(words: str) -> Block:
    return {"type": "context", "elements": [make.plain(words)]}


def _in_browser(edition: Edition, url: str) -> list[Block]:
    words = language_of(edition.language).translate("View in browser")
    return [make.rich_text([make.line([make.link(url, words)])])] if url else []


def _footer(edition: Edition) -> list[Block]:
    sentences = (short_line(notes(edition), _MAX_NOTE), next_edition(edition))
    return [_context(" ".join(filter(None, sentences)))] if any(sentences) else []
