"""`feeds`: finding feeds, trying one, moving them in and out as OPML; `subscribing` has more."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click
from msgspec.structs import replace
from pydantic import ValidationError

from digest.cli import Options, aio
from digest.cli.feeds_edit import (
    TAKEN_OVER,
    add,
    discover_feeds,
    list_,
    pause,
    remove,
    resume,
    take_over,
)
from digest.cli.groups import Group
from digest.cli.output import print_json, print_table, progress, say, show_document
from digest.cli.private_files import write_private
from digest.config import FeedSettings, Settings, find_config
from digest.config.addresses import without_credentials
from digest.config.yaml.feed_list import append_feeds, feed_lines
from digest.errors import NoConfigError, UsageError
from digest.feeds.discovery import web_address
from digest.feeds.opml import Subscription, read_opml, write_opml
from digest.language import counted
from digest.log import Redactor, configure
from digest.model import as_dict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.cli.feeds_probe import Examination

# Tens of thousands of feeds.
_LONGEST_LIST = 16_000_000

_private = click.option(
    "--allow-private-networks", is_flag=True, help="Even if it is on this machine or network."
)


@click.group(cls=Group)
def feeds() -> None:
    """Find, try, add, remove and pause feeds; move them in and out."""


for _command in (add, remove, pause, resume, list_):
    feeds.add_command(_command)


@feeds.command()
@click.argument("url")
@_private
@click.pass_obj
def discover(options: Options, url: str, *, allow_private_networks: bool) -> int:
    """Find the feeds of the web page at URL. Needs no configuration."""
    settings, feed = _asked(options, url, allow_private_networks=allow_private_networks)
    with progress("looking", None) as done:
        found = aio.run(discover_feeds(settings, feed, done))
    if options.json:
        print_json({"url": feed.key, "feeds": [as_dict(candidate) for candidate in found]})
    else:
        rows = [
            (one.url, one.title, one.format, "" if one.error else str(one.entries), one.error or "")
            for one in found
        ]
        print_table("", ("feed", "title", "format", "entries", "error"), rows)
    return 1 if all(candidate.error for candidate in found) else 0


@feeds.command()
@click.argument("url")
@_private
@click.pass_obj
def test(options: Options, url: str, *, allow_private_networks: bool) -> int:
    """Show what polling the feed at URL would learn. Needs no configuration, stores nothing."""
    settings, feed = _asked(options, url, allow_private_networks=allow_private_networks)
    seen = aio.run(_examine(settings, feed))
    if options.json:
        print_json(as_dict(seen))
    else:
        _print_examination(seen)
    return 1 if seen.error else 0


async def _examine(settings: Settings, feed: FeedSettings) -> Examination:
    from digest.cli.feeds_probe import open_scout

    async with open_scout(settings) as scout:
        return await scout.examine(feed)


def _print_examination(seen: Examination) -> None:
    said = as_dict(seen)
    apart = {"url", "error", "problems", "links"}
    rows = [("url", seen.url)]
    for name, value in said.items():
        if name not in apart and value is not None and value != seen.url:
            rows.append((name.replace("_", " "), _shown(value)))
    print_table("", ("what", "learned"), rows)
    if seen.error:
        say(f"! {seen.error}")
    for problem in seen.problems:
        say(f"! {problem}")
    for link in seen.links:
        say(f"The page names this feed: {link}")


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} by {kind}" for kind, count in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def _asked(
    options: Options, address: str, *, allow_private_networks: bool
) -> tuple[Settings, FeedSettings]:
    """The settings with the feed that is asked about, as configured where it is."""
    settings = _settings(options)
    url = web_address(address)
    known = {feed.key: feed for feed in settings.feeds}
    feed = known.get(without_credentials(url)[0]) or _feed(url)
    if feed is None:
        raise UsageError(f"{address!r} is not a web address")
    if allow_private_networks:
        feed = feed.model_copy(update={"allow_private_networks": True})
    return settings.model_copy(update={"feeds": (*settings.feeds, feed)}), feed


def _settings(options: Options) -> Settings:
    """As configured, or the defaults where there is no file."""
    try:
        find_config(options.config)
    except NoConfigError:
        configure("debug" if options.verbose else "error", "auto", Redactor())
        return Settings.model_construct(feeds=(), digests={})
    return options.settings(log_level="error")


def _feed(url: str, name: str = "", tags: Sequence[str] = ()) -> FeedSettings | None:
    try:
        return FeedSettings(url=url, name=name or None, tags=tuple(tags))
    except ValidationError:
        return None


def _whole(file: BinaryIO) -> bytes:
    content = file.read(_LONGEST_LIST + 1)
    if len(content) > _LONGEST_LIST:
        raise ValueError(f"is longer than {_LONGEST_LIST:,} bytes")
    return content


@feeds.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--append", is_flag=True, help="Add them to the configuration file.")
@click.pass_obj
def import_(options: Options, file: BinaryIO, *, append: bool) -> int:
    """Print the feeds of an OPML file as YAML, or add them.

    FILE is - for standard input. Feeds that are configured already are left out.
    """
    try:
        subscriptions = read_opml(_whole(file))
    except ValueError as error:
        raise UsageError(f"{file.name}: {error}") from None
    settings = options.settings(log_level="error") if append else _settings(options)
    new, refused = _new(subscriptions, settings)
    items = [feed_lines(one.url, one.name, one.tags) for one in new]
    if append and items:
        append_feeds(find_config(options.config), items)
    appended = append and bool(items)
    live = appended and take_over(settings)
    result: dict[str, Any] = {
        "feeds": [as_dict(one) for one in new],
        "known": len(subscriptions) - len(new) - len(refused),
        "refused": refused,
        "appended": appended,
        "live": live,
    }
    if options.json:
        print_json(result)
    elif not append:
        show_document("".join(f"  {line}\n" for item in items for line in item))
    for url in refused:
        say(f"digest: left out, as it is not a web address: {url[:200]!r}", err=True)
    done = f"{counted(len(new), 'feed')} {'added' if append else 'new'}"
    say(f"{done}, {result['known']} configured already", err=True)
    if live:
        say(TAKEN_OVER, err=True)
    return 1 if refused else 0


def _new(
    subscriptions: Sequence[Subscription], settings: Settings
) -> tuple[list[Subscription], list[str]]:
    """The subscriptions that are not configured yet, under free names, and what is no address."""
    feeds = [(one, _feed(one.url, one.name, one.tags)) for one in subscriptions]
    known = {feed.key for feed in settings.feeds}
    # A name stands for one feed; without one, a feed goes by its own title.
    taken = {"all", *known, *(feed.name for feed in settings.feeds)}
    taken.update(feed.key for _, feed in feeds if feed)
    new = []
    for one, feed in feeds:
        if feed and feed.key not in known:
            known.add(feed.key)
            new.append(replace(one, name="") if one.name in taken else one)
            taken.add(one.name)
    return new, [one.url for one, feed in feeds if feed is None]


@feeds.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write to this file, for its owner alone.",
)
@click.pass_obj
def export(options: Options, output: Path | None) -> None:
    """Print the configured feeds as OPML. No headers, no passwords."""
    settings = options.settings(log_level="error")
    subscriptions = [Subscription(feed.key, feed.name or "", feed.tags) for feed in settings.feeds]
    document = write_opml("Feeds", subscriptions)
    if output:
        write_private(output, document)
        say(f"written to {output}", err=True)
    if options.json:
        print_json({"feeds": [as_dict(one) for one in subscriptions]})
    elif not output:
        show_document(document.decode())
