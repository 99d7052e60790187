"""`feeds add`, `remove`, `pause`, `resume` and `list`: the feeds of the configuration file."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from digest.app.reports import ago, status_report
from digest.app.runtime import feed_urls
from digest.app.wiring import utc_now
from digest.cli import Options, aio
from digest.cli.output import print_json, print_table, progress, say
from digest.config import FeedSettings
from digest.config.addresses import without_credentials
from digest.config.units import parse_duration
from digest.config.yaml.feed_list import append_feeds, feed_lines, pause_feed, remove_feed
from digest.errors import FeedError, UsageError
from digest.feeds.discovery import is_of_the_site, web_address
from digest.language import counted
from digest.store import Store, database_exists, titles_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from digest.cli.feeds_probe import Candidate
    from digest.config import Settings

TAKEN_OVER = "The daemon takes that over now."


@click.command()
@click.argument("url")
@click.option("--name", default="", help="Default: the feed's own title.")
@click.option("--tag", "tags", multiple=True, help="For `tag:NAME` in a digest; may be repeated.")
@click.option("--every", default="", metavar="DURATION", help="Poll it so often, like 6h.")
@click.option(
    "--allow-private-networks", is_flag=True, help="Even if it is on this machine or network."
)
@click.pass_obj
def add(
    options: Options,
    url: str,
    name: str,
    tags: tuple[str, ...],
    every: str,
    *,
    allow_private_networks: bool,
) -> int:
    """Add the feed at URL, or of the page there. It is tried first."""
    settings = options.settings(log_level="error")
    interval = _interval(every)
    url = web_address(url)
    _refuse_known(settings, url)
    with progress("looking", None) as done:
        found = aio.run(discover_feeds(settings, _feed(url, private=allow_private_networks), done))
    one = _the_one(url, found)
    if one.url != url:
        _refuse_known(settings, one.url)
    # What was found goes without the login in the address.
    written = url if one.url == without_credentials(url)[0] else one.url
    private = allow_private_networks and is_of_the_site(one.url, url)
    lines = feed_lines(written, name, tags, interval, private=private)
    append_feeds(options.file(), [lines])
    told = {"url": one.url, "name": name or one.title, "entries": one.entries}
    return _tell(options, settings, told, "added")


def _refuse_known(settings: Settings, url: str) -> None:
    alone = without_credentials(url)[0]
    if any(feed.key == alone for feed in settings.feeds):
        raise UsageError(f"{alone} is configured already")


def _interval(every: str) -> timedelta | None:
    try:
        return parse_duration(every) if every else None
    except ValueError as error:
        raise UsageError(f"--every: {error}") from None


def _feed(url: str, *, private: bool) -> FeedSettings:
    try:
        return FeedSettings(url=url, allow_private_networks=private or None)
    except ValueError:
        raise UsageError(f"{without_credentials(url)[0]!r} is not a web address") from None


async def discover_feeds(
    settings: Settings, feed: FeedSettings, done: Callable[[str], None]
) -> list[Candidate]:
    """The feeds of a web page, or the one that an address itself is.

    Raises:
        FeedError: there is none.
    """
    # What reaches out is heavy, and moving feeds in and out does without.
    from digest.cli.feeds_probe import open_scout

    async with open_scout(settings) as scout:
        try:
            return await scout.discover(feed, done)
        except FeedError as error:
            raise FeedError(f"{feed.key}: {error.reason}") from error


def _the_one(url: str, found: list[Candidate]) -> Candidate:
    working = [candidate for candidate in found if candidate.error is None]
    if not working:
        raise FeedError(f"{found[0].url}: {found[0].error}")
    if len(working) > 1:
        choices = "".join(map(_choice, working))
        raise UsageError(f"{without_credentials(url)[0]} has several feeds; add one:{choices}")
    return working[0]


def _choice(one: Candidate) -> str:
    told = f"{one.title or 'untitled'}, {counted(one.entries, 'entry', 'entries')}"
    return f"\n  digest feeds add {shlex.quote(one.url)}   ({told})"


@click.command()
@click.argument("feed")
@click.pass_obj
def remove(options: Options, feed: str) -> int:
    """Take FEED out of the configuration file; what it brought stays.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    settings, number = _configured(options, feed)
    if len(settings.feeds) == 1:
        raise UsageError(f"{feed} is the only feed, and a configuration needs one; add another")
    remove_feed(options.file(), number)
    return _tell(options, settings, _told(settings, number), "removed")


