"""Every example of the documentation is run, or says why not; see tests/examples.py."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from digest.config import load_settings
from tests.command_docs import commands
from tests.config.files import schema_validator
from tests.examples import DOCUMENTS, blocks, digest_on_path, lacking, run, steps
from tests.keys import PRIVATE_KEY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.project import Project
    from tests.examples import Block
    from tests.forked import Forking

# Shell and YAML by names under which they would not be found.
DISGUISES = {"", "bash", "console", "shell", "yml"}
RUN_BY = {"demo": ".ci/run", "test": ".ci/run", "restore": "tests/cli/test_storage.py"}
BASE = """\
feeds: [{url: "https://example.com/feed.xml", name: A feed, tags: [news]}]
smtp: {host: smtp.example.com, from: digest@example.com}
channels:
  inbox: {kind: email, to: [ada@example.com]}
  team: {kind: slack, webhook_url: "https://hooks.slack.example/services/x"}
  folder: {kind: file, path: "digests/{digest}-{date}.md"}
digests:
  weekly: {schedule: every monday at 09:00, send_to: [inbox]}
"""
# Of files with secrets that have a form of their own.
CONTENTS = {"key_file": PRIVATE_KEY, "secret_file": f"whsec_{'a' * 32}"}
documents = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


def is_left_out(block: Block) -> bool:
    """Whether another test runs it, or nobody can, or not here."""
    needed = re.fullmatch(r"needs: (\w+)", block.note)
    if needed and not shutil.which(needed[1]):
        return True
    return block.note in RUN_BY or bool(re.fullmatch(r"not run: \S.*", block.note))


def examples(path: Path, language: str) -> list[Block]:
    return [block for block in blocks(path.read_text("utf-8")) if block.language == language]


@pytest.fixture(scope="module")
def programs(forking: Forking) -> Iterator[Path]:
    with digest_on_path(forking) as folder:
        yield folder


@documents
def test_every_block_is_one_that_is_run_or_said_not_to_be(path: Path) -> None:
    text = path.read_text("utf-8")
    found = blocks(text)
    assert len(found) * 2 == len(re.findall(r"(?m)^\s*```", text))
    assert not {block.language for block in found} & DISGUISES


@pytest.mark.parametrize(
    "path",
    [path for path in DOCUMENTS if not all(map(is_left_out, examples(path, "sh")))],
    ids=lambda path: path.name,
)
def test_commands_do_what_the_document_says(path: Path, troubled: Project, programs: Path) -> None:
    for block in examples(path, "sh"):
        for step in [] if is_left_out(block) else steps(block.text):
            done = run(step.script, troubled, programs)
            assert done.returncode == 0, (step.script, done.stdout)
            assert lacking(step.says, done.stdout) == [], (step.script, done.stdout)


@documents
def test_commands_that_are_not_run_can_be_read_by_a_shell(path: Path) -> None:
    scripts = [block.text for block in examples(path, "sh") if is_left_out(block)]
    subprocess.run(["sh", "-nc", "\n".join(scripts)], check=True)


@documents
def test_configurations_load(path: Path, tmp_path: Path) -> None:
    for block in examples(path, "yaml"):
        fragment = yaml.safe_load(block.text)
        if not is_left_out(block):
            load(tmp_path, block.text, fragment)


def load(folder: Path, text: str, fragment: dict[str, Any]) -> None:
    """Load a configuration, or the smallest there is with this as a part of it."""
    whole = text if {"feeds", "digests"} <= set(fragment) else merged(fragment)
    secrets = folder / "secrets"
    secrets.mkdir(exist_ok=True)
    whole = whole.replace("/run/secrets", str(secrets))
    for kind, name in re.findall(r"""\b(\w+_file)["']?: *["']?([^\s,}"']+)""", whole):
        (folder / name).write_text(CONTENTS.get(kind) or stands_for(kind), "utf-8")
    (folder / "config.yaml").write_text(whole, "utf-8")
    schema_validator().validate(yaml.safe_load(whole))
    environ = {name: stands_for(name) for name in re.findall(r"\$\{(\w+)\}", whole)}
    load_settings(folder / "config.yaml", environ)


def stands_for(name: str) -> str:
    """A secret for a variable, or for a setting with a file."""
    if "BOT_TOKEN" in name.upper():
        return "1:x"
    is_address = name.endswith(("URL", "_file"))
    return "https://hooks.slack.example/services/x" if is_address else "x"


def merged(fragment: dict[str, Any]) -> str:
    base = yaml.safe_load(BASE)
    for key, value in fragment.items():
        # A channel of another kind is another one.
        base[key] = union(base.get(key), value, 1 if key == "channels" else 3)
    return json.dumps(base)


def union(base: Any, value: Any, depth: int) -> Any:
    if not (isinstance(base, dict) and isinstance(value, dict) and depth):
        return value
    return {**base, **{key: union(base.get(key), part, depth - 1) for key, part in value.items()}}


@documents
def test_commands_in_the_text_exist_with_their_options(path: Path) -> None:
    known = dict(commands())
    text = re.sub(r"(?ms)^```.*?^```$", "", path.read_text("utf-8"))
    for span in re.findall(r"`(digest [^`]+)`", text):
        words = span.split()[1:]
        while words and words[0].startswith("-"):
            words = words[2:] if words[0] in {"-c", "--config"} else words[1:]
        called = [" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in known]
        groups = {name.partition(" ")[0] for name in known if " " in name}
        assert called or not words or words[0] in groups or words[0].isupper(), span
        options = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", " ".join(words)))
        assert options <= spelled(known[called[0]] if called else None), span


def spelled(command: click.Command | None) -> set[str]:
    params = command.params if command else []
    return {name for option in params if isinstance(option, click.Option) for name in option.opts}
