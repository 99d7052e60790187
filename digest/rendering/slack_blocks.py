"""Stories as blocks of Slack.

What feeds say goes into `rich_text` and `plain_text` only, which show it literally: a title can
neither ping a channel nor change how the rest looks. So nothing here is mrkdwn, in which `*`, `_`
and `~` cannot be escaped. https://docs.slack.dev/reference/block-kit/blocks
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, Any

from digest.rendering import slack_words as say
from digest.rendering import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from digest.model import Section, Story

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
_RELATED = 5
_LONGEST_TAIL = 15
# What a text has that is not bold.
_BARE = {"type", "text"}


def bullet(story: Story, section: Section, excerpt: int) -> Block:
    """A story for a list: title, what there is to know of it, and so much of the excerpt."""
    full = excerpt and not story.brief
    about = _marks(story) + (_meta(story, section) if full else _feed(story, section))
    pieces = [
        [_title(story)],
        [text(f" · {' · '.join(about)}")] if about else [],
        [] if story.brief else _also_in(story),
        [text(f"\n{short(story.excerpt, excerpt)}")] if full and story.excerpt else [],
        _related(story),
    ]
    return line(_fitting(pieces))


def blocks(story: Story, section: Section, excerpt: int, timezone: str) -> list[Block]:
    """A story by itself: title, excerpt, and what there is to know of it, beside its picture."""
    about = _meta(story, section, timezone)
    said = [part for part in (short(story.excerpt, excerpt), " · ".join(about)) if part.strip()]
    marks = _marks(story)
    head = [[_title(story)], [text(f" · {' · '.join(marks)}")] if marks else [], _also_in(story)]
    if story.picture and said:
        related = _related(story, before="")
        pictured = [
            rich_text([line(_fitting(head))]),
            _beside_picture("\n".join(said), story),
            *([rich_text([line(related)])] if related else []),
        ]
        if len(json.dumps(pictured)) <= _MAX_STORY and len(story.picture.url) <= _MAX_PICTURE:
            return pictured
    pieces = [*head, *([text(f"\n{part}")] for part in said), _related(story)]
    return [rich_text([line(_fitting(pieces))])]


def heading(title: str, url: str = "") -> Block:
    """A section's title, linked where there is somewhere to go."""
    return line([link(url, short(title, _MAX_NAME), most=_MAX_SMALL_LINK, bold=True)])


def more(section: Section) -> list[Block]:
    """The line that says what of a section waits for the next edition; none where nothing does."""
    named, rest = section.more[:_NAMED], section.more[_NAMED:]
    if not named:
        return []
    elements: list[Block] = []
    for each in named:
        # Where the name goes in the sentence is for the sentence to say.
        before, after = say.MORE_FROM.format(count=f"{each.stories:,}", feed="\0").split("\0")
        name = link(each.url, short(each.feed, _MAX_NAME), most=_MAX_SMALL_LINK)
        elements += [text(f", {before}" if elements else before), name]
        elements += [text(after)] if after else []
    if rest:
        others = words.count(len(rest), "more feed")
        elements.append(text(f", {say.MORE_FROM_OTHERS.format(feeds=others)}"))
    return [line(elements)]


def text(said: str, *, bold: bool = False) -> Block:
    """Words inside a line of rich text."""
    element: Block = {"type": "text", "text": said}
    return element | {"style": {"bold": True}} if bold else element


def link(url: str, said: str, *, most: int = _MAX_LINK, bold: bool = False) -> Block:
    """A link inside a line of rich text; only its words where the address is none, or too long."""
    if not url or len(json.dumps(url)) > most:
        return text(said, bold=bold)
    element: Block = {"type": "link", "url": url, "text": said}
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


def plain(said: str) -> Block:
    """Text that is shown as it is, `:smile:` included."""
    return {"type": "plain_text", "text": said, "emoji": False}


def short(said: str, most: int) -> str:
    """The text cut to so many graphemes, and as many units of UTF-16, at the end of a word.

    A grapheme can be of any length, a message cannot; a unit is six characters of JSON or less.
    """
    encoded = said.encode("utf-16-le", "replace")
    whole = encoded[: 2 * most].decode("utf-16-le", "ignore")
    cut = words.short(whole if len(encoded) <= 2 * most else f"{whole[:-1]}…", most)
    if cut == whole:
        return cut
    head, _, tail = cut.rpartition(" ")
    return f"{head}…" if head.strip() and len(tail) <= _LONGEST_TAIL else cut


def _beside_picture(said: str, story: Story) -> Block:
    # A picture that Slack cannot fetch makes it refuse the message, but for one beside a text.
    assert story.picture is not None
    alternative = short(story.title, _MAX_ALT)
    picture = {"type": "image", "image_url": story.picture.url, "alt_text": alternative}
    return {"type": "section", "text": plain(said), "accessory": picture, "expand": True}


def _title(story: Story) -> Block:
    return link(story.url, short(story.title, _MAX_TITLE), bold=True)


def _marks(story: Story) -> list[str]:
    rules = ", ".join(short(rule, _MAX_NAME // 2) for rule in story.watched[:_NAMED])
    marks = [say.WATCHED.format(rules=rules)] if rules else []
    return [*marks, say.UPDATED] if story.updated else marks


def _meta(story: Story, section: Section, timezone: str = "") -> list[str]:
    """Feed, author, day where a time zone is given, and reading time; nothing that is said yet."""
    about = _feed(story, section)
    if story.author and story.author not in {section.title, story.feed}:
        about.append(_name(story.author))
    if timezone and story.published:
        about.append(words.day(story.published, timezone))
    if story.reading_minutes:
        about.append(words.reading_time(story.reading_minutes))
    return about


def _feed(story: Story, section: Section) -> list[str]:
    return [_name(story.feed)] if story.feed and story.feed != section.title else []


def _name(said: str) -> str:
    return words.inline(short(said, _MAX_NAME))


def _also_in(story: Story) -> list[Block]:
    links = [(short(other.feed, _MAX_NAME), other.url) for other in story.also_in]
    return _links(f" · {say.ALSO_IN}", links, _NAMED)


def _related(story: Story, before: str = "\n") -> list[Block]:
    links = [
        (f"{short(other.title, _MAX_TITLE // 2)} ({short(other.feed, _MAX_NAME // 2)})", other.url)
        for other in story.related
    ]
    return _links(f"{before}{say.RELATED}", links, _RELATED)


def _links(lead: str, links: Sequence[tuple[str, str]], most: int) -> list[Block]:
    """The words that lead to them, the first few, and how many there are beside."""
    elements: list[Block] = []
    for said, url in links[:most]:
        elements += [text(", " if elements else lead), link(url, said, most=_MAX_SMALL_LINK)]
    if len(links) > most:
        elements.append(text(say.AND_MORE.format(count=len(links) - most)))
    return elements


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
