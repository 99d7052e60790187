"""Imports go one way, and what is pure neither waits nor looks outside."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "digest"
PURE = sorted(
    {
        *PACKAGE.glob("editions/**/*.py"),
        *PACKAGE.glob("feeds/**/*.py"),
        *PACKAGE.glob("rendering/**/*.py"),
        *PACKAGE.glob("model/*.py"),
        *(PACKAGE / "config" / f"{name}.py" for name in ("addresses", "schedule", "units")),
    }
    # These do I/O, and the last two read the templates.
    - {PACKAGE / "feeds" / "mailboxes" / f"{name}.py" for name in ("connection", "imap", "maildir")}
    - {
        PACKAGE / "feeds" / "http" / f"{name}.py"
        for name in ("connector", "fetch", "sockets", "throttle")
    }
    - {PACKAGE / "rendering" / f"{name}.py" for name in ("template_files", "templates")}
)
_OUTSIDE = re.compile(
    r"""(
        open|input|print
        |(\w+\.)*(datetime|date)\.(now|utcnow|today)
        |time\.(time|time_ns|monotonic|monotonic_ns|perf_counter|sleep|localtime|gmtime)
        |.*\.(open|read_text|read_bytes|write_text|write_bytes|unlink|mkdir)
        |(os|sys|socket|subprocess|random|secrets|uuid)\..*
    )""",
    re.VERBOSE,
)


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def covered_modules() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = [
        contract["layers"]
        for contract in contracts
        if contract["type"] == "layers" and "containers" not in contract
    ]
    return {name for layer in layers for name in re.findall(r"[\w.]+", layer)}


def impurities(source: str) -> list[str]:
    """What code does besides computing, as `line: what`."""
    found = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Await() | ast.AsyncFunctionDef() | ast.AsyncFor() | ast.AsyncWith():
                found.append(f"{node.lineno}: {type(node).__name__}")
            case ast.Call(func=function) if _OUTSIDE.fullmatch(ast.unparse(function)):
                found.append(f"{node.lineno}: {ast.unparse(function)}")
    return found


def test_imports_go_one_way() -> None:
    command = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run(
        [command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("digest", cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}

    # It raises an error that names the circle.
    TopologicalSorter(imports).prepare()

    assert len(imports) > 100


def test_every_module_has_its_layer() -> None:
    layers = covered_modules()
    outside = {"digest", "digest.__main__"}
    modules = [
        module_name(path)
        for path in PACKAGE.rglob("*.py")
        # A package whose __init__ is no more than a docstring holds nothing to put in a layer.
        if len(ast.parse(path.read_text("utf-8")).body) > 1
    ]

    assert len(modules) > 30
    assert [
        name
        for name in modules
        if name not in outside
        and not any(name == layer or name.startswith(f"{layer}.") for layer in layers)
    ] == []


def test_every_layer_exists() -> None:
    modules = {module_name(path) for path in PACKAGE.rglob("*.py")}

    assert covered_modules() <= modules


@pytest.mark.parametrize("path", PURE, ids=module_name)
def test_pure_code_only_computes(path: Path) -> None:
    assert impurities(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "async def f(): pass",
        "async def f(): await g()",
        "open('x')",
        "Path('x').read_text()",
        "datetime.now(UTC)",
        "datetime.datetime.utcnow()",
        "date.today()",
        "time.time()",
        "os.getenv('X')",
        "random.random()",
    ],
)
def test_what_is_not_pure_is_noticed(source: str) -> None:
    assert impurities(source) != []


# What only code says that knows where the database is, or how it is kept there.
_KNOWS_THE_FILE = re.compile(
    r"""settings\.database\b|database_path|SQLITE_PREFIX
        |\bsqlite3\b|digest\.store\.sqlite\b|["'](-wal|-shm|-journal|\.lock|\.sock)["']
    """,
    re.VERBOSE,
)


def knows_the_file(path: Path) -> bool:
    return bool(_KNOWS_THE_FILE.search(path.read_text("utf-8")))


def test_one_folder_knows_where_the_database_is_kept() -> None:
    folder = PACKAGE / "store" / "sqlite"
    outside = [path for path in PACKAGE.rglob("*.py") if not path.is_relative_to(folder)]

    # The setting itself, and what makes an address of it.
    assert sorted(module_name(path) for path in outside if knows_the_file(path)) == [
        "digest.config.settings",
        "digest.store",
    ]


@pytest.mark.parametrize("name", ["address", "backup", "connection", "files"])
def test_who_knows_it_is_noticed(name: str) -> None:
    assert knows_the_file(PACKAGE / "store" / "sqlite" / f"{name}.py")
