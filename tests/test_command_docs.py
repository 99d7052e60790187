"""docs/commands.md and docs/schemas are what the commands say.

`UPDATE_DOCS=1 pytest -n 0 tests/test_command_docs.py` writes them anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import click
import pytest

from tests.command_docs import commands, reference, schema_files

DOCS = Path(__file__).parents[1] / "docs"
MARK = "<!-- generated from the commands -->\n"


def test_the_reference_is_what_the_commands_say() -> None:
    path = DOCS / "commands.md"
    head = path.read_text("utf-8").partition(MARK)[0]
    if os.environ.get("UPDATE_DOCS"):
        path.write_text(head + MARK + "\n" + reference(), "utf-8")
    assert path.read_text("utf-8") == head + MARK + "\n" + reference()


def test_the_schemas_are_what_digest_schema_output_prints() -> None:
    folder, wanted = DOCS / "schemas", schema_files()
    if os.environ.get("UPDATE_DOCS"):
        folder.mkdir(exist_ok=True)
        for path in folder.glob("*.json"):
            path.unlink()
        for name, text in wanted.items():
            (folder / name).write_text(text, "utf-8")
    assert {path.name: path.read_text("utf-8") for path in folder.glob("*.json")} == wanted


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_and_option_says_what_it_does(name: str) -> None:
    command = dict(commands())[name]
    assert command.help
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert [one.name for one in options if not one.help] == []


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_has_a_heading(name: str) -> None:
    text = (DOCS / "commands.md").read_text("utf-8")
    assert re.search(rf"^## digest {name}$", text, re.MULTILINE)
