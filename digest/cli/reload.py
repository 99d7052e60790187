"""`digest reload`: has the daemon read its configuration file anew, and says what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec import convert

from digest.app.results import Reloaded
from digest.cli import aio
from digest.cli.output import print_result, say
from digest.cli.settings_in_use import database_in_use
from digest.errors import StoreError

if TYPE_CHECKING:
    from digest.cli.options import Options


@click.command()
@click.pass_obj
def reload(options: Options) -> None:
    """Have the daemon take over its file, or say why it does not.

    Where the file has an error, the daemon goes on with the settings of before.
    """
    from digest.web.control_client import ask_daemon

    answer = aio.run(ask_daemon(database_in_use(options), "reload"))
    if answer is None:
        raise StoreError("no daemon runs now; `digest run` reads the file when it starts")
    print_result(convert(answer, Reloaded), _print)


def _print(reloaded: Reloaded) -> None:
    for change in reloaded.changes:
        say(change)
    say("reloaded" if reloaded.changes else "reloaded: nothing is different")
