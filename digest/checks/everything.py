"""All checks, side by side, each with a deadline."""

from __future__ import annotations

import asyncio
import ssl
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.app.http_clients import open_fetcher
from digest.app.wiring import utc_now
from digest.channels import open_channels
from digest.checks import Finding, failed
from digest.checks.blocks import BlockChecks
from digest.checks.certificates import Certificates
from digest.checks.feeds import Clocks, FeedChecks
from digest.checks.machine import check_clock, check_database, check_disk, check_zones
from digest.checks.mail import check_smtp, largest_email
from digest.checks.names import check_sender, txt_records
from digest.checks.public import check_listening, check_public_url
from digest.domains import with_port
from digest.errors import DeliveryError
from digest.log import Redactor
from digest.store import database_of
from digest.workers.pool import WorkerPool

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from datetime import datetime

    from digest.channels import Channel
    from digest.checks.names import Lookup
    from digest.config import Settings, SmtpSettings, SourceSettings

    _Check = tuple[str, str, Awaitable[Sequence[Finding]]]

_SECONDS = 30.0


class Outside(Struct, frozen=True):
    """What checks ask besides the servers of the configuration: the time, and names."""

    now: Callable[[], datetime] = utc_now
    lookup: Lookup = txt_records


async def check_everything(
    settings: Settings, outside: Outside, done: Callable[[str], None] = lambda _: None
) -> list[Finding]:
    """Try all that the configuration names, sending and changing nothing; `done` hears of each."""
    certificates, clocks, workers = Certificates(), Clocks(outside.now), WorkerPool()
    context = certificates.noting(ssl.create_default_context())
    context.set_alpn_protocols(["http/1.1"])

    async def told(checking: Awaitable[Sequence[Finding]]) -> Sequence[Finding]:
        findings = await checking
        for finding in findings:
            done(finding.name)
        return findings

    try:
        async with open_fetcher(settings, tls=context, traces=[clocks.trace()]) as fetcher:
            feeds = FeedChecks(settings, fetcher, workers, certificates, outside.now)
            blocks = BlockChecks(settings, fetcher, workers, outside.now)
            machine, *others = await asyncio.gather(
                told(_machine(settings, outside)),
                *(told(_one(feeds.check(feed))) for feed in settings.feeds),
                *(
                    told(_one(blocks.check(name, block)))
                    for name, digest in settings.digests.items()
                    for block in digest.blocks
                ),
                *(told(_within(*check)) for check in _sending(settings, outside)),
                *(told(_within(*check)) for check in _models(settings)),
            )
    finally:
        workers.close()
    found = list(chain.from_iterable(others))
    read, sending = found[: len(settings.feeds)], found[len(settings.feeds) :]
    clock = check_clock(clocks.offsets)
    findings = [*machine, clock, *_apart(settings.feeds, read), *sending]
    redact = Redactor(settings.secrets())
    return [finding.without(redact) for finding in findings]


def _apart(feeds: Sequence[SourceSettings], findings: Sequence[Finding]) -> list[Finding]:
    """The findings of feeds, under their addresses where their titles are the same."""
    names = Counter(finding.name for finding in findings)
    return [
        replace(finding, name=feed.address) if names[finding.name] > 1 else finding
        for feed, finding in zip(feeds, findings, strict=True)
    ]


async def _machine(settings: Settings, outside: Outside) -> list[Finding]:
    database = database_of(settings)
    zones = [settings.zone_of(name).key for name in settings.digests]
    return [
        await asyncio.to_thread(check_database, database),
        await asyncio.to_thread(check_disk, database),
        check_zones([settings.timezone, *zones], outside.now()),
    ]


def _sending(settings: Settings, outside: Outside) -> Iterator[_Check]:
    """What is needed to send: the mail server and its domain, the other channels, the web."""
    if smtp := settings.smtp:
        yield "smtp", with_port(smtp.host, smtp.port), _one(_check_server(smtp, settings, outside))
        yield "sender", smtp.sender, _one(check_sender(smtp, outside.lookup))
    for name, channel in open_channels(settings).items():
        # What the mail server takes is looked at once for all of them.
        if not settings.channels[name].needs_smtp:
            yield "channel", name, _one(_check_channel(channel))
    yield "listen", "", check_listening(settings)
    yield "public URL", "", check_public_url(settings, outside.now())


def _models(settings: Settings) -> Iterator[_Check]:
    if settings.models:
        # Most files have none.
        from digest.checks.models import check_model

        for model in settings.models:
            yield "model", model.label, _one(check_model(model, _SECONDS))


async def _check_server(smtp: SmtpSettings, settings: Settings, outside: Outside) -> Finding:
    largest = await asyncio.to_thread(largest_email, database_of(settings))
    channels = [channel for channel in settings.channels.values() if channel.needs_smtp]
    recipient = next((to for each in channels for to in each.recipients), smtp.sender)
    return await check_smtp(smtp, largest, outside.now(), recipient)


async def _check_channel(channel: Channel) -> Finding:
    try:
        return Finding("channel", channel.name, "ok", await channel.check())
    except DeliveryError as error:
        return failed("channel", channel.name, error.reason, channel.remedy)


async def _one(checking: Awaitable[Finding]) -> list[Finding]:
    return [await checking]


async def _within(
    what: str, name: str, checking: Awaitable[Sequence[Finding]]
) -> Sequence[Finding]:
    """What is found, or that nothing was in time."""
    try:
        async with asyncio.timeout(_SECONDS):
            return await checking
    except TimeoutError:
        return [failed(what, name, f"no answer within {_SECONDS:g} s", "see what keeps it")]
