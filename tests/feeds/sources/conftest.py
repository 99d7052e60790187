"""Polls a kind of source as the daemon does, with a server on this machine in place of its own."""

from __future__ import annotations

import json
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.feeds.sources.stand_in import Rerouted
from tests.jobs.bench import Bench, InPlace, open_bench, settings_of
from tests.servers import HttpServer, Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Request, Response
    from digest.jobs.poll import PollJob
    from digest.model import Entry, PollResult

    Follow = Callable[[Any], Awaitable["Service"]]


class Diverted(Rerouted):
    """Asks a server on this machine, which is told first what it will be asked."""

    async def fetch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        parts = urlsplit(request.url)
        self.prepare(request.url.removeprefix(f"{parts.scheme}://{parts.netloc}"))
        return await super().fetch(request, *args, **kwargs)

    def prepare(self, path: str) -> None:
        """Called before a path is asked."""


class Scripted(Diverted):
    """The same, of a server that answers one request after the other."""

    def __init__(self, fetcher: Fetcher, server: HttpServer, answers: list[Reply]) -> None:
        super().__init__(fetcher, server)
        self._answers = answers

    def prepare(self, path: str) -> None:
        self._server.replies[path] = self._answers.pop(0)


class Service:
    """A source, and what answers it."""

    def __init__(self, bench: Bench, polling: PollJob, answers: list[Reply]) -> None:
        self.bench = bench
        self._polling = polling
        self._answers = answers

    async def poll(self, *answers: Reply | dict[str, Any]) -> PollResult:
        """What a poll an hour later makes of these answers, one for each request in their order."""
        self.bench.clock.turn(hours=1)
        self._answers[:] = [
            answer if isinstance(answer, Reply) else Reply(json.dumps(answer)) for answer in answers
        ]
        (result,) = await self._polling.poll([self.bench.settings.feeds[0].address])
        return result

    async def pending(self) -> list[Entry]:
        """What the next edition would have; at the first poll, what is dated in its days only."""
        return await self.bench.pending()


@pytest.fixture
async def follow(feed_server: HttpServer, tmp_path: Path) -> AsyncIterator[Follow]:
    """A function that follows the source with these settings, as `feeds` has them."""
    async with AsyncExitStack() as stack:

        async def followed(settings: Any) -> Service:
            answers: list[Reply] = []
            opening = open_bench(settings_of(tmp_path, [settings]), tmp_path)
            bench = await stack.enter_async_context(opening)
            polling = bench.polling(InPlace(), lambda real: Scripted(real, feed_server, answers))
            return Service(bench, await stack.enter_async_context(polling), answers)

        yield followed
