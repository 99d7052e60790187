"""The stories of sections as blocks of Slack: headings, lists and what stands by itself."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.rendering.phrases import short_line
from digest.rendering.slack import blocks as make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.language import Language
    from digest.model import Section, Story
    from digest.rendering.slack.blocks import Block

MAX_NAME = 60


class Item(Struct, frozen=True):
    """A story as blocks, or as one item of a list; `first` and `last` of its section."""

    number: int
    section: Section
    story: Story
    blocks: list[Block]
    listed: bool
    first: bool
    last: bool


def body(items: list[Item], language: Language) -> list[Block]:
    """The sections, with a line between what is on top and the rest."""
    blocks: list[Block] = []
    above = False
    for run in sections(items):
        if above and not run[0].section.top:
            blocks.append({"type": "divider"})
        above = run[0].section.top
        blocks += _section(run, language)
    return blocks


def sections(items: list[Item]) -> Iterator[list[Item]]:
    """The stories of each section, in turn."""
    return (list(run) for _, run in groupby(items, key=lambda item: item.number))


def _section(items: list[Item], language: Language) -> list[Block]:
    """Stories of one section under its title; lists go together into one block."""
    section = items[0].section
    blocks: list[Block] = []
    name = short_line(section.title, MAX_NAME)
    continued = language.translate("{title} (continued)", title=name)
    title = name if items[0].first else continued
    lines = [make.heading(title, section.url)] if section.headed else []
    more = make.more(section, language) if items[-1].last else []
    for group, run in groupby(items, key=lambda each: each.story.group):
        members = list(run)
        nested = bool(group) and all(item.listed for item in members)
        lines += _heading_of_group(group, nested=nested)
        for listed, shown in _by_form(members):
            if listed:
                lines.append(make.bullets(shown, indent=1 if nested else 0))
            else:
                blocks += [*_text(lines), *shown]
                lines = []
        # A list that is nested ends where the next is not; what is not has a line below it.
        if group and not nested and (more or members[-1] is not items[-1]):
            blocks += [*_text(lines), {"type": "divider"}]
            lines = []
    return [*blocks, *_text([*lines, *more])]


def _by_form(items: list[Item]) -> Iterator[tuple[bool, list[Block]]]:
    """What is in a list and what stands by itself, in turns."""
    for listed, run in groupby(items, key=lambda each: each.listed):
        yield listed, [block for item in run for block in item.blocks]


def _text(lines: list[Block]) -> list[Block]:
    return [make.rich_text(lines)] if lines else []


def _heading_of_group(name: str, *, nested: bool) -> list[Block]:
    if not name:
        return []
    title = make.heading(name)
    return [make.bullets([title])] if nested else [title]
