"""What the program answers to commands and pages, as commands print it with `--json`.

The text below a field is its description in the JSON Schema.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import Struct

from digest.jobs.pairing import PausedChannel
from digest.model import DeliveryState, PollResult
from digest.store.deliveries import RecordWithHistory
from digest.store.model_usage import ModelUsage

FeedCondition = Literal["ok", "not polled yet", "failing", "gone", "paused"]


class WaitingHost(Struct, frozen=True):
    """A host that allows no more requests now."""

    host: str
    """With its port, where that is not the usual one."""
    feeds: int
    """How many wait for it."""
    until: datetime
    """From when it is asked again."""


class Poll(Struct, frozen=True):
    """`poll`: how each feed went."""

    feeds: tuple[PollResult, ...]
    new: int
    failed: int
    """How many feeds could not be read."""
    waiting: tuple[WaitingHost, ...]
    """The hosts that feeds are postponed for; that is no failure."""


class Sent(Struct, frozen=True):
    """A delivery as it is after sending."""

    channel: str
    recipient: str
    state: DeliveryState
    error: str | None
    """The server's words, or what went wrong."""


class Send(Struct, frozen=True):
    """`send`: the edition that was published, and its deliveries."""

    edition: int | None
    """Its number; null where there was nothing new and none was made."""
    digest: str
    entries: int
    deliveries: tuple[Sent, ...]


class PublishedEdition(Struct, frozen=True):
    """An edition that a round has published."""

    edition_id: int
    digest: str
    entries: int
    deliveries: tuple[Sent, ...]


class Run(Poll, frozen=True):
    """`run --once`: one round. The daemon prints nothing; it logs on standard error."""

    editions: tuple[PublishedEdition, ...]
    unpublished: dict[str, str]
    """Digests that were due and not published, and why."""
    delivered: int
    undelivered: int
    """Deliveries that failed, are unknown, or still wait."""


class Decided(Struct, frozen=True):
    """`retry`, `drop` and `resend`: the deliveries as they are afterwards.

    Of `resend`, those that were made, and what was under way already.
    """

    deliveries: tuple[RecordWithHistory, ...]


class HeldFeed(Struct, frozen=True):
    """What is held of a feed."""

    name: str
    url: str
    feed_title: str
    entries: int
    since: datetime
    titles: tuple[str, ...]
    """Of the first three."""


class HeldDecision(Struct, frozen=True):
    """`held --release` and `held --discard`."""

    decision: Literal["released", "discarded"]
    entries: int


class Reloaded(Struct, frozen=True):
    """`reload`: the daemon took the file over."""

    changes: tuple[str, ...]
    """What is different now, by name; empty where nothing is."""


class KeysRotated(Struct, frozen=True):
    """`keys rotate`."""

    rotated: tuple[str, ...]
    """What is signed with new keys."""
    retired: int
    """How many keys of before readers can still unsubscribe by."""


class FeedHealth(Struct, frozen=True):
    """How a feed does."""

    url: str
    name: str
    health: FeedCondition
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
    waits_for: str | None = None
    """The host that allows no more requests until `next_poll_at`, where it waits for one."""
    rotated_at: datetime | None = None
    """When it last gave an entry another id, not for the first time."""


class DigestPlan(Struct, frozen=True):
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


class Counts(Struct, frozen=True):
    """How many deliveries are in each state; one that is being sent counts as pending."""

    pending: int = 0
    sent: int = 0
    retrying: int = 0
    failed: int = 0
    unknown: int = 0
    settled: int = 0
    """Those that did not arrive, to recipients who have left or bounced since."""


class Attention(Struct, frozen=True):
    """Something that needs a person."""

    kind: str
    """feed, gone, flood, quota, host, missed, moved, digest, channel, commands, delivery,
    deliveries, disk, limit (of this machine), template, model, settings, list (of a gone channel)
    or renamed (perhaps: a gone digest).
    """
    name: str
    url: str | None
    """Of the feed, where it is one."""
    message: str


class LargeFeed(Struct, frozen=True):
    """A feed, by the bytes of text that are kept of its entries."""

    url: str
    name: str
    bytes: int


class Storage(Struct, frozen=True):
    """How large the database is, and what of it are the texts of entries."""

    bytes: int = 0
    free_bytes: int = 0
    """Those that are used again before it grows."""
    payload_bytes: int = 0
    """What editions were sent as."""
    largest_feeds: tuple[LargeFeed, ...] = ()
    """The five with the most text, the largest first."""


class SettingsFile(Struct, frozen=True):
    """The configuration file, and the settings that were last taken over."""

    path: str
    since: datetime | None = None
    """Since when the settings that are in use are as they are; null before the first start."""
    trouble: str = ""
    """The first error that it has now, and where; it is not taken over until that is mended."""


class Status(Struct, frozen=True):
    """`status`; with `--healthcheck` nothing is printed."""

    feeds: tuple[FeedHealth, ...]
    digests: tuple[DigestPlan, ...]
    deliveries: Counts
    attention: tuple[Attention, ...]
    storage: Storage
    waiting: tuple[WaitingHost, ...] = ()
    """The hosts that allow no more requests now, and that feeds wait for."""
    file: SettingsFile | None = None
    paused: tuple[PausedChannel, ...] = ()
    """The channels whose deliveries wait, as somebody who asked a bot wants it."""
    models: tuple[ModelUsage, ...] = ()
    """What each model was asked in the last day."""
