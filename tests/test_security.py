"""docs/security.md: each of its bounds is a test that is there, each number the one in the code."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from msgspec import Struct

from digest.config.base import Model

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/security.md").read_text("utf-8")
_NUMBER = re.compile(r"([\d,]+)(?: (\w+))?")
_UNITS = {
    "KB": (1000, 1024),
    "MB": (1000**2, 1024**2),
    "GB": (1000**3, 1024**3),
    "s": (1,),
    "min": (60,),
    "h": (3600,),
    "days": (86400, 1),
    "day": (86400, 1),
}


class Bound(Struct, frozen=True):
    """A row of the table."""

    who: str
    what: str
    value: str
    constant: str
    test: str


def bounds() -> list[Bound]:
    _, _, table = PAGE.partition("## Bounds\n")
    lines = [line for line in table.splitlines() if line.startswith("|")]
    cells = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]
    return [Bound(*row) for row in cells[2:]]


BOUNDS = bounds()
each = pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: f"{bound.who}: {bound.what}")
numbered = pytest.mark.parametrize(
    "bound", [one for one in BOUNDS if one.constant], ids=lambda bound: bound.constant
)


@cache
def names_in(path: str) -> set[str]:
    """The tests of a file, by name, without importing it."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return {node.name for node in ast.walk(tree) if isinstance(node, functions)}


def constant(name: str) -> object:
    """What a name stands for: a constant, one of several, a default of a setting or parameter."""
    parts = name.split(".")
    for number in range(len(parts), 0, -1):
        module = ROOT / "digest" / Path(*parts[:number])
        if module.with_suffix(".py").exists() or (module / "__init__.py").exists():
            found: object = importlib.import_module(".".join(["digest", *parts[:number]]))
            for part in parts[number:]:
                found = _member(found, part)
            return found
    raise AssertionError(f"no module of {name}")


def _member(owner: object, name: str) -> object:
    if isinstance(owner, type) and issubclass(owner, Model):
        return owner.model_fields[name].default
    if isinstance(owner, tuple):
        return owner[int(name)]
    if inspect.isfunction(owner):
        return inspect.signature(owner).parameters[name].default
    return getattr(owner, name)


def numbers(value: str) -> set[float]:
    """What a value of the table may be in the code, whose units are bytes and seconds."""
    found = _NUMBER.fullmatch(value)
    assert found, f"{value!r} is no number with a unit"
    number = int(found[1].replace(",", ""))
    return {number * factor for factor in _UNITS[found[2]]} if found[2] else {number}


def test_there_is_a_table() -> None:
    assert len(BOUNDS) > 40
    assert len(BOUNDS) == len({(one.who, one.what) for one in BOUNDS})


@each
def test_a_bound_is_held_by_a_test_that_is_there(bound: Bound) -> None:
    path, _, name = bound.test.partition("::")
    assert name in names_in(path)
    assert name.startswith("test_")


@numbered
def test_a_number_is_the_one_in_the_code(bound: Bound) -> None:
    held = constant(bound.constant)
    seconds = held.total_seconds() if isinstance(held, timedelta) else held
    assert seconds in numbers(bound.value), f"{bound.value} is {held} in the code"


@pytest.mark.parametrize("bound", BOUNDS, ids=lambda bound: f"{bound.who}: {bound.what}")
def test_a_number_says_where_in_the_code_it_is(bound: Bound) -> None:
    assert bool(bound.constant) == bool(_NUMBER.fullmatch(bound.value))


def test_the_page_is_found() -> None:
    assert "(security.md)" in (ROOT / "docs/index.md").read_text("utf-8")
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text("utf-8")
    assert "(docs/security.md)" in (ROOT / "SECURITY.md").read_text("utf-8")


def test_the_policy_invents_no_address() -> None:
    assert "@" not in (ROOT / "SECURITY.md").read_text("utf-8")
