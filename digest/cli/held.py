"""`held`: what came in a flood, and the decision about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from digest.app.runtime import feed_urls, held_report
from digest.app.wiring import open_runtime
from digest.cli import Options, aio
from digest.cli.output import print_json, print_table, say
from digest.errors import InstanceError, UsageError
from digest.language import counted
from digest.store import Store, database_exists, titles_of
from digest.web.control_client import ask_daemon

if TYPE_CHECKING:
    from digest.config import Settings


@click.command()
@click.argument("feed", nargs=-1)
@click.option("--release", is_flag=True, help="Send them with the next editions.")
@click.option("--discard", is_flag=True, help="Never send them.")
@click.pass_obj
def held(options: Options, feed: tuple[str, ...], *, release: bool, discard: bool) -> int:
    """Show the entries held from a flood, or decide about them.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    if release and discard:
        raise UsageError("give --release or --discard, not both")
    settings = options.settings(log_level="error")
    if release or discard:
        result = aio.run(_decide(settings, feed, release=release))
        if options.json:
            print_json(result)
        else:
            entries = counted(result["entries"], "entry", "entries")
            say(f"{entries} {result['decision']}")
        return 0
    rows = _read(settings, feed)
    if options.json:
        print_json({"held": rows})
    elif rows:
        shown = [
            (row["name"], str(row["entries"]), f"{row['since']:%Y-%m-%d %H:%M}", _titles(row))
            for row in rows
        ]
        print_table("", ("feed", "entries", "since (UTC)", "titles"), shown)
    else:
        say("Nothing is held.")
    return 0


def _read(settings: Settings, feeds: tuple[str, ...]) -> list[dict[str, Any]]:
    wanted = feed_urls(settings, feeds, titles_of(settings.database_path) if feeds else {})
    if not database_exists(settings.database_path):
        return []
    store = Store(settings.database_path, read_only=True)
    try:
        return [row for row in held_report(settings, store.held.read()) if row["url"] in wanted]
    finally:
        store.close()


def _titles(row: dict[str, Any]) -> str:
    more = row["entries"] - len(row["titles"])
    return "; ".join(row["titles"]) + (f"; and {more} more" if more else "")


async def _decide(settings: Settings, feeds: tuple[str, ...], *, release: bool) -> dict[str, Any]:
    try:
        async with open_runtime(settings, "digest held") as runtime:
            return await runtime.decide_held(feeds, release=release)
    except InstanceError:
        path = settings.database_path
        result = await ask_daemon(path, "held", feeds=feeds, release=release)
        if result is None:
            raise
        return result
