"""What `digest status` and the pages say needs attention."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.app.human_units import clock_time
from digest.app.lost_names import lost_names
from digest.app.results import Attention
from digest.app.settings_file import runs_with
from digest.feeds.failing import needs_attention, passes_by_itself
from digest.feeds.sources import source_of
from digest.store.tables import NOT_PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from digest.app.results import FeedHealth, SettingsFile
    from digest.config import Settings
    from digest.store.health import Health

_RECENT = timedelta(days=7)
# What a server puts off, as greylists do, is over before; mail servers warn of delays after that.
_DELAYED = timedelta(hours=4)
# Its failure is told with how often it failed.
_TOLD_OTHERWISE = "feed"


def attention(
    settings: Settings,
    health: Health | None,
    feeds: Sequence[FeedHealth],
    now: datetime,
    file: SettingsFile | None = None,
) -> tuple[Attention, ...]:
    """All that needs attention, by kind; `health` is None before the first run."""
    return (
        *_erroneous(settings, file, health, now),
        *_failing(feeds, now),
        *_incidents(settings, feeds, health),
        *_resting(settings, health),
        *_outrun(settings, feeds, now),
        *_rotating(settings, feeds, now),
        *_moved(settings, feeds),
        *_unpublished(health),
        *_stranded(settings, health),
        *_gone(settings, health),
        *_troubled(settings, health, now),
    )


def _need(kind: str, name: str, message: str, url: str | None = None) -> Attention:
    """Something that needs attention; `url` is of a feed, several of which may have one name."""
    return Attention(kind, name, url, message)


def _failing(feeds: Sequence[FeedHealth], now: datetime) -> list[Attention]:
    return [
        _need(
            "feed",
            feed.name,
            f"{feed.error} ({_in_a_row(feed.failures)})",
            feed.url,
        )
        for feed in feeds
        if feed.health == "failing"
        and needs_attention(
            *(feed.url, feed.failing_since, feed.failures, now),
            passes=passes_by_itself(feed.status, was_read=feed.last_new_at is not None),
            status=feed.status,
        )
    ]


def _erroneous(
    settings: Settings, file: SettingsFile | None, health: Health | None, now: datetime
) -> list[Attention]:
    """A file with an error: as it is now, or else as the daemon last read it."""
    if file and file.trouble:
        message = runs_with(file.since, file.trouble, settings.timezone, now)
        return [_need("settings", file.path, message)]
    incidents = health.incidents if health else []
    return [
        _need(incident.kind, incident.subject, incident.message)
        for incident in incidents
        if incident.kind == "settings"
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
            or incident.kind in {"disk", "host", "limit"}
        )
        and incident.kind != _TOLD_OTHERWISE
        # What a feed that is paused cannot be reproached with.
        and not (incident.subject in paused and incident.kind == "gone")
    ]


def _still_there(kind: str, settings: Settings, feeds: Collection[str]) -> Collection[str]:
    """What incidents of a kind may be about."""
    if kind == "commands":
        return settings.channels
    if kind == "model":
        return {model.label for model in settings.models}
    return settings.digests if kind == "template" else feeds


def _resting(settings: Settings, health: Health | None) -> list[Attention]:
    # One that cannot be reached for less than an hour mends itself; then there is an incident.
    lasting = {
        each.subject for each in (health.incidents if health else []) if each.kind == "channel"
    }
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
        if name in settings.channels and name in lasting
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


def _rotating(settings: Settings, feeds: Sequence[FeedHealth], now: datetime) -> list[Attention]:
    """Feeds whose ids tell nothing, but for those whose operator chose what else does."""
    automatic = {feed.address for feed in settings.feeds if feed.identity == "auto"}
    return [
        _need(
            "rotates",
            feed.name,
            "gives entries another id again and again, last"
            f" {_time(settings, feed.rotated_at)}: one whose title and text change with it may come"
            " twice; with `identity: link` its link alone tells what it is",
            feed.url,
        )
        for feed in feeds
        if feed.rotated_at
        and now - feed.rotated_at <= _RECENT
        and feed.health != "paused"
        and feed.url in automatic
    ]


def _moved(settings: Settings, feeds: Sequence[FeedHealth]) -> list[Attention]:
    """Feeds whose address in the file is an old one; sources without one are followed."""
    kinds = {feed.address: feed.kind for feed in settings.feeds}
    return [
        _need(
            "moved",
            feed.name,
            f"moved for good to {feed.moved_to}; change its address",
            feed.url,
        )
        for feed in feeds
        if feed.moved_to and source_of(kinds[feed.url]).has_own_address
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


def _troubled(settings: Settings, health: Health | None, now: datetime) -> list[Attention]:
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
        if not _mends_itself(row, now)
    ]


def _mends_itself(row: Mapping[str, Any], now: datetime) -> bool:
    """Whether a delivery is tried again anyhow, and is not late yet."""
    since = row["deferred_at"] or row["created_at"]
    return row["next_attempt_at"] is not None and now - since < _DELAYED


def _time(settings: Settings, at: datetime) -> str:
    return clock_time(at, settings.zone)
