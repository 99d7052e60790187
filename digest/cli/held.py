"""`digest held`: shows what came in a flood, and decides about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec import Struct

from digest.app.human_units import clock_time
from digest.app.results import HeldDecision, HeldFeed
from digest.app.runtime import feed_urls, held_report
from digest.app.wiring import open_runtime
from digest.cli import aio, pass_settings
from digest.cli.holder import ask_holder
from digest.cli.names import feed_names
from digest.cli.output import print_result, print_table, say
from digest.errors import InstanceError, UsageError
from digest.language import counted
from digest.store import database_of, read_store, titles_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.config import Settings


class Held(Struct, frozen=True):
    """`held`: what is held, by feed."""

    held: tuple[HeldFeed, ...]


@click.command()
@click.argument("feed", nargs=-1, shell_complete=feed_names)
@click.option("--release", is_flag=True, help="Send them with the next editions.")
@click.option("--discard", is_flag=True, help="Never send them.")
@pass_settings
def held(settings: Settings, feed: tuple[str, ...], *, release: bool, discard: bool) -> None:
    """Show the entries held from a flood, or decide about them.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    if release and discard:
        raise UsageError("give --release or --discard, not both")
    if release or discard:
        print_result(aio.run(_decide(settings, feed, release=release)), _print_decision)
    else:
        print_result(Held(_read(settings, feed)), lambda found: _print(found, settings.zone))


def _read(settings: Settings, feeds: tuple[str, ...]) -> tuple[HeldFeed, ...]:
    database = database_of(settings)
    wanted = feed_urls(settings, feeds, titles_of(database) if feeds else {})
    with read_store(database) as store:
        held = store.held.read() if store else []
    return tuple(feed for feed in held_report(settings, held) if feed.url in wanted)


def _print_decision(result: HeldDecision) -> None:
    say(f"{counted(result.entries, 'entry', 'entries')} {result.decision}")


def _print(result: Held, zone: ZoneInfo) -> None:
    rows = [
        (feed.name, str(feed.entries), clock_time(feed.since, zone), _titles(feed))
        for feed in result.held
    ]
    if rows:
        print_table("", ("feed", "entries", "since", "titles"), rows)
    else:
        say("Nothing is held.")


def _titles(feed: HeldFeed) -> str:
    more = feed.entries - len(feed.titles)
    return "; ".join(feed.titles) + (f"; and {more} more" if more else "")


async def _decide(settings: Settings, feeds: tuple[str, ...], *, release: bool) -> HeldDecision:
    try:
        async with open_runtime(settings, "digest held") as runtime:
            return await runtime.decide_held(feeds, release=release)
    except InstanceError as error:
        return await ask_holder(settings, error, HeldDecision, "held", feeds=feeds, release=release)
