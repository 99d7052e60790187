"""Tells what the entries of a body change, from what is known of their feed."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.feeds.anomalies import expected, is_gap, may_be_flood
from digest.feeds.diff import Overlap, diff
from digest.feeds.identity import candidate_keys
from digest.feeds.quota import Quota, take
from digest.feeds.rereading import READING
from digest.feeds.sources import source_of
from digest.jobs.ask_source import is_reconfigured
from digest.store.updates import Measured, Update, Validators

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from digest.config import SourceSettings
    from digest.feeds.diff import Changes, RecognisedEntry
    from digest.feeds.http.messages import Response
    from digest.feeds.parsing.body import ParsedBody
    from digest.feeds.quota import QuotaResult
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
                self._windows[feed.address][name] = digest.reach

    async def learn(
        self, state: FeedState, feed: SourceSettings, read: CleanedBody, response: Response
    ) -> Update | None:
        """What a body with entries brings; None where it must be read whole to tell.

        Raises:
            FeedError: its entries cannot be cleaned within the limits.
        """
        reading = read.reading
        found = await self._known(state, reading)
        if not {known.id for known in found}.isdisjoint(reading.kept.values()):
            return None
        changes = diff(reading.entries, found, _overlap(state, reading))
        new_at_once = sum(_has_reached(entry, feed) for entry in changes.new)
        reconfigured = is_reconfigured(feed, state)
        flood = not reconfigured and await self._is_flood(state, new_at_once)
        edited = [entry for entry in changes.recognised if entry.edited]
        clean = {entry.names: entry for entry in read.clean}
        new = await self._clean(changes.new, clean)
        again = await self._clean([entry.keyed for entry in edited], clean)
        now = self._clock()
        taken = take(
            # A feed lists its newest entry first; the store counts upwards in time.
            tuple(reversed(new)),
            tuple(zip((entry.known.id for entry in edited), again, strict=True)),
            self._quota(feed),
            state.spent,
            now,
            flood=flood,
            first=not state.entries,
        )
        ranked, only_new = feed.is_ranked, source_of(feed.kind).brings_only_new
        comparison = _Comparison(
            state, reading, changes, taken, flood, now, ranked, only_new, reconfigured
        )
        return _update(comparison, response, self.windows(feed), resend=feed.updates == "resend")

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
        keys = {key for entry in reading.entries for key in candidate_keys(entry)}
        outdated = state.reading != READING
        return await self._store.transact(
            lambda store: store.feeds.known(
                state.id, names, keys, state.reread_at, outdated=outdated
            )
        )

    async def _is_flood(self, state: FeedState, new: int) -> bool:
        """Whether so many new entries are more than this feed brings in the time since the last."""
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
        rest = [entry for entry in entries if entry.names not in clean]
        if rest:
            # Hardly ever: entries come clean with what was read of their body.
            from digest.rendering.clean import clean_entries

            cleaned = await self._workers.call(clean_entries, tuple(rest))
            clean = {**clean, **{entry.names: entry for entry in cleaned}}
        # Of two with the same key one was given another.
        return tuple(
            found if found.key == entry.key else replace(found, key=entry.key)
            for entry, found in ((entry, clean[entry.names]) for entry in entries)
        )


def _has_reached(keyed: KeyedEntry, feed: SourceSettings) -> bool:
    """Whether a new entry may be shown: those that wait for points flood no edition."""
    return not feed.thresholds.lacking(keyed.entry.facts)


def _overlap(state: FeedState, reading: ParsedBody) -> Overlap:
    # What is read as it was before needs no bytes to be recognised.
    unchanged = reading.unchanged if state.reading != READING else {}
    return Overlap(len(reading.entries) + len(reading.kept), unchanged)


class _Comparison(Struct, frozen=True):
    """What a body has beside what is known of its feed, and what is taken of it.

    `flood` is whether it has more new entries than the feed brings; `now` is when it was compared.
    `is_ranked` is whether the feed lists what ranks high, and not what is new; with `only_new` it
    has what came since the last body, and shares nothing with that. `reconfigured` is whether the
    last body was read by other options.
    """

    state: FeedState
    reading: ParsedBody
    changes: Changes
    taken: QuotaResult
    flood: bool
    now: datetime
    is_ranked: bool
    only_new: bool
    reconfigured: bool


def _update(
    comparison: _Comparison,
    response: Response,
    windows: Mapping[str, timedelta],
    *,
    resend: bool,
) -> Update:
    """What the store is to keep of a body; `resend` is what the feed's settings say of edits."""
    assert response.body_hash is not None
    state, reading = comparison.state, comparison.reading
    changes, taken = comparison.changes, comparison.taken
    known = {entry.known.id: entry for entry in changes.recognised}
    restored = _restored(comparison)
    edits = sum(entry.edited for entry in changes.recognised) - len(restored)
    return Update(
        title=reading.title or state.title,
        # What is left of a body is as new to the next poll, which must not take it for read.
        body_hash=response.body_hash if taken.is_whole else "",
        validators=_validators(comparison, response),
        new=taken.new,
        edited=taken.edited,
        renamed={number: entry.new_names for number, entry in known.items() if entry.new_names},
        seen=(*known, *set(reading.kept.values())),
        windows=windows,
        poll_hints=state.poll_hints if reading.kept else reading.poll_hints,
        flood=comparison.flood and bool(taken.new),
        missed=_is_missed(comparison),
        # All of a feed may be edited at once by its publisher.
        resend=resend and not may_be_flood(edits, state.entries),
        redraw=_is_to_redraw(comparison),
        forget_before=_forget_before(comparison),
        restored=restored.intersection(number for number, _ in taken.edited),
        spent=taken.spent,
        left=taken.left,
        complaint=taken.complaint,
        listing=reading.index if taken.is_whole else None,
        listed=_listed(reading, changes),
        home=reading.home or state.home,
        measured=[_measured(entry) for entry in changes.recognised if _has_facts(entry)],
        # What is left of a body is outdated still when the next poll reads it.
        reading=READING if taken.is_whole else state.reading,
        rotates=any(entry.rotates for entry in changes.recognised),
    )


