"""The ledger by command: `deliveries`, `show`, `retry`, `drop`, `resend`, `incidents`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from digest.app.wiring import open_runtime
from digest.cli import Options, aio
from digest.cli.output import print_json, print_table, say
from digest.cli.poll_send import UNDELIVERED, asked
from digest.errors import InstanceError, StoreError
from digest.language import counted
from digest.model import as_dict
from digest.store import Store, database_exists

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from digest.config import Settings

_STATES = ("pending", "sending", "sent", "retrying", "failed", "unknown", "dropped")
_SHOWN = 100
_COLUMNS = (
    *("id", "edition", "digest", "channel", "recipient", "part"),
    *("state", "changed (UTC)", "answer"),
)


@click.command()
@click.option("--state", type=click.Choice(_STATES), help="Only those in this state.")
@click.option("--digest", metavar="DIGEST", help="Only those of this digest.")
@click.option(
    "--most", type=click.IntRange(1), default=_SHOWN, show_default=True, help="How many, at most."
)
@click.pass_obj
def deliveries(options: Options, state: str | None, digest: str | None, most: int) -> int:
    """Show deliveries, the newest first."""
    with _reading(options) as store:
        rows = [_plain(as_dict(one)) for one in store.deliveries.find(state, digest, most)]
    if options.json:
        print_json({"deliveries": rows})
    elif rows:
        _print_deliveries(rows)
    else:
        say("No deliveries.")
    return 0


@click.command()
@click.argument("edition", type=int)
@click.pass_obj
def show(options: Options, edition: int) -> int:
    """Show an edition with the whole history of its deliveries."""
    with _reading(options) as store:
        record = as_dict(store.deliveries.edition(edition))
        composed = store.editions.load(edition)
        rows = [as_dict(one) for one in store.deliveries.of_edition(edition)]
    assert composed is not None
    record["stories"] = [{"title": one.title, "url": one.url} for one in composed.stories]
    if options.json:
        print_json({"edition": record, "deliveries": rows})
        return 0
    say(f"Edition {edition} of {record['digest']}: {record['subject']}")
    stories = counted(len(record["stories"]), "story", "stories")
    due, made = _time(record["scheduled_for"]), _time(record["period_to"])
    say(f"due {due} UTC, composed {made} UTC, {stories}")
    for row in rows:
        part = f", part {row['part']}" if row["part"] > 1 else ""
        dropped = ", dropped" if row["dropped"] else ""
        say()
        say(f"{row['channel']} to {row['recipient']}{part}: {row['state']}{dropped}")
        for line in _history(row):
            say(f"  {line}")
    return 0


def _history(row: dict[str, Any]) -> Iterator[str]:
    """What became of a delivery, a line each."""
    of = f" to repeat {row['of']}" if row["of"] else ""
    yield f"{_time(row['created_at'])} planned as {row['id']}{of}, {row['message_id']}"
    for change in row["changes"]:
        said = f": {change['said']}" if change["said"] else ""
        attempt = f" (attempt {change['attempt']})" if change["state"] == "sending" else ""
        sent_as = f" as {change['message_id']}" if change["message_id"] else ""
        yield f"{_time(change['at'])} {change['state']}{attempt}{sent_as}{said}"
    if row["next_attempt_at"]:
        yield f"{_time(row['next_attempt_at'])} next attempt"
    if row["repeated_by"]:
        yield f"sent once more as {row['repeated_by']}"


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, type=int, required=True)
@click.pass_obj
def retry(options: Options, ids: tuple[int, ...]) -> int:
    """Try deliveries again now that failed, linger or are unknown."""
    return _decide(options, "retry", ids=list(ids))


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, type=int, required=True)
@click.pass_obj
def drop(options: Options, ids: tuple[int, ...]) -> int:
    """Have nothing more happen to deliveries that are not sent."""
    _decide(options, "drop", ids=list(ids))
    return 0


@click.command()
@click.argument("edition", type=int)
@click.option("--to", metavar="CHANNEL|RECIPIENT", help="Only to this one.")
@click.pass_obj
def resend(options: Options, edition: int, to: str | None) -> int:
    """Send an edition once more, as it was. To all who got it, or to one channel or recipient.

    Each is a delivery of its own; what was sent stays sent. Where something is under way to a
    recipient already, it is left to that.
    """
    return _decide(options, "resend", edition=edition, to=to)


@click.command()
@click.option("--all", "closed", is_flag=True, help="Those that are over too.")
@click.pass_obj
def incidents(options: Options, *, closed: bool) -> int:
    """Show what needs a person, the oldest first."""
    with _reading(options) as store:
        rows = [
            as_dict(one)
            for one in (store.incidents.all() if closed else store.incidents.open_ones())
        ]
    if options.json:
        print_json({"incidents": rows})
    elif rows:
        shown = [
            (
                row["kind"],
                row["subject"],
                _time(row["opened_at"]),
                _time(row["closed_at"]) if row["closed_at"] else "",
                row["message"],
            )
            for row in rows
        ]
        print_table("", ("kind", "of", "since (UTC)", "until", "what"), shown)
    else:
        say("Nothing needs attention.")
    return 0


@contextmanager
def _reading(options: Options) -> Iterator[Store]:
    settings = options.settings(log_level="error")
    if not database_exists(settings.database_path):
        raise StoreError(f"{settings.database_path}: not there yet; `digest run` makes it")
    store = Store(settings.database_path, read_only=True)
    try:
        yield store
    finally:
        store.close()


def _decide(options: Options, command: str, **what: Any) -> int:
    settings = options.settings(log_level="error")
    result = aio.run(_carry_out(settings, command, what))
    if options.json:
        print_json(result)
    else:
        _print_deliveries(result["deliveries"])
    return 1 if any(row["state"] in UNDELIVERED for row in result["deliveries"]) else 0


async def _carry_out(settings: Settings, command: str, what: dict[str, Any]) -> dict[str, Any]:
    try:
        async with open_runtime(settings, f"digest {command}") as runtime:
            return await runtime.decide(command, what)
    except InstanceError as error:
        return await asked(settings, error, command, **what)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A delivery without its history."""
    return {key: value for key, value in row.items() if key != "changes"}


def _print_deliveries(rows: Sequence[dict[str, Any]]) -> None:
    shown = [
        (
            str(row["id"]),
            str(row["edition"]),
            row["digest"],
            row["channel"],
            row["recipient"],
            str(row["part"]) + (f" (repeats {row['of']})" if row["of"] else ""),
            row["state"],
            _time(row["changed_at"]),
            row["said"] or "",
        )
        for row in rows
    ]
    print_table("", _COLUMNS, shown)


def _time(at: datetime | str) -> str:
    # The daemon answers in JSON, where times are text.
    text = at if isinstance(at, str) else at.isoformat(sep=" ")
    return text.replace("T", " ")[:19]
