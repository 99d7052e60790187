"""Entries: what a feed said, what is stored, and what is known in between."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

# What readers elsewhere count for a story.
_COUNTED = {"points", "comments"}
# The fact of an entry that asks its reader to confirm something: it is shown first, whatever the
# rules of a digest say, and is no measure.
CONFIRMATION = "confirmation"


class Fact(Struct, frozen=True):
    """A number that may change; `unit` is empty where its name says what is counted."""

    name: str
    value: int | float
    unit: str = ""


class Thresholds(Struct, frozen=True):
    """The least of each fact that an entry of a source is shown with, by the fact's name.

    It waits until an edition finds that it has them; one that is made later than `within` so long
    after it was first seen leaves it out for good.
    """

    least: Mapping[str, int] = {}
    within: timedelta = timedelta(hours=48)

    def lacking(self, facts: tuple[Fact, ...]) -> dict[str, int | float]:
        """Which facts are below their least, by name; what was never measured is 0."""
        if not self.least:
            return {}
        measured = {fact.name: fact.value for fact in facts}
        values = {name: measured.get(name, 0) for name in self.least}
        return {name: value for name, value in values.items() if value < self.least[name]}


NO_THRESHOLDS = Thresholds()


class ParsedEntry(Struct, frozen=True):
    """One item as a feed said it; empty strings where it said nothing.

    `html` is as published, capped and not yet clean, its links relative to `base`; `link` and
    `image` are absolute. `seconds` is the length of a recording, which is to be watched if it is a
    `video`; `categories` is what the feed files it under. `facts` are no content: they may change,
    and nobody is told again. `discussion` is a second link, absolute, to where people talk about
    it.
    """

    guid: str
    link: str
    title: str
    author: str
    published: datetime | None
    html: str
    base: str = ""
    image: str = ""
    seconds: int | None = None
    categories: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    discussion: str = ""
    video: bool = False


class KeyedEntry(Struct, frozen=True):
    """A parsed entry with its stable identity inside its feed, and a hash of what it says.

    `names` is everything it is known under from now on; `telling` are those that tell it apart
    from the rest of its body, the strongest first.
    """

    key: str
    fingerprint: str
    entry: ParsedEntry
    names: tuple[str, ...] = ()
    telling: tuple[str, ...] = ()


class KnownEntry(Struct, frozen=True):
    """What the diff needs of an entry that was seen before; `names` are all its aliases.

    `in_last_body` says that the last body that was read had it, `outdated` that it was read last
    by a version of this program that read feeds otherwise.
    """

    id: int
    key: str
    fingerprint: str
    names: frozenset[str]
    in_last_body: bool = False
    title: str = ""
    link: str = ""
    published: datetime | None = None
    outdated: bool = False


class CleanEntry(Struct, frozen=True):
    """A keyed entry made safe to show: plain title, clean HTML, excerpt as text, word count."""

    key: str
    fingerprint: str
    title: str
    link: str
    author: str
    published: datetime | None
    html: str
    excerpt: str
    words: int
    names: tuple[str, ...] = ()
    image: str = ""
    seconds: int | None = None
    categories: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    discussion: str = ""
    video: bool = False


class ShownEntry(Struct, frozen=True):
    """An entry that an edition showed, and when that was.

    It was `withheld` where a channel that takes only watched stories was not given it.
    """

    link: str
    title: str
    feed_url: str
    at: datetime
    withheld: bool = False


class Entry(Struct, frozen=True):
    """An entry as the store knows it.

    `edited_at` is when the feed last said something else of it than before; `resend_at` the same,
    of a feed whose edits are sent again. `html` is its clean content, where it was asked for;
    `feed_home` is the feed's home page; `gone_at` is since when its source has it no more, where it
    was asked.
    """

    id: int
    feed_url: str
    feed_title: str
    title: str
    link: str
    author: str
    published: datetime | None
    first_seen_at: datetime
    excerpt: str
    words: int
    image: str = ""
    seconds: int | None = None
    edited_at: datetime | None = None
    resend_at: datetime | None = None
    categories: tuple[str, ...] = ()
    html: str = ""
    feed_home: str = ""
    facts: tuple[Fact, ...] = ()
    discussion: str = ""
    video: bool = False
    gone_at: datetime | None = None

    @property
    def dated(self) -> datetime:
        """When it was published, or first seen where the feed does not say or dates ahead."""
        return min(self.published or self.first_seen_at, self.first_seen_at)

    @property
    def counted(self) -> int:
        """How high readers elsewhere count it: its points and comments."""
        return sum(
            fact.value
            for fact in self.facts
            if fact.name in _COUNTED and isinstance(fact.value, int) and fact.value > 0
        )


class Sample(Struct, frozen=True):
    """How the clean content of an entry begins and ends; either may be cut on its other side."""

    beginning: str
    end: str
