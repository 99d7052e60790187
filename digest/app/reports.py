"""What `digest status` and the pages tell of feeds, digests and deliveries."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from digest.app.attention import attention
from digest.app.results import (
    Attention,
    Counts,
    DigestPlan,
    FeedCondition,
    FeedHealth,
    LargeFeed,
    SettingsFile,
    Status,
    Storage,
)
from digest.app.waiting_hosts import host_waited_for, moved_to, waiting_hosts
from digest.editions.feed_names import feed_names
from digest.editions.schedule import next_after
from digest.editions.weekly import weekly_of
from digest.jobs.pairing import PausedChannel

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from digest.config import Settings, SourceSettings
    from digest.model import HostBackoff
    from digest.store.health import Health
    from digest.store.model_usage import ModelUsage
    from digest.store.retention import Sizes


_DAY = timedelta(days=1)


def status_report(
    settings: Settings,
    health: Health | None,
    now: datetime,
    sizes: Sizes | None = None,
    file: SettingsFile | None = None,
) -> Status:
    """How everything is; `health` is None before the first run.

    `sizes` and `file` are None where nobody asks.
    """
    rows = health.feeds if health else {}
    names = _names(settings, rows)
    backoffs = health.hosts if health else ()
    feeds = tuple(
        _feed(feed, rows.get(feed.address), names[feed.address], backoffs, now)
        for feed in settings.feeds
    )
    return Status(
        feeds=feeds,
        digests=tuple(_digest(settings, name, health, now) for name in settings.digests),
        deliveries=_counts(health),
        attention=attention(settings, health, feeds, now, file),
        storage=_storage(feeds, sizes) if sizes else Storage(),
        waiting=waiting_hosts(
            (feed.waits_for, feed.next_poll_at)
            for feed in feeds
            if feed.waits_for and feed.next_poll_at
        ),
        file=file,
        paused=_paused(health, now),
        models=_models(health, now),
    )


def with_lack_of_room(report: Status, database: str, lack: str | None) -> Status:
    """A report in which what its disk lacks needs attention, if it does not yet."""
    if not lack or any(need.kind == "disk" for need in report.attention):
        return report
    return replace(report, attention=(Attention("disk", database, None, lack), *report.attention))


def _counts(health: Health | None) -> Counts:
    states = dict(health.deliveries if health else {})
    # To a reader of the status, what is on its way has not arrived.
    states["pending"] = states.get("pending", 0) + states.pop("sending", 0)
    return Counts(**states, settled=health.settled if health else 0)


def _models(health: Health | None, now: datetime) -> tuple[ModelUsage, ...]:
    """What models were asked in the last day."""
    return tuple(each for each in (health.models if health else ()) if now - each.asked_at < _DAY)


def _paused(health: Health | None, now: datetime) -> tuple[PausedChannel, ...]:
    pauses = health.pauses if health else {}
    return tuple(PausedChannel(name, until) for name, until in pauses.items() if until > now)


def _storage(feeds: Sequence[FeedHealth], sizes: Sizes) -> Storage:
    names = {feed.url: feed.name for feed in feeds}
    return Storage(
        bytes=sizes.size,
        free_bytes=sizes.free,
        payload_bytes=sizes.payloads,
        largest_feeds=tuple(
            LargeFeed(feed.url, names.get(feed.url, feed.url), feed.size) for feed in sizes.largest
        ),
    )


def _names(settings: Settings, rows: Mapping[str, dict[str, Any]]) -> dict[str, str]:
    """What feeds are called, by address; one that nobody calls anything, by its host and port."""
    feeds = {feed.address: feed for feed in settings.feeds}
    own = {key: rows[key].get("title") or "" for key in feeds if key in rows}
    given = {key: feed.name for key, feed in feeds.items()}
    return {
        key: name if given[key] or own.get(key) else feeds[key].default_name
        for key, name in feed_names(given, own).items()
    }


def _feed(
    feed: SourceSettings,
    row: dict[str, Any] | None,
    name: str,
    backoffs: Collection[HostBackoff],
    now: datetime,
) -> FeedHealth:
    row = row or {}
    health: FeedCondition = "ok" if row.get("succeeded_at") else "not polled yet"
    if row.get("failures"):
        health = "gone" if row.get("gone_at") else "failing"
    if feed.paused:
        health = "paused"
    rests = feed.paused or row.get("gone_at")
    waits = None if rests else host_waited_for(feed.address, row, backoffs, now)
    return FeedHealth(
        url=feed.address,
        name=name,
        health=health,
        polled_at=row.get("polled_at"),
        last_new_at=row.get("new_at"),
        next_poll_at=None if rests else waits.until if waits else row.get("next_poll_at"),
        failures=row.get("failures", 0),
        failing_since=row.get("failing_since"),
        status=row.get("last_status"),
        error=row.get("last_error"),
        missed_at=row.get("missed_at"),
        moved_to=moved_to(row, now),
        rotated_at=row.get("rotated_at"),
        waits_for=waits.host if waits else None,
    )


def _digest(settings: Settings, name: str, health: Health | None, now: datetime) -> DigestPlan:
    row = (health.digests if health else {}).get(name, {})
    config, zone = settings.digests[name], settings.zone_of(name)
    # A schedule that was edited takes effect when the daemon starts anew; until then the store's
    # word holds, and before the first run the configuration's.
    planned = row.get("next_edition_at") or next_after(config.schedule, zone, now)
    last = row.get("last_due_at")
    weekly = health.digests.get(weekly_of(name), {}) if health else {}
    return DigestPlan(
        name=name,
        title=settings.title_of(name),
        schedule=config.schedule.text,
        next_edition=f"{planned.astimezone(zone):%a %Y-%m-%d %H:%M %Z}",
        next_edition_at=planned,
        last_due=f"{last.astimezone(zone):%a %Y-%m-%d %H:%M %Z}" if last else None,
        last_due_at=last,
        last_result=row.get("last_result"),
        weekly_readers=health.weekly.get(name, 0) if health else 0,
        weekly_edition_at=weekly.get("next_edition_at"),
    )
