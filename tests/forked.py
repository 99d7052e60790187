"""Commands as processes of their own, forked from one that has loaded the program.

Most of what a command takes is the start of Python and the loading of libraries. What that costs,
and that it works at all, tests of `python -m digest` itself see to.

    python -m tests.forked

reads requests from its standard input and answers each with the exit code, a line of JSON each.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import subprocess
import sys
import tempfile
import termios
import threading
import time
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import digest
from digest.config import Settings
from tests import limits
from tests.databases import store_at
from tests.statements import share_statements
from tests.store.build import URL, pending
from tests.store.fresh import lay_out_planned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# What commands load beside it, where they need it.
_LIBRARIES = ("css_inline", "regex", "rich.table")
_SECONDS = limits.seconds(120)


class Forking:
    """The process that commands are forked from, one at a time."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forked"],
            cwd=Path(__file__).parents[1],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        terminal: str | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run `digest` to its end; with the device of a `terminal`, on that."""
        with self._turn, tempfile.TemporaryDirectory() as kept:
            out, err = Path(kept, "out"), Path(kept, "err")
            request = {
                "arguments": list(arguments),
                "folder": str(folder),
                "environ": dict(environ),
                "out": str(out),
                "err": str(err),
                "terminal": terminal,
            }
            code = self._ask(request)
            return subprocess.CompletedProcess(["digest", *arguments], code, _text(out), _text(err))

    def _ask(self, request: Mapping[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(request), file=self._process.stdin)
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            if not selector.select(_SECONDS):
                self.close()
                raise subprocess.TimeoutExpired("digest", _SECONDS)
        return int(self._process.stdout.readline())

    def close(self) -> None:
        """End it, and what is still running."""
        self._process.kill()
        self._process.communicate()


def _text(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""


def main() -> None:
    """Fork a child for each request; in the child, be the command."""
    _load_all()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if not child:
            _become(request)
            return
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _load_all() -> None:
    """Import all of the program but its entry and the migrations, and make what is made once."""
    for module in pkgutil.walk_packages(digest.__path__, "digest."):
        if not module.name.startswith(("digest.__main__", "digest.store.migrations.")):
            importlib.import_module(module.name)
    for name in _LIBRARIES:
        importlib.import_module(name)
    Settings.model_rebuild()
    share_statements()
    with tempfile.TemporaryDirectory() as folder:
        _compile_statements(Path(folder, "digest.db"))
    # What is loaded is shared with the children until somebody writes to it, as a search would.
    gc.freeze()


def _compile_statements(path: Path) -> None:
    """Those of nearly every command, in a new database."""
    lay_out_planned(path)
    with closing(store_at(path)) as store:
        store.health.read()
        store.feeds.states([URL])
        pending(store)


def _become(request: dict[str, object]) -> None:
    terminal = request["terminal"]
    paths = [terminal] * 3 if terminal else [os.devnull, request["out"], request["err"]]
    if terminal:
        os.setsid()
    for number, path in enumerate(paths):
        file = os.open(str(path), os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(file, number)
        os.close(file)
    if terminal:
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(str(request["folder"]))
    os.environ.clear()
    os.environ.update(request["environ"])  # type: ignore[call-overload]
    time.tzset()
    tempfile.tempdir = None
    warnings.simplefilter("error")
    sys.argv = ["digest", *request["arguments"]]  # type: ignore[misc]
    runpy.run_module("digest", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
