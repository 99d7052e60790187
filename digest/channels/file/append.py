"""Adds editions at the end of files that a person may write into too."""

from __future__ import annotations

import codecs
import errno
import os
from contextlib import suppress
from itertools import takewhile
from typing import TYPE_CHECKING

from digest.channels.atomic_files import (
    AllTakenError,
    clean_up,
    give_name,
    locked,
    numbers_of,
    replace_unchanged,
    settle,
    written_beside,
)
from digest.rendering.file.marks import has_edition, with_edition

if TYPE_CHECKING:
    from pathlib import Path

# Editors of notes are slow with longer ones; the next number of the name takes what follows.
MOST_BYTES = 1_000_000
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# How often a person may save the file just while it is written.
_ATTEMPTS = 10


def append(path: Path, text: bytes, edition: str) -> Path:
    """Add an edition to a file, or to the first of its numbers with room; answers which.

    Not a byte of what is there changes, and an edition that is there is not added again.

    Raises:
        AllTakenError: there is no number left.
        OSError: it cannot be written.
    """
    clean_up(path.parent)
    with locked(path.parent):
        for target in takewhile(os.path.lexists, numbers_of(path)):
            if _is_plain(target) and has_edition(target.read_bytes(), edition):
                return target
        for target in numbers_of(path):
            if _append(target, text, edition):
                settle(path.parent)
                return target
    raise AllTakenError


def _append(path: Path, text: bytes, edition: str) -> bool:
    """Add an edition to a file, or make it; False: it has no room, or is no file of UTF-8."""
    for _ in range(_ATTEMPTS):
        old = None
        if os.path.lexists(path):
            if not _is_plain(path):
                return False
            old = path.read_bytes()
            if old.startswith(_UTF_16):
                return False
        new = with_edition(old or b"", text, edition)
        if old and len(new) > MOST_BYTES:
            return False
        # It was saved between the look and the renaming: look again.
        with suppress(FileExistsError, FileNotFoundError), written_beside(path.parent, new) as part:
            if old is None:
                give_name(part, path)
            else:
                replace_unchanged(part, path, old)
            return True
    raise OSError(errno.EBUSY, "is saved by somebody all the time", str(path))


def _is_plain(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
