"""The composition root: the only place that wires settings, store, channels and jobs."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from msgspec import Struct

from digest import __version__
from digest.app.runtime import Runtime
from digest.feeds.http.fetch import Fetcher, FetchLimits
from digest.jobs.plan import know_lists, plan
from digest.jobs.poll import PollJob
from digest.log import Redactor, Sanitiser, event
from digest.store import Store, StoreThread, WriterLock, reason_not_to_send
from digest.workers.pool import WorkerPool

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Sequence

    from aiohttp import TraceConfig

    from digest.channels import Channel
    from digest.config import Settings
    from digest.jobs.pictures import PictureFetcher
    from digest.rendering.renderer import Renderer

_log = logging.getLogger(__name__)

_PICTURE_SECONDS, _PICTURES_AT_A_TIME = 10.0, 10
# A thousand titles take a fifth of a second; what is made to take long is cut off before this.
_DRAFT_SECONDS = 20.0
_CONTACT = "https://pypi.org/project/feed-digest/"


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


def open_fetcher(
    settings: Settings,
    tls: ssl.SSLContext | None = None,
    traces: Sequence[TraceConfig] = (),
) -> Fetcher:
    """The HTTP client, as polling is configured; `tls` and `traces` are the `Fetcher`'s."""
    polling = settings.polling
    limits = FetchLimits(
        timeout=polling.timeout.total_seconds(),
        max_body=polling.max_body,
        concurrency=polling.concurrency,
        per_host=polling.per_host,
    )
    return Fetcher(limits, _user_agent(settings), tls=tls, traces=traces)


def open_picture_client(settings: Settings, max_body: int) -> Fetcher:
    """The HTTP client for pictures of at most so many bytes; no host is asked twice at a time.

    There is no pause between them: the pictures of one edition are mostly on one host.
    """
    polling = settings.polling
    limits = FetchLimits(
        timeout=_PICTURE_SECONDS,
        max_body=max_body,
        concurrency=min(polling.concurrency, _PICTURES_AT_A_TIME),
        per_host=polling.per_host,
        pause=0.0,
    )
    return Fetcher(limits, _user_agent(settings))


def open_pictures(settings: Settings) -> PictureFetcher:
    """What gives editions their pictures."""
    from digest.jobs.pictures import PictureFetcher

    return PictureFetcher(settings, partial(open_picture_client, settings))


def _user_agent(settings: Settings) -> str:
    return settings.polling.user_agent or f"digest/{__version__} (+{_CONTACT})"


def prepare(settings: Settings) -> Prepared:
    """Compile the templates and make the channels that settings name.

    Raises:
        TemplateError: a template does not compile or render.
    """
    # A command that only polls does without.
    from digest.channels import open_channels

    templates = compile_templates(settings)
    _warn_of_templates(settings)
    return Prepared(settings, templates, open_channels(settings))


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
    path = settings.database_path
    with WriterLock(path, holder):
        store = StoreThread(lambda: Store(path, check=check))
        await store.open()
        try:
            yield store
        finally:
            await store.close()


