"""What a command is asked to write only its owner can read, and it leads nowhere else."""

from __future__ import annotations

import os
import stat
import subprocess
from contextlib import chdir
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from digest.cli.private_files import write_private
from digest.errors import UsageError
from tests.command_docs import commands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.project import Project

# How each command with an option for a file or a folder is called, and what it writes then.
WRITING = {
    "preview": ("preview weekly -o OUT", "OUT"),
    "feeds export": ("feeds export -o OUT", "OUT"),
    "recipients export": ("recipients export -o OUT", "OUT"),
    "demo": ("demo -o OUT", "OUT/config.yaml OUT/1-first/ada.eml OUT/1-first/slack.json"),
}
# Whose argument is a file to write.
ALSO = {"backup": ("backup OUT", "OUT"), "templates export": ("templates export compact OUT", "")}


def with_output() -> list[str]:
    return [
        name
        for name, command in commands()
        if any(
            isinstance(one, click.Option) and {"-o", "--output"} & set(one.opts)
            for one in command.params
        )
    ]


def test_every_command_with_an_output_is_held_to_it() -> None:
    assert set(with_output()) == set(WRITING)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _a_generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.parametrize("command", [*WRITING, "backup"])
def test_only_its_owner_can_read_it(troubled: Project, command: str) -> None:
    line, written = (WRITING | ALSO)[command]
    done = troubled.command(*line.split())
    assert done.returncode in {0, 1}, done.stderr
    for name in written.split():
        assert mode(troubled.folder / name) == 0o600


@pytest.mark.parametrize("command", ["preview", "feeds export", "recipients export", "backup"])
@pytest.mark.parametrize("there", ["before.txt", "missing.txt"])
def test_what_a_link_leads_to_is_not_touched(troubled: Project, command: str, there: str) -> None:
    elsewhere = troubled.folder / there
    if there == "before.txt":
        elsewhere.write_text("precious", "utf-8")
    (troubled.folder / "OUT").symlink_to(elsewhere)

    done = troubled.command(*(WRITING | ALSO)[command][0].split())

    if command == "backup":
        # Which has always replaced what is there.
        assert not (troubled.folder / "OUT").is_symlink()
    else:
        assert done.returncode == 2
        assert "OUT: is there and is no plain file; name another, or remove it" in done.stderr
    assert (elsewhere.read_text("utf-8") if elsewhere.exists() else "") in {"precious", ""}
    assert elsewhere.exists() == (there == "before.txt")


def test_templates_are_exported_over_no_link(troubled: Project) -> None:
    folder = troubled.folder / "OUT"
    folder.mkdir()
    (folder / "edition.html").symlink_to(troubled.folder / "missing.txt")

    done = troubled.command("templates", "export", "compact", "OUT")

    assert (done.returncode, "is there already" in done.stderr) == (2, True)
    assert not (troubled.folder / "missing.txt").exists()


def test_a_file_that_is_there_is_replaced_and_not_written_into(tmp_path: Path) -> None:
    path, same = tmp_path / "out", tmp_path / "same"
    path.write_text("before", "utf-8")
    path.chmod(0o666)
    same.hardlink_to(path)

    write_private(path, b"after")

    assert (path.read_bytes(), mode(path)) == (b"after", 0o600)
    assert (same.read_text("utf-8"), mode(same)) == ("before", 0o666)
    assert sorted(tmp_path.iterdir()) == [path, same]


@pytest.mark.parametrize("name", ["x" * 255, "é" * 127])
def test_a_name_may_be_as_long_as_names_can_be(tmp_path: Path, name: str) -> None:
    write_private(tmp_path / name, b"text")
    assert (tmp_path / name).read_bytes() == b"text"


@pytest.mark.parametrize("name", ["/dev/null", "folder", "pipe", "missing/out", "x" * 256])
def test_what_is_no_plain_file_stays_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    before = Path("/dev/null").stat().st_mode

    with chdir(tmp_path), pytest.raises(UsageError):
        write_private(Path(name), b"text")

    assert Path("/dev/null").stat().st_mode == before
    assert {path.name for path in tmp_path.iterdir()} == {"folder", "pipe"}


def test_no_code_changes_the_umask_of_all_threads() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run(
        ["grep", "-rlE", r"\bumask\(", "--include=*.py", "digest"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""
