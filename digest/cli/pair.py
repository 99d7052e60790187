"""`digest pair`: shows who may ask a bot, and changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.app.human_units import ago, clock_time
from digest.app.wiring import open_store, utc_now
from digest.cli import aio, pass_settings
from digest.cli.holder import ask_holder
from digest.cli.output import print_result, print_table, say
from digest.errors import InstanceError, UsageError
from digest.jobs.pairing import PairingAdmin, PairingChanged, Pairings, pairings_of
from digest.store import database_of, read_store

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from digest.config import Settings
    from digest.jobs.pairing import PairedPerson

_NO_CHANNEL = "no channel of this file"


@click.command()
@click.argument("code", required=False)
@click.option("--revoke", metavar="WHO", help="End the pairing of this name or id.")
@pass_settings
def pair(settings: Settings, code: str | None, revoke: str | None) -> None:
    """Show who may ask a bot, let somebody do so, or end it.

    CODE is what the bot of a channel with `commands: true` gave a person who sent it /pair. Without
    one, everybody who is paired or waits for it is shown, and which channels they have paused.
    """
    if code and revoke:
        raise UsageError("give a code or --revoke, not both")
    if code or revoke:
        command, who = ("pair", code) if code else ("revoke", revoke)
        print_result(aio.run(_change(settings, command, str(who))), _print_change)
    else:
        now = utc_now()
        found = _read(settings, now)
        print_result(found, lambda shown: _print(shown, now, settings.zone))


def _read(settings: Settings, now: datetime) -> Pairings:
    with read_store(database_of(settings)) as store:
        return pairings_of(settings, store, now) if store else Pairings((), ())


async def _change(settings: Settings, command: str, who: str) -> PairingChanged:
    try:
        async with open_store(settings, "digest pair") as store:
            return await PairingAdmin(settings, store, utc_now).carry_out(command, who)
    except InstanceError as error:
        return await ask_holder(settings, error, PairingChanged, command, who=who)


def _print_change(result: PairingChanged) -> None:
    channels = ", ".join(result.pairing.channels) or _NO_CHANNEL
    if result.change == "paired":
        say(f"{result.pairing.name} ({result.pairing.person}) may ask for {channels} now")
    else:
        say(f"{result.pairing.name} ({result.pairing.person}) gets no answer any more")


def _print(result: Pairings, now: datetime, zone: ZoneInfo) -> None:
    if result.pairings:
        columns = ("id", "name", "person", "channels", "state", "asked")
        print_table("", columns, [_row(pairing, now) for pairing in result.pairings])
    else:
        say("Nobody is paired.")
    for pause in result.paused:
        say(f"{pause.channel} is paused until {clock_time(pause.until, zone)}")


def _row(pairing: PairedPerson, now: datetime) -> tuple[str, ...]:
    return (
        str(pairing.id),
        pairing.name,
        pairing.person,
        ", ".join(pairing.channels) or _NO_CHANNEL,
        pairing.state if pairing.confirmed_at else "waits for: digest pair CODE",
        ago(pairing.asked_at, now),
    )
