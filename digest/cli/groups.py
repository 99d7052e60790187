"""Groups of commands: help under headings, and the nearest name for a command that is not there.

Commands go by their names in capitals too, and take the options of every command behind them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import click

from digest.cli.options import take_everywhere

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from click.shell_completion import CompletionItem

_COMMANDS = "Commands"
# Longer summaries are cut; those of ours are not.
_WIDEST = 100


class Group(click.Group):
    """A group of commands; `headings` has what its help lists them under, all in one without."""

    headings: ClassVar[Mapping[str, Sequence[str]]] = {}

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called, or an error that has the likeliest one."""
        name = args[0] if args[0].startswith("-") else args[0].lower()
        if not (name.startswith("-") or ctx.resilient_parsing or self.get_command(ctx, name)):
            from digest.config.spelling import nearest

            ctx.fail(f"there is no command {name!r}{nearest(name, self.list_commands(ctx))}")
        found, command, rest = super().resolve_command(ctx, [name, *args[1:]])
        return found, command and take_everywhere(command), rest

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Commands with their summaries, for which none of them is imported, and options."""
        from click.shell_completion import CompletionItem

        commands = [
            CompletionItem(name, help=self.summary(ctx, name))
            for name in self.list_commands(ctx)
            if name.startswith(incomplete.lower())
        ]
        return [*commands, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with its summary, in columns that are the same under all headings."""
        names = self.list_commands(ctx)
        width = max(map(len, names))
        for heading, listed in (self.headings or {_COMMANDS: names}).items():
            with formatter.section(heading):
                formatter.write_dl(
                    [(f"{name:{width}}", self.summary(ctx, name)) for name in listed]
                )

    def summary(self, ctx: click.Context, name: str) -> str:
        """The first sentence of a command's help."""
        command = self.get_command(ctx, name)
        assert command is not None
        return command.get_short_help_str(_WIDEST)
