"""Blocks of an edition, like the weather, as blocks of Slack."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from digest.rendering import phrases
from digest.rendering.phrases import short_line
from digest.rendering.slack import blocks as make

if TYPE_CHECKING:
    from digest.model import BlockDay, Edition, EditionBlock
    from digest.rendering.slack.blocks import Block

# Of JSON over all of them, so that a story has room beside them in the first message.
_MOST = 5_000
_MAX_TITLE, _MAX_LINE, _MAX_TEXT = 60, 160, 800


def glances(edition: Edition) -> list[Block]:
    """A block for each: a title, and what there is as a list; those there is no room for are not.

    What feeds and calendars say stands in rich text, which shows it literally.
    """
    made: list[Block] = []
    for block in edition.blocks:
        more = _glance(edition, block)
        if len(json.dumps([*made, more])) <= _MOST:
            made.append(more)
    return made


def _glance(edition: Edition, block: EditionBlock) -> Block:
    title = [make.text(short_line(block.title, _MAX_TITLE), bold=True)]
    if block.credit:
        title += [make.text(" · "), make.link(block.credit_url, block.credit)]
    parts = [make.line(title)]
    if block.text:
        parts.append(make.line([make.text(short_line(block.text, _MAX_TEXT))]))
    if block.days:
        parts.append(make.bullets([_day(edition, day) for day in block.days]))
    return make.rich_text(parts)


def _day(edition: Edition, day: BlockDay) -> Block:
    """A day on one line with what there is, or above it where that is more."""
    lines = [short_line(phrases.glance(edition, line), _MAX_LINE) for line in day.lines]
    apart = "\n" if len(lines) > 1 else " "
    return make.line([make.text(day.name, bold=True), *(make.text(apart + line) for line in lines)])
