"""`digest preview`: shows the edition as it would be now, from a copy of the database."""

from __future__ import annotations

import tempfile
import webbrowser
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct
from msgspec.structs import asdict, replace

from digest.app.drafting import blocks_over
from digest.app.edition_reasons import EntryFate, explain_draft
from digest.app.wiring import compile_templates, open_drafting, utc_now
from digest.channels.previews import FORMS, TEXT_FORMS, Previews, check_form, shows_pictures
from digest.cli import aio
from digest.cli.names import channel_names, digest_argument, only_digest
from digest.cli.output import polling_progress, print_json, say, show_document
from digest.cli.private_files import write_private
from digest.cli.settings_in_use import settings_in_use
from digest.config.spelling import known_name
from digest.config.units import parse_duration
from digest.editions.channel_view import edition_for
from digest.editions.weekly import configured, is_weekly, weekly_of
from digest.errors import UsageError
from digest.jobs.first_edition import next_draft
from digest.jobs.render import render_carefully
from digest.model import NO_PICTURES
from digest.rendering.snapshot import EditionSnapshot, snapshot
from digest.store import database_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from digest.cli.options import Options
    from digest.config import Settings
    from digest.editions.channel_view import ChannelView
    from digest.jobs.context import JobContext
    from digest.jobs.draft_material import Draft
    from digest.jobs.drafts import Drafter
    from digest.model import Edition, Pictures, PollResult
    from digest.rendering.renderer import Renderer


class ExplainedEdition(EditionSnapshot, frozen=True):
    """`preview --why`: the edition, and what becomes of each pending entry."""

    entries: tuple[EntryFate, ...]


