"""An edition as Markdown messages of a limited length, for services that post text.

The Markdown is what CommonMark and the services agree on: headings, bold, links, lists.
"""

from __future__ import annotations

import sys
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.language import language_of
from digest.rendering import footer, phrases
from digest.rendering.excerpts import excerpt as excerpt_of
from digest.rendering.full_list import linked_to_list
from digest.rendering.markup import MARKDOWN
from digest.rendering.measures import measures
from digest.rendering.parts import fits, split
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.language import Language
    from digest.model import Edition, EditionBlock, Section, Story
    from digest.rendering.markup import Markup
    from digest.rendering.parts import Limit

# In graphemes and units of UTF-16, before anything is escaped.
_MAX_TITLE = 200
_MAX_NAME = 60
_MAX_NOTE = 240
# Of a whole block, as it is written.
_MAX_BLOCK = 1_000
_NAMED, _MEASURED = 3, 5
_COUNTED = 6
# Excerpts of the top stories and of the rest, from most to least.
_EXCERPTS = ((300, 220), (300, 120), (220, 0))


class _Item(Struct, frozen=True):
    """What stays in one message: a story, or with no `story` what follows those of a section.

    `number` is that of the section; a block, and what closes the edition, has no `section`.
    """

    number: int
    text: str
    section: Section | None = None
    story: Story | None = None
    first: bool = False


def markdown_messages(
    edition: Edition, limits: Sequence[Limit[str]], url: str = ""
) -> tuple[str, ...]:
    """The edition as Markdown; see `messages`."""
    return messages(MARKDOWN, edition, limits, url)


def messages(
    markup: Markup, edition: Edition, limits: Sequence[Limit[str]], url: str = ""
) -> tuple[str, ...]:
    """One message where it fits, with excerpts if they do; else as many as it takes.

    A message is split between stories, so that no link or emphasis is broken. A story that is too
    large alone loses what is related to it, then its excerpt, all but its title, and its link.
    There is room for what stands around a story from 1,500 characters on. `url` is where the
    edition is shown in a browser, if it is.
    """
    edition = linked_to_list(edition, url) if url else edition
    items: list[_Item] = []
    for excerpts in _EXCERPTS:
        items = [
            *_blocks(markup, edition),
            *_items(markup, edition, *excerpts),
            *_closing(markup, edition, url),
        ]
        message = _message(markup, edition, items, 1, 1)
        if fits(message, limits):
            return (message,)
    # Measured as the first or a later of many.
    start = items[0].number
    runs = split(
        items,
        lambda run: _message(
            markup, edition, run, 1 if run[0].number == start and run[0].first else 99, 99
        ),
        limits,
        lambda item: _shorter(markup, edition, item),
    )
    return tuple(_message(markup, edition, run, n, len(runs)) for n, run in enumerate(runs, 1))


def _blocks(markup: Markup, edition: Edition) -> Iterator[_Item]:
    """What stands above the stories, each block a title and as much of its list as has room."""
    for place, block in enumerate(edition.blocks):
        title = markup.bold(markup.literal(short_line(block.title, _MAX_NAME)))
        text = " · ".join(filter(None, (title, markup.link(block.credit, block.credit_url))))
        for line in _glances(markup, edition, block):
            if len(text) + len(line) > _MAX_BLOCK:
                break
            text += f"\n{markup.item(line)}"
        # Sections are numbered from 0 on.
        yield _Item(place - len(edition.blocks), markup.apart(text), first=place == 0)


def _glances(markup: Markup, edition: Edition, block: EditionBlock) -> Iterator[str]:
    for day in block.days:
        for number, line in enumerate(day.lines):
            name = f"{markup.bold(markup.literal(day.name))} " if number == 0 else ""
            yield name + markup.literal(short_line(phrases.glance(edition, line), _MAX_TITLE))


def _items(markup: Markup, edition: Edition, top: int, rest: int) -> Iterator[_Item]:
    language = language_of(edition.language)
    for number, section in enumerate(edition.sections):
        for place, story in enumerate(section.stories):
            excerpt = top if section.top or story.is_shared else rest
            text = _story(markup, edition, section, story, excerpt)
            yield _Item(number, text, section, story, first=place == 0)
        if section.more:
            yield _Item(number, _more(markup, section, language), section)


