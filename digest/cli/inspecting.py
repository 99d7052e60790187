"""`status`: how it goes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import click

from digest.cli import Options, aio
from digest.cli.output import print_json, print_table
from digest.reports import ago, status_report
from digest.store import Store, database_exists


@click.command()
@click.option("--healthcheck", is_flag=True, help="Print nothing; exit 0 only if a daemon answers.")
@click.pass_obj
def status(options: Options, *, healthcheck: bool) -> int:
    """Show feeds, next editions, the ledger, and what needs attention."""
    settings = options.settings(log_level="error")
    if healthcheck:
        from digest.web.control import daemon_is_alive

        return 0 if aio.run(daemon_is_alive(settings.database_path)) else 1
    health = None
    if database_exists(settings.database_path):
        store = Store(settings.database_path, read_only=True)
        try:
            health = store.health.read()
        finally:
            store.close()
    now = datetime.now(UTC)
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
