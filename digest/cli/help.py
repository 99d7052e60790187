"""`digest help`: the help of a command, as `--help` behind it shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from digest.cli.output import show_lines

if TYPE_CHECKING:
    from collections.abc import Sequence


def _commands(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The commands that can follow the words so far."""
    found = _found(context, context.params.get("words") or ())
    group = found.command
    names = group.list_commands(found) if isinstance(group, click.Group) else []
    return [name for name in names if name.startswith(incomplete.lower())]


@click.command
@click.argument("words", metavar="[COMMAND]...", nargs=-1, shell_complete=_commands)
@click.pass_context
def help(context: click.Context, words: tuple[str, ...]) -> None:  # noqa: A001 - as it is called
    """Show what COMMAND does, and its options."""
    show_lines(_found(context, words).get_help())


def _found(context: click.Context, words: Sequence[str]) -> click.Context:
    """The command that these words call.

    Raises:
        click.UsageError: there is none.
    """
    found = context.find_root()
    remaining = list(words)
    while remaining:
        group = found.command
        if not isinstance(group, click.Group):
            raise click.UsageError(f"{found.info_name} has no commands of its own", found)
        name, command, remaining = group.resolve_command(found, remaining)
        assert command is not None
        found = click.Context(command, info_name=name, parent=found)
    return found
