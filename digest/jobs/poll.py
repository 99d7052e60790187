"""Polls feeds: what they bring becomes entries."""

from __future__ import annotations

import logging
import random
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from digest.errors import FeedError, HostLimitError, PostponedError, StoreError
from digest.feeds.http.conditional import still_refused
from digest.feeds.http.permanent_moves import after_answer, after_failure, is_gone
from digest.feeds.sources import source_of
from digest.feeds.timing import IntervalFactors, every_now, next_attempt, next_poll
from digest.jobs.ask_source import SourceClient
from digest.jobs.backlog import Backlog
from digest.jobs.backoffs import BackoffKeeper
from digest.jobs.body_task import read_and_clean
from digest.jobs.poll_errors import of_unexpected, record_limit
from digest.jobs.poll_queue import PollQueue
from digest.jobs.update_builder import UpdateBuilder
from digest.log import event
from digest.model import FeedState, PollOutcome, PollResult
from digest.store.updates import Failure, Unchanged, Validators, Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import datetime, timedelta

    from digest.config import SourceSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Response
    from digest.jobs.context import JobContext
    from digest.model import PollHints
    from digest.store import Store
    from digest.store.updates import Update
    from digest.workers.pool import WorkerPool

_log = logging.getLogger(__name__)

# So that memory does not grow with the number of feeds that are due.
_MOST_BODIES = 32
# What many of are read by a worker within a moment, even decompressed.
_SMALL = 64 * 1024


