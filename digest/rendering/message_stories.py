"""The stories of an edition in a markup, each in forms from the longest to the shortest."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.language import language_of
from digest.rendering import phrases
from digest.rendering.excerpts import excerpt as excerpt_of
from digest.rendering.measures import measures
from digest.rendering.phrases import short_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Edition, Section, Story
    from digest.rendering.markup import Markup

# In graphemes and units of UTF-16, before anything is escaped.
MAX_TITLE = 200
MAX_NAME = 60
_NAMED, _MEASURED = 3, 5
# Excerpts of the top stories and of the rest, from most to least.
EXCERPTS = ((300, 220), (300, 120), (220, 0))


class StoryWriter:
    """Writes the stories of an edition in a markup."""

    def __init__(self, edition: Edition, markup: Markup) -> None:
        self._edition = edition
        self._markup = markup
        self._language = language_of(edition.language)

    def story(self, section: Section, story: Story, excerpt: int) -> str:
        """Title, what there is to know, so much of the excerpt, and what is related."""
        if story.brief or not excerpt:
            lines = [self._titled(section, replace(story, untitled=False))]
        else:
            text = self._literal(excerpt_of(story.excerpt, excerpt), excerpt)
            titled = self._titled(section, story)
            lines = [*filter(None, [text, titled] if story.is_post else [titled, text])]
        return "\n".join([*lines, *self._related(story)])

    def shorter(self, section: Section, story: Story) -> Iterator[str]:
        """The shorter forms of a story, the longest first."""
        bare = replace(story, related=(), also_in=(), watched=(), facts=(), discussion="")
        yield self.story(section, bare, excerpt=EXCERPTS[-1][0])
        yield self.story(section, bare, excerpt=0)
        yield self._markup.bold(self._title(bare))
        yield self._markup.bold(self._title(replace(bare, url="")))

    def named(self, feed: str, url: str) -> str:
        """The name of a feed, which leads to it."""
        return self._markup.link(self._inline(feed, MAX_NAME), url)

    def _inline(self, text: str, most: int) -> str:
        """So much of a text, which leaves what stands around it in its direction."""
        return phrases.inline(short_line(text, most), self._language.direction)

    def _literal(self, text: str, most: int) -> str:
        return self._markup.literal(self._inline(text, most))

    def _related(self, story: Story) -> Iterator[str]:
        for other in story.related[:_NAMED]:
            linked = self._markup.link(self._inline(other.title, MAX_TITLE // 2), other.url)
            related = self._language.translate("Related: {title}", title=linked)
            yield f"{related} ({self._literal(other.feed, MAX_NAME)})"

    def _titled(self, section: Section, story: Story) -> str:
        """Title and what there is to know; of a post without a title, the latter."""
        about = self._about(section, story)
        if story.brief:
            line = " · ".join([self._title(story), *about])
            return self._markup.item(f"{self._turn(story.title)}{line}")
        title = "" if story.is_post else self._markup.bold(self._title(story))
        return "\n".join(filter(None, [title, self._markup.aside(" · ".join(about))]))

    def _about(self, section: Section, story: Story) -> list[str]:
        link = self._markup.link
        facts = self._facts(section, story)
        about = [self._markup.literal(short_line(fact, MAX_NAME)) for fact in facts]
        if about and not story.brief:
            about[0] = f"{self._turn(facts[0])}{about[0]}"
        measured = measures(self._edition, story)[:_MEASURED]
        about += [link(short_line(fact, MAX_NAME), url) for fact, url in measured]
        if story.also_in:
            named = [self.named(also.feed, also.url) for also in story.also_in[:_NAMED]]
            feeds = self._language.translate(", ").join(named)
            about.append(self._language.translate("also in {feeds}", feeds=feeds))
        if story.is_post:
            about.append(link(phrases.posted(self._edition, story), story.url, most=sys.maxsize))
        return [text for text in about if text]

    def _facts(self, section: Section, story: Story) -> list[str]:
        rules = ", ".join(short_line(rule, MAX_NAME // 2) for rule in story.watched[:_NAMED])
        dated = not story.is_post
        known = phrases.facts(self._edition, section, story, brief=story.brief, dated=dated)
        return [f"★ {rules}", *known] if rules else known

    def _title(self, story: Story) -> str:
        # What makes the whole too large is taken away by `shorter`.
        title = self._inline(story.title, MAX_TITLE)
        return self._markup.link(title, story.url, most=sys.maxsize)

    def _turn(self, text: str) -> str:
        """What makes a line that begins with a text read in the direction of the edition."""
        return phrases.line(text, self._language.direction).removesuffix(text)
