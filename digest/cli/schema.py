"""`digest schema`: prints the JSON Schema of the configuration, or of what a command prints."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

import click

from digest.cli.groups import Group
from digest.cli.output import print_json
from digest.errors import UsageError


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
def schema(context: click.Context) -> None:
    """Print the JSON Schema of the configuration file. Editors use it."""
    from digest.config.schema import json_schema

    if context.invoked_subcommand is None:
        print_json(json_schema())


@schema.command()
@click.argument("command", nargs=-1, required=True)
def output(command: tuple[str, ...]) -> None:
    """Print the JSON Schema of what COMMAND prints with `--json`. COMMAND is like `feeds test`."""
    print_json(output_schema(" ".join(command)))


def output_schema(command: str) -> dict[str, Any]:
    """JSON Schema of what a command prints.

    Raises:
        UsageError: there is no such command, or it prints no result.
    """
    from digest.cli.result_schema import schema_of
    from digest.cli.results import RESULTS, WITHOUT_RESULT

    command = command.lower()
    if command in WITHOUT_RESULT:
        raise UsageError(f"{command} has no schema: {WITHOUT_RESULT[command]}")
    if command not in RESULTS:
        near = get_close_matches(command, RESULTS, 1)
        raise UsageError(
            f"there is no command {command!r}; "
            + (f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(RESULTS)}")
        )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema_of(RESULTS[command].structs),
        "title": f"digest --json {command}",
    }
