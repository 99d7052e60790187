"""A kind of channel is its own files: no other names it, and the guide has all that it takes."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from digest.config.channels import CHANNEL_KINDS
from tests import limits
from tests.channels.places import places_of
from tests.conftest import environment

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/contributing.md").read_text("utf-8")
NEW = "pigeon"
OWN_TESTS = f"tests/channels/test_{NEW}.py"
# Kinds that are ordinary words too: of these only what asks for the kind counts.
ORDINARY = {"command", "email", "file", "webhook"}
ALLOWED = {
    "discord": {
        "rendering/boilerplate_languages.py": "where publishers ask readers to follow them",
        "rendering/boilerplate_sentences.py": "what publishers ask readers to join",
    },
    "email": {
        "config/__init__.py": "the section smtp",
        "config/settings.py": "the section smtp",
        "checks/mail.py": "the mail server, whoever sends through it",
        "cli/setup/probe.py": "init asks for a mail server",
        "cli/setup/first_config.py": "init asks for a mail server",
        "cli/demo/demo.py": "the demo shows it",
        "web/reader_pages.py": "a field of a form",
    },
    "file": {
        "cli/setup/first_config.py": "init asks for a folder",
        "cli/demo/demo.py": "the demo shows it",
    },
    "slack": {
        "cli/demo/demo.py": "the demo shows it",
        "cli/demo/servers.py": "the demo shows it",
        "editions/authors.py": "accounts of programs",
        "rendering/phrases.py": "says who uses it",
    },
    "teams": {
        "editions/similarity/stop_words.py": "an ordinary word",
        "summaries/receipt/common_words.py": "an ordinary word",
    },
    "telegram": {
        "feeds/trackers.py": "what sites add to links that are shared",
        "rendering/boilerplate_forms.py": "where publishers ask readers to share",
        "rendering/boilerplate_languages.py": "where publishers ask readers to follow them",
    },
}


def is_own(path: Path, kind: str) -> bool:
    """Whether a file of the program is the kind's own: its settings, its channel, its messages."""
    return any(
        path.is_relative_to(place) or path == Path(f"{place}.py")
        for place in (f"config/channels/{kind}", f"channels/{kind}", f"rendering/{kind}")
    )


def names(text: str, kind: str) -> bool:
    """Whether a source text knows of a kind."""
    if kind not in text.lower():
        return False
    if kind not in ORDINARY:
        return bool(re.search(rf"(?i)(?<![a-z]){kind}", text))
    return any(_asks(node, kind) for node in ast.walk(ast.parse(text)))


def _asks(node: ast.AST, kind: str) -> bool:
    match node:
        case ast.ImportFrom(module=module):
            packages = (f"digest.channels.{kind}", f"digest.config.channels.{kind}")
            return str(module).startswith(packages)
        case ast.Compare(comparators=[*values]):
            return any(isinstance(part, ast.Constant) and part.value == kind for part in values)
        case ast.MatchValue(value=ast.Constant(value=value)):
            return bool(value == kind)
        case ast.keyword(arg="kind", value=ast.Constant(value=value)):
            return bool(value == kind)
        case ast.Constant(value=str() as text):
            return bool(re.search(rf"\bkind: {kind}\b", text))
    return False


def others_that_name(kind: str, root: Path = ROOT / "digest") -> set[str]:
    paths = [path.relative_to(root) for path in root.rglob("*.py")]
    return {
        str(path)
        for path in paths
        if not is_own(path, kind) and names((root / path).read_text("utf-8"), kind)
    }


@pytest.mark.parametrize("kind", CHANNEL_KINDS)
def test_a_kind_is_named_in_its_own_files_only(kind: str) -> None:
    assert others_that_name(kind) == set(ALLOWED.get(kind, {}))


@pytest.mark.parametrize(
    "text",
    [
        *('x = kind == "file"', "from digest.channels.file import FileChannel"),
        *('match kind:\n    case "file": pass', 'f(kind="file")', 'x = "    kind: file"'),
    ],
)
def test_who_asks_for_a_kind_is_found(text: str) -> None:
    assert names(text, "file")
    assert not names(text, "email")
    assert not names('x = "the file of an email"', "file")


def test_a_kind_without_a_place_is_told_which_file_to_add() -> None:
    with pytest.raises(AssertionError, match=f"add tests/channels/{NEW}.py with a Place"):
        places_of(NEW)


def example() -> dict[str, str]:
    """The files of the guide's kind, by their paths."""
    found = re.findall(r"`([\w/]+\.py)`:\n\n```python\n(.*?)```", GUIDE, re.DOTALL)
    return {path: text for path, text in found if path.endswith(f"/{NEW}.py")}


def test_the_guide_s_kind_is_two_files_and_a_place() -> None:
    lines = {path: len(text.splitlines()) for path, text in example().items()}

    assert set(lines) == {
        f"digest/config/channels/{NEW}.py",
        f"digest/channels/{NEW}.py",
        f"tests/channels/{NEW}.py",
    }
    assert lines[f"digest/config/channels/{NEW}.py"] <= 40
    assert lines[f"digest/channels/{NEW}.py"] <= 80


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program and its tests with the guide's kind in them."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("digest", "tests", "docs"):
        without = shutil.ignore_patterns("__pycache__", "editions_golden")
        shutil.copytree(ROOT / name, folder / name, ignore=without)
    for name in ("pyproject.toml", "README.md", "config.example.yaml"):
        shutil.copy(ROOT / name, folder)
    for path, text in example().items():
        (folder / path).write_text(text, "utf-8")
    (folder / OWN_TESTS).write_text(
        f"from tests.channels.{NEW} import Room\n\n\ndef test_its_place():\n    assert Room.path\n"
    )
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", *arguments],
        cwd=folder,
        env={**environment(), "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        timeout=limits.seconds(300),
        check=False,
    )


@pytest.mark.slow
def test_the_guide_s_kind_keeps_to_the_contract(copy: Path) -> None:
    done = run(
        *(copy, "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", NEW),
        *(OWN_TESTS, "tests/channels/test_contract.py"),
    )

    assert done.returncode == 0, done.stdout[-5_000:]
    assert " passed" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("preview", "--help"), f"--as [{'|'.join(sorted([*CHANNEL_KINDS, NEW]))}|text|markdown]"),
        (("init", "--help"), f"--{NEW}-webhook-file PATH"),
        (("schema",), '"webhook_url_file"'),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_commands_know_the_guide_s_kind(copy: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run(copy, "digest", *arguments)

    assert done.returncode == 0, done.stderr
    assert said in " ".join(done.stdout.split())


@pytest.mark.slow
def test_the_guide_s_kind_is_as_ours_are(copy: Path) -> None:
    paths = [str(copy / path) for path in example()]
    for command in (("format", "--check"), ("check",)):
        done = run(copy, "ruff", *command, "--no-cache", *paths)
        assert done.returncode == 0, done.stdout


@pytest.mark.slow
def test_the_guide_s_kind_touches_no_other_file(copy: Path) -> None:
    assert others_that_name(NEW, copy / "digest") == set()
