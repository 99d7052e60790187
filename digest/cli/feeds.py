"""`digest feeds`: finds feeds, tries one, moves them in and out; `feeds_edit` has more commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click
from msgspec import Struct
from msgspec.structs import asdict, replace

from digest.cli import aio, pass_settings
from digest.cli.feeds_edit import (
    TAKEN_OVER,
    add,
    discover_feeds,
    pause,
    remove,
    resume,
    take_over,
)
from digest.cli.feeds_kinds import kinds
from digest.cli.feeds_list import list_
from digest.cli.groups import Group
from digest.cli.output import print_result, print_table, progress, say, show_document
from digest.cli.private_files import write_private
from digest.cli.source_names import source_at, sources_named
from digest.config import Settings, find_config
from digest.config.sources import canonical_name
from digest.config.yaml.feed_list import append_feeds, feed_lines
from digest.errors import NoConfigError, UsageError
from digest.feeds.opml import Subscription, read_opml, write_opml
from digest.language import counted
from digest.log import Redactor, configure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from digest.cli.feed_examination import Examination, PageText
    from digest.cli.feeds_probe import Discover
    from digest.cli.options import Options
    from digest.config import SourceSettings

# Tens of thousands of feeds.
_LONGEST_LIST = 16_000_000

_private = click.option(
    "--allow-private-networks", is_flag=True, help="Even if it is on this machine or network."
)


class Import(Struct, frozen=True):
    """`feeds import`: the feeds that are not configured yet."""

    feeds: tuple[Subscription, ...]
    known: int
    """How many are configured already."""
    refused: tuple[str, ...]
    """What is no web address, or of a kind that needs more settings."""
    appended: bool
    """Whether they were added to the configuration file."""
    live: bool
    """Whether a daemon runs, which takes the file over now."""


class Export(Struct, frozen=True):
    """`feeds export`."""

    feeds: tuple[Subscription, ...]


@click.group(cls=Group)
def feeds() -> None:
    """Find, try, add, remove and pause feeds; move them in and out."""


for _command in (add, remove, pause, resume, list_, kinds):
    feeds.add_command(_command)


@feeds.command()
@click.argument("url")
@_private
@click.pass_obj
def discover(options: Options, url: str, *, allow_private_networks: bool) -> int:
    """Find the feeds of the web page at URL. Needs no configuration."""
    settings, asked = _asked(options, url, allow_private_networks=allow_private_networks)
    with progress("looking", None) as done:
        found = aio.run(discover_feeds(settings, asked, done))
    print_result(found, _print_candidates)
    return 1 if all(candidate.error for candidate in found.feeds) else 0


def _print_candidates(found: Discover) -> None:
    rows = [
        (
            feed.url,
            feed.title,
            feed.format,
            "" if feed.error else str(feed.entries),
            feed.error or "",
        )
        for feed in found.feeds
    ]
    print_table("", ("feed", "title", "format", "entries", "error"), rows)


@feeds.command()
@click.argument("url")
@_private
@click.pass_obj
def test(options: Options, url: str, *, allow_private_networks: bool) -> int:
    """Show what polling the feed at URL would learn. Needs no configuration, stores nothing."""
    settings, asked = _asked(options, url, allow_private_networks=allow_private_networks)
    seen = aio.run(_examine(settings, asked))
    print_result(seen, _print_examination)
    return 1 if seen.error else 0


async def _examine(settings: Settings, asked: Sequence[SourceSettings]) -> Examination:
    from digest.cli.feeds_probe import open_scout

    async with open_scout(settings) as scout:
        return await scout.examine(*asked)


def _print_examination(seen: Examination) -> None:
    print_table("", ("what", "learned"), _learned(seen))
    for problem in filter(None, (seen.error, *seen.problems)):
        say(f"! {problem}")
    for link in seen.links:
        say(f"The page names this feed: {link}")
    if seen.first:
        first = [(entry.title, entry.link, _moment(entry.published)) for entry in seen.first]
        print_table("The first entries", ("title", "link", "date"), first)
    if seen.proposal:
        say("These lines in `feeds` read it:")
        show_document(f"{seen.proposal}\n")


def _learned(seen: Examination) -> list[tuple[str, str]]:
    apart = {"url", "error", "problems", "links", "full_text", "first", "proposal"}
    rows = [("url", seen.url)]
    for name, value in asdict(seen).items():
        if name not in apart and value is not None and value != seen.url:
            rows.append((name.replace("_", " "), _shown(value)))
    if page := seen.full_text:
        rows.append(("full text", _full_text(page)))
    return rows


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else ""


def _full_text(page: PageText) -> str:
    """Whose text the newest entry would have."""
    if page.reason:
        return f"stays the feed's of {page.feed_words:,} words at {page.link}: {page.reason}"
    return f"{page.page_words:,} words in the place of {page.feed_words:,} at {page.link}"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} by {kind}" for kind, count in value.items())
    return f"{value:,}" if isinstance(value, int) else str(value)


def _asked(
    options: Options, address: str, *, allow_private_networks: bool
) -> tuple[Settings, list[SourceSettings]]:
    """The settings with the feeds that may be asked about, as configured where they are."""
    settings = _settings(options)
    known = {feed.address: feed for feed in settings.feeds}
    # The short form of some kinds says which source it is, and not how to get at it.
    if configured := known.get(canonical_name(address)):
        asked = [configured]
    else:
        asked = [known.get(feed.address, feed) for feed in sources_named(address)]
    if allow_private_networks:
        private = {"allow_private_networks": True}
        asked = [feed.model_copy(update=private) for feed in asked]
    return settings.model_copy(update={"feeds": (*settings.feeds, *asked)}), asked


def _settings(options: Options) -> Settings:
    """As configured, or the defaults where there is no file."""
    try:
        find_config(options.config)
    except NoConfigError:
        configure("debug" if options.verbose else "error", "auto", Redactor())
        return Settings.model_construct(feeds=(), digests={})
    return options.settings(log_level="error")


def _feed(address: str, name: str = "", tags: Sequence[str] = ()) -> SourceSettings | None:
    try:
        source = source_at(address, name=name or None, tags=tuple(tags))
    except ValueError:
        return None
    return None if source.lacks else source


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
    settings = options.settings(log_level="error", secrets=False) if append else _settings(options)
    new, refused = _new(subscriptions, settings)
    items = [feed_lines(feed.url, feed.name, feed.tags) for feed in new]
    if append and items:
        append_feeds(find_config(options.config), items)
    appended = append and bool(items)
    live = appended and take_over(settings)
    known = len(subscriptions) - len(new) - len(refused)
    yaml = "".join(f"  {line}\n" for item in items for line in item)
    print_result(
        Import(tuple(new), known, tuple(refused), appended, live),
        lambda _: None if append else show_document(yaml),
    )
    for url in refused:
        say(f"digest: left out, as it is not the address of a feed: {url[:200]!r}", err=True)
    done = f"{counted(len(new), 'feed')} {'added' if append else 'new'}"
    say(f"{done}, {known} configured already", err=True)
    if live:
        say(TAKEN_OVER, err=True)
    return 1 if refused else 0


def _new(
    subscriptions: Sequence[Subscription], settings: Settings
) -> tuple[list[Subscription], list[str]]:
    """The subscriptions that are not configured yet, under free names, and what is no address."""
    feeds = [(given, _feed(given.url, given.name, given.tags)) for given in subscriptions]
    known = {feed.address for feed in settings.feeds}
    # A name stands for one feed; without one, a feed goes by its own title.
    taken = {"all", *known, *(feed.name for feed in settings.feeds)}
    taken.update(feed.address for _, feed in feeds if feed)
    new = []
    for given, feed in feeds:
        if feed and feed.address not in known:
            known.add(feed.address)
            new.append(replace(given, name="") if given.name in taken else given)
            taken.add(given.name)
    return new, [given.url for given, feed in feeds if feed is None]


@feeds.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write to this file, for its owner alone.",
)
@pass_settings
def export(settings: Settings, output: Path | None) -> None:
    """Print the configured feeds as OPML. Headers and passwords are left out."""
    subscriptions = tuple(
        Subscription(feed.address, feed.name or "", feed.tags) for feed in settings.feeds
    )
    document = write_opml("Feeds", subscriptions)
    if output:
        write_private(output, document)
        say(f"written to {output}", err=True)
    print_result(
        Export(subscriptions), lambda _: None if output else show_document(document.decode())
    )
