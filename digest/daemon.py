"""The composition root: the only place that wires settings, store, jobs and the clock."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from digest import __version__
from digest.config.addresses import without_credentials
from digest.errors import StoreError, UsageError, mendable
from digest.feeds.fetch import Fetcher, FetchLimits
from digest.feeds.workers import Workers
from digest.jobs.polling import Polling
from digest.jobs.publishing import plan
from digest.log import Redactor, Words, event
from digest.store import Store, StoreThread, WriterLock, lack_of_room, lack_of_writing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence

    from digest.channels import Channel
    from digest.config import Settings
    from digest.jobs.alerting import Alerting
    from digest.jobs.deciding import Deciding
    from digest.jobs.delivering import Delivering
    from digest.jobs.publishing import Publishing
    from digest.jobs.room import Room
    from digest.model import Outcome, PollResult
    from digest.rendering.templates import Templates
    from digest.store import HeldEntries

_log = logging.getLogger(__name__)

_CONTACT = "https://pypi.org/project/feed-digest/"
# Longer than a minute tick takes to come round, however busy the machine.
_STALE_SECONDS = 180.0


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def compile_templates(settings: Settings) -> dict[str, Templates]:
    """The templates of every digest, each folder compiled and tried once.

    Raises:
        TemplateError: one does not compile or render.
    """
    from digest.rendering.templates import Templates

    folders = {digest.template for digest in settings.digests.values()}
    compiled = {folder: Templates(folder) for folder in folders}
    return {name: compiled[digest.template] for name, digest in settings.digests.items()}


def open_fetcher(settings: Settings) -> Fetcher:
    """The HTTP client, as polling is configured."""
    polling = settings.polling
    return Fetcher(
        FetchLimits(
            timeout=polling.timeout.total_seconds(),
            max_body=polling.max_body,
            concurrency=polling.concurrency,
            per_host=polling.per_host,
        ),
        polling.user_agent or f"digest/{__version__} (+{_CONTACT})",
    )


@dataclass(frozen=True, slots=True)
class Runtime:
    """The jobs over one open store, and what commands do with them."""

    settings: Settings
    store: StoreThread[Store]
    channels: dict[str, Channel]
    polling: Polling
    publishing: Publishing
    delivering: Delivering
    deciding: Deciding
    alerting: Alerting
    room: Room
    clock: Callable[[], datetime]

    async def poll(
        self, feeds: Sequence[str], report: Callable[[PollResult], None] = lambda _: None
    ) -> dict[str, Any]:
        """Poll these feeds (addresses or names; all if none) now; answers the `poll` contract.

        Raises:
            UsageError: there is no such feed.
        """
        return await poll_now(self.settings, self.polling, feeds, report)

    async def send(
        self,
        digest: str,
        to: str | None,
        report: Callable[[PollResult], None] = lambda _: None,
    ) -> dict[str, Any]:
        """Poll what is due, publish and deliver an edition now; answers the `send` contract.

        Raises:
            StoreError: there is no room to record what would be sent.
            UsageError: there is no such digest or channel.
        """
        if digest not in self.settings.digests:
            raise UsageError(f"there is no digest {digest!r}")
        if to is not None and to not in self.channels:
            raise UsageError(f"there is no channel {to!r}")
        urls = {feed.url for feed in self.settings.feeds_of(digest)}
        await self.polling.poll_due(urls, report)
        published = await self.publishing.publish_now(digest, [to] if to else None)
        if published is None:
            return {"edition": None, "digest": digest, "entries": 0, "deliveries": []}
        await self._deliver()
        return {
            "edition": published.edition_id,
            "digest": digest,
            "entries": published.entries,
            "deliveries": await self.deliveries_of(published.edition_id),
        }

    async def decide_held(self, feeds: Sequence[str], *, release: bool) -> dict[str, Any]:
        """Release or discard what is held of these feeds (addresses or names; all if none).

        Raises:
            UsageError: there is no such feed.
        """
        urls, now = feed_urls(self.settings, feeds), self.clock()
        entries = await self.store.run(lambda store: store.held.decide(urls, now, release=release))
        return {"decision": "released" if release else "discarded", "entries": entries}

    async def decide(self, command: str, what: dict[str, Any]) -> dict[str, Any]:
        """Carry out `retry`, `drop` or `resend`; answers the deliveries as they are then.

        Raises:
            UsageError: it cannot be done to one of them; nothing is done.
        """
        do = {"retry": self.deciding.retry, "drop": self.deciding.drop}.get(command)
        if do is not None:
            records = await do(what["ids"])
        else:
            records = await self.deciding.resend(what["edition"], what["to"])
        return {"deliveries": [asdict(record) for record in records]}

    async def once(self, report: Callable[[PollResult], None] = lambda _: None) -> dict[str, Any]:
        """Poll, publish and deliver what is due.

        Raises:
            StoreError: something could not be recorded, or there is no room to record a delivery.
        """
        polled = await self.polling.poll_due(report=report)
        unpublished: dict[str, str] = {}
        published = await self.publishing.publish_due(unpublished.__setitem__)
        await self.alerting.alert()
        outcomes = await self._deliver()
        return {
            **poll_report(polled),
            "editions": [
                asdict(edition) | {"deliveries": await self.deliveries_of(edition.edition_id)}
                for edition in published
            ],
            "unpublished": unpublished,
            "delivered": sum(outcome.state == "sent" for outcome in outcomes),
            "undelivered": sum(outcome.state != "sent" for outcome in outcomes),
        }

    async def _deliver(self) -> list[Outcome]:
        outcomes = await self.delivering.deliver_due()
        if self.room.lack:
            raise StoreError(self.room.lack)
        return outcomes

    async def deliveries_of(self, edition_id: int) -> list[dict[str, Any]]:
        """An edition's deliveries as the `send` contract has them."""
        deliveries = await self.store.run(lambda store: store.ledger.of_edition(edition_id))
        return [
            {
                "channel": delivery.channel,
                "recipient": delivery.recipient,
                "state": delivery.state,
                "error": delivery.error,
            }
            for delivery in deliveries
        ]


