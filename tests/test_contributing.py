"""The guide for newcomers names what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The kinds that the guide makes up.
EXAMPLES = re.compile("pigeon|orchard")
GUIDE = (ROOT / "docs/contributing.md").read_text("utf-8")
PATHS = sorted(
    {
        path
        for path in re.findall(r"`([a-z_]+(?:/[a-z_]+)*(?:\.py|/))`", GUIDE)
        if not EXAMPLES.search(path) and not path.startswith("tests/")
    }
)


def test_there_is_a_tour() -> None:
    assert len(PATHS) > 40


@pytest.mark.parametrize("path", PATHS)
def test_every_file_and_folder_that_it_names_is_there(path: str) -> None:
    inside = [ROOT / "digest" / path, *(ROOT / "digest").glob(f"*/{path}"), ROOT / path]

    assert any(found.exists() for found in inside)


def test_every_folder_has_its_row_in_the_order_of_the_layers() -> None:
    _, _, section = GUIDE.partition("## Where things are\n")
    rows = re.findall(r"^\| `(\w+)/` \|", section.partition("\n## ")[0], re.MULTILINE)
    folders = {path.parent.name for path in (ROOT / "digest").glob("*/__init__.py")}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = " ".join(project["tool"]["importlinter"]["contracts"][0]["layers"])
    order = re.findall(r"digest\.(\w+)", layers)

    assert set(rows) == folders
    assert rows == sorted(rows, key=order.index)
