"""A small file system of its own, that a test can fill."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# More than what has to be free for something to be sent.
_SIZE = 40_000_000


@dataclass
class Disk:
    """What is mounted at `folder`."""

    folder: Path

    def fill(self, *, leaving: int = 0) -> None:
        """Leave so many bytes free."""
        with (self.folder / "ballast").open("ab") as ballast:
            more = shutil.disk_usage(self.folder).free - leaving
            os.posix_fallocate(ballast.fileno(), ballast.tell(), more)

    def make_room(self) -> None:
        """Take away what it was filled with."""
        (self.folder / "ballast").unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Mount a file system of 40 MB; skips the test where that is not allowed."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, check=False).returncode:
        pytest.skip("needs to mount a small file system, which only root may")
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
