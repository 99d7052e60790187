"""The examples of the documentation: what blocks there are, and how they are run.

A `sh` block runs in a copy of the project of `tests/cli/troubled.py`. Lines `# → text` below a
command are lines of its output, in order, where `…` stands for anything; without them all that
counts is that it succeeds. A `yaml` block is a configuration, or a part of one. What cannot be run
has `<!-- not run: why -->` in the line above it, what needs a program that may not be there
`<!-- needs: program -->`.
"""

from __future__ import annotations

import json
import os
import re
import socketserver
import subprocess
import sys
import tempfile
import textwrap
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests import limits
from tests.conftest import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.project import Project
    from tests.forked import Forking

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
# What documents call the server of the project's feeds.
SITE = "https://example.com"
SAYS = "# → "
_FENCE = re.compile(r"(?ms)^( *)(?:<!-- ([^>]*?) -->\n\1)?```(\w*)\n(.*?)^\1```$")
_SHIM = """\
#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect({path!r})
    asked = {{"arguments": sys.argv[1:], "folder": os.getcwd(), "environ": dict(os.environ)}}
    server.sendall(json.dumps(asked).encode() + b"\\n")
    code, out, err = json.loads(server.makefile().readline())
sys.stdout.write(out)
sys.stdout.flush()
sys.stderr.write(err)
sys.exit(code)
"""


@dataclass(frozen=True)
class Block:
    """A fenced block; `note` is the comment in the line above it."""

    note: str
    language: str
    text: str


@dataclass(frozen=True)
class Step:
    """Commands that run together, and the lines that their output has."""

    script: str
    says: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    return [
        Block(note, language, textwrap.dedent(body))
        for _, note, language, body in _FENCE.findall(text)
    ]


def steps(script: str) -> list[Step]:
    """A script, parted behind each group of lines that say what is printed."""
    found, commands, says = [], list[str](), list[str]()
    for line in script.splitlines():
        if line.startswith(SAYS):
            says.append(line.removeprefix(SAYS))
            continue
        if says:
            found.append(Step("\n".join(commands), tuple(says)))
            commands, says = [], []
        commands.append(line)
    return [*found, Step("\n".join(commands), tuple(says))]


def lacking(says: tuple[str, ...], output: str) -> list[str]:
    """The lines that the output does not have, or not behind those before them."""
    lines = iter([" ".join(line.split()) for line in output.splitlines()])
    return [said for said in says if not any(_pattern(said).fullmatch(line) for line in lines)]


def _pattern(said: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in " ".join(said.split()).split("…")))


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path, forking: Forking) -> None:
        super().__init__(str(path), _Handler)
        self.forking = forking


class _Handler(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        asked = json.loads(self.rfile.readline())
        done = self.server.forking.run(asked["arguments"], Path(asked["folder"]), asked["environ"])
        answer = json.dumps([done.returncode, done.stdout, done.stderr])
        self.wfile.write(answer.encode() + b"\n")


@contextmanager
def digest_on_path(forking: Forking) -> Iterator[Path]:
    """A folder with a `digest` that starts as fast as a fork, for shells to find."""
    with tempfile.TemporaryDirectory(prefix="digest-") as name:
        folder = Path(name)
        shim = folder / "digest"
        shim.write_text(_SHIM.format(python=sys.executable, path=str(folder / "socket")), "utf-8")
        shim.chmod(0o700)
        with _Server(folder / "socket", forking) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield folder
            finally:
                server.shutdown()
                thread.join()


def run(script: str, project: Project, programs: Path) -> subprocess.CompletedProcess[str]:
    """Run it in the project's folder, which is its home too.

    Its output comes with its errors, and has SITE in it.
    """
    done = subprocess.run(
        ["sh", "-euc", script.replace(SITE, project.feeds.url)],
        cwd=project.folder,
        env=environment(PATH=f"{programs}:{os.environ['PATH']}", HOME=str(project.folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=limits.seconds(60),
        check=False,
    )
    done.stdout = done.stdout.replace(project.feeds.url, SITE)
    return done
