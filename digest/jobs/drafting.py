"""Drafting: what is pending for a digest to an edition that is not stored yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.editions.catch_up import as_of
from digest.editions.schedule import next_after
from digest.editions.weekly import weekly_of, weekly_schedule
from digest.language import language_of
from digest.model import Failing, Held, Quiet
from digest.rendering.plain import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from digest.config import DigestSettings, FeedSettings, Settings
    from digest.editions.compose import Frame, Health
    from digest.editions.judging import Judged, Rules
    from digest.editions.rules import Subject
    from digest.model import Edition, Entry
    from digest.store import Store


class Draft(Struct, frozen=True):
    """An edition that is not stored yet, the entries that it was made from, and what rules said."""

    edition: Edition
    pending: Sequence[Entry]
    judged: Judged


def draft_edition(
    store: Store, settings: Settings, digest: str, now: datetime, until: datetime | None = None
) -> Draft:
    """The edition of a digest as it would be now, or would have been at `until`; reads only."""
    # What only an edition needs is loaded for the first, and not when a daemon starts.
    from digest.editions.compose import compose
    from digest.editions.judging import Rules, judge
    from digest.editions.select import select

    config, feeds = settings.digests[digest], settings.feeds_of(digest)
    rules = Rules(config.include, config.exclude, config.watch)
    urls = [feed.url for feed in feeds]
    pending = store.editions.pending(digest, urls, content=_is_content_needed(config, rules))
    pending = as_of(pending, until) if until else pending
    judged = judge(pending, rules, _subjects(feeds))
    caps = {feed.url: feed.max_entries for feed in feeds if feed.max_entries}
    period_from = store.editions.last_period_end(digest)
    frame = _frame(store, settings, digest, judged, (period_from, until or now), now)
    edition = compose(frame, select(judged.kept, config.max_entries, caps, judged.watched))
    return Draft(edition, pending, judged)


def draft_weekly(store: Store, settings: Settings, digest: str, now: datetime) -> Draft:
    """All that a digest's editions had in the week that is on; reads only."""
    from digest.editions.compose import compose
    from digest.editions.judging import Rules, judge
    from digest.editions.select import select

    config, zone, name = settings.digests[digest], settings.zone_of(digest), weekly_of(digest)
    # What was decided for the other editions holds.
    rules = Rules(watch=config.watch)
    taken = store.weeks.taken(digest, content=_is_content_needed(config, rules))
    judged = judge(taken, rules, _subjects(settings.feeds_of(digest)))
    frame = _frame(store, settings, digest, judged, (store.weeks.began(digest), now), now)
    frame = replace(
        frame,
        digest=name,
        title=language_of(config.language).translate("{digest}, weekly", digest=frame.title),
        # Feeds that are not the digest's any more come last.
        names={**frame.names, **{one.feed_url: frame.names.get(one.feed_url) for one in taken}},
        next_at=next_after(weekly_schedule(config.schedule), zone, now),
    )
    edition = compose(frame, select(judged.kept, len(taken), {}, judged.watched))
    return Draft(edition, taken, judged)


def _is_content_needed(config: DigestSettings, rules: Rules) -> bool:
    return rules.need_text or config.content == "full"


def _frame(
    store: Store,
    settings: Settings,
    digest: str,
    judged: Judged,
    period: tuple[datetime | None, datetime],
    now: datetime,
) -> Frame:
    from digest.editions.compose import Frame

    config, zone = settings.digests[digest], settings.zone_of(digest)
    feeds = settings.feeds_of(digest)
    polled = {feed.url: feed.name for feed in feeds if not feed.paused}
    return Frame(
        digest=digest,
        title=settings.title_of(digest),
        timezone=zone.key,
        period_from=period[0],
        period_to=period[1],
        composed_at=now,
        names={feed.url: feed.name for feed in feeds},
        tags={feed.url: feed.tags[0] for feed in feeds if feed.tags}
        if config.sections == "tag"
        else None,
        marking=frozenset(feed.url for feed in feeds if feed.updates != "ignore"),
        watched=judged.watched,
        top=config.top_stories,
        fold=config.fold,
        content=config.content,
        next_at=next_after(config.schedule, zone, now),
        health=_health(store, polled, *period),
        language=config.language,
    )


def _subjects(feeds: Sequence[FeedSettings]) -> Callable[[Entry], Subject]:
    from digest.editions.rules import Subject

    by_url = {feed.url: feed for feed in feeds}

    def subject_of(entry: Entry) -> Subject:
        feed = by_url.get(entry.feed_url)
        names = (feed.name,) if feed and feed.name else ()
        return Subject(entry, names, feed.tags if feed else (), lambda html: read_text(html)[0])

    return subject_of


def _health(
    store: Store, names: Mapping[str, str | None], begin: datetime | None, end: datetime
) -> Health:
    from digest.editions.compose import Health

    held = (one for one in store.held.read() if one.url in names)
    failing = (one for one in store.feeds.failing() if one.url in names)
    quiet = store.feeds.fell_quiet(begin, end) if begin else []
    return Health(
        held=tuple(Held(names[one.url] or one.feed_title or one.url, one.entries) for one in held),
        failing=tuple(
            Failing(names[one.url] or one.title or one.url, one.failing_since)
            for one in failing
            if one.failing_since
        ),
        quiet=tuple(
            Quiet(names[one.url] or one.title or one.url, one.new_at)
            for one in quiet
            if one.new_at and one.url in names
        ),
    )
