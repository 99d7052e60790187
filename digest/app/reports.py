"""What `digest status` and the pages tell of feeds, digests and deliveries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from msgspec import Struct

from digest.app.results import (
    Attention,
    Counts,
    DigestPlan,
    FeedCondition,
    FeedHealth,
    LargeFeed,
    Status,
    Storage,
)
from digest.editions.feed_names import feed_names
from digest.editions.schedule import next_after
from digest.editions.weekly import weekly_of
from digest.feeds.http.permanent_moves import settled
from digest.language import counted
from digest.model import Move
from digest.store.editions import NOT_PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from digest.config import Settings, SourceSettings
    from digest.store.health import Health
    from digest.store.renames import ListCount
    from digest.store.retention import Sizes

_RECENT = timedelta(days=7)
# What a feed that is paused cannot be reproached with.
_OF_POLLS = {"feed", "gone"}


def status_report(
    settings: Settings, health: Health | None, now: datetime, sizes: Sizes | None = None
) -> Status:
    """How everything is; `health` is None before the first run, `sizes` where nobody asks."""
    rows = health.feeds if health else {}
    names = _names(settings, rows)
    feeds = tuple(
        _feed(feed, rows.get(feed.address), names[feed.address], now) for feed in settings.feeds
    )
    return Status(
        feeds=feeds,
        digests=tuple(_digest(settings, name, health, now) for name in settings.digests),
        deliveries=_counts(health),
        attention=(
            *_failing(feeds),
            *_incidents(settings, feeds, health),
            *_resting(settings, health),
            *_outrun(settings, feeds, now),
            *_moved(feeds),
            *_unpublished(health),
            *_stranded(settings, health),
            *_gone(settings, health),
            *_troubled(settings, health),
        ),
        storage=_storage(feeds, sizes) if sizes else Storage(),
    )


def _counts(health: Health | None) -> Counts:
    states = dict(health.deliveries if health else {})
    # To a reader of the status, what is on its way has not arrived.
    states["pending"] = states.get("pending", 0) + states.pop("sending", 0)
    return Counts(**states)


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


def _feed(feed: SourceSettings, row: dict[str, Any] | None, name: str, now: datetime) -> FeedHealth:
    row = row or {}
    health: FeedCondition = "ok" if row.get("succeeded_at") else "not polled yet"
    if row.get("failures"):
        health = "gone" if row.get("gone_at") else "failing"
    if feed.paused:
        health = "paused"
    rests = feed.paused or row.get("gone_at")
    return FeedHealth(
        url=feed.address,
        name=name,
        health=health,
        polled_at=row.get("polled_at"),
        last_new_at=row.get("new_at"),
        next_poll_at=None if rests else row.get("next_poll_at"),
        failures=row.get("failures", 0),
        failing_since=row.get("failing_since"),
        status=row.get("last_status"),
        error=row.get("last_error"),
        missed_at=row.get("missed_at"),
        moved_to=row["moved_to"] if settled(_move(row), now) else None,
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


def _need(kind: str, name: str, message: str, url: str | None = None) -> Attention:
    """Something that needs attention; `url` is of a feed, several of which may have one name."""
    return Attention(kind, name, url, message)


def _failing(feeds: Sequence[FeedHealth]) -> list[Attention]:
    return [
        _need(
            "feed",
            feed.name,
            f"{feed.error} ({_in_a_row(feed.failures)})",
            feed.url,
        )
        for feed in feeds
        if feed.health == "failing"
    ]


def _in_a_row(failures: int) -> str:
    return "once" if failures == 1 else f"{failures} times in a row"


def _incidents(
    settings: Settings, feeds: Sequence[FeedHealth], health: Health | None
) -> list[Attention]:
    names = {feed.url: feed.name for feed in feeds}
    paused = {feed.url for feed in feeds if feed.health == "paused"}
    return [
        _need(
            incident.kind,
            names.get(incident.subject, incident.subject),
            incident.message,
            incident.subject if incident.subject in names else None,
        )
        for incident in (health.incidents if health else [])
        # What a feed or digest had is over with it; that a channel rests is told with its times.
        if (
            incident.subject in _still_there(incident.kind, settings, names)
            or incident.kind == "disk"
        )
        and not (incident.subject in paused and incident.kind in _OF_POLLS)
    ]


def _still_there(kind: str, settings: Settings, feeds: Collection[str]) -> Collection[str]:
    """What incidents of a kind may be about."""
    return settings.digests if kind == "template" else feeds


def _resting(settings: Settings, health: Health | None) -> list[Attention]:
    # Any delivery that is tried tries its channel, and the others follow.
    first = {channel: number for channel, _, _, number in (health.waiting if health else [])}
    return [
        _need(
            "channel",
            name,
            f"takes nothing since {_time(settings, row['failing_since'])}:"
            f" {row['last_error']}; again at {_time(settings, row['next_attempt_at'])}"
            + (f", or now with `digest retry {first[name]}`" if name in first else ""),
        )
        for name, row in (health.channels if health else {}).items()
        if name in settings.channels
    ]


def _outrun(settings: Settings, feeds: Sequence[FeedHealth], now: datetime) -> list[Attention]:
    """Feeds that brought more than they list between two polls."""
    return [
        _need(
            "missed",
            feed.name,
            "two polls in a row shared no entry, last"
            f" {_time(settings, feed.missed_at)}: some were probably missed between them;"
            " poll it more often (`every`)",
            feed.url,
        )
        for feed in feeds
        if feed.missed_at and now - feed.missed_at <= _RECENT and feed.health != "paused"
    ]


def _move(row: dict[str, Any]) -> Move | None:
    to = row.get("moved_to")
    return Move(to, row["moved_since"], row["moved_answers"]) if to else None


def _moved(feeds: Sequence[FeedHealth]) -> list[Attention]:
    return [
        _need(
            "moved",
            feed.name,
            f"moved for good to {feed.moved_to}; change its address",
            feed.url,
        )
        for feed in feeds
        if feed.moved_to
    ]


def _unpublished(health: Health | None) -> list[Attention]:
    return [
        _need("digest", name, str(row["last_result"]))
        for name, row in (health.digests if health else {}).items()
        if str(row["last_result"]).startswith(NOT_PUBLISHED)
    ]


def _stranded(settings: Settings, health: Health | None) -> list[Attention]:
    """Deliveries that nothing will make, since their channel is gone or of another kind now."""
    found = []
    for channel, kind, number, _ in health.waiting if health else []:
        now = settings.channels.get(channel)
        if now is None or now.kind != kind:
            message = f"{number} to make, but there is no channel {channel!r} of kind {kind} now"
            found.append(_need("deliveries", channel, message))
    return found


def _gone(settings: Settings, health: Health | None) -> list[Attention]:
    if health is None:
        return []
    lost = lost_names(settings, health.lists, health.editions)
    return [_need(name.kind, name.name, f"{name.message}; {name.remedy}") for name in lost]


class Lost(Struct, frozen=True):
    """A name that the database knows and the configuration lacks: `list` or `renamed`, a digest."""

    kind: str
    name: str
    message: str
    remedy: str


def lost_names(
    settings: Settings, lists: Mapping[str, ListCount], editions: Mapping[str, int]
) -> list[Lost]:
    """Every channel and digest that is gone from the configuration, and what moves it."""
    here, digests = settings.lists(), tuple(settings.digests)
    found = [
        Lost(
            "list",
            name,
            f"the file has no email channel {name!r} now, and the database"
            f" {counted(count.readers, 'reader')} of it and {count.left} who left",
            _remedy(
                "recipients",
                name,
                [new for new in here if new not in lists or not lists[new].readers],
            ),
        )
        for name, count in sorted(lists.items())
        if name not in here and (count.readers or count.left)
    ]
    return found + [
        Lost(
            "renamed",
            name,
            f"the file has no digest {name!r} now, and the database"
            f" {counted(number, 'edition')} of it",
            _remedy("digests", name, [new for new in digests if not editions.get(new)]),
        )
        for name, number in sorted(editions.items())
        if name not in digests
    ]


def _remedy(what: str, name: str, new: Sequence[str]) -> str:
    # Where one alone has nothing of its own, it is most likely the new name.
    to = new[0] if len(new) == 1 else "TO"
    move = f"if it has another name now, `digest {what} move {name} {to}`"
    return f"{move}; if it is gone for good, `digest {what} forget {name}`"


def _troubled(settings: Settings, health: Health | None) -> list[Attention]:
    return [
        _need(
            "delivery",
            f"{row['digest']} to {row['channel']} ({row['recipient']})",
            f"{row['state']}: {row['last_error']}"
            + (
                f"; again at {_time(settings, row['next_attempt_at'])}"
                if row["next_attempt_at"]
                else ""
            ),
        )
        for row in (health.troubled if health else [])
    ]


def _time(settings: Settings, at: datetime) -> str:
    """A time by the operator's clock."""
    return f"{at.astimezone(ZoneInfo(settings.timezone)):%Y-%m-%d %H:%M %Z}"


def in_megabytes(number: int) -> str:
    """Bytes for people: `12.3 MB`."""
    return f"{number / 1e6:.1f} MB"


def ago(at: datetime | None, now: datetime) -> str:
    """`5 min ago`, `in 2 d`, or `never`."""
    if at is None:
        return "never"
    seconds = (now - at).total_seconds()
    size = _span(timedelta(seconds=abs(seconds)))
    if size == "now":
        return size
    return f"{size} ago" if seconds > 0 else f"in {size}"


def _span(span: timedelta) -> str:
    minutes = round(span.total_seconds() / 60)
    if minutes < 1:
        return "now"
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{round(minutes / 60)} h"
    return f"{round(minutes / 1440)} d"
