"""`digests`: digests that go by another name now."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli.groups import Group
from digest.cli.output import print_json, say
from digest.cli.recipients import rename
from digest.language import counted

if TYPE_CHECKING:
    from digest.cli import Options


@click.group(cls=Group)
def digests() -> None:
    """Move or forget digests that the configuration file has no more."""


@digests.command()
@click.argument("before", metavar="FROM")
@click.argument("after", metavar="TO")
@click.pass_obj
def move(options: Options, before: str, after: str) -> int:
    """Have digest FROM, which is gone, go on as TO.

    What was sent stays sent, what waits goes out with TO, and old links are TO's.
    """
    settings = options.settings(log_level="error")
    result = rename(settings, "digests move", before, after)
    if options.json:
        print_json(result)
    else:
        say(f"moved {before} to {after}: {counted(result['editions'], 'edition')}")
    return 0


@digests.command()
@click.argument("name", metavar="DIGEST")
@click.pass_obj
def forget(options: Options, name: str) -> int:
    """Tell no more of DIGEST, which is gone for good. Its editions are kept."""
    settings = options.settings(log_level="error")
    result = rename(settings, "digests forget", name)
    if options.json:
        print_json(result)
    else:
        say(f"{name} is told of no more")
    return 0
