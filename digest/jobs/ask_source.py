"""Asks a source: its first request and those that follow from the answer, in one allowance."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec.structs import replace

from digest.errors import FeedError
from digest.feeds.http.fetch import Allowance
from digest.feeds.parsing.read import further_addresses
from digest.feeds.sources import source_of
from digest.jobs.body_task import body_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from digest.config import PollingSettings, SourceSettings
    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Request, Response
    from digest.feeds.parsing.read import Body
    from digest.model import FeedState
    from digest.workers.pool import WorkerPool


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
    ) -> Request:
        """What a poll asks for first; with `state` (at `now`), only what has changed since."""
        source = source_of(settings.kind)
        private = settings.allow_private_networks
        return replace(
            source.request(settings, state, now),
            allow_private_networks=(
                self._polling.allow_private_networks if private is None else private
            ),
            not_before=source.not_before,
        )

    async def ask(
        self,
        settings: SourceSettings,
        request: Request,
        ready: Callable[[], Awaitable[None]] = _at_once,
    ) -> Response:
        """The answer to a request of a source, with those to what it asks further.

        Each takes its turn at the host, and waits for `ready`; together they have the seconds and
        the bytes of one poll.

        Raises:
            FeedError: one of them did not come as a whole, so that there is no answer.
        """
        if not source_of(settings.kind).asks_further:
            return await self._fetcher.fetch(request, ready)
        allowance = Allowance(self._polling.timeout.total_seconds(), self._polling.max_body)
        first = await self._fetcher.fetch(request, ready, allowance)
        if first.body is None:
            return first
        body = self.body(settings, first)
        addresses = await self._workers.call(further_addresses, body)
        further = [
            await self._fetcher.fetch(_next(request, address), ready, allowance)
            for address in addresses
        ]
        return replace(first, further=tuple(further), body_hash=_hash_of([first, *further]))

    def body(self, settings: SourceSettings, response: Response) -> Body:
        """What a worker process needs to read a response of a source."""
        options = source_of(settings.kind).options(settings)
        return body_of(response, self._polling.max_body, settings.kind, options)


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
