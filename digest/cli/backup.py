"""`backup`: a copy of the database, made while others use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.output import print_json, say
from digest.store import back_up

if TYPE_CHECKING:
    from digest.cli import Options


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def backup(options: Options, file: Path) -> None:
    """Copy the database to FILE, whole, while the daemon runs or not.

    The copy is checked before it takes its place; a FILE that is there is replaced.
    """
    settings = options.settings(log_level="error")
    size = back_up(settings.database_path, file)
    if options.json:
        print_json({"backup": str(file), "bytes": size})
    else:
        say(f"{size:,} bytes copied to {file}")
