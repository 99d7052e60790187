"""Writes files for their owner alone: whole, and through no link."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from digest.errors import UsageError
from digest.file_errors import file_trouble


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, or replace one.

    What is there is never written into: it may be somebody else's, or lead elsewhere.

    Raises:
        UsageError: it cannot be written, or is no plain file.
    """
    if os.path.lexists(path) and (path.is_symlink() or not path.is_file()):
        raise UsageError(f"{path}: is there and is no plain file; name another, or remove it")
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".digest-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path}: {file_trouble(path, error)}") from None
