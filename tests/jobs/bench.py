"""The jobs on a bench: real settings, store, fetcher and workers, and a clock that stands still."""

from __future__ import annotations

from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from msgspec.structs import replace

from digest.app.drafting import open_pictures
from digest.app.http_clients import open_block_client, open_fetcher
from digest.app.wiring import compile_templates
from digest.config import Settings
from digest.feeds.parsing.body import Body
from digest.jobs.ask_source import SourceClient
from digest.jobs.blocks import TOTAL_SECONDS, BlockAdder
from digest.jobs.body_task import CleanedBody
from digest.jobs.context import JobContext
from digest.jobs.deliver import DeliverJob
from digest.jobs.disk_guard import DiskGuard
from digest.jobs.drafts import Drafter
from digest.jobs.fact_refresh import FactRefresh
from digest.jobs.plan import plan
from digest.jobs.poll import PollJob
from digest.jobs.publish import PublishJob
from digest.log import Redactor, Sanitiser
from digest.signing.web_links import EditionLinks
from digest.store import Store, StoreThread
from digest.workers.pool import WorkerPool
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.fresh import lay_out_empty

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from digest.channels import Channel
    from digest.feeds.http.fetch import Fetcher
    from digest.jobs.pictures import PictureFetcher
    from digest.jobs.summaries import SummaryJob
    from digest.model import Entry

P = ParamSpec("P")
T = TypeVar("T")

LINKS_KEY = b"k" * 32
MONDAYS = "every monday at 09:00"


class InPlace(WorkerPool):
    """Does the work of workers where it is asked for, and counts how bodies were read."""

    def __init__(self, *, knowing: bool = True) -> None:
        super().__init__(1)
        self.read: Counter[str] = Counter()
        self._knowing = knowing

    async def call(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._do(task, *args, **kwargs)

    async def call_together(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return self._do(task, *args, **kwargs)

    def _do(self, task: Callable[P, T], *args: Any, **kwargs: Any) -> T:
        if not self._knowing:
            args = tuple(replace(one, last=None) if isinstance(one, Body) else one for one in args)
        done = task(*args, **kwargs)
        if isinstance(done, CleanedBody):
            in_part = "in part" if done.reading.kept else "whole"
            self.read["not at all" if done.reading.same else in_part] += 1
        return done


class NobodyToAsk(SourceClient):
    """Of sources that cannot tell what their entries have now."""

    def __init__(self) -> None:
        pass


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
        "digests": {"weekly": {"schedule": MONDAYS, "send_to": ["vault"], "max_entries": 60}},
    }
    return Settings.model_validate(data | more, context={"base": folder})


def context_of(
    store: StoreThread[Store],
    clock: Callable[[], datetime],
    channels: Mapping[str, Channel] | None = None,
    settings: Settings | None = None,
    sanitiser: Sanitiser | None = None,
) -> JobContext:
    """What jobs work with; those that go by no settings do with none."""
    nothing = Settings.model_construct(feeds=(), digests={}, database="sqlite:///digest.db")
    return JobContext(
        settings or nothing,
        store,
        clock,
        sanitiser or Sanitiser(Redactor()),
        channels or {},
        compile_templates(settings) if settings and channels else {},
    )


def open_deliver_job(context: JobContext, **options: Any) -> DeliverJob:
    """What delivers, on a disk that has room."""
    return DeliverJob(context, DiskGuard(context, lambda _: None), **options)


@asynccontextmanager
async def open_store(folder: Path) -> AsyncIterator[StoreThread[Store]]:
    path = folder / "digest.db"
    if not path.exists():
        lay_out_empty(path)
    store = StoreThread(lambda: store_at(path))
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

    def context(self, channels: Mapping[str, Channel] | None = None) -> JobContext:
        return context_of(self.store, self.clock, channels, self.settings)

    async def plan(self) -> None:
        """What a start does with the configuration."""
        now = self.clock()
        plans = plan(self.settings, now)
        await self.store.transact(lambda store: store.schedules.plan(plans, now))

    @asynccontextmanager
    async def polling(
        self,
        workers: WorkerPool,
        wrap: Callable[[Fetcher], Fetcher] = lambda fetcher: fetcher,
    ) -> AsyncIterator[PollJob]:
        async with open_fetcher(self.settings, clock=self.clock) as fetcher:
            yield PollJob(self.context(), wrap(fetcher), workers)

    def publishing(
        self,
        channels: Mapping[str, Channel],
        picture_fetcher: PictureFetcher | None = None,
        fact_refresh: FactRefresh | None = None,
        workers: WorkerPool | None = None,
        summary_job: SummaryJob | None = None,
    ) -> PublishJob:
        context = self.context(channels)
        links = EditionLinks(LINKS_KEY, self.settings.links_url)
        pictures = picture_fetcher or open_pictures(self.settings)
        open_client = partial(open_block_client, self.settings, TOTAL_SECONDS)
        blocks = BlockAdder(context, open_client, workers or WorkerPool(1))
        facts = fact_refresh or FactRefresh(context, NobodyToAsk())
        return PublishJob(context, links, pictures, Drafter(context), blocks, facts, summary_job)

    async def pending(self, digest: str = "weekly") -> list[Entry]:
        urls = [feed.address for feed in self.settings.feeds]
        return await self.store.transact(lambda store: store.editions.pending(digest, urls))

    async def feed(self, url: str) -> dict[str, Any]:
        return (await self.store.transact(lambda store: store.health.read())).feeds[url]

    async def digest(self, name: str = "weekly") -> dict[str, Any]:
        return (await self.store.transact(lambda store: store.health.read())).digests[name]


@asynccontextmanager
async def open_bench(
    settings: Settings, folder: Path, clock: StoppedClock | None = None
) -> AsyncIterator[Bench]:
    """As a start does it, the first or one more; `clock` goes on from where it was."""
    async with open_store(folder) as store:
        bench = Bench(settings, store, clock or StoppedClock())
        await bench.plan()
        yield bench
