"""SIGTERM while the daemon starts, for a process whose signals do nothing by themselves."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import limits
from tests.cli.project import Project, log_lines
from tests.conftest import environment

if TYPE_CHECKING:
    from collections.abc import Iterator

UNSHARE = shutil.which("unshare")
TERM = 1 << (signal.SIGTERM - 1)


def can_be_the_first() -> bool:
    """Whether processes can be the first of a namespace of their own here."""
    command = [UNSHARE or "false", "--pid", "--fork", "true"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def ignoring() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@contextmanager
def starting(project: Project, *, first: bool) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The daemon, just begun, and its number; `first` of its namespace, or as if it were."""
    above = [str(UNSHARE), "--pid", "--fork", "--kill-child"] if first else []
    process = subprocess.Popen(
        [*above, sys.executable, "-m", "digest", "run"],
        cwd=project.folder,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=None if first else ignoring,  # noqa: PLW1509 - nothing else runs
    )
    try:
        yield process, child_of(process) if first else process.pid
    finally:
        process.kill()
        process.communicate()


def child_of(process: subprocess.Popen[str]) -> int:
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while not (found := children.read_text()):
        assert process.poll() is None
    return int(found)


def wait_until_it_hears(number: int) -> None:
    """Wait until SIGTERM does something there."""
    while True:
        status = Path(f"/proc/{number}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        if int(caught.split()[1], 16) & TERM:
            return


@pytest.fixture(params=[True, False], ids=["first", "ignoring"])
def first(request: pytest.FixtureRequest) -> bool:
    if request.param and not can_be_the_first():
        pytest.skip("unshare cannot make a namespace of processes here")
    return bool(request.param)


def test_it_ends_while_it_is_still_being_loaded(project: Project, *, first: bool) -> None:
    project.configure("/feed")
    with starting(project, first=first) as (process, number):
        wait_until_it_hears(number)
        os.kill(number, signal.SIGTERM)

        assert process.wait(limits.seconds(10)) == 0
        assert list(log_lines(process)) == []
    assert not list(project.folder.glob("*.db"))


def test_a_reload_does_not_end_it_while_it_is_still_being_loaded(project: Project) -> None:
    project.configure("/feed")
    with starting(project, first=False) as (process, number):
        wait_until_it_hears(number)
        os.kill(number, signal.SIGHUP)
        os.kill(number, signal.SIGTERM)

        assert process.wait(limits.seconds(10)) == 0


def test_it_ends_while_the_database_is_being_opened(project: Project, *, first: bool) -> None:
    project.configure("/feed")
    project.command("poll")
    [path] = project.folder.rglob("*.db")
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as other,
        starting(project, first=first) as (process, number),
    ):
        # Whoever opens it waits for this.
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        wait_until_it_has_open(number, path)
        os.kill(number, signal.SIGTERM)

        assert process.wait(limits.seconds(4)) == 0


def wait_until_it_has_open(number: int, path: Path) -> None:
    while True:
        for handle in Path(f"/proc/{number}/fd").iterdir():
            with suppress(OSError):
                if handle.readlink() == path:
                    return
