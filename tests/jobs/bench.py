"""The jobs on a bench: real settings, store, fetcher and workers, and a clock that stands still."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.app.wiring import compile_templates, open_fetcher, open_pictures
from digest.config import Settings
from digest.jobs.plan import plan
from digest.jobs.poll import PollJob
from digest.jobs.publish import PublishJob
from digest.log import Redactor, Sanitiser
from digest.signing.web_links import EditionLinks
from digest.store import Store, StoreThread
from tests.feed_xml import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from digest.channels import Channel
    from digest.feeds.http.fetch import Fetcher
    from digest.jobs.pictures import PictureFetcher
    from digest.model import Entry
    from digest.workers.pool import WorkerPool

LINKS_KEY = b"k" * 32
MONDAYS = "every monday at 09:00"


class StoppedClock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


def settings_of(folder: Path, feeds: list[Any], **more: Any) -> Settings:
    """Settings for feeds on this machine, with one digest of all of them."""
    data = {
        "polling": {"allow_private_networks": True, "per_host": 0, **more.pop("polling", {})},
        "feeds": feeds,
        "channels": {"vault": {"kind": "file", "path": "{digest}-{date}.md"}},
        "digests": {"weekly": {"schedule": MONDAYS, "send_to": ["vault"]}},
    }
    return Settings.model_validate(data | more, context={"base": folder})


@asynccontextmanager
async def open_store(folder: Path) -> AsyncIterator[StoreThread[Store]]:
    store = StoreThread(lambda: Store(folder / "digest.db"))
    await store.open()
    try:
        yield store
    finally:
        await store.close()


@dataclass
class Bench:
    """An open store that the settings were planned in."""

    settings: Settings
    store: StoreThread[Store]
    clock: StoppedClock

    async def plan(self) -> None:
        """What a start does with the configuration."""
        now = self.clock()
        plans = plan(self.settings, now)
        await self.store.run(lambda store: store.editions.plan(plans, now))

    @asynccontextmanager
    async def polling(
        self,
        workers: WorkerPool,
        wrap: Callable[[Fetcher], Fetcher] = lambda fetcher: fetcher,
    ) -> AsyncIterator[PollJob]:
        async with open_fetcher(self.settings) as fetcher:
            yield PollJob(
                self.settings, self.store, wrap(fetcher), workers, self.clock, Sanitiser(Redactor())
            )

    def publishing(
        self, channels: Mapping[str, Channel], illustrating: PictureFetcher | None = None
    ) -> PublishJob:
        templates = compile_templates(self.settings)
        return PublishJob(
            self.settings,
            self.store,
            channels,
            templates,
            illustrating or open_pictures(self.settings),
            self.clock,
            EditionLinks(LINKS_KEY, self.settings.links_url),
        )

    async def pending(self, digest: str = "weekly") -> list[Entry]:
        urls = [feed.address for feed in self.settings.feeds]
        return await self.store.run(lambda store: store.editions.pending(digest, urls))

    async def feed(self, url: str) -> dict[str, Any]:
        return (await self.store.run(lambda store: store.health.read())).feeds[url]

    async def digest(self, name: str = "weekly") -> dict[str, Any]:
        return (await self.store.run(lambda store: store.health.read())).digests[name]


@asynccontextmanager
async def open_bench(
    settings: Settings, folder: Path, clock: StoppedClock | None = None
) -> AsyncIterator[Bench]:
    """As a start does it, the first or one more; `clock` goes on from where it was."""
    async with open_store(folder) as store:
        bench = Bench(settings, store, clock or StoppedClock())
        await bench.plan()
        yield bench
