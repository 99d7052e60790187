"""`digest poll` and `digest send`: done by the running daemon, or here where none runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.app.results import Poll, Send
from digest.app.runtime import poll_now
from digest.app.waiting_hosts import waiting_line
from digest.app.wiring import open_polling, open_runtime
from digest.cli import aio, pass_settings
from digest.cli.holder import ask_holder
from digest.cli.names import channel_names, digest_argument, feed_names, only_digest
from digest.cli.output import polling_progress, print_result, print_table, say
from digest.errors import InstanceError, UsageError
from digest.jobs.test_sends import SentTest
from digest.language import counted
from digest.store import database_of, titles_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from digest.config import Settings

_CONTENTS = {
    "new": "The next edition",
    "last": "Nothing is new: the last edition",
    "sample": "There is nothing to send yet: a sample",
}
UNDELIVERED = {"failed", "unknown", "retrying", "pending"}


@click.command()
@click.argument("feed", nargs=-1, shell_complete=feed_names)
@pass_settings
def poll(settings: Settings, feed: tuple[str, ...]) -> int:
    """Poll feeds now: those that are given, or all.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    result = aio.run(_poll(settings, feed))
    print_result(result, lambda result: _print_polls(result, settings.zone))
    return 1 if result.failed else 0


def _print_polls(result: Poll, zone: ZoneInfo) -> None:
    rows = [
        (feed.name, feed.outcome, str(feed.new), str(feed.known), feed.error or "")
        for feed in result.feeds
        # Those that were not asked are told of by their hosts.
        if feed.outcome != "postponed" or feed.status
    ]
    if rows:
        print_table("", ("feed", "outcome", "new", "known", "error"), rows)
    for line in _waiting_lines(result, zone):
        say(line)
    say(f"{result.new} new, {result.failed} failed")


def _waiting_lines(result: Poll, zone: ZoneInfo) -> Iterator[str]:
    for waiting in result.waiting:
        names = [feed.name for feed in result.feeds if feed.waits_for == waiting.host]
        yield waiting_line(waiting, zone, names[0] if len(names) == 1 else "")


async def _poll(settings: Settings, feeds: tuple[str, ...]) -> Poll:
    titles = titles_of(database_of(settings)) if feeds else {}
    try:
        async with open_polling(settings, "digest poll") as poll_job:
            with polling_progress(len(feeds) or len(settings.feeds)) as report:
                return await poll_now(settings, poll_job, feeds, report, titles)
    except InstanceError as error:
        return await ask_holder(settings, error, Poll, "poll", feeds=feeds)


@click.command()
@digest_argument
@click.option("--to", metavar="CHANNEL", shell_complete=channel_names, help="Only to this channel.")
@click.option(
    "--test",
    "test_to",
    is_flag=False,
    flag_value="",
    metavar="[ADDRESS|CHANNEL]",
    shell_complete=channel_names,
    help="Send the next edition as it would be now, marked as a test, to one recipient.",
)
@pass_settings
def send(settings: Settings, digest: str | None, to: str | None, test_to: str | None) -> int:
    """Publish and deliver an edition of DIGEST now. Its schedule stays as it is.

    Where there is one digest only, it needs no name. With --test nothing is published: what is sent
    is kept nowhere, and takes no entries. It goes to the first recipient unless an address or a
    channel is given.
    """
    digest = digest or only_digest(settings)
    if test_to is not None:
        if to:
            raise UsageError("give --to or --test, not both")
        print_result(aio.run(_send_test(settings, digest, test_to or None)), _print_test)
        return 0
    result = aio.run(_send(settings, digest, to))
    print_result(result, _print_sent)
    return 1 if any(delivery.state in UNDELIVERED for delivery in result.deliveries) else 0


async def _send(settings: Settings, digest: str, to: str | None) -> Send:
    try:
        async with open_runtime(settings, "digest send") as runtime:
            with polling_progress(None) as report:
                return await runtime.send(digest, to, report)
    except InstanceError as error:
        return await ask_holder(settings, error, Send, "send", digest=digest, to=to)


async def _send_test(settings: Settings, digest: str, to: str | None) -> SentTest:
    try:
        async with open_runtime(settings, "digest send") as runtime:
            return await runtime.trial_sender.send_to(digest, to)
    except InstanceError as error:
        return await ask_holder(settings, error, SentTest, "send_test", digest=digest, to=to)


def _print_test(test: SentTest) -> None:
    say(f"{_CONTENTS[test.content]} of {test.digest}, sent to {test.recipient} as a test")


def _print_sent(result: Send) -> None:
    if result.edition is None:
        say(f"nothing new for {result.digest}; no edition was made")
        return
    entries = counted(result.entries, "entry", "entries")
    say(f"edition {result.edition} of {result.digest}: {entries}")
    rows = [
        (delivery.channel, delivery.recipient, delivery.state, delivery.error or "")
        for delivery in result.deliveries
    ]
    print_table("", ("channel", "recipient", "state", "error"), rows)
