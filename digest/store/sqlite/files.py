"""The database as a file: how it is opened, whether it is whole, and what an error says."""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from urllib.parse import quote

from digest.errors import PlaceError, StoreError
from digest.file_errors import access_trouble, file_trouble

_AT_ONCE = 1_000_000
# 512 in SQLite, with the name of a journal.
_LONGEST_PATH = 504
_ELSEWHERE = "set `database` to the path of a file"
_MENDS = {
    sqlite3.SQLITE_CORRUPT: "it is damaged, restore a backup",
    sqlite3.SQLITE_NOTADB: "restore a backup, or set another database",
    sqlite3.SQLITE_FULL: "make room",
    sqlite3.SQLITE_READONLY: "make it writable",
    sqlite3.SQLITE_READONLY_ROLLBACK: "its first start was cut short, run `digest run`",
}
_REFUSED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}


def file_exists(path: Path) -> bool:
    """Whether there is a file with anything in it: a first start on a full disk leaves none.

    Raises:
        PlaceError: none can be there.
        StoreError: nobody may look.
    """
    if len(os.fsencode(path.absolute())) > _LONGEST_PATH:
        raise PlaceError(
            f"{path}: SQLite opens no path of over {_LONGEST_PATH} bytes; {_ELSEWHERE}"
        )
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        _refuse_folder(path)
        return False
    except OSError as error:
        raise store_error(path, error) from None
    if not stat.S_ISREG(found.st_mode):
        kind = "is a folder" if stat.S_ISDIR(found.st_mode) else "is no file that keeps anything"
        raise PlaceError(f"{path}: {kind}; {_ELSEWHERE}")
    return found.st_size > 0


def _refuse_folder(path: Path) -> None:
    """Raise `PlaceError` where its folder can neither be nor be made."""
    nearest = next(folder for folder in real_path(path).parents if folder.exists())
    if not nearest.is_dir():
        raise PlaceError(f"{path}: {nearest} is no folder; {_ELSEWHERE}")


def real_path(path: Path) -> Path:
    """Where a path leads, through all links; one that leads in a circle, itself."""
    return Path(os.path.realpath(path))


def size_of(path: Path) -> int:
    """The size of a database in bytes.

    Raises:
        StoreError: nobody may look.
    """
    try:
        return path.stat().st_size
    except OSError as error:
        raise store_error(path, error) from None


def make_folder(path: Path) -> None:
    """Make the folder of a database where it is missing, for its owner only."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an empty database where there is none, for its owner only.

    Keys, recipients and the addresses of private feeds are in it. SQLite gives what it makes beside
    a database the rights that the database has.
    """
    if not path.exists():
        os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


def refuse_damaged(path: Path, owner: Path | None = None) -> None:
    """Read a database through (SQLite's quick_check), and change nothing.

    Nothing in this process may have it open, since that would lose its locks. Where it is a copy,
    `owner` is the database that it was made of.

    Raises:
        StoreError: it is damaged.
        OSError, sqlite3.Error: it cannot be read.
    """
    if beside(path, "-journal").exists():
        # A first start was cut short; SQLite undoes it when it opens the file for writing.
        return
    _read_ahead(path)
    with closing(connect_to_read(path)) as connection:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        damage = " ".join(found.split())
        raise StoreError(f"{owner or path}: the database is damaged ({damage}); restore a backup")


def _read_ahead(path: Path) -> None:
    # Pages are checked in the order of the trees they are in, and a disk gives a file six times
    # as fast from its beginning to its end.
    with path.open("rb", buffering=0) as file:
        while file.read(_AT_ONCE):
            pass


def store_error(path: Path, error: Exception) -> StoreError:
    """What to tell about an error of SQLite, SQLAlchemy or the file system, in one line."""
    cause = getattr(error, "orig", error)
    code = getattr(cause, "sqlite_errorcode", 0)
    reason: object = cause
    if isinstance(cause, OSError):
        reason = file_trouble(path, cause)
    elif code & 0xFF in _REFUSED and (refusal := access_trouble(path)):
        # SQLite does not say whose the file is.
        return StoreError(f"{path}: {reason}: {refusal}")
    # The low byte is the kind of an error, the rest its detail.
    mend = _MENDS.get(code) or _MENDS.get(code & 0xFF)
    return StoreError(f"{path}: {reason}; {mend}" if mend else f"{path}: {reason}")


def connect_to_read(path: Path) -> sqlite3.Connection:
    """A connection that only reads; it waits ten seconds for who writes."""
    if _is_stranded(path):
        with TemporaryDirectory(prefix="digest-") as folder:
            # It goes on reading what has no name any more.
            copy = _folded_copy(path, Path(folder))
            address = uri(copy, "mode=ro&immutable=1")
            return sqlite3.connect(address, timeout=10, isolation_level=None, uri=True)
    address = uri(path, "mode=ro" + ("&immutable=1" if is_alone(path) else ""))
    return sqlite3.connect(address, timeout=10, isolation_level=None, uri=True)


def _is_stranded(path: Path) -> bool:
    """Whether a crash left a WAL where nobody can make the index that reading it needs."""
    wal, index = beside(path, "-wal"), beside(path, "-shm")
    return wal.exists() and not index.exists() and not os.access(real_path(path).parent, os.W_OK)


def _folded_copy(path: Path, folder: Path) -> Path:
    """A copy of a database that nobody writes, with all that its WAL has."""
    copy = folder / "copy.db"
    for suffix in ("", "-wal"):
        copyfile(beside(path, suffix), beside(copy, suffix))
    with closing(sqlite3.connect(copy)) as connection:
        # Who has read it, and closes it last, folds in the WAL.
        connection.execute("PRAGMA schema_version").fetchone()
    return copy


def is_alone(path: Path) -> bool:
    """Whether nobody has the database open for writing, nor left it in the middle of that.

    Who writes has a WAL beside it, or a journal while it is made. Reading it as immutable then
    leaves no files behind.
    """
    return not any(beside(path, suffix).exists() for suffix in ("-wal", "-journal"))


def beside(path: Path, suffix: str) -> Path:
    """A file that belongs to a database."""
    return path.with_name(f"{path.name}{suffix}")


def uri(path: Path, mode: str) -> str:
    """The address of a database in SQLite's words."""
    return f"file:{quote(str(path.absolute()))}?{mode}"
