"""Room for the database: what is sent has to be recorded, so there must be some left."""

from __future__ import annotations

import shutil
import tempfile
from typing import TYPE_CHECKING

from digest.file_errors import file_trouble

if TYPE_CHECKING:
    from pathlib import Path

_LEAST_FREE = 32_000_000
# What a quota leaves, only who tries finds out.
_TRIED = 1_000_000


def reason_not_to_send(folder: Path) -> str | None:
    """Why nothing should be sent that a database here has to record; None where it may be.

    Nothing is sent with less than 32 MB free, so that what was sent can still be recorded.
    """
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return f"its folder cannot be read: {file_trouble(folder, error)}"
    if free < _LEAST_FREE:
        return "less than 32 MB are free on its disk; nothing is sent until there is room"
    return reason_not_to_write(folder)


def reason_not_to_write(folder: Path) -> str | None:
    """Why nothing at all can be written here; None where it can."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_TRIED))
    except OSError as error:
        return f"nothing can be written on its disk: {file_trouble(folder, error)}"
    return None
