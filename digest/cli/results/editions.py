"""What commands print that poll, compose and send."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict

from digest.cli.results.shape import Shape
from digest.model import DeliveryState, PollOutcome


class PolledFeed(Shape):
    """How one poll of one feed went."""

    url: str
    name: str
    """As configured, else the feed's own title, else its host."""
    outcome: PollOutcome
    new: int
    """Entries of this body seen for the first time; held ones too."""
    known: int
    """The other entries of this body."""
    status: int | None
    """The HTTP status, where there was an answer."""
    error: str | None


class Poll(Shape):
    """`poll`: how each feed went."""

    feeds: list[PolledFeed]
    new: int
    failed: int
    """How many feeds could not be read."""


class Sent(Shape):
    """A delivery as it is after sending."""

    channel: str
    recipient: str
    state: DeliveryState
    error: str | None
    """The server's words, or what went wrong."""


class Send(Shape):
    """`send`: the edition that was published, and its deliveries."""

    edition: int | None
    """Its number; null where there was nothing new and none was made."""
    digest: str
    entries: int
    deliveries: list[Sent]


class Published(Shape):
    """An edition that a round has published."""

    edition_id: int
    digest: str
    entries: int
    deliveries: list[Sent]


class Run(Poll):
    """`run --once`: one round. The daemon prints nothing; it logs on standard error."""

    editions: list[Published]
    unpublished: dict[str, str]
    """Digests that were due and not published, and why."""
    delivered: int
    undelivered: int
    """Deliveries that failed, are unknown, or still wait."""


class Check(Shape):
    """One thing that was checked."""

    what: str
    """settings, templates, database, access, files, secrets, disk, zone data, clock, feed, smtp,
    sender, channel or public URL."""
    name: str
    verdict: Literal["ok", "warn", "fail"]
    said: str
    remedy: str
    """How to mend it; empty where nothing is wrong."""


class Checks(Shape):
    """`check`: everything that was checked; problems of the file itself go to standard error."""

    checks: list[Check]


class Period(Shape):
    """Half open."""

    model_config = ConfigDict(alias_generator=lambda name: name.rstrip("_"))

    from_: datetime
    to: datetime


class Elsewhere(Shape):
    """Another feed that has the same story."""

    feed: str
    url: str


class Alike(Elsewhere):
    """A story under a similar title."""

    title: str


class Measure(Shape):
    """A number that may change; `unit` is empty where its name says what is counted."""

    name: str
    value: int | float
    unit: str


class PreviewStory(Shape):
    """One thing to read."""

    title: str
    url: str
    """Empty where there is none."""
    feed: str
    published: datetime | None
    excerpt: str
    reading_minutes: int
    """0 where there is nothing to read but the excerpt."""
    facts: list[Measure]
    """What was measured when the edition was composed, like points and comments."""
    discussion: str
    """Where people talk about it, or empty."""
    also_in: list[Elsewhere]
    related: list[Alike]


class PreviewSection(Shape):
    """Stories under one heading."""

    title: str
    stories: list[PreviewStory]


class Preview(Shape):
    """`preview`: the edition as it would be now."""

    digest: str
    subject: str
    period: Period
    sections: list[PreviewSection]
    held_back: int
    """How many stories wait for the next edition."""


class Fate(Shape):
    """What becomes of a pending entry."""

    title: str
    url: str
    feed: str
    fate: Literal["taken", "waiting", "left out"]
    section: str
    """The section that has it; empty where it is not taken."""
    story: str
    """The title of the story that it is part of; empty where it is not taken."""
    rule: str
    """The rule that left it out, or empty."""
    watched: list[str]
    """The rules that raise it."""


class PreviewWhy(Preview):
    """`preview --why`: the edition, and what becomes of each pending entry."""

    entries: list[Fate]


class DemoRound(Shape):
    """One of three Mondays."""

    new: int
    failed: int
    entries: int
    emails: int
    slack_posts: int
    files: list[str]


class Demo(Shape):
    """`demo`: what was sent, and whether that is what the demo is to show."""

    folder: str
    rounds: list[DemoRound]
    as_expected: bool
