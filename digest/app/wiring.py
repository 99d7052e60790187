"""Opens what settings name: templates, channels, the store, and the jobs over it."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.errors import StoreError
from digest.jobs.context import JobContext
from digest.log import Redactor, Sanitiser, event
from digest.store import Store, StoreThread, database_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from digest.app.runtime import Runtime
    from digest.channels import Channel
    from digest.config import Settings
    from digest.jobs.drafts import Drafter
    from digest.jobs.poll import PollJob
    from digest.rendering.renderer import Renderer
    from digest.store import DatabaseAddress

_log = logging.getLogger(__name__)

_DISK_SECONDS = 2.0


class Prepared(Struct, frozen=True):
    """Settings, with all that can be wrong about them tried: templates and channels."""

    settings: Settings
    templates: dict[str, Renderer]
    channels: dict[str, Channel]


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def compile_templates(settings: Settings) -> dict[str, Renderer]:
    """The templates of every digest, those of a folder tried; digests that look alike share them.

    Raises:
        TemplateError: one does not compile or render.
    """
    from digest.jobs.render import open_templates

    looks = {
        name: (digest.template, digest.theme, digest.look)
        for name, digest in settings.digests.items()
    }
    compiled = {look: open_templates(*look) for look in set(looks.values())}
    return {name: compiled[look] for name, look in looks.items()}


def _warn_of_templates(settings: Settings) -> None:
    """Log which files of template folders do nothing: their names may be wrong."""
    themes = defaultdict(list)
    for digest in settings.digests.values():
        if digest.template:
            themes[digest.template].append(digest.theme)
    for folder, used in themes.items():
        from digest.jobs.custom_templates import unused_of

        for line in unused_of(folder, used):
            event(_log, logging.WARNING, "template without use", reason=line)


def prepare(settings: Settings) -> Prepared:
    """Compile the templates and make the channels that settings name.

    Raises:
        ConfigError: a secret is missing that sending needs.
        TemplateError: a template does not compile or render.
    """
    # A command that only polls does without.
    from digest.channels import open_channels
    from digest.config.without_secrets import refuse_missing

    refuse_missing((settings.smtp, settings.channels, settings.digests))

    templates = compile_templates(settings)
    _warn_of_templates(settings)
    return Prepared(settings, templates, open_channels(settings))


async def despite_full_disk(
    work: Callable[[], Awaitable[None]],
    database: DatabaseAddress,
    stop: asyncio.Event,
    waiting: Callable[[str], AbstractAsyncContextManager[None]],
) -> None:
    """Do what needs a database; where its disk is full or read only, wait and do it again.

    While it waits, what `waiting` gives for the reason is open.

    Raises:
        StoreError: the database cannot be used for another reason.
    """
    while not stop.is_set():
        try:
            await work()
        except StoreError:
            if not (lack := await asyncio.to_thread(database.reason_to_wait)):
                raise
            event(_log, logging.ERROR, "waits for its disk", database=database, error=lack)
        else:
            return
        async with waiting(lack):
            while lack and not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), _DISK_SECONDS)
                lack = await asyncio.to_thread(database.reason_to_wait)


@asynccontextmanager
async def open_store(
    settings: Settings, holder: str, *, check: bool = False
) -> AsyncIterator[StoreThread[Store]]:
    """The store, for writing; `holder` tells others who has the database.

    With `check` it is read through first.

    Raises:
        InstanceError: another process has the database.
        StoreError: the database cannot be used.
    """
    address = database_of(settings)
    with address.lock(holder, settings.zone):
        store = StoreThread(lambda: Store(address, check=check))
        await store.open()
        try:
            yield store
        finally:
            await store.close()


async def _tell_limit(store: StoreThread[Store], now: datetime) -> None:
    """Log that this machine allows little memory; where it does not, that needs nobody any more."""
    from digest.workers.memory_limit import MEND, tight_memory

    if limit := tight_memory():
        event(_log, logging.WARNING, "little memory is allowed", reason=f"{limit}; {MEND}")
    else:
        await store.transact(lambda opened: opened.incidents.note("limit", "RLIMIT_AS", None, now))


@asynccontextmanager
async def polling_over(
    context: JobContext, *, first_due_at_once: bool = False
) -> AsyncIterator[PollJob]:
    """What polls into an open store, once it knows the feeds and digests of the settings.

    With `first_due_at_once` a digest that never had an edition is due now.

    Raises:
        ConfigError: a secret is missing that polling needs.
    """
    # Commands that only read do without.
    from digest.app.http_clients import open_fetcher
    from digest.config.without_secrets import refuse_missing
    from digest.jobs.plan import bring_in_line, know_lists, know_settings
    from digest.jobs.poll import PollJob
    from digest.workers.pool import WorkerPool

    settings, store = context.settings, context.store
    refuse_missing(settings.feeds)
    # Names are looked up in threads: hosts whose name servers hang must leave some to the others.
    threads = ThreadPoolExecutor(settings.polling.concurrency + 4, thread_name_prefix="work")
    asyncio.get_running_loop().set_default_executor(threads)
    workers = WorkerPool()
    try:
        now = context.clock()
        await bring_in_line(settings, store, now)
        await know_lists(settings, store)
        await know_settings(settings, store, now)
        await _tell_limit(store, now)
        if first_due_at_once:
            await store.transact(lambda opened: opened.schedules.make_first_due(now))
        async with open_fetcher(settings, clock=context.clock) as fetcher:
            yield PollJob(context, fetcher, workers)
    finally:
        workers.close()


@asynccontextmanager
async def runtime_over(
    store: StoreThread[Store],
    prepared: Prepared,
    clock: Callable[[], datetime] = utc_now,
    *,
    first_due_at_once: bool = False,
) -> AsyncIterator[Runtime]:
    """All jobs over an open store; at the end what is being sent is finished."""
    # Commands that read or only poll do without the other jobs.
    from digest.app.assembly import assemble
    from digest.app.drafting import blocks_over, drafting_over

    context = job_context(prepared.settings, store, clock, prepared)
    async with (
        polling_over(context, first_due_at_once=first_due_at_once) as poll_job,
        drafting_over(context) as drafter,
        blocks_over(context) as block_adder,
        assemble(context, poll_job, drafter, block_adder) as runtime,
    ):
        yield runtime


def job_context(
    settings: Settings,
    store: StoreThread[Store],
    clock: Callable[[], datetime] = utc_now,
    prepared: Prepared | None = None,
) -> JobContext:
    """What jobs work with; what only polls needs nothing `prepared`."""
    return JobContext(
        settings=settings,
        store=store,
        clock=clock,
        sanitiser=Sanitiser(Redactor(settings.secrets())),
        channels=prepared.channels if prepared else {},
        templates=prepared.templates if prepared else {},
    )


@asynccontextmanager
async def open_polling(settings: Settings, holder: str) -> AsyncIterator[PollJob]:
    """What polls, for a command; parameters and errors are `open_store`'s."""
    async with (
        open_store(settings, holder) as store,
        polling_over(job_context(settings, store)) as poll_job,
    ):
        yield poll_job


@asynccontextmanager
async def open_drafting(
    settings: Settings, holder: str
) -> AsyncIterator[tuple[JobContext, PollJob, Drafter]]:
    """What polls and drafts, for a command that sends nothing; errors are `open_store`'s."""
    from digest.app.drafting import drafting_over

    async with open_store(settings, holder) as store:
        context = job_context(settings, store)
        async with polling_over(context) as poll_job, drafting_over(context) as drafter:
            yield context, poll_job, drafter


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    holder: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    first_due_at_once: bool = False,
) -> AsyncIterator[Runtime]:
    """All jobs, for a command; parameters and errors are `open_store`'s and `prepare`'s."""
    async with (
        open_store(settings, holder) as store,
        # Where a daemon has the database, all that sending needs is the daemon's.
        runtime_over(
            store, prepare(settings), clock, first_due_at_once=first_due_at_once
        ) as runtime,
    ):
        yield runtime
