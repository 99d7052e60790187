"""Learning: what the entries of a body change, from what is known of their feed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from digest.feeds.alarms import expected, is_gap, may_be_flood
from digest.feeds.diff import diff
from digest.feeds.identity import candidate_keys
from digest.rendering.clean import clean_entries
from digest.store import Store, Update, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from digest.config import FeedSettings, Settings
    from digest.feeds.diff import Changes
    from digest.feeds.fetch import Response
    from digest.feeds.reading import Reading
    from digest.feeds.workers import Workers
    from digest.model import CleanEntry, FeedState, KeyedEntry
    from digest.store import StoreThread

# How long entries are known after a feed last had them; some come back after months.
_REMEMBERED = timedelta(days=365)


class Learning:
    """Makes the update of a body; reads the store, and writes nothing."""

    def __init__(
        self,
        settings: Settings,
        store: StoreThread[Store],
        workers: Workers,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._workers = workers
        self._clock = clock

    async def learn(
        self, state: FeedState, feed: FeedSettings, reading: Reading, response: Response
    ) -> Update:
        """What a body with entries brings.

        Raises:
            FeedError: its entries cannot be cleaned within the limits.
        """
        assert response.body_hash is not None
        changes = await self._changes(state, reading)
        flood = await self._is_flood(state, changes)
        edited = [one for one in changes.recognised if one.edited]
        known = {one.known.id: one for one in changes.recognised}
        clean = await self._clean(changes.new)
        again = await self._clean([one.keyed for one in edited])
        whole = 2 * len(reading.entries) >= state.entries
        return Update(
            title=reading.title or state.title,
            body_hash=response.body_hash,
            validators=Validators(response.etag, response.last_modified, response.url),
            # A feed lists its newest entry first; the store counts upwards in time.
            new=tuple(reversed(clean)),
            edited=tuple(zip((one.known.id for one in edited), again, strict=True)),
            renamed={number: one.new_names for number, one in known.items() if one.new_names},
            seen=tuple(known),
            windows=self.windows(feed),
            wishes=reading.wishes,
            flood=flood,
            missed=not flood and is_gap(changes, state.entries),
            # All of a feed may be edited at once, by its publisher or by a better parser of ours.
            resend=feed.updates == "resend" and not may_be_flood(len(edited), state.entries),
            redraw=not state.entries and may_be_flood(len(clean), 1),
            forget_before=self._clock() - _REMEMBERED if whole else None,
        )

    def windows(self, feed: FeedSettings) -> dict[str, timedelta]:
        """`first_edition` of every digest that takes the feed."""
        digests = self._settings.digests
        return {name: digests[name].first_edition for name in self._settings.digests_of(feed.url)}

    async def _changes(self, state: FeedState, reading: Reading) -> Changes:
        names = {name for entry in reading.entries for name in entry.names}
        keys = {key for one in reading.entries for key in candidate_keys(one.entry, one.telling)}
        known = await self._store.run(lambda store: store.feeds.known(state.id, names, keys))
        return diff(reading.entries, known)

    async def _is_flood(self, state: FeedState, changes: Changes) -> bool:
        """Whether these are more new entries than this feed brings in the time since the last."""
        new = len(changes.new)
        if not may_be_flood(new, state.entries):
            return False
        pace = await self._store.run(lambda store: store.feeds.pace(state.id))
        # Some bring a week's entries in one body: what came at once before may do so again.
        usual = await self._store.run(lambda store: store.feeds.usual_at_once(state.id))
        now = self._clock()
        return new > max(2 * usual, expected(pace, now - (state.succeeded_at or now)))

    async def _clean(self, entries: Sequence[KeyedEntry]) -> tuple[CleanEntry, ...]:
        return await self._workers.run(clean_entries, tuple(entries)) if entries else ()
