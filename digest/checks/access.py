"""Whether others on this machine can read what is not for them."""

from __future__ import annotations

import shlex
import stat
from typing import TYPE_CHECKING

from digest.checks import Finding
from digest.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from digest.store import DatabaseAddress


def check_access(database: DatabaseAddress) -> list[Finding]:
    """Whether others on this machine can read the database; nothing where there is none."""
    try:
        if not database.exists():
            return []
        readable = exposed(database.private_files())
    except (OSError, StoreError):
        # What is wrong with it, another check tells.
        return []
    if not readable:
        return [Finding("access", str(database), "ok", "its owner's alone")]
    text = "every user of this machine can read the keys, recipients and feeds in it"
    mend = f"`chmod o= {shlex.join(map(str, readable))}`"
    return [Finding("access", str(database), "warn", text, mend)]


def exposed(files: Iterable[Path]) -> list[Path]:
    """Of these files those that every user of this machine can read or change."""
    return [file for file in files if _is_exposed(file)]


def _is_exposed(file: Path) -> bool:
    try:
        file = file.resolve(strict=True)
        reached = all(folder.stat().st_mode & stat.S_IXOTH for folder in file.parents)
        return reached and bool(file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH))
    except FileNotFoundError:
        return False