@click.command()
@click.argument("feed")
@click.pass_obj
def pause(options: Options, feed: str) -> int:
    """Poll FEED no more; what it brought still goes out.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    return _set_paused(options, feed, paused=True)


@click.command()
@click.argument("feed")
@click.pass_obj
def resume(options: Options, feed: str) -> int:
    """Poll a paused FEED again.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    return _set_paused(options, feed, paused=False)


def _set_paused(options: Options, feed: str, *, paused: bool) -> int:
    settings, number = _configured(options, feed)
    done = "paused" if paused else "resumed"
    if settings.feeds[number].paused != paused:
        pause_feed(options.file(), number, paused=paused)
    return _tell(options, settings, _told(settings, number), done)


def _configured(options: Options, feed: str) -> tuple[Settings, int]:
    """The settings, and the place of a feed among theirs."""
    settings = options.settings(log_level="error")
    (url,) = feed_urls(settings, [feed], titles_of(settings.database_path))
    return settings, [feed.key for feed in settings.feeds].index(url)


def _told(settings: Settings, number: int) -> dict[str, Any]:
    feed = settings.feeds[number]
    return {"url": feed.key, "name": feed.name or feed.key}


def _tell(options: Options, settings: Settings, feed: dict[str, Any], done: str) -> int:
    """Have a daemon take the file over at once, and say what was done."""
    live = take_over(settings)
    if options.json:
        print_json({**feed, "done": done, "live": live})
        return 0
    title = "" if feed["name"] in {"", feed["url"]} else f" ({feed['name']})"
    say(f"{done} {feed['url']}{title}")
    if live:
        say(TAKEN_OVER)
    return 0


def take_over(settings: Settings) -> bool:
    """Have a daemon read the configuration file anew; whether one runs."""
    from digest.web.control_client import ask_daemon

    return aio.run(ask_daemon(settings.database_path, "reload")) is not None


@click.command("list")
@click.pass_obj
def list_(options: Options) -> int:
    """Show the feeds. With tags, health, last new entry, and how many entries wait."""
    settings = options.settings(log_level="error")
    now = utc_now()
    rows = _rows(settings, now)
    if options.json:
        print_json({"feeds": rows})
        return 0
    shown = [
        (
            row["name"],
            ", ".join(row["tags"]),
            row["health"],
            ago(row["last_new_at"], now),
            str(row["pending"]),
            row["url"],
        )
        for row in rows
    ]
    print_table("", ("feed", "tags", "health", "last new", "pending", "address"), shown)
    return 0


def _rows(settings: Settings, now: datetime) -> list[dict[str, Any]]:
    health, pending = None, Counter[str]()
    if database_exists(settings.database_path):
        store = Store(settings.database_path, read_only=True)
        try:
            health, pending = store.health.read(), _pending(settings, store)
        finally:
            store.close()
    known = status_report(settings, health, now)["feeds"]
    kept = ("url", "name", "health", "last_new_at")
    return [
        {**{key: row[key] for key in kept}, "tags": feed.tags, "pending": pending[feed.key]}
        for feed, row in zip(settings.feeds, known, strict=True)
    ]


def _pending(settings: Settings, store: Store) -> Counter[str]:
    """How many entries of each feed wait for an edition, of whatever digest."""
    waiting = {
        (entry.feed_url, entry.id)
        for digest in settings.digests
        for entry in store.editions.pending(
            digest, [feed.key for feed in settings.feeds_of(digest)]
        )
    }
    return Counter(url for url, _ in waiting)
