"""Tells what the entries of a body change, from what is known of their feed."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.feeds.anomalies import expected, is_gap, may_be_flood
from digest.feeds.diff import diff
from digest.feeds.identity import candidate_keys
from digest.feeds.quota import Quota, take
from digest.jobs.ask_source import is_reconfigured
from digest.store.updates import Measured, Update, Validators

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.config import SourceSettings
    from digest.feeds.diff import Changes, RecognisedEntry
    from digest.feeds.http.messages import Response
    from digest.feeds.parsing.read import ParsedBody
    from digest.jobs.body_task import CleanedBody
    from digest.jobs.context import JobContext
    from digest.model import CleanEntry, FeedState, KeyedEntry, KnownEntry
    from digest.workers.pool import WorkerPool

# How long entries are known after a feed last had them; some come back after months.
_REMEMBERED = timedelta(days=365)


class UpdateBuilder:
    """Makes the update of a body; reads the store, and writes nothing."""

    def __init__(self, context: JobContext, workers: WorkerPool) -> None:
        settings = context.settings
        self._store = context.store
        self._workers = workers
        self._clock = context.clock
        self._polling = settings.polling
        self._windows: dict[str, dict[str, timedelta]] = defaultdict(dict)
        for name, digest in settings.digests.items():
            for feed in settings.feeds_of(name):
                self._windows[feed.address][name] = digest.first_edition

    async def learn(
        self, state: FeedState, feed: SourceSettings, read: CleanedBody, response: Response
    ) -> Update | None:
        """What a body with entries brings; None where it must be read whole to tell.

        Raises:
            FeedError: its entries cannot be cleaned within the limits.
        """
        assert response.body_hash is not None
        reading = read.reading
        kept = set(reading.kept.values())
        known_before = state.succeeded_at is not None
        found = await self._known(state, reading)
        if any(one.id in kept for one in found):
            return None
        changes = diff(reading.entries, found)
        known = {one.known.id: one for one in changes.recognised}
        flood = not is_reconfigured(feed, state) and await self._is_flood(state, changes)
        edited = [one for one in changes.recognised if one.edited]
        clean = {one.names: one for one in read.clean}
        new = await self._clean(changes.new, clean)
        again = await self._clean([one.keyed for one in edited], clean)
        whole = 2 * (len(kept) + len(reading.entries)) >= state.entries
        taken = take(
            # A feed lists its newest entry first; the store counts upwards in time.
            tuple(reversed(new)),
            tuple(zip((one.known.id for one in edited), again, strict=True)),
            self._quota(feed),
            state.spent,
            self._clock(),
            flood=flood,
            first=not state.entries,
        )
        return Update(
            title=reading.title or state.title,
            # What is left of a body is as new to the next poll, which must not take it for read.
            body_hash=response.body_hash if taken.is_whole else "",
            validators=(
                Validators(response.etag, response.last_modified, response.url)
                if taken.is_whole
                else Validators(None, None, response.url)
            ),
            new=taken.new,
            edited=taken.edited,
            renamed={number: one.new_names for number, one in known.items() if one.new_names},
            seen=(*known, *kept),
            windows=self.windows(feed),
            poll_hints=state.poll_hints if kept else reading.poll_hints,
            flood=flood and bool(taken.new),
            # Of what is all left the next poll tells, which finds it as new.
            missed=bool(taken.new) and not flood and not kept and is_gap(changes, state.entries),
            # All of a feed may be edited at once, by its publisher or by a better parser of ours.
            resend=feed.updates == "resend" and not may_be_flood(len(edited), state.entries),
            redraw=not state.entries and known_before and may_be_flood(len(new), 1),
            forget_before=self._clock() - _REMEMBERED if known_before and whole else None,
            restored=sum(not known[number].known.fingerprint for number, _ in taken.edited),
            spent=taken.spent,
            left=taken.left,
            complaint=taken.complaint,
            listing=reading.index if taken.is_whole else None,
            listed=_listed(reading, changes),
            home=reading.home or state.home,
            measured=[_measured(one) for one in changes.recognised if _has_facts(one)],
        )

    def _quota(self, feed: SourceSettings) -> Quota:
        return Quota(
            feed.daily_entries or self._polling.daily_entries,
            self._polling.daily_size if feed.daily_size is None else feed.daily_size,
        )

    def windows(self, feed: SourceSettings) -> Mapping[str, timedelta]:
        """`first_edition` of every digest that takes the feed."""
        return self._windows.get(feed.address, {})

    async def _known(self, state: FeedState, reading: ParsedBody) -> list[KnownEntry]:
        if not reading.entries or state.succeeded_at is None:
            return []
        names = {name for entry in reading.entries for name in entry.names}
        keys = {key for one in reading.entries for key in candidate_keys(one)}
        return await self._store.transact(lambda store: store.feeds.known(state.id, names, keys))

    async def _is_flood(self, state: FeedState, changes: Changes) -> bool:
        """Whether these are more new entries than this feed brings in the time since the last."""
        new = len(changes.new)
        if not may_be_flood(new, state.entries):
            return False
        pace = await self._store.transact(lambda store: store.feeds.pace(state.id))
        # Some bring a week's entries in one body: what came at once before may do so again.
        usual = await self._store.transact(lambda store: store.feeds.usual_at_once(state.id))
        now = self._clock()
        return new > max(2 * usual, expected(pace, now - (state.succeeded_at or now)))

    async def _clean(
        self,
        entries: Sequence[KeyedEntry],
        clean: Mapping[tuple[str, ...], CleanEntry],
    ) -> tuple[CleanEntry, ...]:
        """The entries clean, those that are by now and the others; by their names."""
        rest = [one for one in entries if one.names not in clean]
        if rest:
            # Hardly ever: entries come clean with what was read of their body.
            from digest.rendering.clean import clean_entries

            cleaned = await self._workers.call(clean_entries, tuple(rest))
            clean = {**clean, **{one.names: one for one in cleaned}}
        # Of two with the same key one was given another.
        return tuple(
            found if found.key == one.key else replace(found, key=one.key)
            for one, found in ((one, clean[one.names]) for one in entries)
        )


def _has_facts(recognised: RecognisedEntry) -> bool:
    entry = recognised.keyed.entry
    return bool(entry.facts or entry.discussion)


def _measured(recognised: RecognisedEntry) -> Measured:
    entry = recognised.keyed.entry
    return Measured(recognised.known.id, entry.facts, entry.discussion)


def _listed(reading: ParsedBody, changes: Changes) -> tuple[int | str, ...]:
    """What the entries of a body are, in its order: by id, new ones by key; none if not certain."""
    if not reading.hashes and not reading.kept:
        return ()
    new = {one.names: one.key for one in changes.new}
    known = {one.keyed.names: one.known.id for one in changes.recognised}
    if len({*known.values()}) < len(known):
        return ()
    ids: dict[bytes, int | str] = dict(reading.kept)
    for one, entry in zip(reading.hashes, reading.entries, strict=True):
        ids[one] = new[entry.names] if entry.names in new else known[entry.names]
    return tuple(ids[one] for one in reading.index.hashes)
