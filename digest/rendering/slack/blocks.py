"""Stories as blocks of Slack.

What feeds say goes into `rich_text` and `plain_text` only, which show it literally: a title can
neither ping a channel nor change how the rest looks. So nothing here is mrkdwn, in which `*`, `_`
and `~` cannot be escaped. https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from digest.language import language_of
from digest.rendering import phrases
from digest.rendering.excerpts import excerpt as excerpt_of
from digest.rendering.measures import measures
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.language import Language
    from digest.model import Edition, Section, Story

Block = dict[str, Any]
Message = dict[str, Any]

# Slack refuses messages of about 12-13 thousand characters over all blocks.
MAX_JSON = 12_000
MAX_BLOCKS = 50
# The most JSON for a story, so that one fits into a message whatever its feed says.
_MAX_STORY = 4_500
_MAX_TITLE = 200
_MAX_NAME = 60
_MAX_ALT = 80
_MAX_LINK = 2_000
_MAX_SMALL_LINK = 250
_MAX_PICTURE = 1_000
_NAMED = 3
_RELATED, _RELATED_EXCERPT = 5, 140
_COUNTED = 4
# Where a link goes in a sentence: languages differ.
_HERE = "\0"
# What a text has that is not bold.
_BARE = {"type", "text"}


def bullet(story: Story, section: Section, excerpt: int, edition: Edition) -> Block:
    """A story for a list: title, what there is to know of it, and so much of the excerpt."""
    language = language_of(edition.language)
    full = excerpt and not story.brief
    if full and story.is_post:
        return line(_fitting(_post(story, section, excerpt, edition)))
    had = phrases.had_before(edition, story)
    about = _marks(story, language) + (
        [had] if had else _meta(story, section, edition, brief=not full)
    )
    pieces = [
        [_title(story)],
        [text(f" · {' · '.join(about)}")] if about else [],
        _measures(story, edition),
        [] if story.brief else _also_in(story, language),
        [text(f"\n{_excerpt(story, excerpt)}")] if full and story.excerpt else [],
        *_related(story, edition, whole=bool(full)),
    ]
    return line(_fitting(pieces))


def blocks(story: Story, section: Section, excerpt: int, edition: Edition) -> list[Block]:
    """A story by itself: title, excerpt, and what there is to know of it, beside its picture."""
    language = language_of(edition.language)
    if story.is_post:
        return _post_blocks(story, section, excerpt, edition)
    about = _meta(story, section, edition)
    lines = [part for part in (_excerpt(story, excerpt), " · ".join(about)) if part.strip()]
    marks = _marks(story, language)
    also_in = _also_in(story, language)
    marked = [text(f" · {' · '.join(marks)}")] if marks else []
    head = [[_title(story)], marked, _measures(story, edition), also_in]
    if story.picture and lines:
        related = _fitting(_related(story, edition))
        pictured = [
            rich_text([line(_fitting(head))]),
            _beside_picture("\n".join(lines), story),
            *([rich_text([line(_without_break(related))])] if related else []),
        ]
        if len(json.dumps(pictured)) <= _MAX_STORY and len(story.picture.url) <= _MAX_PICTURE:
            return pictured
    pieces = [*head, *([text(f"\n{part}")] for part in lines), *_related(story, edition)]
    return [rich_text([line(_fitting(pieces))])]


def heading(title: str, url: str = "") -> Block:
    """A section's title, linked where there is somewhere to go."""
    return line([link(url, short_line(title, _MAX_NAME), most=_MAX_SMALL_LINK, bold=True)])


