"""`poll` and `send`: done by the running daemon where there is one, here where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from digest.app.runtime import poll_now
from digest.app.wiring import open_polling, open_runtime
from digest.cli import Options, aio
from digest.cli.output import polling_progress, print_json, print_table, say
from digest.errors import InstanceError
from digest.language import counted
from digest.store import titles_of

if TYPE_CHECKING:
    from digest.config import Settings

UNDELIVERED = {"failed", "unknown", "retrying", "pending"}


@click.command()
@click.argument("feed", nargs=-1)
@click.pass_obj
def poll(options: Options, feed: tuple[str, ...]) -> int:
    """Poll feeds now: those that are given, or all.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    settings = options.settings(log_level="error")
    result = aio.run(_poll(settings, feed))
    if options.json:
        print_json(result)
    else:
        rows = [
            (row["name"], row["outcome"], str(row["new"]), str(row["known"]), row["error"] or "")
            for row in result["feeds"]
        ]
        print_table("", ("feed", "outcome", "new", "known", "error"), rows)
        say(f"{result['new']} new, {result['failed']} failed")
    return 1 if result["failed"] else 0


async def _poll(settings: Settings, feeds: tuple[str, ...]) -> dict[str, Any]:
    titles = titles_of(settings.database_path) if feeds else {}
    try:
        async with open_polling(settings, "digest poll") as polling:
            with polling_progress(len(feeds) or len(settings.feeds)) as report:
                return await poll_now(settings, polling, feeds, report, titles)
    except InstanceError as error:
        return await asked(settings, error, "poll", feeds=feeds)


@click.command()
@click.argument("digest")
@click.option("--to", metavar="CHANNEL", help="Only to this channel.")
@click.pass_obj
def send(options: Options, digest: str, to: str | None) -> int:
    """Publish and deliver an edition of DIGEST now. Its schedule stays as it is."""
    settings = options.settings(log_level="error")
    result = aio.run(_send(settings, digest, to))
    if options.json:
        print_json(result)
    else:
        _print_sent(result)
    return 1 if any(row["state"] in UNDELIVERED for row in result["deliveries"]) else 0


async def _send(settings: Settings, digest: str, to: str | None) -> dict[str, Any]:
    try:
        async with open_runtime(settings, "digest send") as runtime:
            with polling_progress(None) as report:
                return await runtime.send(digest, to, report)
    except InstanceError as error:
        return await asked(settings, error, "send", digest=digest, to=to)


async def asked(
    settings: Settings, busy: InstanceError, command: str, **asked: Any
) -> dict[str, Any]:
    """What the daemon answers that has the database; without one, who has it is the error."""
    from digest.web.control_client import ask_daemon

    result = await ask_daemon(settings.database_path, command, **asked)
    if result is None:
        raise busy
    return result


def _print_sent(result: dict[str, Any]) -> None:
    if result["edition"] is None:
        say(f"nothing new for {result['digest']}; no edition was made")
        return
    entries = counted(result["entries"], "entry", "entries")
    say(f"edition {result['edition']} of {result['digest']}: {entries}")
    rows = [
        (row["channel"], row["recipient"], row["state"], row["error"] or "")
        for row in result["deliveries"]
    ]
    print_table("", ("channel", "recipient", "state", "error"), rows)
