"""`digest feeds list`: the feeds of the file, how they do, and what waits of them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from digest.app.human_units import ago
from digest.app.reports import status_report
from digest.app.results import FeedCondition
from digest.app.wiring import utc_now
from digest.cli import pass_settings
from digest.cli.output import print_result, print_table
from digest.store import database_of, read_store

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.store import Store


class ListedFeed(Struct, frozen=True):
    """A feed of the configuration file."""

    url: str
    name: str
    health: FeedCondition
    last_new_at: datetime | None
    """When it last brought a new entry."""
    tags: tuple[str, ...]
    pending: int
    """How many of its entries wait for an edition, of whatever digest."""


class FeedList(Struct, frozen=True):
    """`feeds list`: in the order of the file."""

    feeds: tuple[ListedFeed, ...]


@click.command("list")
@pass_settings
def list_(settings: Settings) -> None:
    """Show the feeds with tags, health and what waits of them."""
    now = utc_now()
    print_result(_listed(settings, now), lambda listed: _print_list(listed, now))


def _print_list(listed: FeedList, now: datetime) -> None:
    rows = [
        (
            feed.name,
            ", ".join(feed.tags),
            feed.health,
            ago(feed.last_new_at, now),
            str(feed.pending),
            feed.url,
        )
        for feed in listed.feeds
    ]
    print_table("", ("feed", "tags", "health", "last new", "pending", "address"), rows)


def _listed(settings: Settings, now: datetime) -> FeedList:
    health, pending = None, Counter[str]()
    with read_store(database_of(settings)) as store:
        if store:
            health, pending = store.health.read(), _pending(settings, store)
    known = status_report(settings, health, now).feeds
    return FeedList(
        tuple(
            ListedFeed(
                url=feed.address,
                name=row.name,
                health=row.health,
                last_new_at=row.last_new_at,
                tags=feed.tags,
                pending=pending[feed.address],
            )
            for feed, row in zip(settings.feeds, known, strict=True)
        )
    )


def _pending(settings: Settings, store: Store) -> Counter[str]:
    """How many entries of each feed wait for an edition, of whatever digest."""
    waiting = {
        (entry.feed_url, entry.id)
        for digest in settings.digests
        for entry in store.editions.pending(
            digest, [feed.address for feed in settings.feeds_of(digest)]
        )
    }
    return Counter(url for url, _ in waiting)
