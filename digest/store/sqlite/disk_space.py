"""Room for the database: what is sent has to be recorded, so there must be some left."""

from __future__ import annotations

import errno
import shutil
import tempfile
from typing import TYPE_CHECKING

from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from pathlib import Path

_LEAST_FREE = 32_000_000
# What a quota leaves, only who tries finds out.
_TRIED = 1_000_000
# What passes by itself, or is mended while a daemon waits.
_PASSING = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
_LOW = "less than 32 MB are free on its disk; nothing is sent until there is room"


def reason_not_to_send(folder: Path) -> str | None:
    """Why nothing should be sent that a database here has to record; None where it may be.

    Nothing is sent with less than 32 MB free, so that what was sent can still be recorded.
    """
    try:
        low = _is_low(folder)
    except OSError as error:
        return f"its folder cannot be read: {file_trouble(folder, error)}"
    return _LOW if low else reason_not_to_write(folder)


def reason_not_to_write(folder: Path) -> str | None:
    """Why nothing at all can be written here; None where it can."""
    error = _try(folder)
    return _words(folder, error) if error else None


def reason_to_wait(folder: Path) -> str | None:
    """Why nobody can write here for now, as on a full disk; None where that is not the reason."""
    error = _try(folder)
    return _words(folder, error) if error and error.errno in _PASSING else None


def lack_of_room(folder: Path) -> str | None:
    """Why whoever may write here should send nothing; None where that is fine, or not known."""
    try:
        low = _is_low(folder)
    except OSError:
        return None
    return reason_to_wait(folder) or (_LOW if low else None)


def _is_low(folder: Path) -> bool:
    return shutil.disk_usage(folder).free < _LEAST_FREE


def _try(folder: Path) -> OSError | None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_TRIED))
    except OSError as error:
        return error
    return None


def _words(folder: Path, error: OSError) -> str:
    return f"nothing can be written on its disk: {file_trouble(folder, error)}"
