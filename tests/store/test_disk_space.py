"""Whether there is room, on real file systems."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.databases import database_at
from tests.disks import Disk, small_disk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOW = "less than 32 MB are free on its disk; nothing is sent until there is room"
FULL = "nothing can be written on its disk: No space left on device"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


def reasons(path: Path) -> tuple[str | None, str | None]:
    database = database_at(path)
    return database.reason_not_to_send(), database.reason_not_to_write()


def test_there_is_room_and_asking_leaves_nothing(tmp_path: Path) -> None:
    assert database_at(tmp_path / "digest.db").reason_not_to_send() is None
    assert database_at(tmp_path / "digest.db").reason_not_to_write() is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_asked_is_the_disk_of_the_database_itself(disk: Disk, tmp_path: Path) -> None:
    link = tmp_path / "digest.db"
    link.symlink_to(disk.folder / "digest.db")
    assert database_at(link).reason_not_to_send() is None
    disk.fill(leaving=31_000_000)
    assert reasons(link) == (
        LOW,
        None,
    )
    disk.fill()
    assert reasons(link) == (
        LOW,
        FULL,
    )
    disk.make_room()
    assert reasons(link) == (
        None,
        None,
    )


def test_a_disk_that_can_only_be_read(disk: Disk) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)
    said = database_at(disk.folder / "digest.db").reason_not_to_send()
    assert said == "nothing can be written on its disk: Read-only file system"


# A quota needs a file system of its own; what a process may write can be limited anywhere.
_LIMITED = """
import pathlib, resource, sys
from tests.databases import database_at
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
print(database_at(pathlib.Path(sys.argv[1])).reason_not_to_send())
"""


def test_a_quota(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _LIMITED, str(tmp_path / "digest.db")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "nothing can be written on its disk: File too large\n"


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    said = database_at(tmp_path / "gone" / "digest.db").reason_not_to_send()
    assert said == "its folder cannot be read: No such file or directory"
