"""Groups of commands: help under headings, and the nearest name for a command that is not there."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_COMMANDS = "Commands"


class Group(click.Group):
    """A group of commands; `headings` has what its help lists them under, all in one without."""

    headings: ClassVar[Mapping[str, Sequence[str]]] = {}

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called, or an error that has the likeliest one."""
        name = args[0]
        if not (name.startswith("-") or ctx.resilient_parsing or self.get_command(ctx, name)):
            from digest.config.spelling import nearest

            ctx.fail(f"there is no command {name!r}{nearest(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with its summary, in columns that are the same under all headings."""
        names = self.list_commands(ctx)
        width = max(map(len, names))
        for heading, listed in (self.headings or {_COMMANDS: names}).items():
            commands = [(name, self.get_command(ctx, name)) for name in listed]
            with formatter.section(heading):
                formatter.write_dl(
                    [
                        (f"{name:{width}}", command.get_short_help_str(formatter.width))
                        for name, command in commands
                        if command
                    ]
                )
