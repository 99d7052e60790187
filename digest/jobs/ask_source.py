"""Asks a source: its first request and those that follow from the answer, in one allowance."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

from digest.daemon_thread import in_daemon_thread
from digest.errors import FeedError, PostponedError
from digest.feeds.http.conditional import is_to_ask_whole
from digest.feeds.http.messages import Allowance
from digest.feeds.requests import AnswerLimits, OtherRequest
from digest.feeds.sources import source_of
from digest.jobs.body_task import body_of, further_addresses, read_facts

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from digest.config import PollingSettings, SourceSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Request, Response
    from digest.feeds.parsing.body import Body
    from digest.model import Fact, FeedState
    from digest.workers.pool import WorkerPool


# Between the hash of a body and that of the options.
_MARK = "+"
_MISSING, _TOO_MANY_REQUESTS = 404, 429


async def _at_once() -> None:
    """Nothing to wait for."""


class SourceClient:
    """Asks sources as polling is configured."""

    def __init__(self, polling: PollingSettings, fetcher: Fetcher, workers: WorkerPool) -> None:
        self._polling = polling
        self._fetcher = fetcher
        self._workers = workers

    def request(
        self, settings: SourceSettings, now: datetime, state: FeedState | None = None
    ) -> Request | OtherRequest:
        """What a poll asks for first; with `state` (at `now`), only what has changed since.

        Everything, where the last body was read by other options, or validators do not help.
        """
        if state and (is_reconfigured(settings, state) or is_to_ask_whole(state, now)):
            state = replace(state, etag=None, last_modified=None)
        request = source_of(settings.kind).request(settings, state, now)
        if isinstance(request, OtherRequest):
            return replace(request, allow_private_networks=self._may_be_private(settings))
        return self._allowed(settings, request)

    def _allowed(self, settings: SourceSettings, request: Request) -> Request:
        """A request as it may be made, and its answer is read."""
        return replace(
            request,
            allow_private_networks=self._may_be_private(settings),
            not_before=source_of(settings.kind).not_before,
        )

    def _may_be_private(self, settings: SourceSettings) -> bool:
        private = settings.allow_private_networks
        return self._polling.allow_private_networks if private is None else private

    async def ask(
        self,
        settings: SourceSettings,
        request: Request | OtherRequest,
        ready: Callable[[], Awaitable[None]] = _at_once,
    ) -> Response:
        """The answer to a request of a source, with those to what it asks further.

        Each takes its turn at the host, and waits for `ready`; together they have the seconds and
        the bytes of one poll.

        Raises:
            FeedError: one of them did not come as a whole, so that there is no answer; it
                has the remedy that the kind knows.
        """
        source = source_of(settings.kind)
        try:
            answer = await self._answer(settings, request, ready)
        except PostponedError as error:
            error.remedy = source.remedy(settings, _TOO_MANY_REQUESTS)
            raise
        except FeedError as error:
            if error.status and not error.remedy:
                error.remedy = source.remedy(settings, error.status)
            raise
        return _marked(answer, settings)

    async def _answer(
        self,
        settings: SourceSettings,
        request: Request | OtherRequest,
        ready: Callable[[], Awaitable[None]],
    ) -> Response:
        if isinstance(request, OtherRequest):
            return await self._ask_other(request, ready)
        if source_of(settings.kind).asks_further:
            return await self._ask_further(settings, request, ready)
        return await self._fetcher.fetch(request, ready)

    async def _ask_further(
        self, settings: SourceSettings, request: Request, ready: Callable[[], Awaitable[None]]
    ) -> Response:
        allowance = Allowance(self._polling.timeout.total_seconds(), self._polling.max_body)
        first = await self._fetcher.fetch(request, ready, allowance)
        if first.body is None:
            return first
        addresses = await self._workers.call(further_addresses, self.body(settings, first))
        may_be_missing = source_of(settings.kind).further_may_be_missing
        further = []
        for address in addresses:
            try:
                asked = _next(request, address)
                further.append(await self._fetcher.fetch(asked, ready, allowance))
            except FeedError as error:
                if not (may_be_missing and error.status == _MISSING):
                    raise
        return replace(first, further=tuple(further), body_hash=_hash_of([first, *further]))

    async def facts(
        self, settings: SourceSettings, guids: Sequence[str]
    ) -> Mapping[str, tuple[Fact, ...]]:
        """The facts of entries as their source has them now, by guid.

        Raises:
            FeedError: it does not say.
        """
        request = self._allowed(settings, source_of(settings.kind).refresh(settings, guids))
        answer = await self._fetcher.fetch(request)
        return await self._workers.call(read_facts, self.body(settings, answer))

    async def _ask_other(
        self, request: OtherRequest, ready: Callable[[], Awaitable[None]]
    ) -> Response:
        """The answer of another server than HTTP's, which is asked in its turn all the same."""
        seconds = self._polling.timeout.total_seconds()
        async with self._fetcher.slot(request.host):
            await ready()
            limits = AnswerLimits(seconds, self._polling.max_body)
            asked = in_daemon_thread(lambda: request.answer(limits))
            try:
                # It keeps to its seconds itself, but for what nobody can end: looking up a name.
                response = await asyncio.wait_for(asked, 2 * seconds)
            except TimeoutError:
                raise FeedError(f"no whole answer within {seconds:g} s") from None
            except FeedError as error:
                if error.status != _TOO_MANY_REQUESTS:
                    raise
                backoff = self._fetcher.backoffs.refused(request.host, error.retry_after)
                raise PostponedError(backoff, error.told, status=error.status) from None
            self._fetcher.backoffs.answered(request.host)
            return response

    def body(self, settings: SourceSettings, response: Response) -> Body:
        """What a worker process needs to read a response of a source."""
        options = source_of(settings.kind).options(settings)
        return body_of(response, self._polling.max_body, settings.kind, options)


def is_reconfigured(settings: SourceSettings, state: FeedState) -> bool:
    """Whether the last body of a source was read by other options than these settings give.

    Then bytes that are known may bring what is new, and many new entries at once are no flood.
    """
    if not state.body_hash:
        return False
    _, _, options = state.body_hash.partition(_MARK)
    return options != _options_hash(settings)


def _marked(response: Response, settings: SourceSettings) -> Response:
    """A response whose hash tells by which options its body is read, if there are any."""
    options = _options_hash(settings)
    if not options or response.body_hash is None:
        return response
    return replace(response, body_hash=f"{response.body_hash}{_MARK}{options}")


def _options_hash(settings: SourceSettings) -> str:
    options, least = source_of(settings.kind).options(settings), settings.thresholds.least
    text = f"{options or ''}{least or ''}"
    return sha256(text.encode()).hexdigest()[:16] if text else ""


def _next(request: Request, address: str) -> Request:
    """A further request, to the same server, which is told what was configured for it."""
    if urlsplit(address)[:2] != urlsplit(request.url)[:2]:
        raise FeedError("its answer leads to another server", status=200)
    return replace(
        request, url=address, etag=None, last_modified=None, answered_by=None, moved_to=None
    )


def _hash_of(responses: Iterable[Response]) -> str:
    hashes = "".join(response.body_hash or "" for response in responses)
    return sha256(hashes.encode()).hexdigest()
