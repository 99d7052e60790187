"""The nouns of the product, as frozen values.

What a feed said (`ParsedFeed`, `ParsedEntry`) and what is known (`Entry`) are two types. All
times are aware; all but wall-clock schedules are UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any, Literal

from msgspec import Struct, to_builtins

# The digest that alerts are editions of; no other can be called so.
ALERTS = "alerts"

PollOutcome = Literal["updated", "unchanged", "not_modified", "failed", "held"]
CatchUp = Literal["auto", "send", "merge", "skip"]
Content = Literal["excerpt", "full", "none"]
Images = Literal["none", "remote", "embedded"]
DeliveryState = Literal["pending", "sending", "sent", "retrying", "failed", "unknown"]
RecipientState = Literal["active", "paused", "unsubscribed", "bounced"]
Frequency = Literal["each", "weekly"]


def as_dict(noun: Struct) -> dict[str, Any]:
    """A noun and all nouns in it as dicts, and sets as lists; everything else as it is."""
    said: dict[str, Any] = to_builtins(noun, builtin_types=(bytes, date, datetime, time, timedelta))
    return said


def repr_without(*hidden: str) -> Callable[[Struct], str]:
    """A `__repr__` that leaves out fields which are secret, or long."""

    def shown(self: Struct) -> str:
        names = (name for name in self.__struct_fields__ if name not in hidden)
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__name__}({values})"

    return shown


class ParsedEntry(Struct, frozen=True):
    """One item as a feed said it; empty strings where it said nothing.

    `html` is as published, capped and not yet clean, its links relative to `base`; `link` and
    `image` are absolute. `seconds` is the length of a recording; `categories` is what the feed
    files it under.
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


class PollHints(Struct, frozen=True):
    """How a feed asks to be polled: no more often than `interval`, not in these hours and days.

    Hours and days are UTC; days count from Monday as 0.
    """

    interval: timedelta | None = None
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


class ParsedFeed(Struct, frozen=True):
    """A whole document as a feed said it.

    `format` is the parser's word for it, like `rss20`, `atom10` or `json11`; `link` is the home
    page.
    """

    title: str
    entries: tuple[ParsedEntry, ...]
    format: str = ""
    link: str = ""
    poll_hints: PollHints = PollHints()


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
    """What the diff needs of an entry that was seen before; `names` are all it goes by.

    `in_last_body` says that the last body that was read had it.
    """

    id: int
    key: str
    fingerprint: str
    names: frozenset[str]
    in_last_body: bool = False


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


class Entry(Struct, frozen=True):
    """An entry as the store knows it.

    `edited_at` is when the feed last said something else of it than before; `resend_at` the same,
    of a feed whose edits are sent again. `html` is its clean content, where it was asked for;
    `feed_home` is the feed's home page.
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

    @property
    def dated(self) -> datetime:
        """When it was published, or first seen where the feed does not say or dates ahead."""
        return min(self.published or self.first_seen_at, self.first_seen_at)


class Move(Struct, frozen=True):
    """A permanent redirect: where to, since when, and how many answers in a row said so."""

    to: str
    since: datetime
    answers: int


class Spent(Struct, frozen=True):
    """What a feed has brought on a day (UTC): new entries, and bytes of text."""

    day: str = ""
    entries: int = 0
    size: int = 0


class FeedState(Struct, frozen=True):
    """What the store knows of a feed before a poll.

    The validators are those of the server at `answered_by`, where redirects had led.
    `polled_at` is the last poll, `new_at` the last that brought a new entry; `missed_at` is when
    a body shared no entry with the one before. `gone` says that the server called it gone for
    good; `spent` is what it brought on the last day that it brought something, `over_quota_at` when
    that was more than is kept. `entry_hashes` is the last body's packed
    `digest.feeds.parsing.outline.BodyIndex`.
    """

    id: int
    url: str
    title: str = ""
    home: str = ""
    etag: str | None = None
    last_modified: str | None = None
    answered_by: str | None = None
    body_hash: str | None = None
    entries: int = 0
    failures: int = 0
    failing_since: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    new_at: datetime | None = None
    missed_at: datetime | None = None
    poll_hints: PollHints = PollHints()
    move: Move | None = None
    gone: bool = False
    spent: Spent = Spent()
    over_quota_at: datetime | None = None
    entry_hashes: bytes | None = None

    __repr__ = repr_without("entry_hashes")


class PollResult(Struct, frozen=True):
    """How one poll of one feed went."""

    url: str
    name: str
    outcome: PollOutcome
    new: int = 0
    known: int = 0
    status: int | None = None
    error: str | None = None


class Schedule(Struct, frozen=True):
    """A wall-clock rule: which local dates, at which local times.

    `None` means every one. Weekdays count from Monday as 0. Where both `month_days` and
    `weekdays` are given, either is enough (POSIX crontab). With `clamp`, a day of the month
    that a short month lacks is its last day.
    """

    text: str
    times: tuple[time, ...]
    months: frozenset[int] | None = None
    month_days: frozenset[int] | None = None
    weekdays: frozenset[int] | None = None
    clamp: bool = False

    def on(self, day: date) -> bool:
        """Whether the rule applies to this local date."""
        if self.months is not None and day.month not in self.months:
            return False
        by_weekday = self.weekdays is not None and day.weekday() in self.weekdays
        if self.month_days is None:
            return self.weekdays is None or by_weekday
        by_day = day.day in self.month_days or (
            self.clamp
            and (day + timedelta(days=1)).day == 1
            and any(wanted > day.day for wanted in self.month_days)
        )
        return by_day or by_weekday

    @property
    def hourly(self) -> bool:
        """Whether it runs in every hour of a day, and so in both of a repeated one."""
        return len({at.hour for at in self.times}) == 24


class AlsoIn(Struct, frozen=True):
    """Another feed that has the same story."""

    feed: str
    url: str


class Related(Struct, frozen=True):
    """An entry under a similar title, shown with the story it is like."""

    title: str
    url: str
    feed: str


class Picture(Struct, frozen=True):
    """A picture that was seen: where it is, and its size in pixels.

    `content_id` is set where a message has the picture in it (RFC 2392).
    """

    url: str
    width: int
    height: int
    content_id: str = ""

    def within(self, width: int, height: int) -> tuple[int, int]:
        """Its size where it is shown no larger than this, in its own proportions."""
        scale = min(1.0, width / self.width, height / self.height)
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))


class PictureFile(Struct, frozen=True):
    """A picture that a message has in it; `kind` is `png`, `jpeg` or `gif`."""

    kind: str
    data: bytes

    __repr__ = repr_without("data")


# By content id.
Pictures = Mapping[str, PictureFile]
NO_PICTURES: Pictures = MappingProxyType({})


class Story(Struct, frozen=True):
    """One thing to read; `entries` are the ids of the entries it stands for, the leading first.

    `reading_minutes` is 0 where there is nothing to read but this. `html` is the clean content,
    where the whole of it is to be shown. `watched` are the rules that raised it. `group` is the
    subject it shares with its neighbours in the section. A `brief` one is shown by its title.
    `image` is where its feed says it has a picture, `picture` that picture once it was seen.
    A form that has no room for a `cut` one counts it.
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