def more(section: Section, language: Language) -> list[Block]:
    """The line that counts what a section has no room for; none where there is nothing."""
    feeds = phrases.most_first(section.more)
    if not feeds:
        return []
    names = [
        link(each.url, short_line(each.feed, _MAX_NAME), most=_MAX_SMALL_LINK)
        for each in feeds[:_COUNTED]
    ]
    if len(feeds) == 1:
        sentence = language.translate(
            "and {count} more from {feed}", count=feeds[0].stories, feed=_HERE
        )
        return [line(_with(names[0], sentence))]
    count = sum(each.stories for each in feeds)
    elements = [text(f"{language.translate('and {count} more', count=count)}: ")]
    for number, (name, each) in enumerate(zip(names, feeds, strict=False)):
        comma = [text(language.translate(", "))] if number else []
        elements += [*comma, name, text(f"\u00a0({language.number(each.stories)})")]
    if rest := len(feeds) - len(names):
        others = language.plural(rest, "{number} more feed", "{number} more feeds")
        elements.append(text(language.translate(", ") + others))
    return [line(_joined(elements))]


def text(words: str, *, bold: bool = False) -> Block:
    """Words inside a line of rich text."""
    element: Block = {"type": "text", "text": words}
    return element | {"style": {"bold": True}} if bold else element


def link(url: str, words: str, *, most: int = _MAX_LINK, bold: bool = False) -> Block:
    """A link inside a line of rich text; only its words where the address is none, or too long."""
    if not url or len(json.dumps(url)) > most:
        return text(words, bold=bold)
    element: Block = {"type": "link", "url": url, "text": words}
    return element | {"style": {"bold": True}} if bold else element


def line(elements: list[Block]) -> Block:
    """A line of rich text, or an item of a list."""
    return {"type": "rich_text_section", "elements": elements}


def bullets(items: list[Block], indent: int = 0) -> Block:
    """A list of lines; `indent` is how deep."""
    made: Block = {"type": "rich_text_list", "style": "bullet", "elements": items}
    return made | {"indent": indent} if indent else made


def rich_text(elements: list[Block]) -> Block:
    """A block of lines and lists."""
    return {"type": "rich_text", "elements": elements}


def plain(words: str) -> Block:
    """Text that is shown as it is, `:smile:` included."""
    return {"type": "plain_text", "text": words, "emoji": False}


def _excerpt(story: Story, most: int) -> str:
    return short_line(excerpt_of(story.excerpt, most), most)


def _beside_picture(words: str, story: Story) -> Block:
    # A picture that Slack cannot fetch makes it refuse the message, but for one beside a text.
    assert story.picture is not None
    alternative = short_line(story.title, _MAX_ALT)
    picture = {"type": "image", "image_url": story.picture.url, "alt_text": alternative}
    return {"type": "section", "text": plain(words), "accessory": picture, "expand": True}


def _post(story: Story, section: Section, excerpt: int, edition: Edition) -> list[list[Block]]:
    """A post without a title: its text, what there is to know of it, and its date as the link."""
    language = language_of(edition.language)
    about = [*_marks(story, language), *_meta(story, section, edition, dated=False), ""]
    posted = short_line(phrases.posted(edition, story), _MAX_NAME)
    return [
        [text(f"{_excerpt(story, excerpt)}\n")],
        [*([text(" · ".join(about))] if about[0] else []), link(story.url, posted)],
        _measures(story, edition),
        _also_in(story, language),
        *_related(story, edition),
    ]


def _post_blocks(story: Story, section: Section, excerpt: int, edition: Edition) -> list[Block]:
    words, *about = _post(story, section, excerpt, edition)
    if story.picture and len(story.picture.url) <= _MAX_PICTURE:
        beside = _beside_picture(_excerpt(story, excerpt), story)
        return [beside, rich_text([line(_fitting(about))])]
    return [rich_text([line(_fitting([words, *about]))])]


def _title(story: Story) -> Block:
    return link(story.url, short_line(story.title, _MAX_TITLE), bold=True)


