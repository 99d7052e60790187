"""What keeps a file from being read or written, in the same words for all that does."""

from __future__ import annotations

import errno
import os
import shlex
from pathlib import Path

_REFUSED = {errno.EACCES, errno.EPERM}


def file_trouble(path: Path, error: OSError) -> str:
    """Why a file cannot be read or written; where others may, whose it is and what mends that."""
    reason = error.strerror or str(error)
    if error.errno not in _REFUSED:
        return reason
    # Several paths may be in it, of which this is the one that was refused.
    refused = Path(os.fsdecode(error.filename)) if error.filename else path
    refusal = access_trouble(refused)
    return f"{reason}: {refusal}" if refusal else reason


def access_trouble(path: Path) -> str | None:
    """Whose a file or folder is that this user may not use, and what mends that.

    None where this user may read and write it, or make it where it is missing.
    """
    path = path.absolute()
    for folder in reversed(path.parents):
        if not _may(folder, os.X_OK):
            return _whose(folder, "use a place elsewhere")
        if not os.path.lexists(folder / path.relative_to(folder).parts[0]):
            # It is to be made here.
            return None if _may(folder, os.W_OK) else _whose(folder, _give_over(folder))
    return None if _may(path, os.R_OK | os.W_OK) else _whose(path, _give_over(path))


def _may(place: Path, needed: int) -> bool:
    return os.access(place, needed, effective_ids=os.access in os.supports_effective_ids)


def _give_over(place: Path) -> str:
    """The command that makes a place this user's, unless it is one of the system's."""
    if len(place.parts) <= 2:
        return "use a place elsewhere"
    recursive = "-R " if place.is_dir() else ""
    return f"`chown {recursive}{os.geteuid()} {shlex.quote(str(place))}` as root gives it over"


def _whose(place: Path, mend: str) -> str:
    owner, user = place.stat().st_uid, os.geteuid()
    if owner == user:
        return (
            f"{place} is yours, and its rights forbid it; `chmod u+rwX {shlex.quote(str(place))}`"
        )
    return f"{place} belongs to {_user_name(owner)}, and this runs as {_user_name(user)}; {mend}"


def _user_name(user: int) -> str:
    import pwd

    try:
        return f"{pwd.getpwuid(user).pw_name} ({user})"
    except KeyError:
        # A container may run as any number.
        return f"user {user}"