async def poll_now(
    settings: Settings,
    polling: Polling,
    feeds: Sequence[str],
    report: Callable[[PollResult], None],
) -> dict[str, Any]:
    """Poll these feeds (addresses or names; all if none) now; answers the `poll` contract.

    Raises:
        UsageError: there is no such feed.
    """
    return poll_report(await polling.poll(feed_urls(settings, feeds), report))


def feed_urls(settings: Settings, feeds: Collection[str]) -> list[str]:
    """The addresses of feeds that are asked for by address or name; of all if none is.

    Raises:
        UsageError: there is no such feed.
    """
    known = {feed.url: feed.url for feed in settings.feeds}
    known |= {feed.name: feed.url for feed in settings.feeds if feed.name}
    # An address is asked for as the file has it, with its password.
    wanted = [without_credentials(feed)[0] for feed in feeds]
    for feed in wanted:
        if feed not in known:
            raise UsageError(
                f"there is no feed {feed!r}; feeds go by their addresses, or by `name`"
            )
    return [known[feed] for feed in wanted or known]


def poll_report(results: Sequence[PollResult]) -> dict[str, Any]:
    """The `poll` contract."""
    return {
        "feeds": [asdict(result) for result in results],
        "new": sum(result.new for result in results),
        "failed": sum(result.outcome == "failed" for result in results),
    }


def held_report(settings: Settings, held: Sequence[HeldEntries]) -> list[dict[str, Any]]:
    """What is held of the configured feeds, as `held` shows it."""
    names = {feed.url: feed.name for feed in settings.feeds}
    return [
        {"name": names[one.url] or one.feed_title or one.url, **asdict(one)}
        for one in held
        if one.url in names
    ]


