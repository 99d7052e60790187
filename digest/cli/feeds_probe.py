"""What `digest feeds discover` and `test` learn from an address; nothing is stored."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from digest.app.http_clients import open_fetcher
from digest.app.wiring import utc_now
from digest.errors import FeedError
from digest.feeds.discovery import feed_links, is_of_the_site, usual_addresses
from digest.feeds.http.failures import IF_MEANT
from digest.feeds.identity import choice
from digest.feeds.parsing.read import parse_body, read_text
from digest.feeds.requests import OtherRequest
from digest.feeds.revisions import is_stamped
from digest.feeds.sources import source_of
from digest.jobs.ask_source import SourceClient
from digest.language import counted
from digest.log import Redactor
from digest.workers.pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from digest.config import Settings, SourceSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Request, Response
    from digest.feeds.parsing.body import Body
    from digest.model import ParsedFeed

_SLOW_SECONDS = 5.0
_BY_OPTION = "--allow-private-networks reads it all the same"


class Candidate(Struct, frozen=True):
    """An address that may be a feed's."""

    url: str
    title: str = ""
    format: str = ""
    entries: int = 0
    error: str | None = None
    """Why it is no feed."""


class Discover(Struct, frozen=True):
    """`feeds discover`: those that work first."""

    url: str
    feeds: tuple[Candidate, ...]


class Examination(Struct, frozen=True):
    """`feeds test`: what polling would learn; null where it does not come that far."""

    url: str
    error: str | None = None
    status: int | None = None
    final_url: str | None = None
    moved_to: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    seconds: float | None = None
    """The whole answer."""
    bytes: int | None = None
    """The decoded body."""
    format: str | None = None
    title: str | None = None
    home_page: str | None = None
    entries: int | None = None
    dated: int | None = None
    with_guid: int | None = None
    with_link: int | None = None
    identity: dict[str, int] | None = None
    """How many entries are told apart by guid, link and content."""
    problems: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    """The feeds of a web page that stands in the place of a feed."""


class Scout:
    """Looks at addresses the way polling does."""

    def __init__(self, settings: Settings, fetcher: Fetcher, workers: WorkerPool) -> None:
        self._redact = Redactor(settings.secrets())
        self._sources = SourceClient(settings.polling, fetcher, workers)
        self._workers = workers

    async def discover(
        self, feed: SourceSettings, done: Callable[[str], None] = lambda _: None
    ) -> list[Candidate]:
        """The feeds of a page, those that work first; the usual addresses where it names none.

        Raises:
            FeedError: the page cannot be had, or nothing that may be a feed was found.
        """
        request = self._sources.request(feed, utc_now())
        response, body = await self._fetch(feed, request)
        try:
            return [_candidate(feed.address, await self._workers.call(parse_body, body))]
        except FeedError as error:
            if not source_of(feed.kind).has_own_address or isinstance(request, OtherRequest):
                raise
            reason = error.reason
        links = await self._links(feed, response, body)
        tried = await asyncio.gather(*(self._try(feed, request, link, done) for link in links))
        found = sorted(tried, key=lambda candidate: candidate.error is not None)
        if not found or found[0].error:
            others = [url for url in usual_addresses(body.url) if url not in links]
            usual = await self._first_of(feed, request, others, done)
            found = [usual, *found] if usual else found
        if not found:
            raise FeedError(f"{reason}, and no feed was found", status=200)
        return found

    async def _first_of(
        self,
        feed: SourceSettings,
        request: Request,
        addresses: Iterable[str],
        done: Callable[[str], None],
    ) -> Candidate | None:
        # One after the other: most addresses are wrong, and the first right one will do.
        for address in addresses:
            candidate = await self._try(feed, request, address, done)
            if candidate.error is None:
                return candidate
        return None

    async def _try(
        self, feed: SourceSettings, request: Request, url: str, done: Callable[[str], None]
    ) -> Candidate:
        there, home = urlsplit(url), urlsplit(request.url)
        asked = replace(
            request,
            url=url,
            headers=request.headers if there[:2] == home[:2] else {},
            allow_private_networks=(
                request.allow_private_networks and is_of_the_site(url, request.url)
            ),
        )
        try:
            _, body = await self._fetch(feed, asked)
            parsed = await self._workers.call(parse_body, body)
        except FeedError as error:
            return Candidate(url, error=error.reason)
        finally:
            done(url)
        return _candidate(url, parsed)

    async def examine(self, feed: SourceSettings) -> Examination:
        """What polling this feed would learn, whatever goes wrong."""
        started = asyncio.get_running_loop().time()
        try:
            response, body = await self._fetch(feed, self._sources.request(feed, utc_now()))
        except FeedError as error:
            return Examination(feed.address, error.reason, error.status)
        seconds = asyncio.get_running_loop().time() - started
        seen = replace(_answered(feed.address, response, seconds), bytes=len(body.raw))
        try:
            parsed = await self._workers.call(parse_body, body)
            identity = await self._workers.call(choice, parsed, feed.identity)
        except FeedError as error:
            links = await self._links(feed, response, body)
            return replace(seen, error=error.reason, links=links)
        whole = _understood(seen, parsed, identity)
        problems = [*_problems(whole, parsed, identity, automatic=feed.identity == "auto")]
        if response.rest:
            waits = f"its host allows no more requests for {response.rest.total_seconds():.0f} s"
            problems.append(f"{waits}: its feeds wait")
        return replace(whole, problems=tuple(problems))

    async def _links(self, feed: SourceSettings, response: Response, body: Body) -> tuple[str, ...]:
        """The feeds of a web page that stands in the place of a feed."""
        if not source_of(feed.kind).has_own_address:
            return ()
        return await self._workers.call(feed_links, body.raw, body.url, response.links)

    async def _fetch(
        self, feed: SourceSettings, request: Request | OtherRequest
    ) -> tuple[Response, Body]:
        """An answer and its body, decoded.

        A server may repeat in its answer what it was sent; no secret comes out of here.
        """
        try:
            response = await self._sources.ask(feed, request)
            body = self._sources.body(feed, response)
            text = await self._workers.call(read_text, body)
        except FeedError as error:
            # In a command, an option does what takes a setting in the file.
            reason = error.reason.replace(IF_MEANT, _BY_OPTION)
            raise FeedError(self._redact(reason), status=error.status) from error
        moved_to = response.moved_to and self._redact(response.moved_to)
        response = replace(
            response,
            url=self._redact(response.url),
            links=self._redact(response.links),
            moved_to=moved_to,
        )
        return response, replace(body, raw=text, coding="", url=response.url)


