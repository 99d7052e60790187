"""An edition as messages of plain text and a limited length, for services that show no markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.language import language_of
from digest.rendering import footer, phrases
from digest.rendering.excerpts import excerpt
from digest.rendering.parts import fits, split
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.model import Edition, EditionBlock, Section, Story
    from digest.rendering.parts import Limit

# In graphemes and units of UTF-16.
_MAX_TITLE = 200
_MAX_NAME = 60
_MAX_NOTE = 240
_MAX_BLOCK = 1_000
_EXCERPT = 220


class _Item(Struct, frozen=True):
    """What stays in one message, and its shorter forms, the longest first.

    `heading` stands above the first item of a section, and of each message.
    """

    text: str
    heading: str = ""
    shorter: tuple[str, ...] = ()


def text_messages(edition: Edition, limits: Sequence[Limit[str]], url: str = "") -> tuple[str, ...]:
    """As few messages as an edition takes, split between stories; in one, no story is left out.

    A story that is too large alone loses its excerpt, then all but its title and address, then its
    address. There is room for what stands around a story from 1,500 characters on. `url` is where
    the edition is shown in a browser, if it is. The title of the edition is for the caller.
    """
    items = [*_blocks(edition), *_stories(edition), *_closing(edition, url)]
    message = _message(edition, items, 1, 1)
    if fits(message, limits):
        return (message,)
    runs = split(
        items,
        lambda run: _message(edition, run, 1 if run[0] is items[0] else 99, 99),
        limits,
        lambda item: (replace(item, text=text) for text in item.shorter),
    )
    return tuple(_message(edition, run, n, len(runs)) for n, run in enumerate(runs, 1))


def _message(edition: Edition, items: Sequence[_Item], number: int, total: int) -> str:
    language = language_of(edition.language)
    part = language.translate("continued, part {number} of {total}", number=number, total=total)
    about = [_line(phrases.summary(edition), _MAX_NOTE)] if number == 1 else []
    texts = [*about, *([part] if total > 1 and number > 1 else [])]
    heading = ""
    for item in items:
        if item.heading not in {"", heading}:
            texts.append(f"== {item.heading} ==")
        heading = item.heading
        texts.append(item.text)
    return "\n\n".join(texts)


def _blocks(edition: Edition) -> Iterator[_Item]:
    for block in edition.blocks:
        text = _line(block.title, _MAX_NAME)
        for line in _glances(edition, block):
            if len(text) + len(line) > _MAX_BLOCK:
                break
            text += f"\n{line}"
        yield _Item(text)


def _glances(edition: Edition, block: EditionBlock) -> Iterator[str]:
    for day in block.days:
        for number, line in enumerate(day.lines):
            name = f"{day.name} " if number == 0 and day.name else ""
            yield f"- {name}{_line(phrases.glance(edition, line), _MAX_TITLE)}"


def _stories(edition: Edition) -> Iterator[_Item]:
    for section in edition.sections:
        heading = _line(section.title, _MAX_NAME) if section.headed else ""
        for story in section.stories:
            longest, *shorter = _forms(edition, section, story)
            yield _Item(longest, heading, tuple(shorter))
        if section.more:
            yield _Item(_more(edition, section), heading)


def _forms(edition: Edition, section: Section, story: Story) -> Iterator[str]:
    """A story with all there is room for, and its shorter forms."""
    title = _line(story.title, _MAX_TITLE)
    facts = phrases.facts(edition, section, story, brief=story.brief, dated=not story.is_post)
    about = " · ".join(_line(fact, _MAX_NAME) for fact in facts)
    lead = "" if story.brief else _line(excerpt(story.excerpt, _EXCERPT), _EXCERPT)
    forms = ((title, about, lead, story.url), (title, about, story.url), (title, story.url))
    for lines in (*forms, (title,)):
        yield "\n".join(filter(None, lines))


def _more(edition: Edition, section: Section) -> str:
    language = language_of(edition.language)
    count = sum(more.stories for more in section.more)
    if len(section.more) > 1:
        return language.translate("and {count} more", count=count)
    feed = _line(section.more[0].feed, _MAX_NAME)
    return language.translate("and {count} more from {feed}", count=count, feed=feed)


def _closing(edition: Edition, url: str) -> Iterator[_Item]:
    language = language_of(edition.language)
    nothing = "" if edition.stories else language.translate("Nothing new this time.")
    browser = f"{language.translate('View in browser')}: {url}" if url else ""
    notes = _line(footer.notes(edition), _MAX_NOTE)
    texts = (nothing, browser, notes, footer.next_edition(edition))
    if text := "\n\n".join(filter(None, texts)):
        yield _Item(text)


def _line(text: str, most: int) -> str:
    return short_line(" ".join(text.split()), most)