@asynccontextmanager
async def open_polling(
    settings: Settings,
    holder: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    first_due_at_once: bool = False,
    check: bool = False,
) -> AsyncIterator[tuple[StoreThread[Store], Polling]]:
    """The store and what polls into it; `holder` tells others who has the database.

    With `first_due_at_once` a digest that never had an edition is due now; with `check` the
    database is read through first.

    Raises:
        InstanceError: another process has the database.
        StoreError: the database cannot be used.
    """
    path = settings.database_path
    # Names are looked up in threads: hosts whose name servers hang must leave some to the others.
    threads = ThreadPoolExecutor(settings.polling.concurrency + 4, thread_name_prefix="work")
    asyncio.get_running_loop().set_default_executor(threads)
    with WriterLock(path, holder):
        store = StoreThread(lambda: Store(path, check=check))
        await store.open()
        workers = Workers()
        try:
            now = clock()
            plans = plan(settings, now)
            urls = [feed.url for feed in settings.feeds]
            await store.run(lambda opened: opened.editions.plan(plans, now, urls))
            if first_due_at_once:
                await store.run(lambda opened: opened.editions.make_first_due(now))
            words = Words(Redactor(settings.secrets()))
            async with open_fetcher(settings) as fetcher:
                yield store, Polling(settings, store, fetcher, workers, clock, words)
        finally:
            workers.close()
            await store.close()


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    holder: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    first_due_at_once: bool = False,
    check: bool = False,
) -> AsyncIterator[Runtime]:
    """Everything that polls, publishes and delivers; parameters and errors are `open_polling`'s.

    Raises:
        TemplateError: a template does not compile or render.
    """
    # A command that only polls does without all this.
    from digest.channels import open_channels
    from digest.jobs.alerting import Alerting
    from digest.jobs.deciding import Deciding
    from digest.jobs.delivering import Delivering
    from digest.jobs.publishing import Publishing
    from digest.jobs.room import Room
    from digest.rendering.templates import Templates

    templates = compile_templates(settings)
    channels = open_channels(settings)
    path = settings.database_path
    async with open_polling(
        settings, holder, clock=clock, first_due_at_once=first_due_at_once, check=check
    ) as (store, polling):
        room = Room(store, str(path), partial(lack_of_room, path), clock)
        words = Words(Redactor(settings.secrets()))
        delivering = Delivering(store, channels, clock, words, room)
        await delivering.release_claimed()
        try:
            yield Runtime(
                settings=settings,
                store=store,
                channels=channels,
                polling=polling,
                publishing=Publishing(settings, store, channels, templates, clock),
                delivering=delivering,
                deciding=Deciding(settings, store, channels, templates, delivering, clock),
                alerting=Alerting(settings, store, channels, Templates, clock),
                room=room,
                clock=clock,
            )
        finally:
            await delivering.finish()


class Daemon:
    """Wakes the jobs, and never waits for one: what is slow holds up nothing else."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._rounds: set[asyncio.Task[None]] = set()
        self._beat = 0.0

    @property
    def alive(self) -> bool:
        """Whether the loop has turned in the last minutes."""
        return asyncio.get_running_loop().time() - self._beat < _STALE_SECONDS

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; what is being sent then goes on until the runtime closes."""
        # Commands have no use for the scheduler.
        from digest.jobs.clock import Clock

        settings = self._runtime.settings
        clock = Clock()
        clock.every_minute(self._wake)
        for name, digest in settings.digests.items():
            clock.on_schedule(digest.schedule, settings.zone_of(name), self._publish)
        self._beat = asyncio.get_running_loop().time()
        # An edition missed while down waits for the feeds to be read, a minute at the most.
        self._start(self._poll_then_publish)
        self._deliver()
        clock.start()
        event(
            _log,
            logging.INFO,
            "started",
            version=__version__,
            feeds=len(settings.feeds),
            digests=len(settings.digests),
        )
        await stop.wait()
        event(_log, logging.INFO, "stopping")
        clock.stop()
        rounds = list(self._rounds)
        for task in rounds:
            task.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)

    def _wake(self) -> None:
        self._beat = asyncio.get_running_loop().time()
        self._start(self._poll_then_publish)
        self._publish()
        self._start(self._alert_then_deliver)
        self._deliver()

    def _publish(self) -> None:
        self._start(self._publish_then_deliver)

    def _deliver(self) -> None:
        self._start(lambda: self._runtime.delivering.deliver_due(join=False))

    async def _poll_then_publish(self) -> None:
        path = self._runtime.settings.database_path
        # What cannot be recorded would be asked for again, every minute.
        if lack := await asyncio.to_thread(lack_of_writing, path):
            raise StoreError(f"{path}: {lack}")
        await self._runtime.polling.poll_due()
        self._publish()

    async def _publish_then_deliver(self) -> None:
        if await self._runtime.publishing.publish_due():
            self._deliver()

    async def _alert_then_deliver(self) -> None:
        if await self._runtime.alerting.alert():
            self._deliver()

    def _start(self, work: Callable[[], Awaitable[object]]) -> None:
        task = asyncio.create_task(self._round(work))
        self._rounds.add(task)
        task.add_done_callback(self._rounds.discard)

    async def _round(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - a bug is logged whole
            reasons = {str(reason) for reason in mendable(error)}
            for reason in sorted(reasons):
                event(_log, logging.ERROR, "job failed; again within a minute", error=reason)
            if not reasons:
                _log.exception("bug in a job; it goes on with the next minute")
