"""Reads what a draft is made of: what is pending, and what the edition is to be like.

All of it runs in the thread of the store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from digest.editions.catch_up import as_of
from digest.editions.schedule import next_after
from digest.editions.weekly import weekly_of, weekly_schedule
from digest.jobs.draft_material import Filed, Material
from digest.language import language_of
from digest.model import FEEDBACK_COUNTS, Failing, Held, Quiet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from digest.config import DigestSettings, Settings, SourceSettings
    from digest.editions.compose import Frame, Health
    from digest.model import Entry, Feedback, ShownEntry, Thresholds, Unwatched
    from digest.store import Store

# Of each feed the newest are looked at; the others are only counted.
_MOST_PENDING = 2_000
# The same where thresholds decide about most of them: a month of a busy list.
_MOST_MEASURED = 20_000
# Of what earlier editions showed.
_MOST_EARLIER = 5_000


class Numbers(Struct, frozen=True):
    """The numbers of the entries that an edition is made of.

    `read` are those that are looked at, of which `counted` are in no story by themselves; the
    others are `unread`, by the address of their feed.
    """

    read: Sequence[int]
    counted: frozenset[int] = frozenset()
    unread: Mapping[str, Sequence[int]] = field(default_factory=dict)


def pending_numbers(store: Store, settings: Settings, digest: str) -> Numbers:
    """The numbers of the entries that are pending for a digest."""
    feeds = settings.feeds_of(digest)
    urls = [feed.address for feed in feeds]
    # What it shows of these is among many that it does not show.
    measured = {feed.address for feed in feeds if feed.thresholds.least}
    return _bounded(store.editions.pending_numbers(digest, urls), measured)


def week_numbers(store: Store, digest: str) -> Numbers:
    """The numbers of the entries that a digest's editions had in the week that is on."""
    taken = store.weeks.taken(digest)
    counted = _bounded(store.weeks.counted(digest))
    return replace(counted, read=sorted([*taken, *counted.read]), counted=frozenset(counted.read))


def _bounded(numbers: Mapping[str, Sequence[int]], measured: Collection[str] = ()) -> Numbers:
    """Numbers by feed, the newest first, of which so many of each are read."""
    most = {url: _MOST_MEASURED if url in measured else _MOST_PENDING for url in numbers}
    return Numbers(
        read=sorted(n for url, newest in numbers.items() for n in newest[: most[url]]),
        unread={
            url: newest[most[url] :] for url, newest in numbers.items() if len(newest) > most[url]
        },
    )


def edition_material(
    store: Store,
    settings: Settings,
    digest: str,
    numbers: Numbers,
    pending: list[Entry],
    times: tuple[datetime, datetime],
    channels: Collection[str],
) -> Material:
    """What an edition for these channels is made of.

    `times` are now, and until when entries are looked at.
    """
    # What only an edition needs is loaded for the first, and not when a daemon starts.
    from digest.editions.filter import Rules
    from digest.editions.select import MOST_WAITS, Room, Standing
    from digest.editions.thresholds import judge_facts

    config, feeds = settings.digests[digest], settings.feeds_of(digest)
    now, until = times
    ends = store.editions.period_ends(digest, MOST_WAITS)
    pending = as_of(pending, until) if until < now else pending
    thresholds = {feed.address: feed.thresholds for feed in feeds}
    reached = judge_facts(pending, thresholds, until)
    return Material(
        reached=reached,
        frame=_frame(store, settings, digest, (ends[0] if ends else None, until), now),
        rules=Rules(config.include, config.exclude, config.watch),
        filed=_filed(feeds),
        room=Room(
            config.max_entries,
            {feed.address: feed.max_entries for feed in feeds if feed.max_entries},
            config.overflow,
            _unwatched(config, channels),
        ),
        standing=Standing(
            waited=_waited(reached.entries, thresholds, ends) if config.overflow == "next" else {},
            unread=numbers.unread,
            earlier=_earlier(store, config, digest, now),
            feedback=_feedback(store, config, digest, now),
        ),
    )


def week_material(
    store: Store,
    settings: Settings,
    digest: str,
    numbers: Numbers,
    taken: list[Entry],
    now: datetime,
    channels: Collection[str],
) -> Material:
    """What a weekly edition is made of: the entries that the other editions had taken."""
    from digest.editions.filter import Rules
    from digest.editions.select import Room, Standing
    from digest.editions.thresholds import Reached

    config, zone, name = settings.digests[digest], settings.zone_of(digest), weekly_of(digest)
    frame = _frame(store, settings, digest, (store.weeks.began(digest), now), now)
    urls = dict.fromkeys([*(entry.feed_url for entry in taken), *numbers.unread])
    frame = replace(
        frame,
        digest=name,
        title=language_of(config.language).translate("{digest}, weekly", digest=frame.title),
        # Feeds that are not the digest's any more come last.
        names={**frame.names, **{url: frame.names.get(url) for url in urls}},
        next_at=next_after(weekly_schedule(config.schedule), zone, now),
    )
    return Material(
        # What was shown once had what it needed.
        reached=Reached(taken),
        frame=frame,
        # What was decided for the other editions holds.
        rules=Rules(watch=config.watch),
        filed=_filed(settings.feeds_of(digest)),
        room=Room(len(taken), unwatched=_unwatched(config, channels)),
        standing=Standing(
            counted=numbers.counted,
            unread=numbers.unread,
            earlier=_earlier(store, config, name, now),
            feedback=_feedback(store, config, digest, now),
        ),
    )


