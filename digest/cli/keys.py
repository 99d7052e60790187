"""`digest keys`: changes the keys that links and sessions are signed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.app.results import KeysRotated
from digest.app.runtime import rotation_report
from digest.app.wiring import open_store
from digest.cli import aio, pass_settings
from digest.cli.groups import Group
from digest.cli.holder import ask_holder
from digest.cli.output import print_result, say
from digest.errors import InstanceError
from digest.language import counted

if TYPE_CHECKING:
    from digest.config import Settings


@click.group(cls=Group)
def keys() -> None:
    """Change the keys that links and sessions are signed with."""


@keys.command()
@click.option("--forget", is_flag=True, help="End links to unsubscribe in earlier mail too.")
@pass_settings
def rotate(settings: Settings, *, forget: bool) -> None:
    """Sign with new keys, as after somebody else may have seen the database or a backup of it.

    Every login ends, and so do links to editions, feeds of editions, preferences and to confirm.
    Links to unsubscribe in mail of before still unsubscribe, and do nothing else.
    """
    print_result(aio.run(_rotate(settings, forget=forget)), _print)


def _print(rotated: KeysRotated) -> None:
    say("new keys; logins and links of before are over")
    if rotated.retired:
        keys = counted(rotated.retired, "key", "keys")
        say(f"by {keys} of before readers can still unsubscribe")
    else:
        say("links to unsubscribe in mail of before lead nowhere")


async def _rotate(settings: Settings, *, forget: bool) -> KeysRotated:
    try:
        async with open_store(settings, "digest keys rotate") as store:
            return rotation_report(
                await store.transact(lambda opened: opened.keys.rotate(forget=forget))
            )
    except InstanceError as error:
        return await ask_holder(settings, error, KeysRotated, "rotate", forget=forget)
