"""Feeds: fetched and parsed as polling does, and nothing stored."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.checks import Finding, Trouble, failed, found
from digest.errors import FeedError, PostponedError
from digest.feeds.anomalies import outruns
from digest.feeds.http.freshness import server_time
from digest.feeds.parsing.read import parse_body
from digest.feeds.sources import source_of
from digest.http_client import aiohttp
from digest.jobs.ask_source import SourceClient
from digest.language import counted
from digest.store import database_of, titles_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from digest.checks.certificates import Certificates
    from digest.config import Settings, SourceSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Response
    from digest.model import ParsedEntry, ParsedFeed
    from digest.workers.pool import WorkerPool

_BY_STATUS = {429: "poll it less often (`every`)"}
# Of what the operator gave the address of; another kind says what helps at its service.
_BY_STATUS_AT_ADDRESS = {
    401: "give it the login it wants (`headers`)",
    403: "give it the login it wants (`headers`), or ask its publisher to let feed readers in",
    404: "find its new address with `digest feeds discover SITE`, or `digest feeds remove {url}`",
    410: "it is gone for good: `digest feeds remove {url}`",
}
_BY_WORDS = {
    "is not valid": "its publisher has to renew it; until then `digest feeds pause {url}`",
    "does not resolve": "look for a slip in the address, and at this machine's DNS",
    "is not a feed": "find the page's feed with `digest feeds discover {url}`",
    "answer within": "raise polling.timeout, or leave it out",
    "larger than": "raise polling.max_body",
}
_BY_HAND = "see what it answers with `digest feeds test {url}`"


class Clocks:
    """How far this machine's clock is from that of the servers, as their answers come in."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.offsets: list[timedelta] = []
        self._now = now

    def trace(self) -> aiohttp.TraceConfig:
        """What a client notes them with."""
        trace = aiohttp.TraceConfig()

        async def note(_: object, __: object, ended: aiohttp.TraceRequestEndParams) -> None:
            if moment := server_time(ended.response.headers):
                self.offsets.append(moment - self._now())

        trace.on_request_end.append(note)
        return trace


class FeedChecks:
    """Checks one feed after the other, or many at a time."""

    def __init__(
        self,
        settings: Settings,
        fetcher: Fetcher,
        workers: WorkerPool,
        certificates: Certificates,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._titles = titles_of(database_of(settings))
        self._sources = SourceClient(settings.polling, fetcher, workers)
        self._workers = workers
        self._certificates = certificates
        self._now = now

    async def check(self, feed: SourceSettings) -> Finding:
        """Fetch and parse one; it waits for its turn as polling does, and has as long."""
        name = feed.name or self._titles.get(feed.address) or feed.address
        if feed.paused:
            return Finding("feed", name, "ok", "paused, so it was not asked")
        try:
            request = self._sources.request(feed, self._now())
            response = await self._sources.ask(feed, request)
            parsed = await self._workers.call(parse_body, self._sources.body(feed, response))
        except PostponedError as error:
            return Finding("feed", name, "warn", error.reason, error.remedy or _BY_STATUS[429])
        except FeedError as error:
            return failed("feed", name, error.reason, error.remedy or _remedy(error, feed))
        name = feed.name or parsed.title or name
        return found(
            "feed",
            name,
            self._facts(feed, parsed, response),
            self._troubles(feed, parsed, response),
        )

    def _facts(self, feed: SourceSettings, parsed: ParsedFeed, response: Response) -> Iterator[str]:
        yield parsed.format
        yield counted(len(parsed.entries), "entry", "entries")
        if dates := _dates(parsed.entries):
            yield f"newest {_days(self._now() - max(dates))} old"
            yield f"they reach back {_days(self._now() - min(dates))}"
            yield f"about {_pace(dates):.2g} a day"
        if response.moved_to and not source_of(feed.kind).has_own_address:
            yield f"it moved to {response.moved_to}"
        yield from self._certificates.facts(_host(response), self._now())

    def _troubles(
        self, feed: SourceSettings, parsed: ParsedFeed, response: Response
    ) -> Iterator[Trouble]:
        least = self._settings.polling.every
        if not parsed.entries:
            by_hand = _BY_HAND.format(url=shlex.quote(feed.address))
            is_page = source_of(feed.kind).has_own_address
            mend = f"look at it in a browser: {feed.address}" if is_page else by_hand
            yield Trouble("warn", "it has no entries", mend)
        only_new = source_of(feed.kind).brings_only_new
        if not only_new and outruns(parsed.entries, max(feed.every or least, least), self._now()):
            text = "they reach back so little that some may be missed between polls"
            yield Trouble("warn", text, "poll it more often (`every`; polling.every is the least)")
        if response.moved_to and source_of(feed.kind).has_own_address:
            yield Trouble("warn", "it moved for good", f"change its url to {response.moved_to}")
        yield from self._certificates.troubles(_host(response), self._now())


def _remedy(error: FeedError, feed: SourceSettings) -> str:
    """What mends any source: by the status of its answer, then by the words of the error."""
    by_status = _BY_STATUS | (_BY_STATUS_AT_ADDRESS if source_of(feed.kind).has_own_address else {})
    by_words = next((mend for words, mend in _BY_WORDS.items() if words in error.reason), _BY_HAND)
    return by_status.get(error.status or 0, by_words).format(url=shlex.quote(feed.address))


def _dates(entries: tuple[ParsedEntry, ...]) -> list[datetime]:
    return [entry.published for entry in entries if entry.published]


def _pace(dates: list[datetime]) -> float:
    days = (max(dates) - min(dates)) / timedelta(days=1)
    return len(dates) / max(days, 1)


def _days(span: timedelta) -> str:
    hours = max(span.total_seconds() / 3600, 0)
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} d"


def _host(response: Response) -> str:
    """The host that has shown a certificate, or nothing."""
    parts = urlsplit(response.url)
    return parts.hostname or "" if parts.scheme == "https" else ""
