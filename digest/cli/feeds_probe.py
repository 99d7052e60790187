"""What `digest feeds discover` and `test` learn from an address; nothing is stored."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from digest.app.http_clients import open_fetcher
from digest.app.wiring import utc_now
from digest.cli.feed_examination import Examination, answered, feed_problems, understood
from digest.cli.page_trial import PageTrial
from digest.config.sources import DEFAULT_KIND, SOURCE_KINDS
from digest.config.yaml.feed_list import feed_lines
from digest.errors import FeedError
from digest.feeds.discovery import feed_links, is_of_the_site, usual_addresses
from digest.feeds.http.failures import IF_MEANT
from digest.feeds.identity import choice
from digest.feeds.parsing.read import parse_body, proposed_settings, read_text
from digest.feeds.requests import OtherRequest
from digest.feeds.sources import source_of
from digest.jobs.ask_source import SourceClient
from digest.log import Redactor
from digest.workers.pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable

    from digest.config import Settings, SourceSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Request, Response
    from digest.feeds.parsing.body import Body
    from digest.model import ParsedFeed

_NOTHING_PROPOSED = (
    "nothing that is listed was found in it, so nothing is proposed; set what it needs by hand"
)
_BY_OPTION = "--allow-private-networks reads it all the same"


class Candidate(Struct, frozen=True):
    """An address that may be a feed's."""

    url: str
    title: str = ""
    format: str = ""
    entries: int = 0
    error: str | None = None
    """Why it is no feed."""
    settings: dict[str, str] = {}
    """What is proposed to set, beside its address, where it is of a kind that needs more."""


class Discover(Struct, frozen=True):
    """`feeds discover`: those that work first."""

    url: str
    feeds: tuple[Candidate, ...]


class NoFeedError(FeedError):
    """There is no feed; `proposal` is what reads the page all the same, where anything does."""

    def __init__(self, reason: str, proposal: Candidate | None) -> None:
        super().__init__(reason, status=200)
        self.proposal = proposal


class Scout:
    """Looks at addresses the way polling does."""

    def __init__(self, settings: Settings, fetcher: Fetcher, workers: WorkerPool) -> None:
        self._redact = Redactor(settings.secrets())
        self._sources = SourceClient(settings.polling, fetcher, workers)
        self._workers = workers
        self._page_trial = PageTrial(settings, fetcher, workers)

    async def discover(
        self, *feeds: SourceSettings, done: Callable[[str], None] = lambda _: None
    ) -> list[Candidate]:
        """The feeds of a page, those that work first; the usual addresses where it names none.

        The page is the first of `feeds` that answers.

        A source that lacks settings is answered with those that are proposed.

        Raises:
            NoFeedError: nothing that may be a feed was found.
            FeedError: the page cannot be had, or read.
        """
        feed, request, response, body = await self._first_answer(*feeds)
        if feed.lacks:
            proposal = await self._proposal(body)
            if proposal is None:
                raise FeedError(_NOTHING_PROPOSED, status=200)
            return [proposal]
        try:
            return [_candidate(feed.address, await self._workers.call(parse_body, body))]
        except FeedError as error:
            # Only of a feed the address may be that of a page.
            if feed.kind != DEFAULT_KIND or isinstance(request, OtherRequest):
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
            proposal = await self._proposal(body)
            raise NoFeedError(f"{reason}, and no feed was found", proposal)
        return found

    async def _proposal(self, body: Body) -> Candidate | None:
        """What reads a page that is no feed, and how; None where nothing does."""
        settings = await self._workers.call(proposed_settings, body)
        if not settings:
            return None
        source = SOURCE_KINDS[settings["kind"]].model_validate({**settings, "url": body.url})
        try:
            parsed = await self._workers.call(parse_body, _read_by(source, body))
        except FeedError:
            return None
        del settings["kind"]
        return replace(_candidate(source.address, parsed), settings=settings)

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

    async def examine(self, *feeds: SourceSettings) -> Examination:
        """What polling the first of these feeds that answers would learn, whatever goes wrong."""
        started = asyncio.get_running_loop().time()
        try:
            feed, _, response, body = await self._first_answer(*feeds)
        except FeedError as error:
            return Examination(feeds[0].address, error.reason, error.status)
        seconds = asyncio.get_running_loop().time() - started
        seen = replace(answered(feed.address, response, seconds), bytes=len(body.raw))
        if feed.lacks and (proposal := await self._proposal(body)):
            # It is tried as it would be by what is proposed.
            seen = replace(seen, proposal=proposed_yaml(proposal))
            feed = feed.model_copy(update=proposal.settings)
            body = _read_by(feed, body)
        try:
            parsed = await self._workers.call(parse_body, body)
            identity = await self._workers.call(choice, parsed, feed.identity)
        except FeedError as error:
            links = await self._links(feed, response, body)
            proposal = await self._proposal(body)
            return replace(
                seen, error=error.reason, links=links, proposal=proposal and proposed_yaml(proposal)
            )
        whole = understood(seen, parsed, identity)
        problems = [*feed_problems(whole, parsed, identity, automatic=feed.identity == "auto")]
        if response.rest:
            waits = f"its host allows no more requests for {response.rest.total_seconds():.0f} s"
            problems.append(f"{waits}: its feeds wait")
        full_text = await self._page_trial.newest(feed, parsed) if feed.full_text else None
        return replace(whole, problems=tuple(problems), full_text=full_text)

    async def _links(self, feed: SourceSettings, response: Response, body: Body) -> tuple[str, ...]:
        """The feeds of a web page that stands in the place of a feed."""
        if feed.kind != DEFAULT_KIND:
            return ()
        return await self._workers.call(feed_links, body.raw, body.url, response.links)

    async def _first_answer(
        self, feed: SourceSettings, *others: SourceSettings
    ) -> tuple[SourceSettings, Request | OtherRequest, Response, Body]:
        """The first of these that answers, and what it was asked and answered.

        Raises:
            FeedError: it answers no feed and no page, or none of them answers.
        """
        request = self._sources.request(feed, utc_now())
        try:
            return (feed, request, *await self._fetch(feed, request))
        except FeedError as error:
            if not others or error.status is not None:
                raise
            try:
                return await self._first_answer(*others)
            except FeedError as other:
                if other.status is None:
                    raise error from other
                reason = f"{error.reason}; {others[0].address}: {other.reason}"
                raise FeedError(reason, status=other.status) from other

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
            reason = error.told.replace(IF_MEANT, _BY_OPTION)
            raise FeedError(self._redact(reason), status=error.status) from error
        moved_to = response.moved_to and self._redact(response.moved_to)
        response = replace(
            response,
            url=self._redact(response.url),
            links=self._redact(response.links),
            moved_to=moved_to,
        )
        return response, replace(body, raw=text, coding="", charset="utf-8", url=response.url)


@asynccontextmanager
async def open_scout(settings: Settings) -> AsyncIterator[Scout]:
    """What it takes to look at addresses."""
    workers = WorkerPool()
    try:
        async with open_fetcher(settings) as fetcher:
            yield Scout(settings, fetcher, workers)
    finally:
        workers.close()


def _read_by(source: SourceSettings, body: Body) -> Body:
    """A body as another source would read it."""
    return replace(body, kind=source.kind, options=source_of(source.kind).options(source))


def _candidate(url: str, parsed: ParsedFeed) -> Candidate:
    return Candidate(url, parsed.title, parsed.format, len(parsed.entries))


def proposed_yaml(proposal: Candidate) -> str:
    """What is proposed, as lines of `feeds` in the configuration file."""
    return "\n".join(feed_lines(proposal.url, settings=proposal.settings))
