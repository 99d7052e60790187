"""Feeds: what one said of itself, what is known of it, and what a poll came to."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from digest.model.entries import ParsedEntry
from digest.model.structs import repr_without

PollOutcome = Literal["updated", "unchanged", "not_modified", "failed", "held", "postponed"]


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
    page. `resolved` is what the source's settings mean to its service, where this document tells:
    the id of the account that has a name.
    """

    title: str
    entries: tuple[ParsedEntry, ...]
    format: str = ""
    link: str = ""
    poll_hints: PollHints = PollHints()
    resolved: str = ""


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


class HostBackoff(Struct, frozen=True):
    """How long a host that allows no more requests is left alone: from `since` to `until`.

    `refusals` are those in a row; none where it said so before it had to refuse.
    """

    host: str
    since: datetime
    until: datetime
    refusals: int = 0


class FeedState(Struct, frozen=True):
    """What the store knows of a feed before a poll.

    The validators are those of the server at `answered_by`, where redirects had led.
    `polled_at` is the last poll, `new_at` the last that brought a new entry; `missed_at` is when
    a body shared no entry with the one before. `whole_at` is when a whole body came last, where
    that is known, and `refused_at` when the server refused validators; `last_status` is that of the
    last answer. `gone` says that the server called it gone for
    good; `spent` is what it brought on the last day that it brought something, `over_quota_at` when
    that was more than is kept. `entry_hashes` is the last body's packed
    `digest.feeds.parsing.outline.BodyIndex`; `reading` is the number of the reading
    (`digest.feeds.rereading`) that it was read by, `reread_at` when that was used first, if there
    was another before. `resolved` is what the source's settings mean to its service, as a document
    told last (`ParsedFeed`).
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
    whole_at: datetime | None = None
    refused_at: datetime | None = None
    last_status: int | None = None
    poll_hints: PollHints = PollHints()
    move: Move | None = None
    gone: bool = False
    spent: Spent = Spent()
    over_quota_at: datetime | None = None
    entry_hashes: bytes | None = None
    reading: int = 0
    reread_at: datetime | None = None
    resolved: str = ""

    __repr__ = repr_without("entry_hashes")


class PollResult(Struct, frozen=True):
    """How one poll of one feed went."""

    url: str
    name: str
    """As configured, else the feed's own title, else its host."""
    outcome: PollOutcome
    new: int = 0
    """Entries of this body seen for the first time; held ones too."""
    known: int = 0
    """The other entries of this body."""
    status: int | None = None
    """The HTTP status, where there was an answer."""
    error: str | None = None
    waits_for: str | None = None
    """Of a feed that is postponed: the host that allows no more requests."""
    waits_until: datetime | None = None
    """From when that host is asked again."""
