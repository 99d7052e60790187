"""`digest check`: tries the configuration, and with `--online` all that it reaches."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from digest.app.wiring import utc_now
from digest.checks import Finding, Verdict, exit_code
from digest.checks.access import check_access
from digest.checks.addresses import check_addresses
from digest.checks.files import check_files, check_secrets
from digest.checks.machine import check_memory, check_opens, check_ports, check_templates
from digest.checks.renamed import check_names
from digest.checks.schedules import check_schedules
from digest.cli import aio
from digest.cli.output import cell, open_console, print_result, progress, say
from digest.config.read import read_config
from digest.config.secrets import missing_in
from digest.errors import ConfigError, UsageError
from digest.language import counted
from digest.store import database_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from digest.cli.options import Options
    from digest.config import Settings

_COLOURS = {"ok": "green", "warn": "yellow", "fail": "bold red"}
_COUNTED: dict[Verdict, str] = {"fail": "failed", "warn": "to look at", "ok": "well"}


class Checks(Struct, frozen=True):
    """`check`: everything that was checked; problems of the file itself go to standard error."""

    checks: tuple[Finding, ...]


@click.command()
@click.option(
    "--online", is_flag=True, help="Try everything that it names; sends and changes nothing."
)
@click.pass_obj
def check(options: Options, *, online: bool) -> int:
    """Check the configuration and the templates. With --online, also all that they reach.

    Where a secret is missing, that is said, and what needs it is not tried.
    """
    try:
        settings = options.settings(log_level="error", secrets=False)
    except ConfigError:
        # With the secrets that are missing too.
        settings = options.settings(log_level="error")
    missing = [*missing_in(settings)]
    for secret in missing:
        say(f"digest: {secret.error}", err=True)
    findings = [
        _settings(settings),
        *check_addresses(read_config(options.file()).data),
        *check_schedules(settings, utc_now()),
        *check_templates(settings),
        *check_ports(settings),
        *check_memory(),
        # Reading it through, as --online does, takes long where it is large.
        *([] if online else check_opens(database_of(settings))),
        *check_access(database_of(settings)),
        *check_files(settings),
        *check_secrets(settings),
        *check_names(settings),
    ]
    if online:
        from digest.checks.everything import Outside, check_everything

        with progress("checking", None) as done:
            findings += aio.run(check_everything(_triable(settings), Outside(), done))
    print_result(Checks(tuple(findings)), _print)
    return UsageError.exit_code if missing else exit_code(findings)


def _triable(settings: Settings) -> Settings:
    """The settings without what lacks a secret: mail server, channels, feeds and blocks."""

    def is_whole(part: object) -> bool:
        return not any(missing_in(part))

    smtp = settings.smtp if is_whole(settings.smtp) else None
    channels = {
        name: channel
        for name, channel in settings.channels.items()
        if is_whole(channel) and (smtp or not channel.needs_smtp)
    }
    feeds = tuple(filter(is_whole, settings.feeds))
    digests = {
        name: digest.model_copy(update={"blocks": tuple(filter(is_whole, digest.blocks))})
        for name, digest in settings.digests.items()
    }
    return settings.model_copy(
        update={"smtp": smtp, "channels": channels, "feeds": feeds, "digests": digests}
    )


def _settings(settings: Settings) -> Finding:
    parts = {"feed": settings.feeds, "digest": settings.digests, "channel": settings.channels}
    counts = ", ".join(counted(len(part), name) for name, part in parts.items())
    return Finding("settings", "", "ok", counts)


def _print(checks: Checks) -> None:
    """A table on a terminal, a line each elsewhere, and how many went how."""
    console = open_console()
    if console.is_terminal:
        console.print(_table(checks.checks))
    else:
        for finding in checks.checks:
            what = f"{finding.verdict:4} {' '.join(filter(None, (finding.what, finding.name)))}"
            found = "; ".join(filter(None, (finding.said, finding.remedy)))
            say(f"{what}: {found}")
    counts = Counter(finding.verdict for finding in checks.checks)
    counted_verdicts = ((counts[verdict], word) for verdict, word in _COUNTED.items())
    say(", ".join(f"{count} {word}" for count, word in counted_verdicts if count))


def _table(findings: Sequence[Finding]) -> Table:
    from rich.table import Table as Rows

    table = Rows(box=None, pad_edge=False)
    for column in ("", "what", "name", "found"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        found = cell(finding.said)
        if finding.remedy:
            found.append("\n").append(cell(finding.remedy, "italic"))
        verdict = cell(finding.verdict, _COLOURS[finding.verdict])
        table.add_row(verdict, cell(finding.what), cell(finding.name), found)
    return table
