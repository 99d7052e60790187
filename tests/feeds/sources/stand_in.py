"""Services on this machine that keep to the rules of real ones, in the place of theirs."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml
from msgspec.structs import replace

from digest.checks.certificates import Certificates
from digest.checks.feeds import FeedChecks
from digest.feeds.http.fetch import Fetcher, FetchLimits
from digest.jobs.poll import PollJob
from tests import limits
from tests.jobs.bench import Bench, InPlace, StoppedClock, open_bench, settings_of

DOCS = Path(__file__).parents[3] / "docs"

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import timedelta

    from digest.checks import Finding
    from digest.feeds.http.messages import Request, Response
    from digest.model import PollResult
    from tests.servers import HttpServer, Reply, Seen


def documented(heading: str) -> list[Any]:
    """The example of `feeds` under a heading of docs/sources.md, with tokens for their files."""
    text = (DOCS / "sources.md").read_text("utf-8").partition(f"\n## {heading}\n")[2]
    feeds: list[Any] = yaml.safe_load(text.partition("```yaml\n")[2].partition("```")[0])["feeds"]
    for feed in feeds:
        if isinstance(feed, dict) and feed.pop("token_file", None):
            feed["token"] = "t0ken-0f-the-example"
    return feeds


class Rerouted(Fetcher):
    """Asks a server on this machine, by path, what is asked of others; answers name those."""

    def __init__(self, fetcher: Fetcher, server: HttpServer) -> None:
        self._fetcher = fetcher
        self.backoffs = fetcher.backoffs
        self.slot = fetcher.slot  # type: ignore[method-assign]
        self._server = server

    async def fetch(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        origin = "{0.scheme}://{0.netloc}".format(urlsplit(request.url))

        def here(url: str | None) -> str | None:
            return url and url.replace(origin, self._server.url, 1)

        def there(url: str | None) -> str | None:
            return url and url.replace(self._server.url, origin, 1)

        asked = replace(
            request,
            url=here(request.url) or "",
            answered_by=here(request.answered_by),
            moved_to=here(request.moved_to),
        )
        response = await self._fetcher.fetch(asked, *args, **kwargs)
        return replace(response, url=there(response.url) or "", moved_to=there(response.moved_to))


class Polled:
    """Sources of a file, and what polls them: the clock is turned by hand."""

    def __init__(self, bench: Bench, polling: PollJob) -> None:
        self.bench = bench
        self._polling = polling

    async def poll(self, **later: float) -> list[PollResult]:
        """What a poll of all comes to, due or not."""
        self.bench.clock.turn(**later)
        return await self._polling.poll([feed.address for feed in self.bench.settings.feeds])

    async def check(self) -> Finding:
        """What `check --online` says of the first of them."""
        settings, clock = self.bench.settings, self.bench.clock
        checks = FeedChecks(settings, self._polling.fetcher, InPlace(), Certificates(), clock)
        return await checks.check(settings.feeds[0])

    async def poll_due(self, **later: float) -> list[PollResult]:
        """What the daemon's next look at its sources comes to."""
        self.bench.clock.turn(**later)
        return await self._polling.poll_due()


@asynccontextmanager
async def polled(
    server: HttpServer,
    service: Callable[[Seen], Reply],
    feeds: list[Any],
    folder: Path,
    clock: StoppedClock,
) -> AsyncIterator[Polled]:
    """These sources, answered by a service that stands in for theirs."""
    server.service = service
    one_at_a_time = FetchLimits(limits.seconds(10), 10**7, concurrency=50, per_host=1, pause=0)
    async with (
        open_bench(settings_of(folder, feeds), folder, clock) as bench,
        Fetcher(one_at_a_time, "digest/test", clock=clock) as fetcher,
    ):
        yield Polled(bench, PollJob(bench.context(), Rerouted(fetcher, server), InPlace()))


def epoch_in(wait: timedelta) -> str:
    """A moment as GitHub has it in headers, by the clock of servers on this machine."""
    return str(int(time.time() + wait.total_seconds()))