def _restored(comparison: _Comparison) -> set[int]:
    """The entries that are read otherwise now, which is no edit of their publisher's."""
    return {
        entry.known.id
        for entry in comparison.changes.recognised
        if entry.restored or (entry.edited and comparison.reconfigured)
    }


def _validators(comparison: _Comparison, response: Response) -> Validators:
    """What the next poll asks with; where some of a body is left, what brings that once more."""
    state = comparison.state
    if comparison.taken.is_whole:
        return Validators(response.etag, response.last_modified, response.url)
    if comparison.only_new:
        return Validators(state.etag, state.last_modified, response.url)
    return Validators(None, None, response.url)


def _is_missed(comparison: _Comparison) -> bool:
    """Whether entries probably came and went since the last body."""
    # What ranks high no more is no gap: no pace of polls would keep it in the list.
    if comparison.is_ranked or comparison.only_new or not comparison.taken.new:
        return False
    # Of what is all left the next poll tells, which finds it as new.
    if comparison.flood or comparison.reading.kept:
        return False
    return is_gap(comparison.changes, comparison.state.entries)


def _is_to_redraw(comparison: _Comparison) -> bool:
    """Whether baselines are drawn anew: the feed was empty so far, and now has many entries."""
    state = comparison.state
    emptied = not state.entries and state.succeeded_at is not None
    return emptied and may_be_flood(len(comparison.changes.new), 1)


def _forget_before(comparison: _Comparison) -> datetime | None:
    """Entries last in the feed before this time are forgotten; None where half of it is missing."""
    state, reading = comparison.state, comparison.reading
    in_body = len(set(reading.kept.values())) + len(reading.entries)
    if state.succeeded_at is None or 2 * in_body < state.entries:
        return None
    return comparison.now - _REMEMBERED


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
    new = {entry.names: entry.key for entry in changes.new}
    known = {entry.keyed.names: entry.known.id for entry in changes.recognised}
    if len({*known.values()}) < len(known):
        return ()
    ids: dict[bytes, int | str] = dict(reading.kept)
    for entry_hash, entry in zip(reading.hashes, reading.entries, strict=True):
        ids[entry_hash] = new[entry.names] if entry.names in new else known[entry.names]
    return tuple(ids[entry_hash] for entry_hash in reading.index.hashes)
