"""`digest status`: prints what needs attention, what comes next, and how feeds do."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from digest.app.reports import status_report, with_lack_of_room
from digest.cli import aio
from digest.cli.output import cell, open_console, print_json, say
from digest.errors import UsageError
from digest.store import database_of, read_store

if TYPE_CHECKING:
    from rich.console import Group

    from digest.app.results import Status
    from digest.cli.options import Options
    from digest.cli.status_report import Line
    from digest.config import Settings

_STYLES = {
    "plain": "",
    "well": "bold green",
    "trouble": "bold red",
    "mend": "italic",
    "head": "bold",
}


@click.command()
@click.option("--healthcheck", is_flag=True, help="Print nothing; exit 0 only if a daemon answers.")
@click.option("--watch", is_flag=True, help="Update it every two seconds, until q or Ctrl-C.")
@click.pass_obj
def status(options: Options, *, healthcheck: bool, watch: bool) -> int:
    """Show what needs attention, and what comes next.

    Then the health of the feeds, and the number of deliveries by state.
    """
    settings = options.settings(log_level="error")
    if healthcheck:
        return 0 if _is_running(settings) else 1
    if watch and options.json:
        raise UsageError("give --watch or --json, not both")
    if options.json:
        print_json(_report(settings, datetime.now(UTC)))
    elif watch:
        _watch(settings, everything=options.verbose)
    else:
        _print(_lines(settings, everything=options.verbose))
    return 0


def _is_running(settings: Settings) -> bool:
    from digest.web.control_client import daemon_is_alive

    return aio.run(daemon_is_alive(database_of(settings)))


def _report(settings: Settings, now: datetime) -> Status:
    health = sizes = None
    database = database_of(settings)
    with read_store(database) as store:
        if store:
            health, sizes = store.health.read(), store.keeping.sizes()
    report = status_report(settings, health, now, sizes)
    # What a daemon could not record, or none has looked for.
    return with_lack_of_room(report, str(database), database.lack_of_room())


def _lines(settings: Settings, *, everything: bool) -> list[Line]:
    from digest.cli.status_report import overview

    now = datetime.now(UTC)
    running = _is_running(settings)
    zones = {name: settings.zone_of(name) for name in settings.digests}
    return overview(_report(settings, now), zones, now, running=running, everything=everything)


def _print(lines: list[Line]) -> None:
    if not sys.stdout.isatty():
        for line in lines:
            say(line.text)
        return
    open_console().print(_styled(lines))


def _styled(lines: list[Line]) -> Group:
    from rich.console import Group

    return Group(*(cell(line.text, _STYLES[line.kind]) for line in lines))


def _watch(settings: Settings, *, everything: bool) -> None:
    from digest.cli.status_watch import keys, refuse_elsewhere, watch

    refuse_elsewhere()
    from rich.live import Live

    def made() -> Group:
        return _styled(_lines(settings, everything=everything))

    with keys() as key, Live(console=open_console(), screen=True, auto_refresh=False) as live:
        watch(made, lambda shown: live.update(shown, refresh=True), key)
