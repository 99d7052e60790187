"""Asks for the pages of articles, where their servers let programs read them."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urlsplit

from msgspec.structs import replace

from digest.errors import FeedError, PostponedError
from digest.feeds.hosts import without_user_info
from digest.feeds.http.decode import decode_body
from digest.feeds.http.messages import Allowance, Request
from digest.feeds.http.robots import MOST_BYTES, allows, rules_for
from digest.rendering.article_page import MOST_CHARACTERS, Article, Page, read_article
from digest.store.full_texts import RobotsRules
from digest.workers.child import EXTRACTING
from digest.workers.pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from digest.config import Settings, SourceSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.store.full_texts import Wanted

_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
# Scripts are most of the largest pages, and are not read.
_MOST_BYTES = 3 * MOST_CHARACTERS
# The worst page of a million characters took 9 s; others come after the import of the library.
_TASK_SECONDS, _IDLE_SECONDS = 20.0, 10.0
ROBOTS_HOLD = timedelta(days=1)


class _ForbiddenError(FeedError):
    """A page is none that programs may ask for."""


class ArticleClient:
    """Asks for pages as polling is configured, one after the other at each host.

    `known` is what robots.txt allows at each origin; it is replaced as a whole.
    """

    def __init__(
        self,
        settings: Settings,
        fetcher: Fetcher,
        user_agent: str,
        clock: Callable[[], datetime],
        workers: WorkerPool | None = None,
    ) -> None:
        self._polling = settings.polling
        self._fetcher = fetcher
        self._user_agent = user_agent
        self._clock = clock
        self._workers = workers or WorkerPool(
            1,
            task_seconds=_TASK_SECONDS,
            quick_seconds=_TASK_SECONDS / 2,
            idle_seconds=_IDLE_SECONDS,
            doing="reading the page",
            kind=EXTRACTING,
        )
        self.known: Mapping[str, RobotsRules] = {}

    def close(self) -> None:
        """End the processes that read pages."""
        self._workers.close()

    async def article(self, wanted: Wanted, feed: SourceSettings) -> Article:
        """The article that an entry of a feed links to, or why there is none.

        Raises:
            FeedError: the page did not come; without a status, none of its host may come now.
        """
        link = without_user_info(urldefrag(wanted.link).url)
        allowance = Allowance(self._polling.timeout.total_seconds(), _MOST_BYTES)

        async def may_ask(url: str) -> None:
            if reason := await self._forbidden(url, feed):
                raise _ForbiddenError(reason)

        request = replace(self._request(link, feed), may_follow=may_ask)
        try:
            await may_ask(link)
            # Where a link leads elsewhere, those there have a say in it too.
            response = await self._fetcher.fetch(request, allowance=allowance)
        except _ForbiddenError as error:
            return Article(reason=error.reason)
        page = Page(
            response.body or b"",
            response.url,
            link,
            wanted.title,
            wanted.excerpt,
            wanted.words,
            coding=response.coding,
            charset=response.charset,
        )
        try:
            return await self._workers.call(read_article, page)
        except FeedError as error:
            return Article(reason=error.reason)

    def _request(self, url: str, feed: SourceSettings) -> Request:
        """A feed names any address: of private networks, only its own host is asked."""
        allowed = feed.allow_private_networks
        if allowed is None:
            allowed = self._polling.allow_private_networks
        is_own = feed.host is not None and urlsplit(url).hostname == feed.host.lower()
        return Request(url, accept=_ACCEPT, allow_private_networks=allowed and is_own)

    async def _forbidden(self, url: str, feed: SourceSettings) -> str:
        """Why no program may ask for a page; empty where one may."""
        origin = _origin(url)
        known = self.known.get(origin)
        if known is None or self._clock() - known.at >= ROBOTS_HOLD:
            known = RobotsRules(origin, self._clock(), await self._rules(origin, feed))
            self.known = {**self.known, origin: known}
        if await asyncio.to_thread(allows, known.rules, url):
            return ""
        return f"robots.txt of {urlsplit(url).netloc} does not allow it"

    async def _rules(self, origin: str, feed: SourceSettings) -> tuple[str, ...]:
        """The rules of an origin; none where it has no robots.txt (RFC 9309, section 2.3.1)."""
        request = self._request(f"{origin}/robots.txt", feed)
        allowance = Allowance(self._polling.timeout.total_seconds(), MOST_BYTES)
        try:
            response = await self._fetcher.fetch(request, allowance=allowance)
        except PostponedError:
            raise
        except FeedError as error:
            if _is_missing(error):
                return ()
            raise FeedError(f"robots.txt: {error.reason}", retry_after=error.retry_after) from error
        body = decode_body(response.body or b"", response.coding, MOST_BYTES)
        text = body.decode("utf-8", "replace")
        return await asyncio.to_thread(rules_for, text, self._user_agent)


def _is_missing(error: FeedError) -> bool:
    """Whether a server has no robots.txt, or an empty one."""
    is_refused = error.status is not None and 400 <= error.status < 500
    return is_refused or error.reason == "answered with an empty body"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