class PollJob:
    """Polls feeds; a failure is recorded on its feed and disturbs no other."""

    def __init__(self, context: JobContext, fetcher: Fetcher, workers: WorkerPool) -> None:
        self._settings = context.settings
        self._feeds = {feed.address: feed for feed in context.settings.feeds}
        self._store = context.store
        self.fetcher = fetcher
        self.sources = SourceClient(context.settings.polling, fetcher, workers)
        self._workers = workers
        self._update_builder = UpdateBuilder(context, workers)
        self._clock = context.clock
        self._sanitiser = context.sanitiser
        self._queue = PollQueue(context.store, self._poll_one)
        self._backlog = Backlog(_MOST_BODIES)
        self.backoffs = BackoffKeeper(context, fetcher.backoffs)
        # Told of every poll, whoever asked for it.
        self.note: Callable[[PollResult], None] = lambda _: None

    async def poll_due(
        self,
        among: Collection[str] | None = None,
        report: Callable[[PollResult], None] = lambda _: None,
    ) -> list[PollResult]:
        """Poll every feed whose time has come and that is not paused, of these addresses or all."""
        now, began = self._clock(), self._queue.time()
        due = await self._store.transact(lambda store: store.feeds.due(now))
        wanted = {url for url, feed in self._feeds.items() if not feed.paused}
        if among is not None:
            wanted &= set(among)
        # What is being polled already stays due until it is done.
        wanted -= self._queue.urls()
        due = [state for state in due if state.url in wanted and self._is_rested(state, now)]
        return await self._poll(due, began, report)

    def _is_rested(self, state: FeedState, now: datetime) -> bool:
        """Whether the last poll is `every` ago, which may be longer now than it was then."""
        every = self._every(self._feeds[state.url], state, now)
        return state.polled_at is None or now - state.polled_at >= every

    async def poll(
        self, urls: Collection[str], report: Callable[[PollResult], None] = lambda _: None
    ) -> list[PollResult]:
        """Poll these feeds now, due or not."""
        began = self._queue.time()
        states = await self._store.transact(lambda store: store.feeds.states(urls))
        return await self._poll(states, began, report)

    async def _poll(
        self, states: Iterable[FeedState], began: float, report: Callable[[PollResult], None]
    ) -> list[PollResult]:
        """Poll feeds as they were when it `began`; answers in the order of the configuration."""
        await self.backoffs.load()
        order = {url: n for n, url in enumerate(self._feeds)}
        known = sorted((s for s in states if s.url in order), key=lambda s: order[s.url])

        def tell(result: PollResult) -> None:
            self.note(result)
            report(result)

        return await self._queue.poll(known, began, tell)

    async def _poll_one(self, state: FeedState) -> PollResult:
        feed = self._feeds[state.url]
        try:
            result = await self._attempt(state, feed)
        except PostponedError as error:
            result = await self._postponed(state, feed, error)
        except FeedError as error:
            result = await self._failed(state, feed, error)
        except StoreError:
            # There is nowhere to record it.
            raise
        except Exception as error:  # noqa: BLE001 - a bug is logged whole
            result = await self._failed(state, feed, of_unexpected(error, feed.address))
        await self.backoffs.keep()
        if result.outcome == "postponed" and result.status is None:
            # Told once, of its host.
            return result
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

    async def _attempt(self, state: FeedState, feed: SourceSettings) -> PollResult:
        asked_at = self._clock()
        request = self.sources.request(feed, asked_at, state)
        response = await self.sources.ask(feed, request, self._backlog.room)
        if response.body is None:
            return await self._same(state, feed, response, "not_modified")
        if response.body_hash != state.body_hash:
            with self._backlog.one_more():
                result = await self._read(state, feed, response, state.entry_hashes)
            if result:
                return result
        # Recording waits for others, and the body does not.
        response = replace(response, body=None, further=())
        return await self._same(state, feed, response, "unchanged")

    async def _same(
        self, state: FeedState, feed: SourceSettings, response: Response, outcome: PollOutcome
    ) -> PollResult:
        visit = self._visit(state, feed, response, state.poll_hints)
        validators = Validators(response.etag, response.last_modified, response.url)
        poll = Unchanged(state, validators, visit, response.body_hash)
        await self._store.transact_together(_record_unchanged, poll)
        known = state.entries if outcome == "unchanged" else 0
        return self._result(feed, state.title, outcome, response.status, known=known)

    async def _read(
        self, state: FeedState, feed: SourceSettings, response: Response, last: bytes | None
    ) -> PollResult | None:
        """Learn from a body, by what the last one was; None where it says the very same."""
        body = replace(self.sources.body(feed, response), how=feed.identity, last=last)
        small = len(body.raw) <= _SMALL and not body.further
        run = self._workers.call_together if small else self._workers.call
        read = await run(read_and_clean, body, first=not state.entries)
        reading = read.reading
        if reading.same:
            return None
        title = reading.title or state.title
        state = replace(state, resolved=reading.resolved or state.resolved)
        if not reading.entries and not reading.kept:
            # It may be a slip, so the validators stay with the last body that had entries.
            windows = self._update_builder.windows(feed)
            visit = self._visit(state, feed, response, reading.poll_hints)
            await self._store.transact(
                lambda store: store.feeds.record_empty(state, windows, visit)
            )
            return self._result(feed, title, "unchanged", response.status)
        if (update := await self._update_builder.learn(state, feed, read, response)) is None:
            return await self._read(state, feed, response, None)
        return await self._learned(state, feed, response, update)

    async def _learned(
        self, state: FeedState, feed: SourceSettings, response: Response, update: Update
    ) -> PollResult:
        now = self._clock()
        after = replace(
            state,
            new_at=now if update.new else state.new_at,
            missed_at=now if update.missed else state.missed_at,
        )
        visit = self._visit(after, feed, response, update.poll_hints)
        await self._store.transact(lambda store: store.feeds.record_update(state, update, visit))
        if update.missed:
            event(_log, logging.WARNING, "entries were probably missed", feed=feed.address)
        is_news = update.new or len(update.edited) > len(update.restored)
        outcome: PollOutcome = "updated" if is_news else "unchanged"
        return self._result(
            feed,
            update.title,
            "held" if update.flood else outcome,
            response.status,
            new=len(update.new),
            known=len(update.seen),
        )

    def _visit(
        self, state: FeedState, feed: SourceSettings, response: Response, poll_hints: PollHints
    ) -> Visit:
        now = self._clock()
        factors = IntervalFactors(
            every=self._every(feed, state, now),
            poll_hints=poll_hints,
            fresh_for=response.fresh_for,
            quiet_since=state.new_at,
            missed_at=state.missed_at,
        )
        again = next_poll(now, factors, random.random())  # noqa: S311
        if response.rest:
            again = max(again, now + response.rest)
        remembers = source_of(feed.kind).remembers_moves
        move = after_answer(state.move, response.moved_to, now) if remembers else None
        return Visit(
            now,
            response.status,
            again,
            move,
            whole_at=(state.whole_at or now) if response.status == 304 else now,
            refused_at=now if response.refused_validators else still_refused(state.refused_at, now),
            resolved=state.resolved,
        )

    async def _postponed(
        self, state: FeedState, feed: SourceSettings, error: PostponedError
    ) -> PollResult:
        """Nothing is known of the feed that was not known before."""
        every = self._every(feed, state, self._clock())
        await self.backoffs.postpone(state, every, error)
        return self._result(
            feed,
            state.title,
            "postponed",
            error.status,
            error=self._sanitiser(error.reason),
            waits_for=error.backoff.host,
            waits_until=error.backoff.until,
        )

    async def _failed(self, state: FeedState, feed: SourceSettings, error: FeedError) -> PollResult:
        now = self._clock()
        reason = self._sanitiser(error.told)
        every = self._every(feed, state, now)
        if isinstance(error, HostLimitError):
            await self._store.transact(
                partial(record_limit, state=state, now=now, again=now + every)
            )
            return self._result(feed, state.title, "failed", error.status, error=reason)
        failures = state.failures + 1
        failure = Failure(
            error=reason,
            status=error.status,
            at=now,
            next_poll_at=next_attempt(now, every, failures, error.retry_after, random.random()),  # noqa: S311
            move=after_failure(state.move, error.status, now),
            gone=source_of(feed.kind).has_own_address and is_gone(state.move, error, now),
            lasting=error.lasting,
        )
        await self._store.transact(lambda store: store.feeds.record_failure(state, failure))
        return self._result(feed, state.title, "failed", error.status, error=reason)

    def _result(
        self,
        feed: SourceSettings,
        title: str,
        outcome: PollOutcome,
        status: int | None,
        **more: Any,
    ) -> PollResult:
        name = feed.name or title or feed.default_name
        return PollResult(feed.address, name, outcome, status=status, **more)

    def _every(self, feed: SourceSettings, state: FeedState, now: datetime) -> timedelta:
        return every_now(feed.every, self._settings.polling.every, state.missed_at, now)


def _record_unchanged(store: Store, polls: Sequence[Unchanged]) -> None:
    store.feeds.record_unchanged(polls)