@click.command()
@digest_argument
@click.option(
    "--as",
    "form",
    type=click.Choice(FORMS),
    help="Default: text; with --open, what channels get beside the text.",
)
@click.option(
    "--to", metavar="CHANNEL", shell_complete=channel_names, help="As this channel is given it."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file.")
@click.option("--open", "in_browser", is_flag=True, help="Show it in the browser.")
@click.option("--why", is_flag=True, help="Show what becomes of each entry, and by which rule.")
@click.pass_obj
def preview(
    options: Options,
    digest: str | None,
    form: str | None,
    to: str | None,
    output: Path | None,
    *,
    in_browser: bool,
    why: bool,
) -> int:
    """Show the next edition of DIGEST as it would be now.

    This changes nothing. Where there is one digest only, it needs no name; DIGEST.weekly is the
    week so far, for readers who want it once a week.
    Feeds that were never polled are polled for the preview alone.
    """
    settings, trouble = settings_in_use(options).settings, None
    digest = digest or only_digest(settings)
    name = known_name("digest", configured(digest), settings.digests)
    digest = weekly_of(name) if is_weekly(digest) else name
    if why and (form or to or in_browser):
        raise UsageError("--why is text for a terminal; give it without --as, --to and --open")
    to = known_name("channel", to, settings.channels) if to else ""
    check_form(settings, name, form, to)
    in_full = shows_pictures(form) if form else in_browser
    composed = aio.run(compose_preview(settings, digest, in_full=in_full))
    draft, failed = composed.draft, composed.failed
    missing_blocks = draft.edition.missing_blocks
    for feed in failed:
        say(f"digest: {feed.name} is not in it: {feed.error}", err=True)
    for missing in missing_blocks:
        say(f"digest: without {missing}", err=True)
    _tell_of_nothing(settings, draft, to)
    if why:
        _explain(options, settings, draft, output)
    elif options.json:
        print_json(snapshot(_view(settings, draft, to).edition))
    else:
        as_page = in_browser and form not in TEXT_FORMS
        _tell_of_others(settings, name, form, to)

        def shown(templates: Renderer) -> str:
            previews = Previews(settings, draft.edition, templates, composed.pictures, to)
            return previews.page(form) if as_page else previews.text(form)

        rendered, trouble = render_carefully(compile_templates(settings)[name], shown)
        if trouble:
            say(f"digest: the theme's own stands in for what fails: {trouble}", err=True)
        _show(rendered, output, opened_as=(".html" if as_page else ".txt") if in_browser else None)
    return 1 if failed or trouble or missing_blocks else 0


def _view(settings: Settings, draft: Draft, to: str) -> ChannelView:
    form = settings.digests[configured(draft.edition.digest)].forms.get(to)
    return edition_for(draft.edition, form)


def _tell_of_nothing(settings: Settings, draft: Draft, to: str) -> None:
    """Say so where a channel is given none of the stories that there are."""
    view = _view(settings, draft, to)
    if draft.edition.stories and not view.edition.stories:
        reasons = "; ".join(part.reason for part in view.not_given)
        say(f"digest: no story of it goes to {to}: {reasons}", err=True)


def _tell_of_others(settings: Settings, digest: str, form: str | None, to: str) -> None:
    """Say whose form is shown, where several channels of a kind may each be given their own."""
    alike = [
        channel
        for channel in settings.digests[digest].send_to
        if settings.channels[channel].kind == form
    ]
    if len(alike) > 1 and not to:
        first, *others = alike
        say(f"digest: as {first} gets it; for others, give --to {' or '.join(others)}", err=True)


def _explain(options: Options, settings: Settings, draft: Draft, output: Path | None) -> None:
    names: dict[str, str | None] = dict.fromkeys(entry.feed_url for entry in draft.pending)
    names |= {feed.address: feed.name for feed in settings.feeds}
    forms = settings.digests[configured(draft.edition.digest)].forms
    fates = tuple(explain_draft(draft, names, forms))
    if options.json:
        print_json(ExplainedEdition(**asdict(snapshot(draft.edition)), entries=fates))
        return
    _write("\n".join(fate.line for fate in fates) or "no entry is waiting for an edition", output)


def _show(rendered: str, output: Path | None, *, opened_as: str | None) -> None:
    """Print or write it, and open it in the browser where there is a suffix for that."""
    if opened_as and output is None:
        with tempfile.NamedTemporaryFile("w", suffix=opened_as, delete=False) as file:
            output = Path(file.name)
    _write(rendered, output)
    if opened_as and output:
        webbrowser.open(output.absolute().as_uri())


def _write(text: str, output: Path | None) -> None:
    if output is None:
        show_document(f"{text}\n")
        return
    write_private(output, text.encode())
    say(f"written to {output}", err=True)


class Composed(Struct, frozen=True):
    """An edition with what it was made from, and which feeds could not be read."""

    draft: Draft
    pictures: Pictures
    failed: list[PollResult]


async def compose_preview(settings: Settings, digest: str, *, in_full: bool) -> Composed:
    """The edition with its blocks, and with its pictures if it is to be seen `in_full`."""
    name, now = configured(digest), utc_now()
    async with (
        _polled_copy(settings, name) as (context, drafter, failed),
        blocks_over(context) as block_adder,
    ):
        if is_weekly(digest):
            draft = await drafter.weekly(name, now)
        else:
            draft = await next_draft(drafter, context.store, settings, name, now)
        edition = await block_adder.add(draft.edition)
        draft = replace(draft, edition=edition)
        pictures = NO_PICTURES
        if in_full:
            from digest.app.drafting import open_pictures

            edition, pictures = await open_pictures(settings).illustrate(draft.edition)
            draft = replace(draft, edition=edition)
        return Composed(draft, pictures, failed)


async def compose_first(
    settings: Settings, digest: str, reaches: Sequence[str]
) -> tuple[dict[str, Edition], list[PollResult]]:
    """The first edition by how far it reaches, and which feeds could not be read for it."""
    config = settings.digests[digest]
    # A digest for each reach, so that one poll will do for all of them.
    digests = {
        reach: config.model_copy(
            update={"first_edition": parse_duration(reach), "title": settings.title_of(digest)}
        )
        for reach in reaches
    }
    settings = settings.model_copy(update={"digests": digests})
    async with _polled_copy(settings, reaches[0]) as (_, drafter, failed):
        now = utc_now()
        drafts = {reach: await drafter.edition(reach, now) for reach in reaches}
        return {reach: draft.edition for reach, draft in drafts.items()}, failed


@asynccontextmanager
async def _polled_copy(
    settings: Settings, digest: str
) -> AsyncIterator[tuple[JobContext, Drafter, list[PollResult]]]:
    """What drafts from a copy of the database, and the feeds that could not be read for it.

    A copy, so that nothing can change: subscriptions and first polls included.
    """
    with tempfile.TemporaryDirectory(prefix="digest-preview-") as folder:
        copy = database_of(settings).copy_into(Path(folder))
        settings = settings.model_copy(update={"database": copy.url})
        async with open_drafting(settings, "digest preview") as (context, poll_job, drafter):
            health = await context.store.transact(lambda store: store.health.read())
            unread = [
                feed.address
                for feed in settings.feeds_of(digest)
                if health.feeds[feed.address]["polled_at"] is None and not feed.paused
            ]
            polled: Sequence[PollResult] = ()
            if unread:
                with polling_progress(len(unread)) as report:
                    polled = await poll_job.poll(unread, report)
            not_read = [feed for feed in polled if feed.outcome in {"failed", "postponed"}]
            yield context, drafter, not_read
