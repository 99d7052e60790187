"""`digest demo`: runs the whole loop on this machine, with sample feeds and servers."""

from __future__ import annotations

import email
import email.policy
import json
import os
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct

from digest.cli import aio
from digest.cli.output import print_json, say
from digest.cli.private_files import write_private
from digest.config import Settings, load_settings
from digest.errors import UsageError
from digest.file_errors import file_trouble
from digest.language import counted
from digest.log import Redactor, configure

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.cli.demo.servers import MailCatcher
    from digest.cli.options import Options

_CONFIG = """\
# The configuration of the demo; its servers lived only as long as the demo ran.
timezone: Europe/Berlin
database: sqlite:///{database}
polling:
  allow_private_networks: true
  per_host: 0
feeds:
{feeds}
smtp:
  host: 127.0.0.1
  port: {smtp_port}
  security: none
  from: "The weekly reader <digest@example.com>"
channels:
  inbox:
    kind: email
    to: [ada@example.com, grace@example.com]
  team:
    kind: slack
    webhook_url: http://127.0.0.1:{slack_port}/services/T000/B000/demo
  vault:
    kind: file
    path: "{folder}/files/{{digest}}-{{date}}.md"
digests:
  weekly:
    title: The weekly reader
    schedule: every monday at 09:00
    first_edition: 7d
    images: none  # embedded puts pictures into the emails, remote links them
    send_to: [inbox, team, vault]
"""


class DemoRound(Struct, frozen=True):
    """One of three Mondays."""

    new: int
    failed: int
    entries: int
    emails: int
    slack_posts: int
    files: tuple[str, ...]


class Demo(Struct, frozen=True):
    """`demo`: what was sent, and whether that is what the demo is to show."""

    folder: str
    rounds: tuple[DemoRound, ...]
    as_expected: bool


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("digest-demo"),
    show_default=True,
    help="Where the emails, posts and files go.",
)
@click.pass_obj
def demo(options: Options, output: Path) -> int:
    """Run everything once with sample feeds. It needs no network and no configuration."""
    # Its servers are on this machine, where a proxy would not find them.
    os.environ["no_proxy"] = "127.0.0.1"
    level = "info" if options.verbose else "error"
    configure(level, "auto", Redactor())
    tell = (lambda _: None) if options.json else say
    try:
        result = aio.run(_demo(output.absolute(), tell))
    except BrokenPipeError:
        # Of standard output: nothing is wrong with the folder.
        raise
    except OSError as error:
        raise UsageError(f"{error.filename or output}: {file_trouble(output, error)}") from None
    if options.json:
        print_json(result)
    return 0 if result.as_expected else 1


async def _demo(folder: Path, tell: Callable[[str], None]) -> Demo:
    from digest.cli.demo.servers import (
        DemoFeeds,
        MailCatcher,
        catch_mail,
        catch_slack,
        serve_feeds,
    )

    # Three Mondays at nine, the last of them the latest there was.
    week = timedelta(days=7)
    monday = _last_monday(datetime.now(UTC)) - 2 * week
    feeds, mail, posts = DemoFeeds(monday), MailCatcher(), list[dict[str, Any]]()
    async with AsyncExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="digest-demo-")))
        feed_port = await stack.enter_async_context(serve_feeds(feeds))
        smtp_port = await stack.enter_async_context(catch_mail(mail))
        slack_port = await stack.enter_async_context(catch_slack(posts))
        tell(f"{len(feeds.names())} sample feeds, a mail server and a Slack stand-in are up.")
        urls = (f"  - http://127.0.0.1:{feed_port}/{name}" for name in feeds.names())
        text = _CONFIG.format(
            database=work / "demo.db",
            feeds="\n".join(urls),
            smtp_port=smtp_port,
            slack_port=slack_port,
            folder=folder,
        )
        settings = _settings(folder, text)
        rounds = []
        tell("")
        tell("Monday, 09:00. The first edition: a week of each feed's backlog.")
        rounds.append(await _round(settings, monday, folder / "1-first", mail, posts, tell))
        tell("")
        tell("A week later. The feeds say nothing new.")
        rounds.append(await _round(settings, monday + week, folder / "2-quiet", mail, posts, tell))
        tell("")
        tell("Another week later. Two feeds have one new entry each.")
        feeds.later = monday + 2 * week
        rounds.append(
            await _round(settings, monday + 2 * week, folder / "3-new", mail, posts, tell)
        )
    tell("")
    tell(f"Everything that was sent is in {folder}")
    tell(
        "It has no pictures (`images: none`), so that nobody learns who read it."
        " `images: embedded` puts them into the emails."
    )
    return Demo(str(folder), tuple(rounds), _as_expected(rounds))


def _last_monday(now: datetime) -> datetime:
    # Nine o'clock in Berlin, give or take: an hour late in winter is still due.
    monday = now - timedelta(days=now.weekday() or 7)
    return monday.replace(hour=8, minute=0, second=0, microsecond=0)


def _settings(folder: Path, text: str) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "config.yaml"
    write_private(config, text.encode())
    return load_settings(config)


async def _round(
    settings: Settings,
    now: datetime,
    folder: Path,
    mail: MailCatcher,
    posts: list[dict[str, Any]],
    tell: Callable[[str], None],
) -> DemoRound:
    """What `digest run --once` does, at a time of our choosing."""
    mail.messages.clear()
    posts.clear()
    from digest.app.wiring import open_runtime

    async with open_runtime(
        settings, "digest demo", clock=lambda: now, first_due_at_once=True
    ) as runtime:
        done = await runtime.once()
    for feed in done.feeds:
        tell(f"  polled {feed.name}: {feed.outcome}, {feed.new} new")
    if not done.editions:
        tell("  nothing new, so nothing is sent")
    for edition in done.editions:
        tell(f"  published an edition of {counted(edition.entries, 'entry', 'entries')}")
        for delivery in edition.deliveries:
            tell(f"  {delivery.state}: {delivery.channel} ({delivery.recipient})")
    return DemoRound(
        new=done.new,
        failed=done.failed + done.undelivered,
        entries=sum(edition.entries for edition in done.editions),
        emails=len(mail.messages),
        slack_posts=len(posts),
        files=_write(folder, mail, posts) if done.editions else (),
    )


def _write(folder: Path, mail: MailCatcher, posts: list[dict[str, Any]]) -> tuple[str, ...]:
    """Each email as .eml, .html and .txt; the Slack posts as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for recipient, raw in mail.messages:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        parts = {"html": message.get_body(("html",)), "txt": message.get_body(("plain",))}
        name = recipient.partition("@")[0]
        write_private(folder / f"{name}.eml", raw)
        written.append(f"{name}.eml")
        for suffix, part in parts.items():
            text = part.get_content() if part else ""
            write_private(folder / f"{name}.{suffix}", text.encode())
            written.append(f"{name}.{suffix}")
    shown = json.dumps(posts, indent=2, ensure_ascii=False)
    write_private(folder / "slack.json", shown.encode())
    return tuple(str(folder / name) for name in (*written, "slack.json"))


def _as_expected(rounds: list[DemoRound]) -> bool:
    """A first edition to two inboxes and a channel, then silence, then the two new entries."""
    first, quiet, new = rounds
    return (
        not any(monday.failed for monday in rounds)
        and first.entries > 0
        and (first.emails, first.slack_posts) == (2, 1)
        and (quiet.entries, quiet.emails, quiet.slack_posts) == (0, 0, 0)
        and (new.entries, new.emails, new.slack_posts) == (2, 2, 1)
    )
