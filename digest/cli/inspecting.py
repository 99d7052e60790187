"""`check`, `status` and `schema`: what is configured, and how it goes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from digest.cli import Options, aio
from digest.cli.output import ago, print_json, print_table, progress
from digest.cli.reports import Finding, check_online, status_report
from digest.config.schema import json_schema
from digest.daemon import compile_templates, utc_now
from digest.store import Store, database_exists
from digest.web.control import daemon_is_alive

if TYPE_CHECKING:
    from datetime import datetime


@click.command()
@click.option("--online", is_flag=True, help="Try every feed and channel; sends nothing.")
@click.pass_obj
def check(options: Options, *, online: bool) -> int:
    """Check the configuration and the templates; with --online, what they reach."""
    settings = options.settings(log_level="error")
    compile_templates(settings)
    counts = f"{len(settings.feeds)} feeds, {len(settings.digests)} digests"
    findings = [Finding("configuration", "", True, f"{counts}, {len(settings.channels)} channels")]
    if online:
        with progress("checking", len(settings.feeds) + len(settings.channels)) as done:
            findings += aio.run(check_online(settings, done))
    if options.json:
        print_json({"checks": [finding.as_json() for finding in findings]})
    else:
        rows = [(f.what, f.name, "ok" if f.good else "failed", f.said) for f in findings]
        print_table("", ("what", "name", "result", ""), rows)
    return 0 if all(finding.good for finding in findings) else 1


@click.command()
@click.option("--healthcheck", is_flag=True, help="Exit 0 only if a daemon answers.")
@click.pass_obj
def status(options: Options, *, healthcheck: bool) -> int:
    """Show feeds, next editions, the ledger, and what needs attention."""
    settings = options.settings(log_level="error")
    if healthcheck:
        return 0 if aio.run(daemon_is_alive(settings.database_path)) else 1
    health = None
    if database_exists(settings.database_path):
        store = Store(settings.database_path, read_only=True)
        try:
            health = store.health.read()
        finally:
            store.close()
    now = utc_now()
    report = status_report(settings, health, now)
    if options.json:
        print_json(report)
    else:
        _print_status(report, now)
    return 0


def _print_status(report: dict[str, Any], now: datetime) -> None:
    digests = [
        (
            row["name"],
            row["schedule"],
            row["next_edition"] or "when first run",
            f"{row['last_result']} ({row['last_due']})" if row["last_result"] else "",
        )
        for row in report["digests"]
    ]
    print_table("Digests", ("name", "schedule", "next edition", "last"), digests)
    feeds = [
        (
            row["name"],
            row["health"],
            ago(row["polled_at"], now),
            ago(row["next_poll_at"], now) if row["next_poll_at"] else "",
            row["error"] or "",
        )
        for row in report["feeds"]
    ]
    click.echo()
    print_table("Feeds", ("name", "health", "polled", "next poll", "error"), feeds)
    counts = ", ".join(f"{count} {state}" for state, count in report["deliveries"].items())
    click.echo(f"\nDeliveries: {counts}")
    for item in report["attention"]:
        click.echo(f"! {item['kind']} {item['name']}: {item['message']}")
    if not report["attention"]:
        click.echo("Nothing needs attention.")


@click.command()
def schema() -> None:
    """Print the JSON Schema of the configuration file, for editors."""
    click.echo(json.dumps(json_schema(), indent=2))
