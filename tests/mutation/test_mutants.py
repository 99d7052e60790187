"""What is changed in a module, and what is left alone."""

from __future__ import annotations

import ast

from tests.mutation.__main__ import EXPLAINED, TESTS, chosen
from tests.mutation.mutants import mutants
from tests.mutation.trying import ROOT

SOURCE = '''"""A module."""
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import x
KINDS = {"a", "b"}
def f(a: int | None, b: str = "c") -> str:
    """A function."""
    if not a and b == "d":
        raise ValueError("no")
    g(a, b=1)
    return query.where(a < b)
'''


def changed() -> list[tuple[int, str]]:
    return [(one.line, one.what) for one in mutants("m.py", SOURCE)]


def test_each_kind_of_slip_is_made() -> None:
    assert {
        (5, "element 2 is forgotten"),
        (6, "a text is another"),
        (8, "not is forgotten"),
        (8, "And is Or"),
        (8, "Eq is NotEq"),
        (8, "the condition is turned around"),
        (8, "`raise ValueError('no')` is forgotten"),
        (10, "b= is forgotten"),
        (10, "1 is 2"),
        (11, "nothing is returned"),
        (11, ".where is forgotten"),
        (11, "Lt is LtE"),
    } <= set(changed())


def test_what_nobody_could_notice_is_left_alone() -> None:
    lines = {line for line, _ in changed()}
    assert lines.isdisjoint({1, 3, 4, 7, 9})
    assert (6, "BitOr is BitAnd") not in changed()


def test_each_mutant_is_another_module_that_can_be_read() -> None:
    sources = [one.source for one in mutants("m.py", SOURCE)]
    assert ast.unparse(ast.parse(SOURCE)) not in sources
    for source in sources:
        ast.parse(source)


def test_what_is_explained_is_a_mutant_there_is() -> None:
    there = {one.name for path in TESTS for one in mutants(path, (ROOT / path).read_text("utf-8"))}
    assert EXPLAINED.keys() <= there


def test_of_one_module_the_same_are_drawn_whichever_others_are_asked_for() -> None:
    one, *_ = paths = list(TESTS)
    drawn = [mutant.source for mutant in chosen([one], 40, 1)]
    assert [mutant.source for mutant in chosen(paths, 40 * len(paths), 1)][:40] == drawn
    assert len(set(drawn)) == 40
    assert drawn != [mutant.source for mutant in chosen([one], 40, 2)]


def test_the_tests_that_are_asked_are_there() -> None:
    named = [name for steps in TESTS.values() for step in steps for name in step]
    assert [name for name in named if not (ROOT / name).is_file()] == []
