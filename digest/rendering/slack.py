"""An edition as Slack messages.

What feeds say goes into `rich_text` only, which shows it literally: a title can neither ping a
channel nor change how the rest looks. Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest.language import language_of
from digest.rendering import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.language import Language
    from digest.model import Edition, Section, Story

# Slack refuses messages of about 12-13 thousand characters over all blocks.
MAX_JSON = 12_000
MAX_BLOCKS = 50
_MAX_HEADER = 150
_MAX_TITLE = 200
_MAX_LINK = 2_000
_MAX_NAME = 100
_MAX_NOTE = 400
_EXCERPTS = (220, 140, 80, 0)
# The separator of JSON, and what the numbers in "part 2 of 3" may add.
_COMMA = 2
_NUMBERS = 50

Block = dict[str, Any]
Message = dict[str, Any]


def build_messages(edition: Edition) -> list[Message]:
    """One message where it fits, with excerpts if they do; else as many as it takes.

    A message is split between stories, never inside one.
    """
    for excerpt in _EXCERPTS:
        messages = _messages(edition, excerpt)
        if len(messages) == 1 and len(json.dumps(messages[0])) < MAX_JSON:
            return messages
    return _messages(edition, 0)


def plain_message(message: Message) -> Message | None:
    """A message as one text without blocks, for where they were refused; None if it has none.

    Each story is a line, with its excerpt where all of them fit.
    """
    if "blocks" not in message:
        return None
    whole, short = (_plain_text(message["blocks"], excerpts=each) for each in (True, False))
    text = whole if len(json.dumps(whole)) < MAX_JSON - _NUMBERS * 2 else short
    return {"text": text, "mrkdwn": True, "unfurl_links": False, "unfurl_media": False}


def _plain_text(blocks: list[Block], *, excerpts: bool) -> str:
    lines: list[str] = []
    for block in blocks:
        match block["type"]:
            case "header":
                lines.append(f"*{_line(block['text']['text'])}*")
            case "context":
                lines += [_line(element["text"]) for element in block["elements"]]
            case "rich_text":
                heading, stories = block["elements"]
                lines += ["", f"*{_line(heading['elements'][0]['text'])}*"]
                lines += [
                    _plain_story(story["elements"], excerpts) for story in stories["elements"]
                ]
            case _:
                lines.append(_line(block["text"]["text"]))
    return "\n".join(lines)


def _plain_story(elements: list[Block], excerpts: bool) -> str:
    parts, excerpt = [], ""
    for element in elements:
        said = _line(element["text"])
        if element["type"] == "link":
            parts.append(f"<{_plain_url(element['url'])}|{said.replace('|', '¦')}>")
        elif not element["text"].startswith("\n"):
            parts.append(said if element["text"].startswith(" ") else f"*{said}*")
        elif excerpts:
            excerpt = f": {said}"
    return f"• {' '.join(parts)}{excerpt}"


def _plain_url(url: str) -> str:
    for character in "<>| ":
        url = url.replace(character, f"%{ord(character):02X}")
    return url.replace("&", "&amp;")


def _line(text: str) -> str:
    return _escape(" ".join(text.split()))


def _messages(edition: Edition, excerpt: int) -> list[Message]:
    parts = _split(edition, excerpt)
    return [_message(edition, part, n, len(parts)) for n, part in enumerate(parts, 1)]


def _split(edition: Edition, excerpt: int) -> list[list[tuple[Section, list[Block]]]]:
    """Messages of sections of rendered stories."""
    language = language_of(edition.language)
    messages: list[list[tuple[Section, list[Block]]]] = [[]]
    size = frame = len(json.dumps(_message(edition, [], 1, 1))) + _NUMBERS
    for section, story in _stories(edition):
        block = _story(story, section, excerpt, language)
        cost = len(json.dumps(block)) + _COMMA
        current = messages[-1]
        opens = not current or current[-1][0] is not section
        heading = len(json.dumps(_section(section, []))) + _COMMA
        full = size + cost + heading * opens > MAX_JSON or len(current) + opens > MAX_BLOCKS - 3
        if full and current:
            messages.append(current := [])
            size, opens = frame, True
        if opens:
            current.append((section, []))
        current[-1][1].append(block)
        size += cost + heading * opens
    return messages


def _stories(edition: Edition) -> Iterator[tuple[Section, Story]]:
    return ((section, story) for section in edition.sections for story in section.stories)


def _story(story: Story, section: Section, excerpt: int, language: Language) -> Block:
    title = _short(story.title, _MAX_TITLE)
    if story.url and len(json.dumps(story.url)) <= _MAX_LINK:
        elements: list[Block] = [
            {"type": "link", "url": story.url, "text": title, "style": {"bold": True}}
        ]
    else:
        elements = [_text(title, bold=True)]
    if story.updated:
        elements.append(_text(f" · {language.translate('updated')}"))
    also = language.list_of(_short(other.feed, _MAX_NAME) for other in story.also_in[:5])
    if also:
        said = language.translate("also in {feeds}", feeds=_short(also, _MAX_TITLE))
        elements.append(_text(f" · {said}"))
    if excerpt and story.excerpt:
        elements.append(_text(f"\n{_short(story.excerpt, excerpt)}"))
    elif story.author and story.author != section.title and excerpt:
        elements.append(_text(f" · {_short(story.author, _MAX_NAME)}"))
    return {"type": "rich_text_section", "elements": elements}


def _text(text: str, *, bold: bool = False) -> Block:
    element: Block = {"type": "text", "text": text}
    return element | {"style": {"bold": True}} if bold else element


def _message(
    edition: Edition, sections: list[tuple[Section, list[Block]]], number: int, total: int
) -> Message:
    title = edition.title if total == 1 else f"{edition.title} ({number}/{total})"
    language = language_of(edition.language)
    note = words.summary(edition)
    if number > 1:
        note = language.translate("continued, part {number} of {total}", number=number, total=total)
    blocks: list[Block] = [
        {
            "type": "header",
            "text": {
                "type": "plain_text",
                "text": _short(title, _MAX_HEADER, _MAX_HEADER),
                "emoji": False,
            },
        },
        {"type": "context", "elements": [{"type": "plain_text", "text": note, "emoji": False}]},
    ]
    blocks += [_section(section, stories) for section, stories in sections] or [_nothing(language)]
    if number == total and (waiting := words.notes(edition)):
        held = {"type": "plain_text", "text": _short(waiting, _MAX_NOTE), "emoji": False}
        blocks.append({"type": "context", "elements": [held]})
    return {
        "text": _escape(_short(edition.subject, _MAX_TITLE)),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _nothing(language: Language) -> Block:
    said = language.translate("Nothing new this time.")
    return {"type": "section", "text": {"type": "plain_text", "text": said, "emoji": False}}


def _section(section: Section, stories: list[Block]) -> Block:
    heading = _text(_short(section.title, _MAX_NAME), bold=True)
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [heading]},
            {"type": "rich_text_list", "style": "bullet", "elements": stories},
        ],
    }


def _short(text: str, graphemes: int, units: int = 0) -> str:
    """The text cut to so many graphemes, and units of UTF-16, each six characters of JSON or less.

    A grapheme can be of any length, a message cannot: without `units`, each may take one and a
    half on average.
    """
    size = 2 * (units or graphemes * 3 // 2)
    encoded = text.encode("utf-16-le", "replace")
    fitting = encoded[:size].decode("utf-16-le", "ignore")
    return words.short(fitting if len(encoded) <= size else f"{fitting[:-1]}…", graphemes)


def _escape(text: str) -> str:
    """Text for a mrkdwn field (https://docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
