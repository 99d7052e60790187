"""Commands of other users, and in folders that are closed or gone: one line, no traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import environment
from tests.databases import store_at

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY = 65534
CONFIG = """\
feeds: [https://a.example/feed]
channels: {vault: {kind: file, path: out.md}}
digests: {weekly: {schedule: daily at 09:00, send_to: vault}}
"""
# Loads all that a command needs, which nobody may be kept from reading, and runs one as nobody.
AS_NOBODY = f"""
import os, sys
from digest.cli import run_command
run_command(["--config", "/nowhere", "status"])
run_command(["--config", sys.argv[1], "status"])
print("now", file=sys.stderr, flush=True)
os.chdir(sys.argv[2]); os.setgid({NOBODY}); os.setuid({NOBODY})
sys.exit(run_command(sys.argv[3:]))
"""
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody can look into, with a database that nobody else can."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "config.yaml").write_text(CONFIG, "utf-8")
        (folder / "data").mkdir(mode=0o700)
        store_at(folder / "data" / "digest.db").close()
        yield folder


def as_nobody(folder: Path, place: Path, *arguments: str) -> tuple[int, str]:
    """The exit code and the errors of a command that is run in a place."""
    command = [sys.executable, "-c", AS_NOBODY, str(folder / "config.yaml"), str(place)]
    done = subprocess.run(
        [*command, *arguments], env=environment(), capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr.partition("now\n")[2]


@as_root
def test_a_folder_that_may_not_be_read_has_the_next_place_looked_at(folder: Path) -> None:
    code, told = as_nobody(folder, folder / "data", "status")

    assert (code, told.count("\n")) == (2, 1)
    assert "config.yaml could not be looked for (Permission denied)" in told


@as_root
@pytest.mark.parametrize(
    ("closed", "mend"),
    [
        ("data", f"chown -R {NOBODY} {{}}/data"),
        ("data/digest.db", f"chown {NOBODY} {{}}/data/digest.db"),
    ],
)
def test_whose_a_database_is(folder: Path, closed: str, mend: str) -> None:
    if closed != "data":
        (folder / "data").chmod(0o755)
    code, told = as_nobody(folder, folder, "--config", "config.yaml", "status")

    assert (code, told.count("\n")) == (1, 1)
    assert f"{folder}/{closed} belongs to root (0), and this runs as nobody ({NOBODY})" in told
    assert f"`{mend.format(folder)}` as root" in told


@as_root
def test_whose_a_configuration_is(folder: Path) -> None:
    (folder / "config.yaml").chmod(0o600)
    code, told = as_nobody(folder, folder, "--config", "config.yaml", "status")

    assert code == 2
    assert f"config.yaml belongs to root (0), and this runs as nobody ({NOBODY})" in told


def test_a_folder_that_is_gone_matters_only_to_what_is_in_it(folder: Path) -> None:
    gone = folder / "gone"
    gone.mkdir()
    line = f"""cd "{gone}"; rmdir "{gone}"; digest() {{ "{sys.executable}" -m digest "$@"; }}
        digest status; digest --config "{folder}/config.yaml" feeds list"""
    done = subprocess.run(
        ["/bin/bash", "-c", line],
        env=environment(PYTHONPATH=str(Path(__file__).parents[2])),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert done.stderr.startswith("digest: no configuration: looked for")
    assert "a.example" in done.stdout
