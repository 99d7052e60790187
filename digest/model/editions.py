"""Editions: their stories and sections."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from digest.model.blocks import EditionBlock
from digest.model.entries import CONFIRMATION, Fact
from digest.model.pictures import Picture
from digest.model.summaries import Summary

# The digest that alerts are editions of; no other can be called so.
ALERTS = "alerts"

CatchUp = Literal["auto", "send", "merge", "skip"]
Content = Literal["excerpt", "full", "none"]
Images = Literal["none", "remote", "embedded"]
# What becomes of the stories that an edition has no room for; what it shows an entry as.
Overflow = Literal["list", "next", "drop"]
# What becomes of stories that no rule raised: left out where no channel takes them, or kept for
# the channels that this edition is not for.
Unwatched = Literal["shown", "left out", "kept"]
ShownAs = Literal["story", "line", "counted"]


class AlsoIn(Struct, frozen=True):
    """Another feed that has the same story."""

    feed: str
    url: str


class Related(Struct, frozen=True):
    """A story under a similar title."""

    title: str
    url: str
    feed: str
    published: datetime | None = None
    excerpt: str = ""


class Story(Struct, frozen=True):
    """One thing to read; `entries` are the ids of the entries it stands for, the leading first.

    `reading_minutes` is how long its text takes, or the recording that it is (`recording`), to be
    watched if it is a `video`; 0 where its feed does not carry the text. `html` is the clean
    content, where the whole of it is to be shown. `watched` are the rules that raised it. `group`
    is the subject it shares with its neighbours in the section. A `brief` one is shown by its
    title. `image` is where its feed says it has a picture, `picture` that picture once it was seen.
    A form that has no room for a `cut` one counts it. `facts` are as they were when the edition was
    composed; `discussion` is where people talk about it. `had` is when an earlier edition had its
    link, which makes a line of it. An `untitled` one is a post: its title is how its text begins. A
    `pictorial` one is little but its picture. `rank` is its place among all stories of the edition
    by their claim to be shown, from 0 on. `summary` is how its excerpt came about, where a digest
    asks for summaries.
    """

    title: str
    url: str
    feed: str
    author: str
    published: datetime | None
    excerpt: str
    reading_minutes: int
    also_in: tuple[AlsoIn, ...] = ()
    entries: tuple[int, ...] = ()
    updated: bool = False
    html: str = ""
    image: str = ""
    picture: Picture | None = None
    watched: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    group: str = ""
    brief: bool = False
    cut: bool = False
    facts: tuple[Fact, ...] = ()
    discussion: str = ""
    had: datetime | None = None
    recording: bool = False
    video: bool = False
    untitled: bool = False
    pictorial: bool = False
    rank: int = 0
    summary: Summary | None = None

    @property
    def is_watched(self) -> bool:
        """Whether a rule raised it, or it asks its reader to confirm something."""
        return bool(self.watched) or any(fact.name == CONFIRMATION for fact in self.facts)

    @property
    def is_post(self) -> bool:
        """Whether it is shown by its text, and no title."""
        return self.untitled and not self.brief

    @property
    def is_shared(self) -> bool:
        """Whether it is new and another feed has it or something like it; so it is never a line."""
        others = {other.feed for other in self.also_in} | {other.feed for other in self.related}
        return not self.had and bool(others - {self.feed})


class Listed(Struct, frozen=True):
    """A story that an edition counts, as its full list names it; `url` may be empty.

    A `watched` one is of those that a rule raised.
    """

    title: str
    url: str
    watched: bool = False


class More(Struct, frozen=True):
    """So many more stories of a feed; `url` is the feed's home page, if any.

    `listed` are the first of them, all but where they are very many.
    """

    feed: str
    url: str
    stories: int
    listed: tuple[Listed, ...] = ()

    @property
    def unlisted(self) -> int:
        """How many of them are in no list."""
        return self.stories - len(self.listed)


class Section(Struct, frozen=True):
    """Stories under one heading.

    `top` marks the section of those raised above the others; `url` is the home page of the feed
    that it is of, if it is of one; `more` are those of its feeds that the edition only counts, and
    in the last section those of feeds that have none. One that is not `headed` is shown without its
    title.
    """

    title: str
    stories: tuple[Story, ...]
    url: str = ""
    more: tuple[More, ...] = ()
    top: bool = False
    headed: bool = True

    @property
    def shown(self) -> tuple[Story, ...]:
        """Its stories, without those that are cut."""
        return tuple(story for story in self.stories if not story.cut)

    @property
    def cut(self) -> tuple[More, ...]:
        """How many of its stories are cut, by feed."""
        feeds = Counter(story.feed for story in self.stories if story.cut)
        has_one_feed = len({story.feed for story in self.stories}) == 1
        return tuple(
            More(feed, self.url if has_one_feed else "", cut) for feed, cut in feeds.items()
        )

    @property
    def counted(self) -> tuple[More, ...]:
        """All that is counted of it, cut or without room from the first, each feed once."""
        cut = {more.feed: more for more in self.cut}
        both = (
            replace(more, stories=more.stories + cut.pop(more.feed).stories)
            if more.feed in cut
            else more
            for more in self.more
        )
        return (*both, *cut.values())


class Held(Struct, frozen=True):
    """Entries of a feed that came in a flood and wait for the operator's word."""

    feed: str
    entries: int


