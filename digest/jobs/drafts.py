"""Drafting: what is pending for a digest to an edition that is not stored yet.

The store is read in its thread, a little at a time; what takes long is decided elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import nullcontext
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from digest.errors import FeedError, StoreError
from digest.jobs.draft_material import Draft, Material
from digest.jobs.draft_reader import (
    edition_material,
    pending_numbers,
    week_material,
    week_numbers,
)
from digest.jobs.plan import list_channels
from digest.log import event

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from digest.editions.filter import Judged
    from digest.jobs.context import JobContext
    from digest.jobs.draft_reader import Numbers
    from digest.model import Content, Entry, Sample
    from digest.rendering.shared_edges import SharedEdges
    from digest.store import Store
    from digest.workers.pool import WorkerPool

__all__ = ["Draft", "Drafter"]

T = TypeVar("T")

_log = logging.getLogger(__name__)

_MOST_READ = 250
# So many contents, of 256 KB at most, are in memory at a time.
_MOST_TEXTS = 50
# Feeds whose last entries are looked at together.
_MOST_SAMPLED = 25
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

    async def edition(
        self,
        digest: str,
        now: datetime,
        until: datetime | None = None,
        channels: Collection[str] = (),
    ) -> Draft:
        """The edition of a digest as it would be now, or would have been at `until`.

        For these of its channels; without any, for all.
        """
        to = channels or self._settings.digests[digest].send_to
        return await self._draft(
            digest,
            lambda store: pending_numbers(store, self._settings, digest),
            lambda store, numbers, pending: edition_material(
                *(store, self._settings, digest, numbers, pending, (now, until or now), to)
            ),
        )

    async def weekly(self, digest: str, now: datetime) -> Draft:
        """All that a digest's editions had in the week that is on, for its lists of recipients."""
        to = list_channels(self._settings, digest)
        return await self._draft(
            digest,
            lambda store: week_numbers(store, digest),
            lambda store, numbers, taken: week_material(
                store, self._settings, digest, numbers, taken, now, to
            ),
        )

    async def _draft(
        self,
        digest: str,
        find: Callable[[Store], Numbers],
        read: Callable[[Store, Numbers, list[Entry]], Material],
    ) -> Draft:
        began = time.monotonic()
        with self.watch():
            pending: list[Entry] = []
            # Whoever else asks the store waits for one part at most.
            numbers = await self._store.transact(find)
            for ids in _parts(numbers.read, _MOST_READ):
                pending += await self._store.transact(partial(_entries, ids=ids))
            material = await self._store.transact(lambda store: read(store, numbers, pending))
            material, unrated = await self._with_topics(digest, material)
            draft = await self._decide(digest, material)
            draft, edges = await self._with_own_texts(draft, material.frame.content)
            draft = await self._with_summaries(digest, replace(draft, unrated=unrated), edges)
        _tell(digest, draft, time.monotonic() - began)
        return draft

    async def _decide(self, digest: str, material: Material) -> Draft:
        from digest.jobs.draft_task import decide

        judged = await self._judge(material) if material.rules.need_text else None
        if len(material.reached.entries) <= _FEW:
            return await asyncio.to_thread(decide, material, judged)
        try:
            return await self._work(decide, material, judged)
        except FeedError as error:
            # Nothing but comparing takes long, and no edition is put off for that.
            event(_log, logging.WARNING, "not grouped", digest=digest, error=str(error))
            return await asyncio.to_thread(decide, replace(material, terms=0), judged)

    async def _with_topics(
        self, digest: str, material: Material
    ) -> tuple[Material, Mapping[str, Sequence[Entry]]]:
        """The material with what models said of the digest's topics, and what they did not say."""
        topics = self._settings.digests[digest].topics
        if not topics or not self._settings.models:
            return material, {}
        from digest.jobs.draft_topics import about, topic_keys

        keys = topic_keys(topics, material.reached.entries)
        kept = await self._store.transact(lambda store: store.models.answers(keys))
        found, unrated = about(topics, material.reached.entries, kept)
        return replace(material, topics=found), unrated

    async def _with_summaries(
        self, digest: str, draft: Draft, edges: Mapping[str, SharedEdges]
    ) -> Draft:
        """The draft with leads, the summaries that are kept, and a paragraph on top."""
        config = self._settings.digests[digest]
        kind = config.summary.kind
        if kind == "none" and not config.has_overview:
            return draft
        from digest.jobs.draft_summaries import entry_texts, keys_of, summarise, summarised

        try:
            contents = await self._whole(summarised(draft)) if kind != "none" else {}
            texts = await asyncio.to_thread(entry_texts, draft, contents, edges)
            keys = keys_of(draft, texts.values()) if kind == "model" else ()
            kept = await self._store.transact(lambda store: store.models.answers(keys))
            return summarise(draft, config, texts, kept)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - no edition is missing for want of a summary
            fields = {"digest": digest}
            _log.exception("bug in summaries; excerpts stand there", extra={"fields": fields})
            return draft

    async def _with_own_texts(
        self, draft: Draft, content: Content
    ) -> tuple[Draft, Mapping[str, SharedEdges]]:
        """The draft with whole contents where they are shown, without what feeds put around.

        Also what that is, by the address of a feed.
        """
        from digest.jobs.draft_task import edges_of_feeds, leads_of, wanted_contents, with_contents

        if content == "none":
            return draft, {}
        samples: dict[str, list[Sample]] = {}
        for urls in _parts({lead.feed_url for lead in leads_of(draft).values()}, _MOST_SAMPLED):
            samples |= await self._store.transact(partial(_samples, urls=urls))
        edges = await asyncio.to_thread(edges_of_feeds, samples)
        wanted = wanted_contents(draft, edges, content)
        if wanted:
            contents = await self._whole(wanted)
            draft = await asyncio.to_thread(with_contents, draft, contents, edges, content)
        return draft, edges

    async def _judge(self, material: Material) -> Judged:
        from digest.jobs.draft_task import judge_entries

        parts = []
        for entries in _parts(material.reached.entries, _MOST_TEXTS):
            contents = await self._contents([entry.id for entry in entries])
            whole = [replace(entry, html=contents.get(entry.id, "")) for entry in entries]
            given = (whole, material.rules, material.filed, material.topics)
            parts.append(await self._work(judge_entries, *given))
        return _joined(parts, material.reached.entries)

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


def _samples(store: Store, urls: Sequence[str]) -> dict[str, list[Sample]]:
    return store.editions.samples(urls)


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


def _is_too_much(contents: Mapping[int, str]) -> bool:
    from digest.jobs.draft_task import is_too_much

    return is_too_much(contents.values())


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
