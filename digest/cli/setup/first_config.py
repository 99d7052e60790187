"""The text of a first configuration file: short, commented, with hints where to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest import PROJECT_URL
from digest.config.yaml.feed_list import feed_lines
from digest.config.yaml.scalar import scalar

if TYPE_CHECKING:
    from collections.abc import Iterator

    from digest.model import Schedule

BRIEFING = "briefing"
SCHEMA_FILE = "digest.schema.json"
"""The JSON Schema beside the configuration, with which editors complete and check it."""
# The parts of a day, each with the hour that it ends at.
_PARTS = ((12, "Morning"), (17, "Afternoon"), (24, "Evening"))
_COMMENT_COLUMN = 36

PAGES = "127.0.0.1:8080"
"""Where the pages for operators listen."""


class StartFeed(Struct, frozen=True):
    """A feed of the new configuration."""

    url: str
    private: bool = False
    """Whether it is on this machine or network."""


class StartMail(Struct, frozen=True):
    """Whom emails go to, and the server they go through; `password_file` goes with `username`."""

    to: tuple[str, ...]
    host: str
    port: int
    security: str
    sender: str
    username: str | None = None
    password_file: str = ""


class StartChannel(Struct, frozen=True):
    """A channel of any other kind, with its settings; a secret is in the file that one names."""

    name: str
    kind: str
    settings: dict[str, str]


class Start(Struct, frozen=True):
    """What a first configuration says; files are relative to it, None is without."""

    feeds: tuple[StartFeed, ...]
    schedule: str
    timezone: str
    digest: str
    title: str
    first_edition: str | None = None
    """How far back into a new feed's past, where that is not to be the schedule's period."""
    mail: StartMail | None = None
    channels: tuple[StartChannel, ...] = ()
    folder: str | None = None
    web_password_file: str = ""
    """The file with the password of the operator's pages; empty without pages."""


def name_and_title(name: str | None, schedule: Schedule) -> tuple[str, str]:
    """What a digest is called in the file, and by its readers: by when it comes, unless named."""
    days = schedule.period.days
    part = next(part for hour, part in _PARTS if schedule.times[-1].hour < hour)
    known = {1: (BRIEFING, f"{part} briefing"), 3: (BRIEFING, f"{part} briefing")}
    known |= {7: ("weekly", "Weekly digest")} | dict.fromkeys(
        range(28, 32), ("monthly", "Monthly digest")
    )
    usual, title = known.get(days, ("digest", "Digest"))
    if name is None or name == usual:
        return usual, title
    title = name.replace("-", " ").replace("_", " ")
    return name, title[:1].upper() + title[1:]


def config_text(start: Start) -> str:
    """The file's text: YAML that loads, if every answer in it is a valid one."""
    parts = (
        _head(start),
        _feeds(start),
        _smtp(start),
        _channels(start),
        _digest(start),
        _web(start),
    )
    return "\n".join("".join(f"{line}\n" for line in part) for part in map(list, parts) if part)


def _head(start: Start) -> Iterator[str]:
    yield f"# yaml-language-server: $schema={SCHEMA_FILE}"
    yield f"# Made by `digest init`. Documentation: {PROJECT_URL}"
    yield "# Every setting is described in its docs/configuration.md; a running daemon takes"
    yield "# over what is changed here on `digest reload`."
    yield ""
    yield f"timezone: {scalar(start.timezone)}"
    yield _with("database: sqlite:///data/digest.db", "relative to this file, like every path here")


def _feeds(start: Start) -> Iterator[str]:
    yield _with("feeds:", "`digest feeds discover SITE` finds more")
    for feed in start.feeds:
        *lines, last = feed_lines(feed.url, private=feed.private)
        yield from (f"  {line}" for line in lines)
        yield (
            _with(f"  {last}", "it is on this machine or network") if feed.private else f"  {last}"
        )
    yield "#  - url: https://example.com/feed.xml"
    yield _with("#    name: An example", "default: the feed's own title")
    yield _with("#    tags: [news]", "for `feeds: [tag:news]` in a digest")


def _smtp(start: Start) -> Iterator[str]:
    mail = start.mail
    if mail is None:
        return
    yield "smtp:"
    yield f"  host: {scalar(mail.host)}"
    yield f"  port: {mail.port}"
    yield _with(f"  security: {mail.security}", "starttls | tls | none")
    if mail.username is not None:
        yield f"  username: {scalar(mail.username)}"
        yield f"  password_file: {scalar(mail.password_file)}"
    yield f"  from: {scalar(mail.sender)}"


def _channels(start: Start) -> Iterator[str]:
    yield "channels:"
    if start.mail:
        yield "  inbox:"
        yield "    kind: email"
        yield f"    to: [{', '.join(map(scalar, start.mail.to))}]"
    for channel in start.channels:
        yield f"  {channel.name}:"
        yield f"    kind: {channel.kind}"
        yield from (f"    {key}: {scalar(value)}" for key, value in channel.settings.items())
    if start.folder is not None:
        yield "  folder:"
        yield "    kind: file"
        yield f"    path: {scalar(f'{start.folder}/{{digest}}-{{date}}.md')}"
        yield _with("    format: markdown", "markdown | html | text | json")


def _digest(start: Start) -> Iterator[str]:
    others = [channel.name for channel in start.channels]
    channels = [*(["inbox"] if start.mail else []), *others]
    channels += ["folder"] if start.folder is not None else []
    yield "digests:"
    yield f"  {start.digest}:"
    yield f"    title: {scalar(start.title)}"
    yield _with(f"    schedule: {scalar(start.schedule)}", "or: weekdays at 08:00, every monday")
    yield _with("", "at 09:00, monthly on the 1st at 09:00")
    yield _with("    feeds: all", "or: [tag:news], names, addresses")
    if start.first_edition:
        reach = f"    first_edition: {start.first_edition}"
        yield _with(reach, "how far back into a new feed's past")
    yield f"    send_to: [{', '.join(channels)}]"
    yield "# The weather above the stories, and what is in a calendar (docs/blocks.md):"
    yield _with("#    blocks: [{kind: weather, place: Lyon}]", "or its latitude and longitude")
    yield "# What comes first, and what stays out (docs/editing.md):"
    yield _with('#    watch: [kubernetes, "python 3.*"]', "words that raise a story")
    yield _with('#    exclude: ["title: sponsored"]', "rules for what is left out")
    yield "# Pictures of stories: they make emails larger; `remote` tells their hosts who reads."
    yield _with("#    images: embedded", "none (the default) | remote | embedded")
    yield "# `digest preview` shows the next edition, with --why what became of each entry."


def _web(start: Start) -> Iterator[str]:
    if start.web_password_file:
        yield "web:"
        yield _with(f"  listen: {PAGES}", f"open http://{PAGES} on this machine")
        yield f"  password_file: {scalar(start.web_password_file)}"


def _with(setting: str, comment: str) -> str:
    return f"{setting:<{_COMMENT_COLUMN}} # {comment}"
