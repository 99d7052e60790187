"""What commands print that tell how things are and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from digest.cli.results.editions import Measure
from digest.cli.results.shape import Shape
from digest.model import DeliveryState


class FeedHealth(Shape):
    """How a feed does."""

    url: str
    name: str
    health: Literal["ok", "not polled yet", "failing", "gone", "paused"]
    polled_at: datetime | None
    last_new_at: datetime | None
    """When it last brought a new entry."""
    next_poll_at: datetime | None
    failures: int
    """In a row, up to now."""
    failing_since: datetime | None
    status: int | None
    error: str | None
    missed_at: datetime | None
    """When two polls in a row last shared no entry."""
    moved_to: str | None
    """Where it moved for good."""


class DigestPlan(Shape):
    """When a digest is due."""

    name: str
    title: str
    schedule: str
    next_edition: str
    """For people, in the digest's time zone."""
    next_edition_at: datetime
    last_due: str | None
    last_due_at: datetime | None
    last_result: str | None
    weekly_readers: int
    """How many get the week that is on as one edition."""
    weekly_edition_at: datetime | None
    """When that is due; null where no email goes out."""


class Counts(Shape):
    """How many deliveries are in each state; one that is being sent counts as pending."""

    pending: int
    sent: int
    retrying: int
    failed: int
    unknown: int


class Attention(Shape):
    """Something that needs a person."""

    kind: str
    """feed, gone, flood, quota, missed, moved, digest, channel, delivery, deliveries, disk,
    template, list (of a gone channel) or renamed (perhaps: a gone digest)."""
    name: str
    url: str | None
    """Of the feed, where it is one."""
    message: str


class LargeFeed(Shape):
    """A feed, by the bytes of text that are kept of its entries."""

    url: str
    name: str
    bytes: int


class Storage(Shape):
    """How large the database is, and what of it are the texts of entries."""

    bytes: int
    free_bytes: int
    """Those that are used again before it grows."""
    payload_bytes: int
    """What editions were sent as."""
    largest_feeds: list[LargeFeed]
    """The five with the most text, the largest first."""


class Status(Shape):
    """`status`; with `--healthcheck` nothing is printed."""

    feeds: list[FeedHealth]
    digests: list[DigestPlan]
    deliveries: Counts
    attention: list[Attention]
    storage: Storage


class Listed(Shape):
    """A delivery as the ledger has it."""

    id: int
    edition: int
    digest: str
    channel: str
    recipient: str
    part: int
    """From 1; more where a post takes several messages."""
    state: DeliveryState
    attempts: int
    created_at: datetime
    changed_at: datetime
    next_attempt_at: datetime | None
    message_id: str
    said: str | None
    """The server's receipt where it is sent, else the last error."""
    dropped: bool
    of: int | None
    """The delivery that it repeats, where an edition was sent once more."""
    repeated_by: int | None
    """The delivery that repeats it."""


class Change(Shape):
    """A change of a delivery's state."""

    at: datetime
    state: DeliveryState
    attempt: int
    said: str | None
    message_id: str | None
    """Of an attempt, where it is known."""


class Recorded(Listed):
    """A delivery with its history."""

    changes: list[Change]


class Deliveries(Shape):
    """`deliveries`: the newest first."""

    deliveries: list[Listed]


class Decided(Shape):
    """`retry`, `drop` and `resend`: the deliveries as they are afterwards.

    Of `resend`, those that were made, and what was under way already.
    """

    deliveries: list[Recorded]


class ShownStory(Shape):
    """A story of an edition."""

    title: str
    url: str


class ShownEdition(Shape):
    """An edition."""

    id: int
    digest: str
    scheduled_for: datetime
    period_from: datetime
    period_to: datetime
    subject: str
    stories: list[ShownStory]


class Show(Decided):
    """`show`: an edition with every change of its deliveries."""

    edition: ShownEdition


class Incident(Shape):
    """What needs a person; `closed_at` is null while it lasts."""

    id: int
    kind: str
    """feed, gone, flood, quota, channel, template or disk."""
    subject: str
    """A feed's address, a channel's name or the database's path."""
    message: str
    opened_at: datetime
    closed_at: datetime | None


class Incidents(Shape):
    """`incidents`: the oldest first."""

    incidents: list[Incident]


class Verdict(Shape):
    """What became of an entry in a digest."""

    digest: str
    state: Literal[
        "taken", "next", "waiting", "left out", "baseline", "held", "discarded", "not subscribed"
    ]
    message: str
    edition: int | None


class Match(Shape):
    """An entry that was asked for."""

    feed: str
    title: str
    link: str
    key: str
    """What it is known as."""
    published: datetime | None
    first_seen: datetime
    in_first_body: bool
    """Whether the feed had it when it was first read."""
    last_seen: datetime
    in_feed: bool
    """Whether the feed had it at the last poll."""
    edited: datetime | None
    facts: list[Measure]
    """What the source last measured, like points and comments."""
    discussion: str
    """Where people talk about it, or empty."""
    digests: list[Verdict]


class Explain(Shape):
    """`explain`: the entries that match, at most 20."""

    query: str
    matches: list[Match]


class Backup(Shape):
    """`backup`: the copy that was made."""

    backup: str
    bytes: int
