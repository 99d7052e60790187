"""Polling: feeds to entries."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import defaultdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.errors import FeedError, StoreError
from digest.feeds.diff import diff
from digest.feeds.fetch import Request, Response
from digest.feeds.identity import identify
from digest.feeds.parse import parse_feed
from digest.feeds.timing import next_poll
from digest.log import Words, event
from digest.model import FeedState, PollOutcome, PollResult
from digest.rendering.clean import clean_entries
from digest.store import Store, Update, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime, timedelta

    from digest.config import FeedSettings, Settings
    from digest.feeds.fetch import Fetcher
    from digest.feeds.workers import Workers
    from digest.model import CleanEntry, KeyedEntry
    from digest.store import StoreThread

_log = logging.getLogger(__name__)


class Polling:
    """Polls feeds; a failure is recorded on its feed and disturbs no other."""

    def __init__(
        self,
        settings: Settings,
        store: StoreThread[Store],
        fetcher: Fetcher,
        workers: Workers,
        clock: Callable[[], datetime],
        words: Words,
    ) -> None:
        self._settings = settings
        self._feeds = {feed.url: feed for feed in settings.feeds}
        self._store = store
        self._fetcher = fetcher
        self._workers = workers
        self._clock = clock
        self._words = words
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def poll_due(
        self,
        among: Collection[str] | None = None,
        report: Callable[[PollResult], None] = lambda _: None,
    ) -> list[PollResult]:
        """Poll every feed whose time has come, of these addresses or of all."""
        now = self._clock()
        due = await self._store.run(lambda store: store.feeds.due(now))
        wanted = set(self._feeds if among is None else among)
        # What is being polled already stays due until it is done.
        wanted -= {url for url, turn in self._turns.items() if turn.locked()}
        return await self._poll([state for state in due if state.url in wanted], report)

    async def poll(
        self, urls: Collection[str], report: Callable[[PollResult], None] = lambda _: None
    ) -> list[PollResult]:
        """Poll these feeds now, due or not."""
        states = await self._store.run(lambda store: store.feeds.states(urls))
        return await self._poll(states, report)

    async def _poll(
        self, states: Iterable[FeedState], report: Callable[[PollResult], None]
    ) -> list[PollResult]:
        async def one(state: FeedState) -> PollResult:
            # Two polls of one feed at a time would both find its entries new.
            async with self._turns[state.url]:
                result = await self._poll_one(state, self._feeds[state.url])
            report(result)
            return result

        order = {url: n for n, url in enumerate(self._feeds)}
        known = sorted((s for s in states if s.url in order), key=lambda s: order[s.url])
        results = await asyncio.gather(*map(one, known), return_exceptions=True)
        # One that could not be recorded has not kept the others from being so.
        errors = [result for result in results if isinstance(result, BaseException)]
        if errors:
            raise errors[0]
        return [result for result in results if isinstance(result, PollResult)]

    async def _poll_one(self, state: FeedState, feed: FeedSettings) -> PollResult:
        try:
            result = await self._attempt(state, feed)
        except FeedError as error:
            result = await self._failed(state, feed, error.reason, error.status)
        except StoreError:
            # There is nowhere to record it.
            raise
        except Exception as error:  # noqa: BLE001 - a bug is logged whole
            _log.exception("bug while polling", extra={"fields": {"feed": feed.url}})
            result = await self._failed(state, feed, f"a bug: {type(error).__name__}", None)
        level = logging.WARNING if result.outcome == "failed" else logging.INFO
        event(
            _log,
            level,
            "polled",
            feed=result.name,
            outcome=result.outcome,
            new=result.new or None,
            status=result.status,
            error=result.error,
        )
        return result

    async def _attempt(self, state: FeedState, feed: FeedSettings) -> PollResult:
        response = await self._fetcher.fetch(feed_request(feed, self._settings, state))
        validators = Validators(response.etag, response.last_modified)
        now = self._clock()
        again = next_poll(now, self._every(feed), 0, random.random())  # noqa: S311
        if response.body is None or response.body_hash == state.body_hash:
            status = response.status
            await self._store.run(
                lambda store: store.feeds.record_unchanged(state.id, status, validators, now, again)
            )
            outcome: PollOutcome = "not_modified" if response.body is None else "unchanged"
            known = state.entries if response.body is not None else 0
            return PollResult(
                feed.url, _name(feed, state.title), outcome, known=known, status=status
            )
        return await self._learn(state, feed, response, validators, again)

    async def _learn(
        self,
        state: FeedState,
        feed: FeedSettings,
        response: Response,
        validators: Validators,
        again: datetime,
    ) -> PollResult:
        assert response.body is not None
        assert response.body_hash is not None
        now = self._clock()
        parsed = await self._workers.run(parse_feed, response.body, response.url)
        keyed = identify(parsed.entries)
        keys = [entry.key for entry in keyed]
        known = await self._store.run(lambda store: store.feeds.fingerprints(state.id, keys))
        changes = diff(keyed, known)
        update = Update(
            title=parsed.title,
            body_hash=response.body_hash,
            validators=validators,
            # A feed lists its newest entry first; the store counts upwards in time.
            new=tuple(reversed(await self._clean(changes.new))),
            edited=await self._clean(changes.edited),
            seen=changes.seen,
            windows={
                name: self._settings.digests[name].first_edition
                for name in self._settings.digests_of(feed.url)
            },
        )
        await self._store.run(lambda store: store.feeds.record_update(state.id, update, now, again))
        return PollResult(
            feed.url,
            _name(feed, parsed.title),
            "updated" if changes.new or changes.edited else "unchanged",
            new=len(changes.new),
            known=len(changes.seen),
            status=response.status,
        )

    async def _clean(self, entries: tuple[KeyedEntry, ...]) -> tuple[CleanEntry, ...]:
        return await self._workers.run(clean_entries, entries) if entries else ()

    async def _failed(
        self, state: FeedState, feed: FeedSettings, reason: str, status: int | None
    ) -> PollResult:
        now = self._clock()
        reason = self._words(reason)
        again = next_poll(now, self._every(feed), state.failures + 1, random.random())  # noqa: S311
        await self._store.run(
            lambda store: store.feeds.record_failure(state, reason, status, now, again)
        )
        return PollResult(feed.url, _name(feed, state.title), "failed", status=status, error=reason)

    def _every(self, feed: FeedSettings) -> timedelta:
        return max(feed.every or self._settings.polling.every, self._settings.polling.every)


def feed_request(feed: FeedSettings, settings: Settings, state: FeedState | None = None) -> Request:
    """What to ask a feed's server for; with `state`, only what has changed since."""
    private = feed.allow_private_networks
    return Request(
        url=feed.url,
        etag=state.etag if state else None,
        last_modified=state.last_modified if state else None,
        headers={name: value.get_secret_value() for name, value in feed.headers.items()},
        allow_private_networks=(
            settings.polling.allow_private_networks if private is None else private
        ),
    )


def _name(feed: FeedSettings, title: str) -> str:
    return feed.name or title or urlsplit(feed.url).netloc
