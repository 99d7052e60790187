"""An edition as Slack messages.

What feeds say goes into `rich_text` only, which shows it literally: a title can neither ping a
channel nor change how the rest looks. Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from digest.rendering import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Edition, Section, Story

# Slack refuses messages of about 12-13 thousand characters over all blocks.
MAX_JSON = 12_000
MAX_BLOCKS = 50
_MAX_HEADER = 150
_MAX_TITLE = 200
_MAX_LINK = 2_000
_MAX_NAME = 100
_EXCERPTS = (220, 140, 0)
# What a message and a section cost besides their stories, with room to spare.
_FRAME = 1_400
_SECTION = 400

Block = dict[str, Any]
Message = dict[str, Any]


def build_messages(edition: Edition) -> list[Message]:
    """One message where it fits, with excerpts if they do; else as many as it takes.

    A message is split between stories, never inside one.
    """
    tries = (_split(edition, length) for length in _EXCERPTS)
    parts = next((parts for parts in tries if len(parts) == 1), None) or _split(edition, 0)
    return [_message(edition, part, n, len(parts)) for n, part in enumerate(parts, 1)]


def _split(edition: Edition, excerpt: int) -> list[list[tuple[Section, list[Block]]]]:
    """Messages of sections of rendered stories."""
    messages: list[list[tuple[Section, list[Block]]]] = [[]]
    size = _FRAME
    for section, story in _stories(edition):
        block = _story(story, section, excerpt)
        cost = len(json.dumps(block)) + 2
        current = messages[-1]
        opens = not current or current[-1][0] is not section
        heading = _SECTION + len(json.dumps(section.title)) if opens else 0
        full = size + cost + heading > MAX_JSON or len(current) + opens > MAX_BLOCKS - 3
        if full and current:
            messages.append(current := [])
            size, opens = _FRAME, True
            heading = _SECTION + len(json.dumps(section.title))
        if opens:
            current.append((section, []))
        current[-1][1].append(block)
        size += cost + heading
    return messages


def _stories(edition: Edition) -> Iterator[tuple[Section, Story]]:
    return ((section, story) for section in edition.sections for story in section.stories)


def _story(story: Story, section: Section, excerpt: int) -> Block:
    title = words.short(story.title, _MAX_TITLE)
    if story.url and len(story.url) <= _MAX_LINK:
        elements: list[Block] = [
            {"type": "link", "url": story.url, "text": title, "style": {"bold": True}}
        ]
    else:
        elements = [_text(title, bold=True)]
    also = ", ".join(words.short(other.feed, _MAX_NAME) for other in story.also_in[:5])
    if also:
        elements.append(_text(f" · also in {also}"))
    if excerpt and story.excerpt:
        elements.append(_text(f"\n{words.short(story.excerpt, excerpt)}"))
    elif story.author and story.author != section.title and excerpt:
        elements.append(_text(f" · {words.short(story.author, _MAX_NAME)}"))
    return {"type": "rich_text_section", "elements": elements}


def _text(text: str, *, bold: bool = False) -> Block:
    element: Block = {"type": "text", "text": text}
    return element | {"style": {"bold": True}} if bold else element


def _message(
    edition: Edition, sections: list[tuple[Section, list[Block]]], number: int, total: int
) -> Message:
    title = edition.title if total == 1 else f"{edition.title} ({number}/{total})"
    note = words.summary(edition) if number == 1 else f"continued, part {number} of {total}"
    blocks: list[Block] = [
        {
            "type": "header",
            "text": {
                "type": "plain_text",
                "text": words.short(title, _MAX_HEADER),
                "emoji": False,
            },
        },
        {"type": "context", "elements": [{"type": "plain_text", "text": note, "emoji": False}]},
    ]
    blocks += [_section(section, stories) for section, stories in sections]
    if number == total and edition.held_back:
        held = {"type": "plain_text", "text": words.held_back(edition), "emoji": False}
        blocks.append({"type": "context", "elements": [held]})
    return {
        "text": _escape(words.short(edition.subject, _MAX_TITLE)),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _section(section: Section, stories: list[Block]) -> Block:
    heading = _text(words.short(section.title, _MAX_NAME), bold=True)
    return {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [heading]},
            {"type": "rich_text_list", "style": "bullet", "elements": stories},
        ],
    }


def _escape(text: str) -> str:
    """Text for a mrkdwn field (https://docs.slack.dev/messaging/formatting-message-text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
