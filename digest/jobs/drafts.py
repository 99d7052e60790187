"""Drafting: what is pending for a digest to an edition that is not stored yet.

The store is read in its thread, a little at a time; what takes long is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from contextlib import nullcontext
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from digest.editions.catch_up import as_of
from digest.editions.schedule import next_after
from digest.editions.weekly import weekly_of, weekly_schedule
from digest.errors import FeedError
from digest.jobs.draft_material import Draft, Filed, Material
from digest.language import language_of
from digest.log import event
from digest.model import Failing, Held, Quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from digest.config import DigestSettings, Settings, SourceSettings
    from digest.editions.compose import Frame, Health
    from digest.editions.filter import Judged
    from digest.jobs.context import JobContext
    from digest.model import Entry
    from digest.store import Store
    from digest.workers.pool import WorkerPool

__all__ = ["Draft", "Drafter"]

T = TypeVar("T")

_log = logging.getLogger(__name__)

# Of each feed the newest are looked at; the others wait, as they would behind these.
_MOST_PENDING = 2_000
_MOST_READ = 250
# So many contents, of 256 KB at most, are in memory at a time.
_MOST_TEXTS = 50
_SLOW_SECONDS = 5.0
# What is decided of so few, whatever they say, is soon done, and starting a process takes longer
# (docs/performance.md).
_FEW = 50


class Drafter:
    """Drafts editions: reads in the thread of the store, decides in a worker process.

    Without `workers`, and what little there is to decide of a few entries, in another thread.
    """

    def __init__(self, context: JobContext, workers: WorkerPool | None = None) -> None:
        self._settings = context.settings
        self._store = context.store
        self._workers = workers
        # Told of each draft while it is made.
        self.watch: Callable[[], AbstractContextManager[object]] = nullcontext

    async def edition(self, digest: str, now: datetime, until: datetime | None = None) -> Draft:
        """The edition of a digest as it would be now, or would have been at `until`."""
        urls = [feed.address for feed in self._settings.feeds_of(digest)]
        return await self._draft(
            digest,
            lambda store: store.editions.newest_pending(digest, urls, _MOST_PENDING),
            lambda store, pending: _material(
                store, self._settings, digest, pending, (now, until or now)
            ),
        )

    async def weekly(self, digest: str, now: datetime) -> Draft:
        """All that a digest's editions had in the week that is on."""
        return await self._draft(
            digest,
            lambda store: store.weeks.taken(digest),
            lambda store, taken: _week(store, self._settings, digest, taken, now),
        )

    async def _draft(
        self,
        digest: str,
        numbers: Callable[[Store], Sequence[int]],
        read: Callable[[Store, list[Entry]], Material],
    ) -> Draft:
        began = time.monotonic()
        with self.watch():
            pending: list[Entry] = []
            # Whoever else asks the store waits for one part at most.
            for ids in _parts(await self._store.transact(numbers), _MOST_READ):
                pending += await self._store.transact(partial(_entries, ids=ids))
            material = await self._store.transact(lambda store: read(store, pending))
            draft = await self._decide(digest, material)
            wanted = _wanted(draft, material)
            if wanted:
                draft = _with_contents(draft, await self._whole(wanted))
        _tell(digest, draft, time.monotonic() - began)
        return draft

    async def _decide(self, digest: str, material: Material) -> Draft:
        from digest.jobs.draft_task import decide

        judged = await self._judge(material) if material.rules.need_text else None
        if len(material.pending) <= _FEW:
            return await asyncio.to_thread(decide, material, judged)
        try:
            return await self._work(decide, material, judged)
        except FeedError as error:
            # Nothing but comparing takes long, and no edition is put off for that.
            event(_log, logging.WARNING, "not grouped", digest=digest, error=str(error))
            return await asyncio.to_thread(decide, replace(material, terms=0), judged)

    async def _judge(self, material: Material) -> Judged:
        from digest.jobs.draft_task import judge_entries

        parts = []
        for entries in _parts(material.pending, _MOST_TEXTS):
            contents = await self._contents([entry.id for entry in entries])
            whole = [replace(entry, html=contents.get(entry.id, "")) for entry in entries]
            parts.append(await self._work(judge_entries, whole, material.rules, material.filed))
        return _joined(parts, material.pending)

    async def _whole(self, ids: Sequence[int]) -> dict[int, str]:
        """Contents in this order, for as long as more can be shown."""
        contents: dict[int, str] = {}
        for part in _parts(ids, _MOST_TEXTS):
            contents |= await self._contents(part)
            if _is_too_much(contents):
                break
        return contents

    async def _contents(self, ids: Sequence[int]) -> dict[int, str]:
        return await self._store.transact(lambda store: store.editions.contents(ids))

    async def _work(self, task: Callable[..., T], *args: object) -> T:
        if self._workers is None:
            return await asyncio.to_thread(task, *args)
        return await self._workers.call(task, *args)