def _marks(story: Story, language: Language) -> list[str]:
    rules = ", ".join(short_line(rule, _MAX_NAME // 2) for rule in story.watched[:_NAMED])
    marks = [f"★ {rules}"] if rules else []
    return [*marks, language.translate("updated")] if story.updated else marks


def _meta(
    story: Story, section: Section, edition: Edition, *, brief: bool = False, dated: bool = True
) -> list[str]:
    """Feed, author, age and time, nothing that is said yet; with `brief` only feed and age."""
    language = language_of(edition.language)
    named = phrases.sources(section, story, brief=brief)
    about = [phrases.inline(short_line(who, _MAX_NAME), language.direction) for who in named]
    if story.published and dated:
        about.append(phrases.age(story.published, edition))
    if time := "" if brief else phrases.time_taken(story, language):
        about.append(time)
    return about


def _measures(story: Story, edition: Edition) -> list[Block]:
    found = measures(edition, story)
    parts = ([text(" · "), link(url, name, most=_MAX_SMALL_LINK)] for name, url in found)
    return [element for part in parts for element in part]


def _also_in(story: Story, language: Language) -> list[Block]:
    links = [(short_line(other.feed, _MAX_NAME), other.url) for other in story.also_in]
    sentence = language.translate("also in {feeds}", feeds=_HERE)
    return _links(f" · {sentence}", links, _NAMED, language)


def _related(story: Story, edition: Edition, *, whole: bool = True) -> list[list[Block]]:
    """What is related, a piece each with its feed and its day; if `whole` with how it begins."""
    language = language_of(edition.language)
    sentence = language.translate("Related: {title}", title=_HERE)
    pieces = []
    for other in story.related[:_RELATED]:
        title = link(other.url, short_line(other.title, _MAX_TITLE // 2), most=_MAX_SMALL_LINK)
        about = [phrases.inline(short_line(other.feed, _MAX_NAME // 2), language.direction)]
        about += [phrases.age(other.published, edition)] if other.published else []
        begins = short_line(excerpt_of(other.excerpt, _RELATED_EXCERPT), _RELATED_EXCERPT)
        told = " · ".join(about) + (f"\n{begins}" if begins and whole else "")
        pieces.append([text("\n"), *_with(title, sentence), text(f" · {told}")])
    if rest := len(story.related) - len(pieces):
        pieces.append([text("\n" + language.translate("and {count} more", count=rest))])
    return pieces


def _without_break(elements: list[Block]) -> list[Block]:
    """The elements of a block of its own, without the line end that parts them from a title."""
    first, *rest = elements
    return [text(first["text"].removeprefix("\n")), *rest]


def _links(
    sentence: str, links: Sequence[tuple[str, str]], most: int, language: Language
) -> list[Block]:
    """What is said of them, with the first few in their place, and how many there are beside."""
    if not links:
        return []
    before, _, after = sentence.partition(_HERE)
    elements = [text(before)]
    for number, (name, url) in enumerate(links[:most]):
        comma = [text(language.translate(", "))] if number else []
        elements += [*comma, link(url, name, most=_MAX_SMALL_LINK)]
    if len(links) > most:
        beside = language.translate("and {count} more", count=len(links) - most)
        after = language.translate(", ") + beside + after
    return [*elements, text(after)] if after else elements


def _with(name: Block, sentence: str) -> list[Block]:
    """What is said, with a name in its place."""
    before, _, after = sentence.partition(_HERE)
    return [*([text(before)] if before else []), name, *([text(after)] if after else [])]


def _fitting(pieces: Iterable[list[Block]]) -> list[Block]:
    """As many of the pieces as a story has room for; the first, its title, always is there."""
    elements: list[Block] = []
    for piece in pieces:
        longer = _joined([*elements, *piece])
        if len(json.dumps(longer)) <= _MAX_STORY:
            elements = longer
    return elements


def _joined(elements: list[Block]) -> list[Block]:
    """The same with one element for texts that follow each other, since each costs room."""
    made: list[Block] = []
    for bare, run in groupby(elements, key=lambda each: each.keys() == _BARE):
        same = list(run)
        made += [text("".join(each["text"] for each in same))] if bare else same
    return made