class More(Struct, frozen=True):
    """So many more stories of a feed; `url` is the feed's home page, if any."""

    feed: str
    url: str
    stories: int


class Section(Struct, frozen=True):
    """Stories under one heading.

    `top` marks the section of those raised above the others; `url` is the home page of the feed
    that it is of, if it is of one; `more` are those that wait for the next edition.
    """

    title: str
    stories: tuple[Story, ...]
    url: str = ""
    more: tuple[More, ...] = ()
    top: bool = False

    @property
    def shown(self) -> tuple[Story, ...]:
        """Its stories, without those that are cut."""
        return tuple(story for story in self.stories if not story.cut)

    @property
    def cut(self) -> tuple[More, ...]:
        """How many of its stories are cut, by feed."""
        feeds = Counter(story.feed for story in self.stories if story.cut)
        one = len({story.feed for story in self.stories}) == 1
        return tuple(More(feed, self.url if one else "", cut) for feed, cut in feeds.items())


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
    next edition is due; `lead` is the index of the story that the subject names.
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
        """What is cut of the sections of which nothing is shown."""
        return tuple(more for section in self.sections if not section.shown for more in section.cut)

    @property
    def entry_ids(self) -> tuple[int, ...]:
        """The entries this edition takes."""
        return tuple(entry for story in self.stories for entry in story.entries)

    @property
    def reading_minutes(self) -> int:
        """How long the whole takes to read."""
        return sum(story.reading_minutes for story in self.stories)


class Recipient(Struct, frozen=True):
    """Who gets the editions of an email channel, or did, as the store has it.

    One that is not `listed` is on the list only as long as the file names it. `paused_until` is of
    one that is paused; None: until it says otherwise. `zone` (IANA) and `send_at` are when it wants
    editions; None: as the digest has it. `frequency` is how often it wants them, `gets` how often
    they come: what it wants holds from the end of the week on.
    """

    channel: str
    address: str
    name: str = ""
    state: RecipientState = "active"
    listed: bool = True
    reason: str = ""
    paused_until: datetime | None = None
    zone: str | None = None
    send_at: time | None = None
    frequency: Frequency = "each"
    gets: Frequency = "each"
    created_at: datetime | None = None
    changed_at: datetime | None = None

    def state_at(self, now: datetime) -> RecipientState:
        """Its state; a pause that is over is none."""
        over = self.paused_until is not None and self.paused_until <= now
        return "active" if self.state == "paused" and over else self.state


class Rendition(Struct, frozen=True):
    """An edition rendered for one channel: one payload a part, and who gets them.

    With `personal` they are people: others beside them may have subscribed, and any may have left.
    """

    channel: str
    kind: str
    recipients: tuple[str, ...]
    parts: tuple[bytes, ...]
    personal: bool = False


class Delivery(Struct, frozen=True):
    """One edition x one channel x one recipient x one part, as the ledger has it.

    `doubtful` says that an attempt was made of which nobody knows how it ended; `plainer` that
    the payload as it is was refused, and a plainer form of it is to be sent; `deferred_at` is when
    a server first put it off. `first_receipt` is that of the first part, where this is a later one
    and the first was sent. `token` is what the recipient's own pages go by.
    """

    id: int
    edition_id: int
    digest: str
    channel: str
    recipient: str
    part: int
    state: DeliveryState
    attempts: int
    created_at: datetime
    message_id: str
    error: str | None = None
    doubtful: bool = False
    plainer: bool = False
    deferred_at: datetime | None = None
    first_receipt: str = ""
    token: str = ""
    payload: bytes = b""

    __repr__ = repr_without("token", "payload")


class Outcome(Struct, frozen=True):
    """What became of one attempt; without `next_attempt_at`, nothing more happens by itself.

    With `plainer` the next attempt is made with a plainer form of the payload; `bounced` says that
    nobody is at the address.
    """

    state: DeliveryState
    receipt: str | None = None
    error: str | None = None
    next_attempt_at: datetime | None = None
    plainer: bool = False
    bounced: bool = False


class Backoff(Struct, frozen=True):
    """A channel that takes nothing from anybody: since when, why, and when it is tried again.

    With `lasting` somebody has to mend it.
    """

    since: datetime
    failures: int
    reason: str
    next_attempt_at: datetime
    lasting: bool = False