def _story(markup: Markup, edition: Edition, section: Section, story: Story, excerpt: int) -> str:
    """Title, what there is to know, so much of the excerpt, and what is related."""
    language = language_of(edition.language)
    if story.brief or not excerpt:
        lines = [_titled(markup, edition, section, replace(story, untitled=False))]
    else:
        text = markup.literal(short_line(excerpt_of(story.excerpt, excerpt), excerpt))
        titled = _titled(markup, edition, section, story)
        lines = [*filter(None, [text, titled] if story.is_post else [titled, text])]
    for other in story.related[:_NAMED]:
        title = phrases.inline(short_line(other.title, _MAX_TITLE // 2), language.direction)
        feed = markup.literal(short_line(other.feed, _MAX_NAME))
        related = language.translate("Related: {title}", title=markup.link(title, other.url))
        lines.append(f"{related} ({feed})")
    return "\n".join(lines)


def _titled(markup: Markup, edition: Edition, section: Section, story: Story) -> str:
    """Title and what there is to know; of a post without a title, the latter."""
    about = _about(markup, edition, section, story)
    if story.brief:
        return markup.item(" · ".join([_title(markup, story), *about]))
    title = "" if story.is_post else markup.bold(_title(markup, story))
    return "\n".join(filter(None, [title, markup.aside(" · ".join(about))]))


def _about(markup: Markup, edition: Edition, section: Section, story: Story) -> list[str]:
    language = language_of(edition.language)
    about = [
        markup.literal(short_line(fact, _MAX_NAME)) for fact in _facts(edition, section, story)
    ]
    measured = measures(edition, story)[:_MEASURED]
    about += [markup.link(short_line(fact, _MAX_NAME), url) for fact, url in measured]
    if story.also_in:
        named = [_named(markup, also.feed, also.url) for also in story.also_in[:_NAMED]]
        feeds = language.translate(", ").join(named)
        about.append(language.translate("also in {feeds}", feeds=feeds))
    if story.is_post:
        about.append(markup.link(phrases.posted(edition, story), story.url, most=sys.maxsize))
    return [text for text in about if text]


def _facts(edition: Edition, section: Section, story: Story) -> list[str]:
    rules = ", ".join(short_line(rule, _MAX_NAME // 2) for rule in story.watched[:_NAMED])
    known = phrases.facts(edition, section, story, brief=story.brief, dated=not story.is_post)
    return [f"★ {rules}", *known] if rules else known


def _title(markup: Markup, story: Story) -> str:
    # What makes the whole too large is taken away by `_shorter`.
    return markup.link(short_line(story.title, _MAX_TITLE), story.url, most=sys.maxsize)


def _named(markup: Markup, feed: str, url: str) -> str:
    return markup.link(short_line(feed, _MAX_NAME), url)


def _shorter(markup: Markup, edition: Edition, item: _Item) -> Iterator[_Item]:
    """The shorter forms of a story, the longest first."""
    if item.section is None or item.story is None:
        return
    bare = replace(item.story, related=(), also_in=(), watched=(), facts=(), discussion="")
    for text in (
        _story(markup, edition, item.section, bare, excerpt=_EXCERPTS[-1][0]),
        _story(markup, edition, item.section, bare, excerpt=0),
        markup.bold(_title(markup, bare)),
        markup.bold(_title(markup, replace(bare, url=""))),
    ):
        yield replace(item, text=text)


def _message(markup: Markup, edition: Edition, items: list[_Item], number: int, total: int) -> str:
    language = language_of(edition.language)
    title = markup.literal(short_line(edition.title, _MAX_TITLE // 2))
    part = language.translate("continued, part {number} of {total}", number=number, total=total)
    about = markup.literal(phrases.summary(edition) if number == 1 else part)
    heading = markup.heading(title if total == 1 else f"{title} ({number}/{total})", 1)
    return "\n\n".join([f"{heading}\n{about}", *_body(markup, items, language)])


def _body(markup: Markup, items: list[_Item], language: Language) -> Iterator[str]:
    for _, run in groupby(items, key=lambda item: item.number):
        yield from _section(markup, list(run), language)


def _section(markup: Markup, items: list[_Item], language: Language) -> Iterator[str]:
    """The paragraphs of one section under its title; brief stories make lists."""
    section = items[0].section
    if section is not None and section.headed:
        name = short_line(section.title, _MAX_NAME)
        title = name if items[0].first else language.translate("{title} (continued)", title=name)
        yield markup.heading(markup.link(title, section.url), 2)
    for group, run in groupby(items, key=lambda item: item.story.group if item.story else ""):
        members = list(run)
        if group:
            yield markup.bold(markup.literal(short_line(group, _MAX_NAME)))
        for brief, stories in groupby(members, key=_is_listed):
            yield ("\n" if brief else "\n\n").join(item.text for item in stories)
        if group and members[-1] is not items[-1]:
            yield markup.group_end


def _is_listed(item: _Item) -> bool:
    return item.story is not None and item.story.brief


def _more(markup: Markup, section: Section, language: Language) -> str:
    """What a section has no room for, counted in a line."""
    feeds = phrases.most_first(section.more)
    first = feeds[0]
    if len(feeds) == 1:
        feed = _named(markup, first.feed, first.url)
        return language.translate("and {count} more from {feed}", count=first.stories, feed=feed)
    count = sum(each.stories for each in feeds)
    named = [
        f"{_named(markup, each.feed, each.url)} ({language.number(each.stories)})"
        for each in feeds[:_COUNTED]
    ]
    if rest := len(feeds) - len(named):
        named.append(language.plural(rest, "{number} more feed", "{number} more feeds"))
    counted = language.translate("and {count} more", count=count)
    return f"{counted}: {language.translate(', ').join(named)}"


def _closing(markup: Markup, edition: Edition, url: str) -> Iterator[_Item]:
    """What stands under the stories, or in their place; it stays together."""
    language = language_of(edition.language)
    nothing = "" if edition.stories else language.translate("Nothing new this time.")
    browser = markup.link(language.translate("View in browser"), url) if url else ""
    notes = markup.literal(short_line(footer.notes(edition), _MAX_NOTE))
    texts = (nothing, browser, notes, markup.literal(footer.next_edition(edition)))
    if text := "\n\n".join(filter(None, texts)):
        yield _Item(len(edition.sections), text)