@asynccontextmanager
async def open_scout(settings: Settings) -> AsyncIterator[Scout]:
    """What it takes to look at addresses."""
    workers = WorkerPool()
    try:
        async with open_fetcher(settings) as fetcher:
            yield Scout(settings, fetcher, workers)
    finally:
        workers.close()


def _candidate(url: str, parsed: ParsedFeed) -> Candidate:
    return Candidate(url, parsed.title, parsed.format, len(parsed.entries))


def _answered(url: str, response: Response, seconds: float) -> Examination:
    return Examination(
        url,
        status=response.status,
        final_url=response.url,
        moved_to=response.moved_to,
        etag=response.etag,
        last_modified=response.last_modified,
        seconds=round(seconds, 3),
    )


def _understood(seen: Examination, parsed: ParsedFeed, identity: Counter[str]) -> Examination:
    entries = parsed.entries
    return replace(
        seen,
        format=parsed.format,
        title=parsed.title,
        home_page=parsed.link or None,
        entries=len(entries),
        dated=sum(entry.published is not None for entry in entries),
        with_guid=sum(bool(entry.guid) for entry in entries),
        with_link=sum(bool(entry.link) for entry in entries),
        identity=dict(identity),
    )


def _problems(
    seen: Examination, parsed: ParsedFeed, identity: Counter[str], *, automatic: bool
) -> Iterator[str]:
    """What readers of the digests would notice, then what polling would.

    `automatic` is that no setting says what tells entries apart.
    """
    yield from _problems_of_entries(parsed, identity)
    if automatic and (stamped := sum(map(is_stamped, parsed.entries))):
        yield (
            f"{counted(stamped, 'entry', 'entries')} with an id that probably changes with each"
            " edit; if entries come twice, `identity: link` tells them apart by their links"
        )
    if seen.moved_to:
        yield f"it moved for good to {seen.moved_to}"
    if not (seen.etag or seen.last_modified):
        yield "it sends no ETag or Last-Modified, so every poll takes all of it"
    if seen.seconds and seen.seconds > _SLOW_SECONDS:
        yield f"it took {seen.seconds:.0f} s"


def _problems_of_entries(parsed: ParsedFeed, identity: Counter[str]) -> Iterator[str]:
    entries = parsed.entries
    if not entries:
        yield "it has no entries"
    guids = Counter(entry.guid for entry in entries if entry.guid)
    counts = {
        "without a date; they count from when they are first seen": sum(
            entry.published is None for entry in entries
        ),
        "without an id": sum(not entry.guid for entry in entries),
        "with the id of another": sum(count for count in guids.values() if count > 1),
        "told apart by their text alone; an edited one may be new": identity["content"],
        "that copy others, or are older versions of them": len(entries) - identity.total(),
    }
    for problem, count in counts.items():
        if count:
            yield f"{counted(count, 'entry', 'entries')} {problem}"
