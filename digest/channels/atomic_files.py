"""Files that appear whole: under a new name, or in place of one that is as it is known."""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Longer names no file system of today takes, in bytes.
LONGEST_NAME = 255
MOST_OF_A_NAME = 1_000
# Names of files that are being written.
PARTS = ".digest-*.part"
_NO_LOCKS = {errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL, errno.EBADF}
_NO_OWNERS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL}
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


class AllTakenError(Exception):
    """A name and all its numbers are taken."""


def put(path: Path, payload: bytes) -> Path:
    """Write a file and answer where it is: at `path`, or at the first of its numbers that is free.

    Nothing that is there is ever replaced; where one of these files has the very bytes, it is left
    alone and answered. A process that dies half way leaves nothing under any such name.

    Raises:
        AllTakenError: there is no number left.
        OSError: it cannot be written.
    """
    clean_up(path.parent)
    names = [*numbers_of(path)]
    free = _first(names, payload)
    if has_bytes(free, payload):
        return free
    with written_beside(path.parent, payload) as part:
        for target in names[names.index(free) :]:
            # Whoever else writes there may have been first.
            with suppress(FileExistsError):
                give_name(part, target)
                settle(path.parent)
                return target
            if has_bytes(target, payload):
                return target
    raise AllTakenError


def numbers_of(path: Path) -> Iterator[Path]:
    """A path, and then the same with each number."""
    return (path.with_name(numbered(path.name, number)) for number in range(1, MOST_OF_A_NAME + 1))


def numbered(name: str, number: int) -> str:
    """A name of a file with a number, cut where it would be too long."""
    if number == 1:
        return name
    stem, dot, suffix = name.rpartition(".")
    end = f"-{number}.{suffix}" if dot and stem else f"-{number}"
    room = LONGEST_NAME - len(end.encode())
    kept = stem if dot and stem else name
    return f"{kept.encode()[:room].decode(errors='ignore')}{end}"


def _first(names: list[Path], payload: bytes) -> Path:
    """The first that is free, or has the payload already."""
    for name in names:
        if not os.path.lexists(name) or has_bytes(name, payload):
            return name
    raise AllTakenError


def has_bytes(path: Path, payload: bytes) -> bool:
    """Whether a file is there and has just these bytes."""
    return path.is_file() and path.stat().st_size == len(payload) and path.read_bytes() == payload


@contextmanager
def written_beside(folder: Path, payload: bytes) -> Iterator[Path]:
    """A file with the payload, under a name that only we know; gone at the end."""
    path, file = _open_part(folder)
    try:
        with os.fdopen(file, "wb") as part:
            part.write(payload)
            part.flush()
            os.fsync(file)
            yield path
    finally:
        path.unlink(missing_ok=True)


def _open_part(folder: Path) -> tuple[Path, int]:
    """A new file, locked for as long as it is open, with the rights that any new file gets."""
    while True:
        path = folder / PARTS.replace("*", secrets.token_hex(6))
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        file = os.open(path, flags, 0o666)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Somebody cleans up just now, and takes it for one that was left.
            os.close(file)
            continue
        except OSError as error:
            # Without locks nobody cleans up either.
            if error.errno not in _NO_LOCKS:
                os.close(file)
                raise
        if os.fstat(file).st_nlink:
            return path, file
        os.close(file)


def clean_up(folder: Path) -> None:
    """Remove what processes left that were killed half way: what none has locked."""
    for left in folder.glob(PARTS):
        with suppress(OSError):
            file = os.open(left, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink(missing_ok=True)
            finally:
                os.close(file)


def give_name(part: Path, target: Path) -> None:
    """Give a file its name.

    Raises:
        FileExistsError: something has it.
    """
    try:
        os.link(part, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Without hard links, as on FAT: an empty file takes the name, and ours takes its place.
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        part.replace(target)


def replace_unchanged(part: Path, path: Path, old: bytes) -> None:
    """Give a new file the place, the owner and the rights of another that has these bytes.

    Raises:
        FileExistsError: it has others by now.
        PermissionError: this user may not write into it; that the folder allows it is not enough.
    """
    there = path.stat()
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    _give_to(part, there.st_uid, there.st_gid)
    part.chmod(stat.S_IMODE(there.st_mode))
    # What looks last at the file is as close to the renaming as can be.
    if not has_bytes(path, old):
        raise FileExistsError(path)
    part.replace(path)


def _give_to(part: Path, owner: int, group: int) -> None:
    """Give a file to an owner and a group, or to the group alone where the owner is another's."""
    for uid in (owner, -1):
        try:
            os.chown(part, uid, group)
        except OSError as error:
            if error.errno not in _NO_OWNERS:
                raise
        else:
            return


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Alone among those that change files of a folder; where there are no locks, not alone."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise
        yield
    finally:
        os.close(handle)


def settle(folder: Path) -> None:
    """Have the names of a folder outlast a loss of power."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
