"""`digest deliveries`, `show`, `retry`, `drop`, `resend` and `incidents`: the ledger by command."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import click
from msgspec import Struct
from msgspec.structs import asdict

from digest.app.edition_reasons import EntriesNotGiven, entries_not_given
from digest.app.human_units import clock_time
from digest.app.results import Decided
from digest.app.wiring import open_runtime
from digest.cli import aio, pass_settings
from digest.cli.holder import ask_holder
from digest.cli.names import channel_names, digest_names
from digest.cli.output import print_result, print_table, say
from digest.cli.poll_send import UNDELIVERED
from digest.config.addresses import mail_key
from digest.config.spelling import nearest, spelled
from digest.errors import InstanceError
from digest.language import counted
from digest.store import Store, database_of
from digest.store.deliveries import EditionRecord, Record, RecordWithHistory
from digest.store.incidents import Incident

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from digest.config import Settings

    # Of recipients, by channel.
    _Keys = Collection[tuple[str, str]]

_STATES = ("pending", "sending", "sent", "retrying", "failed", "unknown", "dropped")
_SHOWN = 100
_COLUMNS = (
    *("id", "edition", "digest", "channel", "recipient", "part"),
    *("state", "changed", "answer"),
)


class Deliveries(Struct, frozen=True):
    """`deliveries`: the newest first."""

    deliveries: tuple[Record, ...]


class ShownStory(Struct, frozen=True):
    """A story of an edition."""

    title: str
    url: str


class ShownEdition(EditionRecord, frozen=True):
    """An edition."""

    stories: tuple[ShownStory, ...]
    missing_blocks: tuple[str, ...]
    """Which blocks it is without, and why."""
    not_given: tuple[EntriesNotGiven, ...]
    """What single channels are not given of it, and why."""


class Show(Struct, frozen=True):
    """`show`: an edition with every change of its deliveries."""

    edition: ShownEdition
    deliveries: tuple[RecordWithHistory, ...]


class Incidents(Struct, frozen=True):
    """`incidents`: the oldest first."""

    incidents: tuple[Incident, ...]


@click.command()
@click.option(
    "--state",
    type=click.Choice(_STATES, case_sensitive=False),
    help="Only those in this state.",
)
@click.option(
    "--digest", metavar="DIGEST", shell_complete=digest_names, help="Only those of this digest."
)
@click.option(
    "--most", type=click.IntRange(1), default=_SHOWN, show_default=True, help="How many, at most."
)
@pass_settings
def deliveries(settings: Settings, state: str | None, digest: str | None, most: int) -> None:
    """Show deliveries, the newest first."""
    digest = digest and spelled(digest, settings.digests)
    with _reading(settings) as store:
        found = Deliveries(tuple(store.deliveries.find(state, digest, most)))
        away = store.recipients.suppressed()
    if digest and not found.deliveries and digest not in settings.digests:
        near = nearest(digest, settings.digests)
        say(f"digest: the file has no digest {digest!r}{near}", err=True)
    print_result(found, lambda found: _print_deliveries(found.deliveries, settings.zone, away))


@click.command()
@click.argument("edition", type=int)
@pass_settings
def show(settings: Settings, edition: int) -> None:
    """Show an edition with the whole history of its deliveries."""
    with _reading(settings) as store:
        record = store.deliveries.edition(edition)
        composed = store.editions.load(edition)
        found = store.deliveries.of_edition(edition)
        not_given = entries_not_given(store.editions.not_given(edition))
        away = store.recipients.suppressed()
    assert composed is not None
    stories = tuple(ShownStory(story.title, story.url) for story in composed.stories)
    shown = ShownEdition(
        **asdict(record),
        stories=stories,
        missing_blocks=composed.missing_blocks,
        not_given=not_given,
    )
    result = Show(shown, tuple(found))
    print_result(result, lambda result: _print_edition(result, settings.zone, away))


def _print_edition(result: Show, zone: ZoneInfo, away: _Keys) -> None:
    edition = result.edition
    say(f"Edition {edition.id} of {edition.digest}: {edition.subject}")
    stories = counted(len(edition.stories), "story", "stories")
    due, made = clock_time(edition.scheduled_for, zone), clock_time(edition.period_to, zone)
    say(f"due {due}, composed {made}, {stories}")
    for missing in edition.missing_blocks:
        say(f"without {missing}")
    for missed in edition.not_given:
        say(missed.line)
    for delivery in result.deliveries:
        part = f", part {delivery.part}" if delivery.part > 1 else ""
        say()
        say(f"{delivery.channel} to {delivery.recipient}{part}: {_state(delivery, away)}")
        for line in _history(delivery, zone):
            say(f"  {line}")


def _history(delivery: RecordWithHistory, zone: ZoneInfo) -> Iterator[str]:
    """What became of a delivery, a line each."""
    of = f" to repeat {delivery.of}" if delivery.of else ""
    yield f"{_time(delivery.created_at, zone)} planned as {delivery.id}{of}, {delivery.message_id}"
    for change in delivery.changes:
        answer = f": {change.said}" if change.said else ""
        attempt = f" (attempt {change.attempt})" if change.state == "sending" else ""
        sent_as = f" as {change.message_id}" if change.message_id else ""
        yield f"{_time(change.at, zone)} {change.state}{attempt}{sent_as}{answer}"
    if delivery.next_attempt_at:
        yield f"{_time(delivery.next_attempt_at, zone)} next attempt"
    if delivery.repeated_by:
        yield f"sent once more as {delivery.repeated_by}"


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, type=int, required=True)
@pass_settings
def retry(settings: Settings, ids: tuple[int, ...]) -> int:
    """Try failed, waiting or unknown deliveries again now."""
    return _decide(settings, "retry", ids=ids)


@click.command()
@click.argument("ids", metavar="ID...", nargs=-1, type=int, required=True)
@pass_settings
def drop(settings: Settings, ids: tuple[int, ...]) -> None:
    """Give up deliveries that are not sent: they are not tried again."""
    _decide(settings, "drop", ids=ids)


@click.command()
@click.argument("edition", type=int)
@click.option(
    "--to", metavar="CHANNEL|RECIPIENT", shell_complete=channel_names, help="Only to this one."
)
@pass_settings
def resend(settings: Settings, edition: int, to: str | None) -> int:
    """Send an edition once more, as it was. To all who got it, or to one channel or recipient.

    Each is a delivery of its own; what was sent stays sent. Where something is under way to a
    recipient already, it is left to that.
    """
    to = to and spelled(to, settings.channels)
    return _decide(settings, "resend", edition=edition, to=to)


@click.command()
@click.option("--all", "closed", is_flag=True, help="Also those that are over.")
@pass_settings
def incidents(settings: Settings, *, closed: bool) -> None:
    """Show what needs a person, the oldest first."""
    with _reading(settings) as store:
        found = store.incidents.all() if closed else store.incidents.open_ones()
    result = Incidents(tuple(found))
    print_result(result, lambda result: _print_incidents(result, settings.zone))


def _print_incidents(result: Incidents, zone: ZoneInfo) -> None:
    rows = [
        (
            incident.kind,
            incident.subject,
            clock_time(incident.opened_at, zone),
            clock_time(incident.closed_at, zone) if incident.closed_at else "",
            incident.message,
        )
        for incident in result.incidents
    ]
    if rows:
        print_table("", ("kind", "of", "since", "until", "what"), rows)
    else:
        say("No incident is open; `digest status` shows whatever needs attention.")


@contextmanager
def _reading(settings: Settings) -> Iterator[Store]:
    database = database_of(settings)
    database.refuse_missing()
    with closing(Store(database, read_only=True)) as store:
        yield store


def _decide(settings: Settings, command: str, **arguments: Any) -> int:
    result = aio.run(_carry_out(settings, command, arguments))
    print_result(result, lambda result: _print_deliveries(result.deliveries, settings.zone))
    return 1 if any(delivery.state in UNDELIVERED for delivery in result.deliveries) else 0


async def _carry_out(settings: Settings, command: str, arguments: dict[str, Any]) -> Decided:
    try:
        async with open_runtime(settings, f"digest {command}") as runtime:
            return await runtime.decide(command, arguments)
    except InstanceError as error:
        return await ask_holder(settings, error, Decided, command, **arguments)


def _state(delivery: Record, away: _Keys) -> str:
    """The state in words: what did not arrive at one who gets nothing any more is settled."""
    if delivery.dropped:
        return f"{delivery.state}, dropped"
    lost = delivery.state in {"failed", "unknown", "retrying"}
    settled = lost and (delivery.channel, mail_key(delivery.recipient)) in away
    return f"{delivery.state}, settled" if settled else delivery.state


def _print_deliveries(found: Sequence[Record], zone: ZoneInfo, away: _Keys = frozenset()) -> None:
    rows = [
        (
            str(delivery.id),
            str(delivery.edition),
            delivery.digest,
            delivery.channel,
            delivery.recipient,
            str(delivery.part) + (f" (repeats {delivery.of})" if delivery.of else ""),
            _state(delivery, away),
            _time(delivery.changed_at, zone),
            delivery.said or "",
        )
        for delivery in found
    ]
    if rows:
        print_table("", _COLUMNS, rows)
    else:
        say("No deliveries.")


def _time(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"
