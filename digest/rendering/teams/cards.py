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
from digest.rendering.markdown_messages import messages
from digest.rendering.markup import Markup
from digest.rendering.parts import Limit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.language import Direction
    from digest.model import Edition

# Teams refuses 28,672 bytes after it has wrapped a card in more JSON, by about a fifth.
_MOST_BYTES = 20_000
_LONGEST_SUMMARY = 150
_WEB = ("http://", "https://")
# `{{DATE(...)}}` would be a date, and `![...]` a picture.
_EXPRESSIONS = str.maketrans({"{": "\\{", "}": "\\}", "!": "\\!"})
_OUTSIDE_LINKS = re.compile(r"[\s<>()\\{}\"`]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_TITLE, _SECTION, _ASIDE, _ITEM = "# ", "## ", "~ ", "- "
# How a line of each sort looks; that of a story follows its title closely.
_LOOKS: dict[str, dict[str, Any]] = {
    _TITLE: {"size": "Large", "weight": "Bolder"},
    _SECTION: {"size": "Medium", "weight": "Bolder", "spacing": "Large", "separator": True},
    _ASIDE: {"isSubtle": True},
}
_CLOSE = {"spacing": "None"}


class TeamsMarkup(Markup):
    """The Markdown of a TextBlock, with marks before the lines that a block says by its looks."""

    def literal(self, text: str) -> str:
        """Text on one line that is shown as it is, and is no expression of a card."""
        return super().literal(text).translate(_EXPRESSIONS)

    def link(self, text: str, url: str, most: int = 250) -> str:
        """A link to a page of the web, without the `<...>` that phones do not know."""
        address = _ENTITY.sub("%26", _OUTSIDE_LINKS.sub(_percent, url))
        good = address.lower().startswith(_WEB) and len(address) <= most
        return f"[{self.literal(text)}]({address})" if good else self.literal(text)

    def aside(self, text: str) -> str:
        """A line that is said more quietly."""
        return text and f"{_ASIDE}{text}"


_MARKUP = TeamsMarkup()


def teams_messages(edition: Edition, url: str = "") -> list[dict[str, Any]]:
    """What is posted, in order: each a card that is split off between stories."""
    direction = language_of(edition.language).direction
    summary = phrases.short_line(edition.subject, _LONGEST_SUMMARY)

    def message(text: str) -> dict[str, Any]:
        return _message(list(_blocks(text, direction)), summary)

    limit: Limit[str] = Limit(lambda text: len(json.dumps(message(text))), _MOST_BYTES)
    return [message(text) for text in messages(_MARKUP, edition, [limit], url)]


def card_message(line: str) -> dict[str, Any]:
    """A card of one line."""
    return _message([_block(_MARKUP.literal(line))], line)


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
        for mark, block in _runs(paragraph, direction):
            yield _block(block, **close, **_LOOKS.get(mark, {}), **aligned)
            close = _CLOSE


def _runs(paragraph: str, direction: Direction) -> Iterator[tuple[str, str]]:
    """The mark and the text of each block that lines make, which read in a direction."""
    marked = [(_mark(line), line) for line in paragraph.split("\n")]
    lines = [(mark, line.removeprefix(mark)) for mark, line in marked]
    shown = [(mark, phrases.line(line, direction)) for mark, line in lines if line.strip()]
    for mark, run in groupby(shown, key=lambda each: each[0]):
        if mark == _ITEM:
            yield mark, "\n".join(f"{mark}{line}" for _, line in run)
        else:
            yield from run


def _block(text: str, **looks: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **looks}


def _mark(line: str) -> str:
    return next((mark for mark in (*_LOOKS, _ITEM) if line.startswith(mark)), "")


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode())