@asynccontextmanager
async def polling_over(
    store: StoreThread[Store],
    settings: Settings,
    clock: Callable[[], datetime] = utc_now,
    *,
    first_due_at_once: bool = False,
) -> AsyncIterator[PollJob]:
    """What polls into an open store, once it knows the feeds and digests of the settings.

    With `first_due_at_once` a digest that never had an edition is due now.
    """
    # Names are looked up in threads: hosts whose name servers hang must leave some to the others.
    threads = ThreadPoolExecutor(settings.polling.concurrency + 4, thread_name_prefix="work")
    asyncio.get_running_loop().set_default_executor(threads)
    workers = WorkerPool()
    try:
        now = clock()
        plans = plan(settings, now)
        urls = [feed.key for feed in settings.feeds]
        await store.run(lambda opened: opened.editions.plan(plans, now, urls))
        await know_lists(settings, store)
        if first_due_at_once:
            await store.run(lambda opened: opened.editions.make_first_due(now))
        words = Sanitiser(Redactor(settings.secrets()))
        async with open_fetcher(settings) as fetcher:
            yield PollJob(settings, store, fetcher, workers, clock, words)
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
    from digest.jobs.alerts import AlertJob
    from digest.jobs.confirmations import ConfirmationMailer
    from digest.jobs.deliver import DeliverJob
    from digest.jobs.delivery_actions import DeliveryActions
    from digest.jobs.disk_guard import DiskGuard
    from digest.jobs.drafts import Drafter
    from digest.jobs.key_rotation import KeyRotation
    from digest.jobs.publish import PublishJob
    from digest.jobs.recipient_admin import RecipientAdmin
    from digest.jobs.renames import Renames
    from digest.jobs.retention import RetentionJob
    from digest.jobs.subscriptions import Subscriptions
    from digest.jobs.test_sends import TrialSender
    from digest.rendering.templates import Templates
    from digest.signing.tokens import Tokens
    from digest.signing.web_links import EditionLinks

    settings, templates, channels = prepared.settings, prepared.templates, prepared.channels
    path = settings.database_path
    async with polling_over(store, settings, clock, first_due_at_once=first_due_at_once) as polling:
        illustrating = open_pictures(settings)
        room = DiskGuard(store, str(path), partial(reason_not_to_send, path), clock)
        words = Sanitiser(Redactor(settings.secrets()))
        keys = await store.run(lambda opened: opened.keys.all())
        tokens = Tokens(keys.links, keys.retired)
        links = EditionLinks(keys.links, settings.links_url)
        delivering = DeliverJob(store, channels, clock, words, room, token_of=tokens.of_recipient)
        confirming = ConfirmationMailer(settings, channels, tokens, clock, words, store)
        # What polls bring waits for no edition, and no edition for a poll.
        drafters = WorkerPool(1, task_seconds=_DRAFT_SECONDS, doing="drafting")
        drafting = Drafter(settings, store, drafters)
        await delivering.release_claimed()
        try:
            yield Runtime(
                settings=settings,
                store=store,
                channels=channels,
                poll_job=polling,
                drafter=drafting,
                publish_job=PublishJob(
                    settings, store, channels, templates, illustrating, clock, links, drafting
                ),
                picture_fetcher=illustrating,
                deliver_job=delivering,
                delivery_actions=DeliveryActions(
                    settings, store, channels, templates, delivering, clock, links
                ),
                trial_sender=TrialSender(
                    settings, store, channels, templates, illustrating, clock, words, drafting
                ),
                alert_job=AlertJob(settings, store, channels, Templates, clock),
                subscriptions=Subscriptions(settings, store, tokens, confirming, clock),
                recipient_admin=RecipientAdmin(settings, store, clock),
                renames=Renames(settings, store, clock),
                key_rotation=KeyRotation(store, tokens, links),
                retention_job=RetentionJob(settings, store, clock),
                disk_guard=room,
                clock=clock,
            )
        finally:
            for one in templates.values():
                one.close()
            drafters.close()
            await confirming.finish()
            await delivering.finish()


@asynccontextmanager
async def open_polling(settings: Settings, holder: str) -> AsyncIterator[PollJob]:
    """What polls, for a command; parameters and errors are `open_store`'s."""
    async with open_store(settings, holder) as store, polling_over(store, settings) as polling:
        yield polling


@asynccontextmanager
async def open_runtime(
    settings: Settings,
    holder: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    first_due_at_once: bool = False,
) -> AsyncIterator[Runtime]:
    """All jobs, for a command; parameters and errors are `open_store`'s and `prepare`'s."""
    prepared = prepare(settings)
    async with (
        open_store(settings, holder) as store,
        runtime_over(store, prepared, clock, first_due_at_once=first_due_at_once) as runtime,
    ):
        yield runtime
