"""Fetches the articles of new entries from their pages, for feeds that ask for it."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.errors import FeedError, PostponedError
from digest.feeds.http.host_backoffs import asked_hosts
from digest.jobs.article_client import ROBOTS_HOLD
from digest.jobs.poll_errors import of_unexpected
from digest.log import event
from digest.store.full_texts import FullText

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from digest.config import SourceSettings
    from digest.jobs.article_client import ArticleClient
    from digest.jobs.backoffs import BackoffKeeper
    from digest.jobs.context import JobContext
    from digest.store.full_texts import Wanted

_log = logging.getLogger(__name__)

# Pages of a feed in a minute, and in a day; and of all feeds in a minute.
_MOST_AT_ONCE, _MOST_A_DAY = 10, 100
_MOST_IN_ALL = 200
# Polls wait for the same places.
_HOSTS_AT_ONCE = 5
# Waits after what may pass; then the feed's text stays.
_AGAIN_AFTER = (timedelta(minutes=10), timedelta(hours=2))
_BUSY = {408, 425, 429}
_SERVER_ERRORS = 500


class FullTextJob:
    """Asks for each page once; nothing waits for it, and an edition has what is there by then."""

    def __init__(self, context: JobContext, client: ArticleClient, backoffs: BackoffKeeper) -> None:
        settings = context.settings
        self._store = context.store
        self._clock = context.clock
        self._sanitiser = context.sanitiser
        self._client = client
        self._backoffs = backoffs
        self._feeds = {feed.address: feed for feed in settings.feeds if _is_asked(feed)}
        self._hosts = asyncio.Semaphore(_HOSTS_AT_ONCE)
        self._is_running = False

    async def fetch_due(self) -> None:
        """Fetch what is wanted now, unless that is being done already."""
        if self._is_running:
            return
        self._is_running = True
        try:
            await self._fetch_due()
        finally:
            self._is_running = False

    def close(self) -> None:
        """End the processes that read pages."""
        self._client.close()

    async def _fetch_due(self) -> None:
        wanted = await self._wanted()
        if not wanted:
            return
        await self._load()
        outcomes: Counter[str] = Counter()
        async with asyncio.TaskGroup() as group:
            for of_host in by_host(wanted):
                group.create_task(self._fetch_in_turn(of_host, outcomes))
        event(_log, logging.INFO, "articles fetched", **outcomes)

    async def _wanted(self) -> list[Wanted]:
        urls, now = [*self._feeds], self._clock()
        wanted = await self._store.transact(lambda store: store.full_texts.wanted(urls, now))
        if not wanted:
            return []
        asked = await self._store.transact(lambda store: store.full_texts.asked_lately(urls, now))
        return within_bounds(wanted, asked)

    async def _load(self) -> None:
        """Go on with what other runs of the program learned."""
        await self._backoffs.load()
        if not self._client.known:
            since = self._clock() - ROBOTS_HOLD
            known = await self._store.transact(lambda store: store.full_texts.robots(since))
            self._client.known = {each.origin: each for each in known}

    async def _fetch_in_turn(self, wanted: Iterable[Wanted], outcomes: Counter[str]) -> None:
        async with self._hosts:
            await self._fetch_all(wanted, outcomes)

    async def _fetch_all(self, wanted: Iterable[Wanted], outcomes: Counter[str]) -> None:
        """Fetch the pages of a host one after the other, for as long as it answers."""
        silent: FeedError | None = None
        for entry in wanted:
            known = self._client.known
            try:
                text = self._put_off(entry, silent) if silent else await self._fetch(entry)
            except FeedError as error:
                text = self._failed(entry, error)
                silent = error if _is_silent(error) else None
            await self._keep(text)
            if self._client.known is not known:
                await self._keep_robots()
            outcomes["left" if text.again_at else "refused" if text.reason else "kept"] += 1
            event(_log, logging.DEBUG, "article", link=entry.link, reason=text.reason or None)
        await self._backoffs.keep()

    async def _keep(self, text: FullText) -> None:
        await self._store.transact(lambda store: store.full_texts.keep(text))

    async def _keep_robots(self) -> None:
        since = self._clock() - ROBOTS_HOLD
        known = [each for each in self._client.known.values() if each.at > since]
        await self._store.transact(lambda store: store.full_texts.keep_robots(known))

    async def _fetch(self, wanted: Wanted) -> FullText:
        now = self._clock()
        known = await self._store.transact(lambda store: store.full_texts.of_same_page(wanted, now))
        if known:
            return known
        try:
            article = await self._client.article(wanted, self._feeds[wanted.feed_url])
        except FeedError:
            raise
        except Exception as error:
            raise of_unexpected(error, wanted.link) from error
        return FullText(
            wanted.id,
            self._clock(),
            wanted.tries + 1,
            reason=article.reason,
            html=article.html,
            excerpt=article.excerpt,
            words=article.words,
            image=article.image,
        )

    def _failed(self, wanted: Wanted, error: FeedError) -> FullText:
        now = self._clock()
        reason = self._sanitiser(error.reason)
        if isinstance(error, PostponedError):
            return self._put_off(wanted, error)
        again_at = try_again_at(error, wanted.tries, now)
        return FullText(wanted.id, now, wanted.tries + 1, reason, again_at=again_at)

    def _put_off(self, wanted: Wanted, error: FeedError) -> FullText:
        """An entry whose page was not asked for, since its host does not answer."""
        now = self._clock()
        again_at = now + _AGAIN_AFTER[0]
        if isinstance(error, PostponedError):
            again_at = error.backoff.until
        return FullText(
            wanted.id, now, wanted.tries, self._sanitiser(error.reason), again_at=again_at
        )


def _is_asked(feed: SourceSettings) -> bool:
    return feed.full_text and not feed.paused


def _is_silent(error: FeedError) -> bool:
    """Whether the next page of the host would not come either."""
    return isinstance(error, PostponedError) or error.status is None


def within_bounds(wanted: Sequence[Wanted], asked: Mapping[str, int]) -> list[Wanted]:
    """Of entries, the newest first, as many of each feed as are fetched now."""
    room = {
        entry.feed_url: min(_MOST_AT_ONCE, _MOST_A_DAY - asked.get(entry.feed_url, 0))
        for entry in wanted
    }
    taken: Counter[str] = Counter()
    chosen = []
    for entry in wanted:
        if taken[entry.feed_url] < room[entry.feed_url]:
            taken[entry.feed_url] += 1
            chosen.append(entry)
    return chosen[:_MOST_IN_ALL]


def by_host(wanted: Iterable[Wanted]) -> list[list[Wanted]]:
    """Entries by the host of their page, in their order."""
    hosts: dict[str, list[Wanted]] = defaultdict(list)
    for entry in wanted:
        hosts[next(iter(asked_hosts(entry.link)), "")].append(entry)
    return [*hosts.values()]


def try_again_at(error: FeedError, tries: int, now: datetime) -> datetime | None:
    """When a page that did not come is asked for once more; None: it is not.

    A server that refuses, and a page that cannot be read, would do the same again.
    """
    answered = error.status is not None and error.status not in _BUSY
    if (answered and (error.status or 0) < _SERVER_ERRORS) or tries >= len(_AGAIN_AFTER):
        return None
    return now + max(_AGAIN_AFTER[tries], error.retry_after or timedelta(0))
