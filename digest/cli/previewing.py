"""`preview`: the edition as it would be now, from a copy of the database."""

from __future__ import annotations

import json
import tempfile
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli import Options, aio
from digest.cli.output import polling_progress, print_json
from digest.config import SlackSettings
from digest.config.settings import SQLITE_PREFIX
from digest.errors import UsageError
from digest.jobs.publishing import compose_edition
from digest.opening import compile_templates, open_runtime, utc_now
from digest.rendering.side_by_side import side_by_side
from digest.rendering.slack import build_messages, build_thread
from digest.rendering.slack_preview import slack_page
from digest.rendering.snapshot import as_json
from digest.store import copy_database, database_exists

if TYPE_CHECKING:
    from digest.config import Settings
    from digest.model import Edition
    from digest.rendering.slack_blocks import Message
    from digest.rendering.templates import Templates


@click.command()
@click.argument("digest")
@click.option(
    "--as",
    "form",
    type=click.Choice(["email", "text", "slack", "markdown"]),
    help="Default: text; email, Slack and text side by side with --open.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--open", "in_browser", is_flag=True, help="Show it in the browser.")
@click.pass_obj
def preview(
    options: Options, digest: str, form: str | None, output: Path | None, *, in_browser: bool
) -> int:
    """Show the edition of DIGEST as it would be now; changes nothing.

    Feeds that were never polled are polled for the preview alone.
    """
    settings = options.settings(log_level="error")
    if digest not in settings.digests:
        raise UsageError(f"there is no digest {digest!r}")
    edition, failed = aio.run(_compose(settings, digest))
    for feed in failed:
        click.echo(f"digest: {feed['name']} is not in it: {feed['error']}", err=True)
    _show(options, settings, edition, form, output, in_browser=in_browser)
    return 1 if failed else 0


def _show(
    options: Options,
    settings: Settings,
    edition: Edition,
    form: str | None,
    output: Path | None,
    *,
    in_browser: bool,
) -> None:
    if options.json:
        print_json(as_json(edition))
        return
    templates = compile_templates(settings)[edition.digest]
    threads = _has_threads(settings, edition.digest)
    as_page = in_browser and form not in {"text", "markdown"}
    rendered = (page if as_page else render)(edition, form, templates, threads=threads)
    if in_browser and output is None:
        suffix = ".html" if as_page else ".txt"
        with tempfile.NamedTemporaryFile("w", suffix=suffix, delete=False) as file:
            output = Path(file.name)
    if output is None:
        click.echo(rendered)
        return
    try:
        output.write_text(rendered, "utf-8")
    except OSError as error:
        raise UsageError(f"{output}: {error.strerror}") from None
    click.echo(f"written to {output}", err=True)
    if in_browser:
        webbrowser.open(output.absolute().as_uri())


def page(edition: Edition, form: str | None, templates: Templates, *, threads: bool = False) -> str:
    """The edition as a browser shows it: as email or as Slack does, or both beside the text."""
    if form == "email":
        return templates.html(edition)
    slack = slack_page(_posts(edition, threads=threads), threaded=threads)
    if form == "slack":
        return slack
    return side_by_side(edition.subject, templates.html(edition), slack, templates.text(edition))


def render(
    edition: Edition, form: str | None, templates: Templates, *, threads: bool = False
) -> str:
    """The edition in one of the forms that `--as` offers; with `threads`, Slack's in a thread."""
    match form:
        case "email":
            return templates.html(edition)
        case "slack":
            return json.dumps(_posts(edition, threads=threads), indent=2, ensure_ascii=False)
        case "markdown":
            return templates.markdown(edition)
        case _:
            return templates.text(edition)


def _posts(edition: Edition, *, threads: bool) -> list[Message]:
    return build_thread(edition) if threads else build_messages(edition)


def _has_threads(settings: Settings, digest: str) -> bool:
    channels = (settings.channels[name] for name in settings.digests[digest].send_to)
    return any(isinstance(channel, SlackSettings) and channel.threads for channel in channels)


async def _compose(settings: Settings, digest: str) -> tuple[Edition, list[dict[str, Any]]]:
    """The edition, and which feeds could not be read for it.

    Works on a copy, so that nothing can change: subscriptions and first polls included.
    """
    with tempfile.TemporaryDirectory(prefix="digest-preview-") as folder:
        copy = Path(folder, "preview.db")
        if database_exists(settings.database_path):
            copy_database(settings.database_path, copy)
        settings = settings.model_copy(update={"database": f"{SQLITE_PREFIX}{copy}"})
        async with open_runtime(settings, "digest preview") as runtime:
            health = await runtime.store.run(lambda store: store.health.read())
            unread = [
                feed.url
                for feed in settings.feeds_of(digest)
                if health.feeds[feed.url]["polled_at"] is None
            ]
            polled: dict[str, Any] = {"feeds": []}
            if unread:
                with polling_progress(len(unread)) as report:
                    polled = await runtime.poll(unread, report)
            edition = await runtime.store.run(
                lambda store: compose_edition(store, settings, digest, utc_now())
            )
            return edition, [feed for feed in polled["feeds"] if feed["outcome"] == "failed"]
