"""`digest backup`: copies the database while others use it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from digest.cli import pass_settings
from digest.cli.output import print_result, say
from digest.store import database_of

if TYPE_CHECKING:
    from digest.config import Settings


class Backup(Struct, frozen=True):
    """`backup`: the copy that was made."""

    backup: str
    bytes: int


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@pass_settings
def backup(settings: Settings, file: Path) -> None:
    """Copy the database to FILE, whether a daemon runs or not.

    The copy is checked before it takes its place; a FILE that is there is replaced.
    """
    copy = Backup(str(file), database_of(settings).back_up(file))
    print_result(copy, lambda copy: say(f"{copy.bytes:,} bytes copied to {copy.backup}"))