def _entries(store: Store, ids: Sequence[int]) -> list[Entry]:
    return store.editions.entries(ids)


def _parts(everything: Iterable[T], most: int) -> Iterator[tuple[T, ...]]:
    rest = iter(everything)
    while part := tuple(islice(rest, most)):
        yield part


def _joined(parts: Iterable[Judged], pending: Sequence[Entry]) -> Judged:
    """What was decided in parts, of entries without their contents."""
    from digest.editions.filter import Judged

    left_out: dict[int, str] = {}
    watched: dict[int, tuple[str, ...]] = {}
    for part in parts:
        left_out.update(part.left_out)
        watched.update(part.watched)
    kept = tuple(entry for entry in pending if entry.id not in left_out)
    return Judged(kept, left_out, watched)


def _wanted(draft: Draft, material: Material) -> list[int]:
    """The entries whose content is to be shown whole."""
    if material.frame.content != "full":
        return []
    return [story.entries[0] for story in draft.edition.stories]


def _is_too_much(contents: Mapping[int, str]) -> bool:
    from digest.jobs.draft_task import is_too_much

    return is_too_much(contents.values())


def _with_contents(draft: Draft, contents: Mapping[int, str]) -> Draft:
    from digest.jobs.draft_task import with_contents

    return with_contents(draft, contents)


def _tell(digest: str, draft: Draft, seconds: float) -> None:
    """Log what readers need not know."""
    if draft.is_short or seconds > _SLOW_SECONDS:
        event(
            _log,
            logging.WARNING,
            "drafting took long",
            digest=digest,
            seconds=round(seconds, 1),
            entries=len(draft.pending),
            grouped="in part" if draft.is_short else None,
        )


def _material(
    store: Store,
    settings: Settings,
    digest: str,
    pending: list[Entry],
    times: tuple[datetime, datetime],
) -> Material:
    """What an edition is made of; `times` are now, and until when entries are looked at."""
    # What only an edition needs is loaded for the first, and not when a daemon starts.
    from digest.editions.filter import Rules

    config, feeds = settings.digests[digest], settings.feeds_of(digest)
    urls = [feed.address for feed in feeds]
    now, until = times
    of_feed = Counter(entry.feed_url for entry in pending)
    is_all = all(number < _MOST_PENDING for number in of_feed.values())
    beyond = {} if is_all else store.editions.count_pending(digest, urls)
    period = (store.editions.last_period_end(digest), until)
    return Material(
        pending=as_of(pending, until) if until < now else pending,
        frame=_frame(store, settings, digest, period, now),
        rules=Rules(config.include, config.exclude, config.watch),
        filed=_filed(feeds),
        most=config.max_entries,
        caps={feed.address: feed.max_entries for feed in feeds if feed.max_entries},
        beyond={url: more for url, n in beyond.items() if (more := n - of_feed[url]) > 0},
    )


def _week(
    store: Store, settings: Settings, digest: str, taken: list[Entry], now: datetime
) -> Material:
    from digest.editions.filter import Rules

    config, zone, name = settings.digests[digest], settings.zone_of(digest), weekly_of(digest)
    frame = _frame(store, settings, digest, (store.weeks.began(digest), now), now)
    frame = replace(
        frame,
        digest=name,
        title=language_of(config.language).translate("{digest}, weekly", digest=frame.title),
        # Feeds that are not the digest's any more come last.
        names={
            **frame.names,
            **{entry.feed_url: frame.names.get(entry.feed_url) for entry in taken},
        },
        next_at=next_after(weekly_schedule(config.schedule), zone, now),
    )
    return Material(
        pending=taken,
        frame=frame,
        # What was decided for the other editions holds.
        rules=Rules(watch=config.watch),
        filed=_filed(settings.feeds_of(digest)),
        most=len(taken),
        caps={},
        beyond={},
    )


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
