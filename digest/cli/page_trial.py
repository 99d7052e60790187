"""What `digest feeds test` learns of the pages of a feed with `full_text`; nothing is stored."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.cli.feed_examination import PageText
from digest.errors import FeedError
from digest.log import Redactor

if TYPE_CHECKING:
    from digest.config import Settings, SourceSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.model import ParsedEntry, ParsedFeed
    from digest.rendering.article_page import Article
    from digest.store.full_texts import Wanted
    from digest.workers.pool import WorkerPool

_NEVER = datetime.min.replace(tzinfo=UTC)


class PageTrial:
    """Asks for the page of an entry as polling does."""

    def __init__(self, settings: Settings, fetcher: Fetcher, workers: WorkerPool) -> None:
        self._settings = settings
        self._fetcher = fetcher
        self._workers = workers

    async def newest(self, feed: SourceSettings, parsed: ParsedFeed) -> PageText | None:
        """What the page of the newest entry brings; None where no entry has a link."""
        linked = [entry for entry in parsed.entries if entry.link]
        if not linked:
            return None
        wanted = await self._wanted(max(linked, key=lambda entry: entry.published or _NEVER))
        article = await self._article(wanted, feed)
        reason = Redactor(self._settings.secrets())(article.reason) or None
        return PageText(wanted.link, wanted.words, article.words, reason)

    async def _wanted(self, entry: ParsedEntry) -> Wanted:
        from digest.model import KeyedEntry
        from digest.rendering.clean import clean_entries
        from digest.store.full_texts import Wanted

        keyed = (KeyedEntry("", "", entry),)
        (clean,) = await self._workers.call(clean_entries, keyed)
        return Wanted(0, "", clean.link, clean.title, clean.excerpt, clean.words, 0)

    async def _article(self, wanted: Wanted, feed: SourceSettings) -> Article:
        from digest.app.http_clients import user_agent
        from digest.app.wiring import utc_now
        from digest.jobs.article_client import ArticleClient
        from digest.rendering.article_page import Article

        agent = user_agent(self._settings)
        with closing(ArticleClient(self._settings, self._fetcher, agent, utc_now)) as client:
            try:
                return await client.article(wanted, feed)
            except FeedError as error:
                return Article(reason=error.reason)
