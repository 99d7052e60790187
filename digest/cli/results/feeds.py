"""What commands print about feeds."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from digest.cli.results.shape import Shape


class HeldFeed(Shape):
    """What is held of a feed."""

    name: str
    url: str
    feed_title: str
    entries: int
    since: datetime
    titles: list[str]
    """Of the first three."""


class Held(Shape):
    """`held`: what is held, by feed."""

    held: list[HeldFeed]


class HeldDecision(Shape):
    """`held --release` and `held --discard`."""

    decision: Literal["released", "discarded"]
    entries: int


class Candidate(Shape):
    """An address that may be a feed's."""

    url: str
    title: str
    format: str
    entries: int
    error: str | None
    """Why it is no feed."""


class Discover(Shape):
    """`feeds discover`: those that work first."""

    url: str
    feeds: list[Candidate]


class Examination(Shape):
    """`feeds test`: what polling would learn; null where it does not come that far."""

    url: str
    error: str | None
    status: int | None
    final_url: str | None
    moved_to: str | None
    etag: str | None
    last_modified: str | None
    seconds: float | None
    """The whole answer."""
    bytes: int | None
    """The decoded body."""
    format: str | None
    title: str | None
    home_page: str | None
    entries: int | None
    dated: int | None
    with_guid: int | None
    with_link: int | None
    identity: dict[str, int] | None
    """How many entries are told apart by guid, link and content."""
    problems: list[str]
    links: list[str]
    """The feeds of a web page that stands in the place of a feed."""


class Subscription(Shape):
    """A feed as readers hand it over."""

    url: str
    name: str
    """Empty where it has none."""
    tags: list[str]


class Import(Shape):
    """`feeds import`: the feeds that are not configured yet."""

    feeds: list[Subscription]
    known: int
    """How many are configured already."""
    refused: list[str]
    """What is no web address."""
    appended: bool
    """Whether they were added to the configuration file."""
    live: bool
    """Whether a daemon runs, which takes the file over now."""


class Export(Shape):
    """`feeds export`."""

    feeds: list[Subscription]


class ListedFeed(Shape):
    """A feed of the configuration file."""

    url: str
    name: str
    tags: list[str]
    health: Literal["ok", "not polled yet", "failing", "gone", "paused"]
    last_new_at: datetime | None
    """When it last brought a new entry."""
    pending: int
    """How many of its entries wait for an edition, of whatever digest."""


class FeedList(Shape):
    """`feeds list`: in the order of the file."""

    feeds: list[ListedFeed]


class FeedChange(Shape):
    """`feeds remove`, `feeds pause` and `feeds resume`."""

    url: str
    name: str
    done: Literal["removed", "paused", "resumed"]
    live: bool
    """Whether a daemon runs, which takes the file over now."""


class FeedAdded(Shape):
    """`feeds add`."""

    url: str
    name: str
    """As given, else the feed's own title."""
    entries: int
    done: Literal["added"]
    live: bool
    """Whether a daemon runs, which takes the file over now."""
