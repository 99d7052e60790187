"""`check`: the configuration, and with `--online` what it reaches."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from digest.channels import open_channels
from digest.cli import Options, aio
from digest.cli.output import print_json, print_table, progress
from digest.errors import DeliveryError, FeedError
from digest.feeds.alarms import outruns
from digest.feeds.parse import parse_feed
from digest.feeds.reading import read_text
from digest.feeds.workers import Workers
from digest.jobs.polling import feed_request
from digest.jobs.reading import body_of
from digest.log import Redactor
from digest.opening import compile_templates, open_fetcher, utc_now

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from digest.channels import Channel
    from digest.config import FeedSettings, Settings
    from digest.feeds.fetch import Fetcher


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked."""

    what: str
    name: str
    good: bool
    said: str

    def as_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@click.command()
@click.option("--online", is_flag=True, help="Try every feed and channel; sends nothing.")
@click.pass_obj
def check(options: Options, *, online: bool) -> int:
    """Check the configuration and the templates; with --online, what they reach."""
    settings = options.settings(log_level="error")
    compile_templates(settings)
    counts = f"{len(settings.feeds)} feeds, {len(settings.digests)} digests"
    findings = [Finding("configuration", "", True, f"{counts}, {len(settings.channels)} channels")]
    if online:
        with progress("checking", len(settings.feeds) + len(settings.channels)) as done:
            findings += aio.run(check_online(settings, done))
    if options.json:
        print_json({"checks": [finding.as_json() for finding in findings]})
    else:
        rows = [(f.what, f.name, "ok" if f.good else "failed", f.said) for f in findings]
        print_table("", ("what", "name", "result", ""), rows)
    return 0 if all(finding.good for finding in findings) else 1


async def check_online(settings: Settings, done: Callable[[str], None]) -> list[Finding]:
    """Fetch and parse every feed, and try every channel, storing and sending nothing."""

    async def told(check: Awaitable[Finding]) -> Finding:
        finding = await check
        done(finding.name)
        return finding

    workers = Workers()
    try:
        async with open_fetcher(settings) as fetcher:
            feeds = (_check_feed(settings, feed, fetcher, workers) for feed in settings.feeds)
            channels = (_check_channel(channel) for channel in open_channels(settings).values())
            findings = await asyncio.gather(*(told(check) for check in (*feeds, *channels)))
            # A server may repeat in its answer what it was sent.
            redact = Redactor(settings.secrets())
            return [replace(finding, said=redact(finding.said)) for finding in findings]
    finally:
        workers.close()


async def _check_feed(
    settings: Settings, feed: FeedSettings, fetcher: Fetcher, workers: Workers
) -> Finding:
    name = feed.name or feed.url
    try:
        response = await fetcher.fetch(feed_request(feed, settings))
        limit = settings.polling.max_body
        body = await workers.run(read_text, body_of(response, limit))
        parsed = await workers.run(parse_feed, body, response.url, response.charset)
    except FeedError as error:
        return Finding("feed", name, good=False, said=error.reason)
    dated = sum(entry.published is not None for entry in parsed.entries)
    said = f"{parsed.title or 'untitled'}: {len(parsed.entries)} entries, {dated} dated"
    every = max(feed.every or settings.polling.every, settings.polling.every)
    if outruns(parsed.entries, every, utc_now()):
        said += "; they reach back so little that some may be missed between polls (`every`)"
    return Finding("feed", name, good=True, said=said)


async def _check_channel(channel: Channel) -> Finding:
    try:
        return Finding("channel", channel.name, good=True, said=await channel.check())
    except DeliveryError as error:
        return Finding("channel", channel.name, good=False, said=error.reason)
