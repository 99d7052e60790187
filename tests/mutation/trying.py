"""A copy of the project in which mutants are tried: does any test notice?"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.mutation.mutants import Mutant

ROOT = Path(__file__).parents[2]
# A mutant that keeps tests so much longer than they take is noticed: something hangs.
_PATIENCE = 4.0
_LEAST_SECONDS = 40.0
_PLUGINS = ["-p", "no:cacheprovider", "-p", "no:randomly", "-p", "tests.mutation.hasty"]


class Copy:
    """A copy of the project in a folder; at most one mutant is in it at a time."""

    def __init__(self, folder: Path) -> None:
        """Copy what git knows of the project to a folder that is not there yet."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        if (ROOT.parent / "shared").is_dir():
            (folder.parent / "shared").symlink_to(ROOT.parent / "shared")
        self._folder = folder
        self._modified = count(int(time.time()))
        self._running: subprocess.Popen[bytes] | None = None

    def patience(self, tests: Sequence[str]) -> float:
        """How many seconds tests may take: several times what they take without a mutant.

        Raises:
            RuntimeError: one of them fails.
        """
        began = time.monotonic()
        if self._run(tests, None) != 0:
            raise RuntimeError(f"{' '.join(tests)} fails without a mutant")
        return max(_LEAST_SECONDS, _PATIENCE * (time.monotonic() - began))

    def notices(self, mutant: Mutant, tests: Sequence[str], patience: float) -> bool:
        """Whether a test fails, or does not end, with a mutant."""
        path = self._folder / mutant.path
        before = path.read_text("utf-8")
        self._write(path, mutant.source)
        try:
            return self._run(tests, patience) != 0
        except subprocess.TimeoutExpired:
            return True
        finally:
            self._write(path, before)

    def end(self) -> None:
        """End what runs in it."""
        if self._running:
            _end(self._running)

    def _write(self, path: Path, source: str) -> None:
        path.write_text(source, "utf-8")
        # Bytecode of before is told by the second it was written in and its size.
        modified = next(self._modified)
        os.utime(path, (modified, modified))

    def _run(self, tests: Sequence[str], limit: float | None) -> int:
        temporary = self._folder.with_name("tmp")
        temporary.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", *_PLUGINS]
        environment = os.environ | {
            "PYTHONPATH": str(self._folder),
            "PYTHONPYCACHEPREFIX": "",
            "PYTHONDONTWRITEBYTECODE": "",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self._folder / ".hypothesis"),
            "TMPDIR": str(temporary),
        }
        with subprocess.Popen(
            [*command, f"--basetemp={temporary / 'tests'}", *tests],
            cwd=self._folder,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as running:
            self._running = running
            try:
                return running.wait(limit)
            finally:
                self._running = None
                _end(running)


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a run, and the processes it started."""
    try:
        os.killpg(running.pid, 9)
    except ProcessLookupError:
        return
