"""Editions of feeds that are given as bytes: polled, stored, drafted and published as usual.

Only the network is left out, so that feeds can have the addresses that real ones have.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from digest.app.edition_reasons import explain_draft
from digest.channels import open_channels
from digest.errors import FeedError
from digest.feeds.http.fetch import Fetcher
from digest.feeds.http.host_backoffs import HostBackoffs
from digest.feeds.http.messages import Response
from digest.jobs.drafts import Drafter
from tests.jobs.bench import Bench, InPlace, StoppedClock, open_bench, settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from digest.app.edition_reasons import EntryFate
    from digest.feeds.http.messages import Request
    from digest.jobs.draft_material import Draft
    from digest.jobs.poll import PollJob
    from digest.model import Edition

MONDAYS = "every monday at 09:00"


class Shelf(Fetcher):
    """Has bodies by their addresses, with or without a query, in place of a network."""

    def __init__(self, bodies: Mapping[str, bytes], clock: Callable[[], datetime]) -> None:
        self.bodies = dict(bodies)
        self.backoffs = HostBackoffs(clock)

    async def __aenter__(self) -> Shelf:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def fetch(
        self, request: Request, ready: object = None, allowance: object = None
    ) -> Response:
        del ready, allowance
        without_query = request.url.partition("?")[0]
        body = self.bodies.get(request.url) or self.bodies.get(without_query)
        if body is None:
            raise FeedError("answered 404", status=404)
        return Response(200, request.url, body=body, body_hash=sha256(body).hexdigest())


@dataclass
class Newsroom:
    """A digest, the feeds that it follows, and a clock that a test turns."""

    bench: Bench
    shelf: Shelf
    poll_job: PollJob

    async def poll(self) -> None:
        """Ask all feeds; each must be read."""
        results = await self.poll_job.poll([feed.address for feed in self.bench.settings.feeds])
        failed = {result.name: result.error for result in results if result.outcome == "failed"}
        assert not failed

    async def draft(self) -> Draft:
        """What the edition would be now."""
        return await Drafter(self.bench.context()).edition("weekly", self.bench.clock())

    async def edition(self) -> Edition:
        """The edition as it would be now."""
        return (await self.draft()).edition

    async def publish(self) -> None:
        """Make the edition that is due, which takes its entries."""
        (published,) = await self.bench.publishing(open_channels(self.bench.settings)).publish_due()
        assert published.entries

    def fates(self, draft: Draft) -> list[EntryFate]:
        """What `digest preview --why` shows of a draft."""
        names = {feed.address: feed.name for feed in self.bench.settings.feeds}
        return explain_draft(draft, names, {})


@asynccontextmanager
async def open_newsroom(
    folder: Path,
    bodies: Mapping[str, bytes],
    now: datetime,
    *,
    feeds: Iterable[Any] = (),
    **digest: Any,
) -> AsyncIterator[Newsroom]:
    """A newsroom that has never polled; `feeds` are settings where addresses will not do.

    `digest` are settings of the digest `weekly`, which is titled "The week".
    """
    weekly = {"title": "The week", "schedule": MONDAYS, "send_to": ["vault"], **digest}
    settings = settings_of(folder, [*feeds] or [*bodies], digests={"weekly": weekly})
    clock = StoppedClock()
    clock.now = now
    shelf = Shelf(bodies, clock)
    async with (
        open_bench(settings, folder, clock) as bench,
        bench.polling(InPlace(), lambda _: shelf) as poll_job,
    ):
        yield Newsroom(bench, shelf, poll_job)
