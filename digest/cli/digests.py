"""`digest digests`: moves or forgets digests that the configuration file has no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli import pass_settings
from digest.cli.groups import Group
from digest.cli.names import digest_names
from digest.cli.output import print_result, say
from digest.cli.recipients import rename
from digest.jobs.renames import DigestsForget, DigestsMove
from digest.language import counted

if TYPE_CHECKING:
    from digest.config import Settings


@click.group(cls=Group)
def digests() -> None:
    """Move or forget digests that the configuration file has no more."""


@digests.command()
@click.argument("before", metavar="FROM")
@click.argument("after", metavar="TO", shell_complete=digest_names)
@pass_settings
def move(settings: Settings, before: str, after: str) -> None:
    """Move the history of digest FROM, which was renamed, to digest TO.

    What was sent stays sent, what waits goes out with TO, and old links lead to TO.
    """
    moved = rename(settings, DigestsMove, "digests move", before, after)
    print_result(
        moved, lambda _: say(f"moved {before} to {after}: {counted(moved.editions, 'edition')}")
    )


@digests.command()
@click.argument("name", metavar="DIGEST")
@pass_settings
def forget(settings: Settings, name: str) -> None:
    """Forget DIGEST, which is gone for good: no more hints about it. Its editions are kept."""
    forgotten = rename(settings, DigestsForget, "digests forget", name)
    print_result(forgotten, lambda _: say(f"{name} is told of no more"))
