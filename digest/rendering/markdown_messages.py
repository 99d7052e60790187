"""An edition as Markdown messages of a limited length, for services that post text.

The Markdown is what CommonMark and the services agree on: headings, bold, links, lists.
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.language import language_of
from digest.rendering import footer, markdown_escapes, phrases
from digest.rendering.excerpts import excerpt as excerpt_of
from digest.rendering.full_list import linked_to_list
from digest.rendering.measures import measures
from digest.rendering.parts import fits, split
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.language import Language
    from digest.model import Edition, EditionBlock, Section, Story
    from digest.rendering.parts import Limit

# Not the space that keeps a number with its unit.
_SPACE = re.compile(r"[^\S\u00a0]+")
# In graphemes and units of UTF-16, before anything is escaped.
_MAX_TITLE = 200
_MAX_NAME = 60
_MAX_NOTE = 240
# Of a whole block, as it is written.
_MAX_BLOCK = 1_000
_MAX_SMALL_LINK = 250
_NAMED, _MEASURED = 3, 5
_COUNTED = 6
# Excerpts of the top stories and of the rest, from most to least.
_EXCERPTS = ((300, 220), (300, 120), (220, 0))
# A rule that services which know none show as it is.
_GROUP_END = "———"
# Services end a link at the first bracket that closes, also inside <...>.
_BRACKETS = str.maketrans({"(": "%28", ")": "%29"})


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
    """One message where it fits, with excerpts if they do; else as many as it takes.

    A message is split between stories, so that no link or emphasis is broken. A story that is too
    large alone loses what is related to it, then its excerpt, all but its title, and its link.
    There is room for what stands around a story from 1,500 characters on. `url` is where the
    edition is shown in a browser, if it is.
    """
    edition = linked_to_list(edition, url) if url else edition
    items: list[_Item] = []
    for excerpts in _EXCERPTS:
        items = [*_blocks(edition), *_items(edition, *excerpts), *_closing(edition, url)]
        message = _message(edition, items, 1, 1)
        if fits(message, limits):
            return (message,)
    # Measured as the first or a later of many.
    start = items[0].number
    runs = split(
        items,
        lambda run: _message(
            edition, run, 1 if run[0].number == start and run[0].first else 99, 99
        ),
        limits,
        lambda item: _shorter(edition, item),
    )
    return tuple(_message(edition, run, n, len(runs)) for n, run in enumerate(runs, 1))


def literal(text: str) -> str:
    """Text on one line that Markdown shows as it is; `|` hides text on some services."""
    return markdown_escapes.markdown(_SPACE.sub(" ", text).strip()).replace("|", "\\|")


def link(text: str, url: str, most: int = _MAX_SMALL_LINK) -> str:
    """A link; the text alone where there is no address, or one longer than `most`."""
    address = markdown_escapes.markdown_url(url).translate(_BRACKETS)
    return f"[{literal(text)}](<{address}>)" if 0 < len(address) <= most else literal(text)


def _blocks(edition: Edition) -> Iterator[_Item]:
    """What stands above the stories, each block a title and as much of its list as has room."""
    for place, block in enumerate(edition.blocks):
        title = f"**{literal(short_line(block.title, _MAX_NAME))}**"
        text = " · ".join(filter(None, (title, link(block.credit, block.credit_url))))
        for line in _glances(edition, block):
            if len(text) + len(line) > _MAX_BLOCK:
                break
            text += f"\n- {line}"
        # Sections are numbered from 0 on.
        yield _Item(place - len(edition.blocks), text, first=place == 0)


def _glances(edition: Edition, block: EditionBlock) -> Iterator[str]:
    for day in block.days:
        for number, line in enumerate(day.lines):
            name = f"**{literal(day.name)}** " if number == 0 else ""
            yield name + literal(short_line(phrases.glance(edition, line), _MAX_TITLE))


def _items(edition: Edition, top: int, rest: int) -> Iterator[_Item]:
    language = language_of(edition.language)
    for number, section in enumerate(edition.sections):
        for place, story in enumerate(section.stories):
            excerpt = top if section.top or story.is_shared else rest
            text = _story(edition, section, story, excerpt)
            yield _Item(number, text, section, story, first=place == 0)
        if section.more:
            yield _Item(number, _more(section, language), section)


def _story(edition: Edition, section: Section, story: Story, excerpt: int) -> str:
    """Title, what there is to know, so much of the excerpt, and what is related."""
    language = language_of(edition.language)
    if story.brief or not excerpt:
        lines = [_titled(edition, section, replace(story, untitled=False))]
    else:
        text = literal(short_line(excerpt_of(story.excerpt, excerpt), excerpt))
        titled = _titled(edition, section, story)
        lines = [*filter(None, [text, titled] if story.is_post else [titled, text])]
    for other in story.related[:_NAMED]:
        title = phrases.inline(short_line(other.title, _MAX_TITLE // 2), language.direction)
        feed = literal(short_line(other.feed, _MAX_NAME))
        related = language.translate("Related: {title}", title=link(title, other.url))
        lines.append(f"{related} ({feed})")
    return "\n".join(lines)


def _titled(edition: Edition, section: Section, story: Story) -> str:
    """Title and what there is to know; of a post without a title, the latter."""
    about = _about(edition, section, story)
    if story.brief:
        return " · ".join([f"- {_title(story)}", *about])
    title = "" if story.is_post else f"**{_title(story)}**"
    return "\n".join(filter(None, [title, " · ".join(about)]))


def _about(edition: Edition, section: Section, story: Story) -> list[str]:
    language = language_of(edition.language)
    about = [literal(short_line(fact, _MAX_NAME)) for fact in _facts(edition, section, story)]
    measured = measures(edition, story)[:_MEASURED]
    about += [link(short_line(fact, _MAX_NAME), url) for fact, url in measured]
    if story.also_in:
        named = [_named(also.feed, also.url) for also in story.also_in[:_NAMED]]
        feeds = language.translate(", ").join(named)
        about.append(language.translate("also in {feeds}", feeds=feeds))
    if story.is_post:
        about.append(link(phrases.posted(edition, story), story.url, most=sys.maxsize))
    return [text for text in about if text]


def _facts(edition: Edition, section: Section, story: Story) -> list[str]:
    rules = ", ".join(short_line(rule, _MAX_NAME // 2) for rule in story.watched[:_NAMED])
    known = phrases.facts(edition, section, story, brief=story.brief, dated=not story.is_post)
    return [f"★ {rules}", *known] if rules else known


def _title(story: Story) -> str:
    # What makes the whole too large is taken away by `_shorter`.
    return link(short_line(story.title, _MAX_TITLE), story.url, most=sys.maxsize)


def _named(feed: str, url: str) -> str:
    return link(short_line(feed, _MAX_NAME), url)


def _shorter(edition: Edition, item: _Item) -> Iterator[_Item]:
    """The shorter forms of a story, the longest first."""
    if item.section is None or item.story is None:
        return
    bare = replace(item.story, related=(), also_in=(), watched=(), facts=(), discussion="")
    for text in (
        _story(edition, item.section, bare, excerpt=_EXCERPTS[-1][0]),
        _story(edition, item.section, bare, excerpt=0),
        f"**{_title(bare)}**",
        f"**{_title(replace(bare, url=''))}**",
    ):
        yield replace(item, text=text)


def _message(edition: Edition, items: list[_Item], number: int, total: int) -> str:
    language = language_of(edition.language)
    title = literal(short_line(edition.title, _MAX_TITLE // 2))
    part = language.translate("continued, part {number} of {total}", number=number, total=total)
    about = literal(phrases.summary(edition) if number == 1 else part)
    heading = f"# {title}" if total == 1 else f"# {title} ({number}/{total})"
    return "\n\n".join([f"{heading}\n{about}", *_body(items, language)])


def _body(items: list[_Item], language: Language) -> Iterator[str]:
    for _, run in groupby(items, key=lambda item: item.number):
        yield from _section(list(run), language)


def _section(items: list[_Item], language: Language) -> Iterator[str]:
    """The paragraphs of one section under its title; brief stories make lists."""
    section = items[0].section
    if section is not None and section.headed:
        name = short_line(section.title, _MAX_NAME)
        title = name if items[0].first else language.translate("{title} (continued)", title=name)
        yield f"## {link(title, section.url)}"
    for group, run in groupby(items, key=lambda item: item.story.group if item.story else ""):
        members = list(run)
        if group:
            yield f"**{literal(short_line(group, _MAX_NAME))}**"
        for brief, stories in groupby(members, key=_is_listed):
            yield ("\n" if brief else "\n\n").join(item.text for item in stories)
        if group and members[-1] is not items[-1]:
            yield _GROUP_END


def _is_listed(item: _Item) -> bool:
    return item.story is not None and item.story.brief


def _more(section: Section, language: Language) -> str:
    """What a section has no room for, counted in a line."""
    feeds = phrases.most_first(section.more)
    first = feeds[0]
    if len(feeds) == 1:
        feed = _named(first.feed, first.url)
        return language.translate("and {count} more from {feed}", count=first.stories, feed=feed)
    count = sum(each.stories for each in feeds)
    named = [
        f"{_named(each.feed, each.url)} ({language.number(each.stories)})"
        for each in feeds[:_COUNTED]
    ]
    if rest := len(feeds) - len(named):
        named.append(language.plural(rest, "{number} more feed", "{number} more feeds"))
    counted = language.translate("and {count} more", count=count)
    return f"{counted}: {language.translate(', ').join(named)}"


def _closing(edition: Edition, url: str) -> Iterator[_Item]:
    """What stands under the stories, or in their place; it stays together."""
    language = language_of(edition.language)
    nothing = "" if edition.stories else language.translate("Nothing new this time.")
    browser = link(language.translate("View in browser"), url) if url else ""
    notes = literal(short_line(footer.notes(edition), _MAX_NOTE))
    texts = (nothing, browser, notes, literal(footer.next_edition(edition)))
    if text := "\n\n".join(filter(None, texts)):
        yield _Item(len(edition.sections), text)
