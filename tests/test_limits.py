"""Whatever a test waits for, or holds to a time, it may take longer where machines are slow."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests import limits

TESTS = Path(__file__).parent
# Programs that print figures, and one that times the tests themselves.
NO_TESTS = {"benchmarks", "mutation", "limits.py"}
MODULES = {"asyncio", "smtplib", "socket", "sqlite3", "subprocess"}
CLOCKS = {"time", "monotonic", "perf_counter", "process_time", "thread_time"}
# What is shorter is a pace, at which something happens.
LEAST_LIMIT = 1


def is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in {int, float}


def is_clock(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    return name in CLOCKS


def waits(call: ast.Call) -> list[ast.expr]:
    """The arguments that say for how long."""
    if not isinstance(call.func, ast.Attribute):
        return []
    name, value = call.func.attr, call.func.value
    module = value.id if isinstance(value, ast.Name) else ""
    found = [each.value for each in call.keywords if each.arg == "timeout" and module in MODULES]
    if name in {"wait", "join"} or (module == "asyncio" and name in {"timeout", "wait_for"}):
        found += call.args
    return [each for each in found if is_number(each) and ast.literal_eval(each) >= LEAST_LIMIT]


def bounds(node: ast.AST) -> list[ast.expr]:
    """What a time is compared with, or is called a number of seconds."""
    if isinstance(node, ast.Compare) and any(map(is_clock, ast.walk(node))):
        return [
            bound
            for order, bound in zip(node.ops, node.comparators, strict=True)
            if isinstance(order, ast.Lt | ast.LtE) and not any(map(is_clock, ast.walk(bound)))
        ]
    if isinstance(node, ast.Assign) and "SECONDS" in ast.unparse(node.targets[0]):
        return [node.value]
    return []


def bare_limits(source: str) -> list[str]:
    """The lines of `source` that hold something to a number of seconds on every machine alike."""
    nodes = [
        found
        for node in ast.walk(ast.parse(source))
        for found in (waits(node) if isinstance(node, ast.Call) else bounds(node))
        if is_number(found)
    ]
    return [source.splitlines()[node.lineno - 1].strip() for node in nodes]


@pytest.mark.slow
def test_every_limit_is_one_for_slow_machines_too() -> None:
    files = [path for path in TESTS.rglob("*.py") if not NO_TESTS & set(path.parts)]
    bare = {
        str(path.relative_to(TESTS)): found
        for path in files
        if (found := bare_limits(path.read_text("utf-8")))
    }
    assert bare == {}


@pytest.mark.parametrize(
    "source",
    [
        "async with asyncio.timeout(10): pass",
        "await asyncio.wait_for(woken.wait(), 10)",
        "assert process.wait(10) == 0",
        "thread.join(5)",
        "subprocess.run(command, timeout=60)",
        "assert time.monotonic() - began < 2",
        "assert 0.1 < loop.time() - began < 0.5",
        "assert process_time() - began <= 1",
        "SECONDS = 2.0",
    ],
)
def test_a_bare_one_is_found(source: str) -> None:
    assert bare_limits(source) == [source]


@pytest.mark.parametrize(
    "source",
    [
        "async with asyncio.timeout(limits.seconds(10)): pass",
        "assert process.wait() == 0",
        "server.stopping.wait(0.05)",
        "assert time.monotonic() - began < limits.seconds(2)",
        "assert loop.time() - began >= 0.1",
        "while time.monotonic() < end: pass",
        "assert len(items) < 10",
    ],
)
def test_what_is_none_is_not(source: str) -> None:
    assert bare_limits(source) == []


def test_one_variable_makes_all_of_them_longer() -> None:
    program = "from tests import limits; print(limits.seconds(2))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=TESTS.parent,
        env={"DIGEST_TEST_SLOWNESS": "3"},
        capture_output=True,
        text=True,
        check=True,
        timeout=limits.seconds(60),
    )
    assert done.stdout == "6.0\n"
