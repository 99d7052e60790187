"""`digest feeds add`, `remove`, `pause` and `resume`: edits of the feeds in the file."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

import click
from msgspec import Struct

from digest.app.runtime import feed_urls
from digest.cli import aio
from digest.cli.names import feed_names
from digest.cli.output import print_result, progress, say
from digest.cli.source_names import reading_of, sources_named
from digest.config.sources import DEFAULT_KIND, source_meant
from digest.config.units import parse_duration
from digest.config.yaml.feed_list import append_feeds, feed_lines, pause_feed, remove_feed
from digest.errors import FeedError, UsageError
from digest.feeds.discovery import is_of_the_site, web_address
from digest.language import counted
from digest.store import database_of, titles_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from digest.cli.feeds_probe import Candidate, Discover
    from digest.cli.options import Options
    from digest.config import Settings, SourceSettings

TAKEN_OVER = "The daemon takes that over now."


class FeedChange(Struct, frozen=True):
    """`feeds remove`, `feeds pause` and `feeds resume`."""

    url: str
    name: str
    done: Literal["removed", "paused", "resumed"]
    live: bool
    """Whether a daemon runs, which takes the file over now."""


class FeedAdded(Struct, frozen=True):
    """`feeds add`."""

    url: str
    name: str
    """As given, else the feed's own title."""
    entries: int
    done: Literal["added"]
    live: bool
    """Whether a daemon runs, which takes the file over now."""


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
) -> None:
    """Add the feed at URL, or of the page there. It is tried first."""
    settings = options.settings(log_level="error", secrets=False)
    interval = _interval(every)
    feed, *others = sources_named(url, allow_private_networks=allow_private_networks or None)
    if reading := reading_of(url, feed):
        say(reading, err=True)
    _refuse_known(settings, feed.address)
    with progress("looking", None) as done:
        discovered = aio.run(discover_feeds(settings, [feed, *others], done))
    found = _only_feed(feed.address, discovered.feeds)
    if found.url != feed.address:
        _refuse_known(settings, found.url)
    # What was found goes without the login in the address.
    is_asked = found.url == feed.address and feed.kind == DEFAULT_KIND
    written = source_meant(web_address(url)) if is_asked else found.url
    private = allow_private_networks and is_of_the_site(found.url, feed.address)
    lines = feed_lines(written, name, tags, interval, private=private, settings=found.settings)
    append_feeds(options.file(), [lines])
    live = take_over(settings)
    added = FeedAdded(found.url, name or found.title, found.entries, "added", live)
    print_result(added, _print_done)


def _refuse_known(settings: Settings, address: str) -> None:
    if any(feed.address == address for feed in settings.feeds):
        raise UsageError(f"{address} is configured already")


def _interval(every: str) -> timedelta | None:
    try:
        return parse_duration(every) if every else None
    except ValueError as error:
        raise UsageError(f"--every: {error}") from None


async def discover_feeds(
    settings: Settings, asked: Sequence[SourceSettings], done: Callable[[str], None]
) -> Discover:
    """The feeds of a web page, or the one that an address itself is: of the first that answers.

    Raises:
        FeedError: there is none.
    """
    # What reaches out is heavy, and moving feeds in and out does without.
    from digest.cli.feeds_probe import Discover, NoFeedError, open_scout, proposed_yaml

    async with open_scout(settings) as scout:
        try:
            return Discover(asked[0].address, tuple(await scout.discover(*asked, done=done)))
        except NoFeedError as error:
            reason = f"{asked[0].address}: {error.reason}"
            if error.proposal:
                add = shlex.join(["digest", "feeds", "add", error.proposal.url])
                lines = proposed_yaml(error.proposal)
                reason += f"; `{add}` follows the page itself, by these lines:\n{lines}"
            raise FeedError(reason) from error
        except FeedError as error:
            raise FeedError(f"{asked[0].address}: {error.reason}") from error


def _only_feed(address: str, found: Sequence[Candidate]) -> Candidate:
    working = [candidate for candidate in found if candidate.error is None]
    if not working:
        raise FeedError(f"{found[0].url}: {found[0].error}")
    if len(working) > 1:
        choices = "".join(map(_choice, working))
        raise UsageError(f"{address} has several feeds; add one:{choices}")
    return working[0]


def _choice(feed: Candidate) -> str:
    title = f"{feed.title or 'untitled'}, {counted(feed.entries, 'entry', 'entries')}"
    return f"\n  digest feeds add {shlex.quote(feed.url)}   ({title})"


@click.command()
@click.argument("feed", shell_complete=feed_names)
@click.pass_obj
def remove(options: Options, feed: str) -> None:
    """Take FEED out of the configuration file; what it brought stays.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    settings, number = _configured(options, feed)
    if len(settings.feeds) == 1:
        raise UsageError(f"{feed} is the only feed, and a configuration needs one; add another")
    remove_feed(options.file(), number)
    _print_change(settings, number, "removed")


@click.command()
@click.argument("feed", shell_complete=feed_names)
@click.pass_obj
def pause(options: Options, feed: str) -> None:
    """Stop polling FEED; what it brought already still goes out.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    _set_paused(options, feed, paused=True)


@click.command()
@click.argument("feed", shell_complete=feed_names)
@click.pass_obj
def resume(options: Options, feed: str) -> None:
    """Poll a paused FEED again.

    FEED is an address, a name or a title, as `digest feeds list` has them.
    """
    _set_paused(options, feed, paused=False)


def _set_paused(options: Options, feed: str, *, paused: bool) -> None:
    settings, number = _configured(options, feed)
    if settings.feeds[number].paused != paused:
        pause_feed(options.file(), number, paused=paused)
    _print_change(settings, number, "paused" if paused else "resumed")


def _configured(options: Options, wanted: str) -> tuple[Settings, int]:
    """The settings, and the place of a feed among theirs."""
    settings = options.settings(log_level="error", secrets=False)
    (url,) = feed_urls(settings, [wanted], titles_of(database_of(settings)))
    return settings, [feed.address for feed in settings.feeds].index(url)


def _print_change(
    settings: Settings, number: int, done: Literal["removed", "paused", "resumed"]
) -> None:
    """Have a daemon take the file over at once, and say what was done."""
    feed = settings.feeds[number]
    live = take_over(settings)
    print_result(FeedChange(feed.address, feed.name or feed.address, done, live), _print_done)


def _print_done(change: FeedAdded | FeedChange) -> None:
    title = "" if change.name in {"", change.url} else f" ({change.name})"
    say(f"{change.done} {change.url}{title}")
    if change.live:
        say(TAKEN_OVER)


def take_over(settings: Settings) -> bool:
    """Have a daemon read the configuration file anew; whether one runs.

    Raises:
        DigestError: it does not take the file over, which stays as it is now.
    """
    from digest.web.control_client import ask_daemon

    return aio.run(ask_daemon(database_of(settings), "reload")) is not None
