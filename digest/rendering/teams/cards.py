"""An edition as Adaptive Cards for Microsoft Teams.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format
"""

from __future__ import annotations

import json
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from digest.language import language_of
from digest.rendering import phrases
from digest.rendering.messages import edition_messages
from digest.rendering.parts import Limit
from digest.rendering.teams.markup import ASIDE, ITEM, MARKUP, SECTION, TITLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.language import Direction
    from digest.model import Edition

# Teams refuses 28,672 bytes after it has wrapped a card in more JSON, by about a fifth.
_MOST_BYTES = 20_000
_LONGEST_SUMMARY = 150
_WHOLLY_BOLD = re.compile(r"\*\*((?:(?!\*\*).)+)\*\*")
_BOLD = "**"
# How a line of each sort looks.
_LOOKS: dict[str, dict[str, Any]] = {
    TITLE: {"size": "Large", "weight": "Bolder"},
    SECTION: {"size": "Medium", "weight": "Bolder", "spacing": "Large", "separator": True},
    _BOLD: {"weight": "Bolder"},
    ASIDE: {"isSubtle": True},
}
# Lines that belong together.
_CLOSE: dict[str, Any] = {"spacing": "None"}


def teams_messages(edition: Edition, url: str = "") -> list[dict[str, Any]]:
    """What is posted, in order: each a card that is split off between stories."""
    direction = language_of(edition.language).direction
    summary = phrases.short_line(edition.subject, _LONGEST_SUMMARY)

    def message(text: str) -> dict[str, Any]:
        return _message(list(_blocks(text, direction)), summary)

    limit: Limit[str] = Limit(lambda text: len(json.dumps(message(text))), _MOST_BYTES)
    return [message(text) for text in edition_messages(MARKUP, edition, [limit], url)]


def card_message(line: str) -> dict[str, Any]:
    """A card of one line."""
    return _message([_block(MARKUP.literal(line))], line)


def blocks_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The blocks of the card that a message has."""
    blocks: list[dict[str, Any]] = message["attachments"][0]["content"]["body"]
    return blocks


def readable(message: dict[str, Any]) -> str:
    """The Markdown of a card, a paragraph for each of its blocks."""
    return "\n\n".join(block["text"] for block in blocks_of(message))


def _message(blocks: Sequence[dict[str, Any]], summary: str) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "fallbackText": summary,
        "body": blocks,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    return {"type": "message", "summary": summary, "attachments": [attachment]}


def _blocks(text: str, direction: Direction) -> Iterator[dict[str, Any]]:
    """A block for each line, and one for all of a list; Teams shows no card with an empty one."""
    aligned = {"horizontalAlignment": "Right"} if direction == "rtl" else {}
    for paragraph in text.split("\n\n"):
        close: dict[str, Any] = {}
        for sort, block in _runs(paragraph, direction):
            yield _block(block, **close, **_LOOKS.get(sort, {}), **aligned)
            close = _CLOSE


def _runs(paragraph: str, direction: Direction) -> Iterator[tuple[str, str]]:
    """The sort and the text of each block that lines make, which read in a direction."""
    lines = [_sorted(line) for line in paragraph.split("\n")]
    shown = [(sort, phrases.line(line, direction)) for sort, line in lines if line.strip()]
    for sort, run in groupby(shown, key=lambda each: each[0]):
        if sort == ITEM:
            yield sort, "\n".join(f"{ITEM}{line}" for _, line in run)
        else:
            yield from run


def _sorted(line: str) -> tuple[str, str]:
    """The sort of a line, and the line without what says it."""
    if wholly := _WHOLLY_BOLD.fullmatch(line):
        return _BOLD, wholly[1]
    mark = next((mark for mark in (TITLE, SECTION, ASIDE, ITEM) if line.startswith(mark)), "")
    return mark, line.removeprefix(mark)


def _block(text: str, **looks: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **looks}
