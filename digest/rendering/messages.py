"""An edition as messages of a limited length, for services that post text, in any markup."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from digest.language import language_of
from digest.rendering import footer, phrases
from digest.rendering.full_list import linked_to_list
from digest.rendering.message_stories import EXCERPTS, MAX_NAME, MAX_TITLE, StoryWriter
from digest.rendering.parts import fits, split
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from digest.model import Edition, EditionBlock, Section, Story
    from digest.rendering.markup import Markup
    from digest.rendering.parts import Limit

Part = TypeVar("Part")
_MAX_NOTE = 240
# Of a whole block, as it is written.
_MAX_BLOCK = 1_000
_COUNTED = 6


class Item(Struct, frozen=True):
    """What stays in one message: a story, or with no `story` what follows those of a section.

    `number` is that of the section; a block, and what closes the edition, has no `section`.
    """

    number: int
    text: str
    section: Section | None = None
    story: Story | None = None
    first: bool = False


def edition_messages(
    markup: Markup, edition: Edition, limits: Sequence[Limit[str]], url: str = ""
) -> tuple[str, ...]:
    """One message where it fits, with excerpts if they do; else as many as it takes.

    There is room for what stands around a story from 1,500 characters on. `url` is where the
    edition is shown in a browser, if it is.
    """
    writer = EditionWriter(edition, markup, url)
    return writer.split(writer.message, limits)


class EditionWriter:
    """Writes an edition in a markup, and splits it between stories."""

    def __init__(self, edition: Edition, markup: Markup, url: str) -> None:
        self._edition = linked_to_list(edition, url) if url else edition
        self._markup = markup
        self._url = url
        self._language = language_of(edition.language)
        self._stories = StoryWriter(self._edition, markup)

    def split(
        self, build: Callable[[list[Item], int, int], Part], limits: Sequence[Limit[Part]]
    ) -> tuple[Part, ...]:
        """What `build` makes of the items of each message, its number, and how many there are.

        No link or emphasis is broken. A story that is too large alone loses what is related to it,
        then its excerpt, all but its title, and its link.
        """
        items: list[Item] = []
        for excerpts in EXCERPTS:
            items = [*self._blocks(), *self._items(*excerpts), *self._closing()]
            message = build(items, 1, 1)
            if fits(message, limits):
                return (message,)
        # Measured as the first or a later of many.
        start = items[0].number
        runs = split(
            items,
            lambda run: build(run, 1 if run[0].number == start and run[0].first else 99, 99),
            limits,
            self._shorter,
        )
        return tuple(build(run, n, len(runs)) for n, run in enumerate(runs, 1))

    def message(self, items: list[Item], number: int, total: int) -> str:
        """One message of several, under a title of its own."""
        heading = self._markup.heading(self.title(number, total), 1)
        sections = [text for run in sections_of(items) for text in self._section(run)]
        return "\n\n".join([f"{heading}\n{self.about(number, total)}", *sections])

    def title(self, number: int, total: int) -> str:
        """The edition's title, with the number of the message where there are several."""
        title = self._markup.literal(short_line(self._edition.title, MAX_TITLE // 2))
        return title if total == 1 else f"{title} ({number}/{total})"

    def about(self, number: int, total: int) -> str:
        """What the edition has, or which part of it a later message is."""
        if number == 1:
            return self._markup.literal(phrases.summary(self._edition))
        part = self._language.translate(
            "continued, part {number} of {total}", number=number, total=total
        )
        return self._markup.literal(part)

    def section_name(self, items: list[Item]) -> str:
        """The name of the section that items are of, as it is; empty where it has no heading."""
        section = items[0].section
        if section is None or not section.headed:
            return ""
        name = short_line(section.title, MAX_NAME)
        if items[0].first:
            return name
        return self._language.translate("{title} (continued)", title=name)

    def paragraphs(self, items: list[Item]) -> Iterator[str]:
        """The paragraphs of one section; brief stories make lists."""
        for group, run in groupby(items, key=lambda item: item.story.group if item.story else ""):
            members = list(run)
            if group:
                name = self._markup.literal(short_line(group, MAX_NAME))
                yield self._markup.bold(name)
            for brief, stories in groupby(members, key=_is_listed):
                yield ("\n" if brief else "\n\n").join(item.text for item in stories)
            if group and members[-1] is not items[-1]:
                yield self._markup.group_end

    def _section(self, items: list[Item]) -> Iterator[str]:
        if (name := self.section_name(items)) and items[0].section:
            linked = self._markup.link(name, items[0].section.url)
            yield self._markup.heading(linked, 2)
        yield from self.paragraphs(items)

    def _blocks(self) -> Iterator[Item]:
        """What stands above the stories, each block a title and as much of its list as has room."""
        for place, block in enumerate(self._edition.blocks):
            title = self._markup.bold(self._literal(block.title, MAX_NAME))
            credit = self._markup.link(block.credit, block.credit_url)
            text = " · ".join(filter(None, (title, credit)))
            if block.text:
                text += f"\n{self._literal(block.text, _MAX_BLOCK - len(text))}"
            for line in self._glances(block):
                if len(text) + len(line) > _MAX_BLOCK:
                    break
                text += f"\n{self._markup.item(line)}"
            # Sections are numbered from 0 on.
            number = place - len(self._edition.blocks)
            yield Item(number, self._markup.apart(text), first=place == 0)

    def _glances(self, block: EditionBlock) -> Iterator[str]:
        for day in block.days:
            for number, line in enumerate(day.lines):
                name = self._markup.bold(self._markup.literal(day.name))
                glance = self._literal(phrases.glance(self._edition, line), MAX_TITLE)
                yield f"{name} {glance}" if number == 0 else glance

    def _items(self, top: int, rest: int) -> Iterator[Item]:
        for number, section in enumerate(self._edition.sections):
            for place, story in enumerate(section.stories):
                excerpt = top if section.top or story.is_shared else rest
                text = self._stories.story(section, story, excerpt)
                yield Item(number, text, section, story, first=place == 0)
            if section.more:
                yield Item(number, self._more(section), section)

    def _shorter(self, item: Item) -> Iterator[Item]:
        if item.section is None or item.story is None:
            return
        for text in self._stories.shorter(item.section, item.story):
            yield replace(item, text=text)

    def _more(self, section: Section) -> str:
        """What a section has no room for, counted in a line."""
        language, named = self._language, self._stories.named
        feeds = phrases.most_first(section.more)
        first = feeds[0]
        if len(feeds) == 1:
            feed = named(first.feed, first.url)
            return language.translate(
                "and {count} more from {feed}", count=first.stories, feed=feed
            )
        names = [
            f"{named(each.feed, each.url)} ({language.number(each.stories)})"
            for each in feeds[:_COUNTED]
        ]
        if rest := len(feeds) - len(names):
            names.append(language.plural(rest, "{number} more feed", "{number} more feeds"))
        count = sum(each.stories for each in feeds)
        counted = language.translate("and {count} more", count=count)
        return f"{counted}: {language.translate(', ').join(names)}"

    def _closing(self) -> Iterator[Item]:
        """What stands under the stories, or in their place; it stays together."""
        translate = self._language.translate
        nothing = "" if self._edition.stories else translate("Nothing new this time.")
        browser = self._markup.link(translate("View in browser"), self._url) if self._url else ""
        notes = self._literal(footer.notes(self._edition), _MAX_NOTE)
        due = self._markup.literal(footer.next_edition(self._edition))
        if text := "\n\n".join(filter(None, (nothing, browser, notes, due))):
            yield Item(len(self._edition.sections), text)

    def _literal(self, text: str, most: int) -> str:
        return self._markup.literal(short_line(text, most))


def sections_of(items: list[Item]) -> Iterator[list[Item]]:
    """The items of a message by section, each with at least one."""
    for _, run in groupby(items, key=lambda item: item.number):
        yield list(run)


def _is_listed(item: Item) -> bool:
    return item.story is not None and item.story.brief
