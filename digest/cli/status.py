"""`digest status`: prints what needs attention, what comes next, and how feeds do."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from digest.app.reports import status_report, with_lack_of_room
from digest.app.results import SettingsFile
from digest.app.settings_file import trouble_of
from digest.cli import aio
from digest.cli.output import cell, open_console, print_json, say
from digest.cli.settings_in_use import database_in_use, settings_in_use
from digest.errors import UsageError
from digest.store import database_of, read_store

if TYPE_CHECKING:
    from rich.console import Group

    from digest.app.results import Status
    from digest.cli.options import Options
    from digest.cli.settings_in_use import InUse
    from digest.cli.status_report import Line
    from digest.store import DatabaseAddress

_STYLES = {
    "plain": "",
    "well": "bold green",
    "trouble": "bold red",
    "mend": "italic",
    "head": "bold",
}


_NO_DAEMON = 4


@click.command()
@click.option("--healthcheck", is_flag=True, help="Print nothing; exit 0 only if a daemon answers.")
@click.option(
    "--exit-code",
    is_flag=True,
    help="Exit 1 if something needs attention, 4 if no daemon runs.",
)
@click.option("--watch", is_flag=True, help="Update it every two seconds, until q or Ctrl-C.")
@click.pass_obj
def status(options: Options, *, healthcheck: bool, exit_code: bool, watch: bool) -> int:
    """Show what needs attention, and what comes next.

    Then the health of the feeds, and the number of deliveries by state. For monitoring, --exit-code
    tells by 0 that all is well; where no daemon runs it is 4, whatever else needs attention.
    """
    if healthcheck:
        return 0 if _is_running(database_in_use(options)) else 1
    if watch and options.json:
        raise UsageError("give --watch or --json, not both")
    in_use = settings_in_use(options)
    if watch:
        _watch(in_use, everything=options.verbose)
        return 0
    report = _report(in_use, datetime.now(UTC))
    database = database_of(in_use.settings)
    running = _is_running(database) if exit_code or not options.json else True
    if options.json:
        print_json(report)
    else:
        _print(_lines(in_use, report, running=running, everything=options.verbose))
    return code_of(report, running=running) if exit_code else 0


def code_of(report: Status, *, running: bool) -> int:
    """What monitoring sees."""
    return int(bool(report.attention)) if running else _NO_DAEMON


def _is_running(database: DatabaseAddress) -> bool:
    from digest.web.control_client import daemon_is_alive

    return aio.run(daemon_is_alive(database))


def _report(in_use: InUse, now: datetime) -> Status:
    health = sizes = last = None
    database = database_of(in_use.settings)
    with read_store(database) as store:
        if store:
            health, sizes = store.health.read(), store.keeping.sizes()
            last = store.last_settings.read()
    trouble = trouble_of(in_use.error) if in_use.error else ""
    file = SettingsFile(str(in_use.file), last.since if last else None, trouble)
    report = status_report(in_use.settings, health, now, sizes, file)
    # What a daemon could not record, or none has looked for.
    return with_lack_of_room(report, str(database), database.lack_of_room())


def _lines(in_use: InUse, report: Status, *, running: bool, everything: bool) -> list[Line]:
    from digest.cli.status_report import overview

    now = datetime.now(UTC)
    return overview(report, in_use.settings.zone, now, running=running, everything=everything)


def _print(lines: list[Line]) -> None:
    if not sys.stdout.isatty():
        for line in lines:
            say(line.text)
        return
    open_console().print(_styled(lines))


def _styled(lines: list[Line]) -> Group:
    from rich.console import Group

    return Group(*(cell(line.text, _STYLES[line.kind]) for line in lines))


def _watch(in_use: InUse, *, everything: bool) -> None:
    from digest.cli.status_watch import keys, refuse_elsewhere, watch

    refuse_elsewhere()
    from rich.live import Live

    def made() -> Group:
        report = _report(in_use, datetime.now(UTC))
        running = _is_running(database_of(in_use.settings))
        return _styled(_lines(in_use, report, running=running, everything=everything))

    with keys() as key, Live(console=open_console(), screen=True, auto_refresh=False) as live:
        watch(made, lambda shown: live.update(shown, refresh=True), key)
