"""What keeps a file from being read or written, in the same words for all that does."""

from __future__ import annotations

import errno
import os
import shlex
import stat
from pathlib import Path

_REFUSED = {errno.EACCES, errno.EPERM}
_ELSEWHERE = "run it as that user, or use a place elsewhere"
# The parts of a path like /etc.
_TOP = 2
# More than any list of recipients needs.
_LONGEST_TEXT = 64_000_000


def read_short_text(path: Path, errors: str = "strict") -> str:
    """The text of a file that people write; one without an end, like a device, is refused.

    Raises:
        OSError: it cannot be read.
        UnicodeDecodeError: it is not UTF-8, and `errors` is not another rule for that.
    """
    with path.open(encoding="utf-8", errors=errors) as file:
        text = file.read(_LONGEST_TEXT + 1)
    if len(text) > _LONGEST_TEXT:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return text


def mode_of(path: Path) -> int:
    """The mode of what is at a path, 0 where nothing is: `Path` hides from Python 3.14 on why not.

    Raises:
        OSError: nobody may look, or nothing can be there.
    """
    try:
        return path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


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
            return _whose(folder, _give_over(folder) if folder == path.parent else _ELSEWHERE)
        if not os.path.lexists(folder / path.relative_to(folder).parts[0]):
            # It is to be made here.
            return None if _may(folder, os.W_OK) else _whose(folder, _give_over(folder))
    if _may(path, os.R_OK | os.W_OK):
        return None
    if _may(path, os.R_OK) and os.statvfs(path).f_flag & os.ST_RDONLY:
        return "its disk is mounted read only"
    return _whose(path, _give_over(path))


def _may(place: Path, needed: int) -> bool:
    return os.access(place, needed, effective_ids=os.access in os.supports_effective_ids)


def _give_over(place: Path) -> str:
    """The command that makes a place this user's; not of the system's folders, nor of a home."""
    found = place.lstat()
    is_folder = stat.S_ISDIR(found.st_mode)
    if is_folder and (len(place.parts) <= _TOP or str(place) == _home(found.st_uid)):
        return _ELSEWHERE
    recursive = "-R " if is_folder else ""
    command = f"chown {recursive}{os.geteuid()} {shlex.quote(str(place))}"
    return f"run it as that user, or `{command}` as root"


def _whose(place: Path, mend: str) -> str:
    owner, user = place.lstat().st_uid, os.geteuid()
    if owner == user:
        mend = f"`chmod u+rwX {shlex.quote(str(place))}`"
        return f"{place} is yours, and its rights forbid it; {mend} mends that"
    return f"{place} belongs to {_user_name(owner)}, and this runs as {_user_name(user)}; {mend}"


def _home(user: int) -> str | None:
    import pwd

    try:
        return pwd.getpwuid(user).pw_dir
    except KeyError:
        return None


def _user_name(user: int) -> str:
    import pwd

    try:
        return f"{pwd.getpwuid(user).pw_name} ({user})"
    except KeyError:
        # A container may run as any number.
        return f"user {user}"
