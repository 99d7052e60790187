"""A kind of source is its own files: no other names it, and the guide has all that it takes."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digest.feeds.sources import kinds
from tests import limits
from tests.conftest import environment

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs/contributing.md").read_text("utf-8")
NEW = "orchard"
# A feed is what nothing else is said to be.
BY_RULE = {"feed"}
# What has the word of a kind for something else: the heading of a column of addresses.
SAME_WORD = {"mail": {"cli/recipient_words.py"}}
# Its rows say what the addresses of pages stand for, whose kind it is.
TABLE = "config/known_pages.py"
# Words that stand alone in texts that say nothing of the kind.
EVERYDAY = {"page", "json"}
PACKAGES = ("digest.config.sources", "digest.feeds.sources")


def example() -> dict[str, str]:
    """The files of the guide's kind, by their paths."""
    found = re.findall(r"`([\w/]+\.\w+)`(?:[^\n]*\n[^`]*)?:\n\n```\w+\n(.*?)```", GUIDE, re.DOTALL)
    return {path: text for path, text in found if NEW in path}


def own_files(kind: str) -> tuple[str, str]:
    return f"config/sources/{kind}.py", f"feeds/sources/{kind}.py"


def names(text: str, kind: str, classes: frozenset[str] = frozenset()) -> bool:
    """Whether a source text knows a kind, and not only a word that is spelt the same."""
    return any(_names(node, kind, classes) for node in ast.walk(ast.parse(text)))


def _names(node: ast.AST, kind: str, classes: frozenset[str]) -> bool:
    match node:
        case ast.ImportFrom(module=str(module), names=aliases):
            return any(
                f"{module}.{alias.name}.".startswith(f"{package}.{kind}.")
                for package in PACKAGES
                for alias in aliases
            )
        case ast.Import(names=aliases):
            modules = tuple(f"{package}.{kind}" for package in PACKAGES)
            return any(alias.name.startswith(modules) for alias in aliases)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in classes
        case ast.Constant(value=str(text)):
            alone = rf"^{kind}:\S" if kind in EVERYDAY else rf"^{kind}(?:$|:)"
            named = rf"{alone}|\s{kind}:\S|\bkind: {kind}\b|\bsources\.{kind}\b"
            return bool(re.search(named, text))
    return False


def others_that_name(kind: str, root: Path = ROOT / "digest") -> set[str]:
    """The files of the program that know a kind, but for the kind's own."""
    own = [root / path for path in own_files(kind)]
    trees = [ast.parse(path.read_text("utf-8")) for path in own]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    classes = frozenset(node.name for node in nodes if isinstance(node, ast.ClassDef))
    texts = {path: path.read_text("utf-8") for path in root.rglob("*.py") if path not in own}
    return {
        str(path.relative_to(root))
        for path, text in texts.items()
        # Most files have not even the word, and need not be parsed.
        if any(word in text for word in (kind, *classes)) and names(text, kind, classes)
    } - {TABLE, *SAME_WORD.get(kind, set())}


@pytest.mark.parametrize("kind", sorted({*kinds()} - BY_RULE))
def test_a_kind_is_named_in_its_own_files_only(kind: str) -> None:
    assert others_that_name(kind) == set()


@pytest.mark.parametrize(
    "text",
    [
        "from digest.feeds.sources.mail import SOURCE",
        "from digest.config.sources import SOURCE_KINDS, mail",
        "import digest.feeds.sources.mail",
        *('x = kind == "mail"', 'x = address.startswith("mail:")', 'x = f"mail:{name}"'),
        *(
            'x = "feeds:\\n  - mail:inbox"',
            'x = "  - kind: mail"',
            'f("digest.feeds.sources.mail")',
        ),
        *("isinstance(settings, MailSettings)", "base.MailSettings()"),
    ],
)
def test_who_knows_a_kind_is_found(text: str) -> None:
    assert names(text, "mail", frozenset({"MailSettings"}))
    assert not names(text, "orchard")


@pytest.mark.parametrize(
    "text",
    [
        *('x = r"social|mail|hn"', 'x = "by mail: or not"', "mail = mails", '"""Sends mail."""'),
        *("from digest.checks import mail", "from digest.checks.mail import check"),
        "from digest.feeds.sources import mailing",
    ],
)
def test_who_only_has_the_word_is_not(text: str) -> None:
    assert not names(text, "mail", frozenset({"MailSettings"}))


def test_the_guide_s_kind_is_two_files_and_examples() -> None:
    lines = {path: len(text.splitlines()) for path, text in example().items()}

    assert set(lines) == {
        f"digest/config/sources/{NEW}.py",
        f"digest/feeds/sources/{NEW}.py",
        f"tests/feeds/sources/{NEW}/settings.json",
        f"tests/feeds/sources/{NEW}/new/first.json",
        f"tests/feeds/sources/{NEW}/test_{NEW}.py",
    }
    assert lines[f"digest/config/sources/{NEW}.py"] <= 40
    assert lines[f"digest/feeds/sources/{NEW}.py"] <= 80


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program and its tests with the guide's kind in them."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("digest", "tests", "docs"):
        without = shutil.ignore_patterns("__pycache__", "editions_golden")
        shutil.copytree(ROOT / name, folder / name, ignore=without)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    for path, text in example().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    return folder


def run(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", *arguments],
        cwd=folder,
        env={**environment(), "PYTHONPATH": str(folder), **more},
        capture_output=True,
        text=True,
        timeout=limits.seconds(300),
        check=False,
    )


@pytest.mark.slow
def test_the_guide_s_kind_keeps_to_the_contract(copy: Path) -> None:
    contract = ("pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "tests/feeds/sources")
    only = ("-k", f"test_{NEW} or test_contract and ({NEW} or test_a_kind_is or test_only)")

    done = run(copy, *contract, *only, UPDATE_GOLDEN="1")

    assert done.returncode == 0, done.stdout[-5_000:]
    path = copy / f"tests/feeds/sources/{NEW}/new/expected.json"
    first, second = json.loads(path.read_text("utf-8"))["entries"]
    assert first["facts"][0] == {"name": "points", "value": 312, "unit": ""}
    assert first["discussion"] == "https://orchard.example/talk/7"
    assert second["link"] == second["discussion"]


@pytest.mark.slow
def test_commands_know_the_guide_s_kind(copy: Path) -> None:
    (copy / "one.opml").write_text(
        '<opml version="2.0"><body><outline type="orchard" xmlUrl="orchard:new"/></body></opml>'
    )

    schema = run(copy, "digest", "schema")
    imported = run(copy, "digest", "feeds", "import", "one.opml")

    assert '"token_file"' in schema.stdout
    assert "- orchard:new" in imported.stdout, imported.stderr


@pytest.mark.slow
def test_the_guide_s_kind_is_as_ours_are(copy: Path) -> None:
    paths = [str(copy / path) for path in example() if path.endswith(".py")]
    for command in (("format", "--check"), ("check",)):
        done = run(copy, "ruff", *command, "--no-cache", *paths)
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_guide_s_kind_touches_no_other_file(copy: Path) -> None:
    assert others_that_name(NEW, copy / "digest") == set()