class Failing(Struct, frozen=True):
    """A feed that could not be read for long, and since when."""

    feed: str
    since: datetime


class Quiet(Struct, frozen=True):
    """A feed that has brought nothing for long, and since when."""

    feed: str
    since: datetime


class Edition(Struct, frozen=True):
    """One composed digest, ready to render.

    The period is half open; it ends with the composing, or earlier where the edition is late.
    `language` is the BCP 47 tag that dates, numbers and fixed words go by; `next_at` is when the
    next edition is due; `lead` is the index of the story that the subject names. `held_back`
    stories wait for the next edition. `blocks` stand above all stories; `missing_blocks` says, for
    operators, which it is without, and why.
    """

    digest: str
    title: str
    subject: str
    period_from: datetime
    period_to: datetime
    composed_at: datetime
    timezone: str
    sections: tuple[Section, ...]
    held_back: int = 0
    held: tuple[Held, ...] = ()
    failing: tuple[Failing, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    language: str = "en"
    next_at: datetime | None = None
    lead: int = 0
    blocks: tuple[EditionBlock, ...] = ()
    missing_blocks: tuple[str, ...] = ()

    @property
    def stories(self) -> tuple[Story, ...]:
        """Every story, in reading order."""
        return tuple(story for section in self.sections for story in section.stories)

    @property
    def teasers(self) -> tuple[Story, ...]:
        """The first stories after the one that the subject names."""
        return tuple(story for n, story in enumerate(self.stories[:4]) if n != self.lead)[:3]

    @property
    def cut(self) -> tuple[More, ...]:
        """What is counted of the sections of which nothing is shown."""
        return tuple(
            more for section in self.sections if not section.shown for more in section.counted
        )

    @property
    def listed(self) -> tuple[More, ...]:
        """The full list: what is counted and has titles, by feed."""
        return tuple(more for section in self.sections for more in section.more if more.listed)

    @property
    def entry_ids(self) -> tuple[int, ...]:
        """The entries that its stories stand for."""
        return tuple(entry for story in self.stories for entry in story.entries)

    @property
    def reading_minutes(self) -> int:
        """How long what there is to read takes, as far as known."""
        return sum(story.reading_minutes for story in self.stories if not story.recording)

    @property
    def listening_minutes(self) -> int:
        """How long what there is to hear takes, as far as known."""
        return sum(
            story.reading_minutes for story in self.stories if story.recording and not story.video
        )

    @property
    def watching_minutes(self) -> int:
        """How long what there is to watch takes, as far as known."""
        return sum(
            story.reading_minutes for story in self.stories if story.recording and story.video
        )


def shown_as(edition: Edition) -> dict[int, ShownAs]:
    """What an edition shows the entries of its stories as, by their ids."""
    return {
        entry: "line" if story.brief else "story"
        for story in edition.stories
        for entry in story.entries
    }
