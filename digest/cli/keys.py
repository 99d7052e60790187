"""`keys`: what links and sessions are signed with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from digest.app.runtime import rotation_report
from digest.app.wiring import open_store
from digest.cli import Options, aio
from digest.cli.groups import Group
from digest.cli.output import print_json, say
from digest.cli.poll_send import asked
from digest.errors import InstanceError
from digest.language import counted

if TYPE_CHECKING:
    from digest.config import Settings


@click.group(cls=Group)
def keys() -> None:
    """Change the keys that links and sessions are signed with."""


@keys.command()
@click.option("--forget", is_flag=True, help="Let nobody unsubscribe by a link of before either.")
@click.pass_obj
def rotate(options: Options, *, forget: bool) -> int:
    """Sign with new keys, as after somebody else may have seen the database or a backup of it.

    Every login ends, and so do links to editions, feeds of editions, preferences and to confirm.
    Links to unsubscribe in mail of before still unsubscribe, and do nothing else.
    """
    settings = options.settings(log_level="error")
    result = aio.run(_rotate(settings, forget=forget))
    if options.json:
        print_json(result)
    else:
        say("new keys; logins and links of before are over")
        say(_kept(result["retired"]))
    return 0


def _kept(retired: int) -> str:
    if not retired:
        return "links to unsubscribe in mail of before lead nowhere"
    return f"by {counted(retired, 'key', 'keys')} of before readers can still unsubscribe"


async def _rotate(settings: Settings, *, forget: bool) -> dict[str, Any]:
    try:
        async with open_store(settings, "digest keys rotate") as store:
            return rotation_report(await store.run(lambda one: one.keys.rotate(forget=forget)))
    except InstanceError as error:
        return await asked(settings, error, "rotate", forget=forget)