def _unwatched(config: DigestSettings, channels: Collection[str]) -> Unwatched:
    """What becomes of what is not watched in an edition for these channels."""
    if any(_takes_all(config, channel) for channel in channels):
        return "shown"
    # The next edition may be for the others.
    return "kept" if any(_takes_all(config, name) for name in config.send_to) else "left out"


def _takes_all(config: DigestSettings, channel: str) -> bool:
    form = config.forms.get(channel)
    return form is None or form.only is None


def _waited(
    entries: Iterable[Entry], thresholds: Mapping[str, Thresholds], ends: Sequence[datetime]
) -> dict[int, int]:
    """How many of the editions that ended then had no room for an entry, where any had none."""
    from digest.editions.thresholds import waits_for_room_since

    since = {entry.id: waits_for_room_since(entry, thresholds[entry.feed_url]) for entry in entries}
    waited = {number: sum(end >= at for end in ends) for number, at in since.items()}
    return {number: editions for number, editions in waited.items() if editions}


def _earlier(
    store: Store, config: DigestSettings, digest: str, now: datetime
) -> Sequence[ShownEntry]:
    if not config.repeat_after:
        return ()
    only_watched = [name for name in config.send_to if not _takes_all(config, name)]
    since = now - config.repeat_after
    return store.editions.shown_since(digest, since, _MOST_EARLIER, only_watched)


def _feedback(
    store: Store, config: DigestSettings, digest: str, now: datetime
) -> Sequence[Feedback]:
    if not config.feedback:
        return ()
    return store.feedback.of_digest(digest, config.send_to, now - FEEDBACK_COUNTS)


def _filed(feeds: Iterable[SourceSettings]) -> dict[str, Filed]:
    return {
        feed.address: Filed((feed.name,) if feed.name else (), tuple(feed.tags)) for feed in feeds
    }


def _frame(
    store: Store,
    settings: Settings,
    digest: str,
    period: tuple[datetime | None, datetime],
    now: datetime,
) -> Frame:
    from digest.editions.compose import Frame

    config, zone = settings.digests[digest], settings.zone_of(digest)
    feeds = settings.feeds_of(digest)
    names = {feed.address: feed.name for feed in feeds}
    known = store.health.titles()
    titles = {url: known.get(url, "") for url in names}
    return Frame(
        digest=digest,
        title=settings.title_of(digest),
        timezone=zone.key,
        period_from=period[0],
        period_to=period[1],
        composed_at=now,
        names=names,
        titles=titles,
        tags=_tags(config, feeds),
        marking=frozenset(feed.address for feed in feeds if feed.updates != "ignore"),
        inside=settings.hosts_inside,
        top=config.top_stories,
        fold=config.fold,
        content=config.content,
        next_at=next_after(config.schedule, zone, now),
        health=_health(
            store,
            _shown(settings, digest, titles),
            {f.address for f in feeds if not f.paused},
            *period,
        ),
        language=config.language,
    )


def _tags(config: DigestSettings, feeds: Iterable[SourceSettings]) -> dict[str, str] | None:
    if config.sections != "tag":
        return None
    return {feed.address: feed.tags[0] for feed in feeds if feed.tags}


def _shown(settings: Settings, digest: str, titles: Mapping[str, str]) -> dict[str, str]:
    from digest.editions.compose import taken_names
    from digest.editions.feed_names import feed_names

    config, feeds = settings.digests[digest], settings.feeds_of(digest)
    tags = (_tags(config, feeds) or {}).values()
    taken = taken_names(config.language, settings.title_of(digest), tags)
    return feed_names({feed.address: feed.name for feed in feeds}, titles, taken)


def _health(
    store: Store,
    names: Mapping[str, str],
    polled: set[str],
    begin: datetime | None,
    end: datetime,
) -> Health:
    from digest.editions.compose import Health

    held = (feed for feed in store.held.read() if feed.url in polled)
    failing = (feed for feed in store.feeds.failing() if feed.url in polled)
    quiet = store.feeds.fell_quiet(begin, end) if begin else []
    return Health(
        held=tuple(Held(names[feed.url], feed.entries) for feed in held),
        failing=tuple(
            Failing(names[feed.url], feed.failing_since) for feed in failing if feed.failing_since
        ),
        quiet=tuple(
            Quiet(names[feed.url], feed.new_at)
            for feed in quiet
            if feed.new_at and feed.url in polled
        ),
    )
