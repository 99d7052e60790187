"""docs/commands.md from the commands themselves, and their JSON Schemas beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from digest.cli import cli
from digest.cli.result_schema import schema_of
from digest.cli.results import RESULTS, WITHOUT_RESULT
from digest.cli.schema import output_schema
from digest.rendering.snapshot import EditionSnapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

# In a table it would end a cell.
BAR = "\\|"


def commands(group: click.Group = cli, before: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command there is, by the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield f"{before}{name}", command
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")


def reference() -> str:
    """What stands below the mark in docs/commands.md."""
    parts = ["## Before or behind the command", "", *_options(cli, click.Context(cli)), ""]
    for name, command in commands():
        parts += [f"## digest {name}", "", *_command(name, command), ""]
    return "\n".join(parts)


def schema_files() -> dict[str, str]:
    """The files in docs/schemas, by name."""
    schemas = {_file(name): output_schema(name) for name in RESULTS}
    return {
        f"{name}.json": json.dumps(schema, indent=2) + "\n"
        for name, schema in {**schemas, "edition": edition_schema()}.items()
    }


def edition_schema() -> dict[str, Any]:
    """The schema of an edition as programs get it: by a webhook, a command or a file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema_of([EditionSnapshot]),
        "title": "an edition",
    }


def _command(name: str, command: click.Command) -> Iterator[str]:
    context = click.Context(command, info_name=f"digest {name}")
    options = list(_options(command, context))
    pieces = [
        one for one in command.collect_usage_pieces(context) if options or "OPTION" not in one
    ]
    paragraphs = (command.help or "").split("\n\n")
    yield f"`{' '.join([f'digest {name}', *pieces])}`"
    for paragraph in paragraphs:
        yield ""
        yield " ".join(paragraph.split())
    if options:
        yield ""
        yield from options
    yield ""
    yield from _ends(name)


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    options = [one for one in options if not (one.hidden or "--help" in one.opts)]
    if options:
        yield from ("| option | what |", "|---|---|")
    for option in options:
        spelled = ", ".join(sorted(option.opts, key=len))
        value = "" if option.is_flag else f" {option.make_metavar(context)}".removesuffix(" RANGE")
        what = option.help or ""
        if option.show_default:
            what += f" Default: {option.default}."
        cells = (f"`{spelled}{value}`", what)
        yield f"| {' | '.join(cell.replace('|', BAR) for cell in cells)} |"


def _ends(name: str) -> Iterator[str]:
    if name in WITHOUT_RESULT:
        yield f"No schema: {WITHOUT_RESULT[name]}."
        return
    result = RESULTS[name]
    if result.fails:
        yield f"Exit code 1: {result.fails}."
        yield ""
    shapes = " or ".join(
        ", ".join(f"`{key}`" for key in keys) for keys in _keys(output_schema(name))
    )
    writes = " It writes." if result.writes else ""
    yield f"With `--json`: {shapes} ([schema](schemas/{_file(name)}.json)).{writes}"


def _keys(schema: dict[str, Any]) -> list[list[str]]:
    definitions = schema.get("$defs", {})
    shapes = [definitions[one["$ref"].rpartition("/")[2]] for one in schema.get("anyOf", [])]
    return [list(shape["properties"]) for shape in shapes or [schema]]


def _file(name: str) -> str:
    return name.replace(" ", "-")
