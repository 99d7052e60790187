"""The lock file beside the database: one writer, and who it is."""

from __future__ import annotations

import errno
import fcntl
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from digest.errors import InstanceError, StoreError
from digest.file_errors import file_trouble
from digest.store.sqlite.files import file_exists, make_folder, real_path

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path
    from types import TracebackType


# Whoever reads it may have another time zone.
_SINCE = "%Y-%m-%d %H:%M:%S UTC"


class WriterLock:
    """Held between `with` and its end; the kernel frees it when a process dies.

    What is told of another holder has its times in `zone`.

    Raises:
        InstanceError: at once, when another process holds it; names the holder.
        StoreError: no lock can be there.
    """

    def __init__(self, database: Path, holder: str, zone: tzinfo = UTC) -> None:
        # Of the file itself, however many links lead to it.
        self._database = database = real_path(database)
        self._path = database.with_name(f"{database.name}.lock")
        self._holder = holder
        self._zone = zone
        self._file: int | None = None

    def __enter__(self) -> WriterLock:
        # Raises where no database can be.
        file_exists(self._database)
        try:
            make_folder(self._path)
            # A link would have another file emptied and written into.
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            file = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise StoreError(f"{self._path}: {file_trouble(self._path, error)}") from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = _read_holder(file, self._zone)
            os.close(file)
            raise InstanceError(
                f"another instance holds the database ({holder}); stop it first"
            ) from None
        since = datetime.now(UTC).strftime(_SINCE)
        try:
            os.ftruncate(file, 0)
            os.write(file, f"{self._holder}, process {os.getpid()}, since {since}\n".encode())
        except OSError as error:
            # A full disk has no room for the name, which others do without.
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                os.close(file)
                raise StoreError(f"{self._path}: {error.strerror}") from None
        self._file = file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None


def _read_holder(file: int, zone: tzinfo) -> str:
    """Who holds the lock, and since when."""
    text = os.read(file, 200).decode("utf-8", "replace").strip()
    name, comma, since = text.rpartition(", since ")
    try:
        at = datetime.strptime(since, _SINCE).replace(tzinfo=UTC)
    except ValueError:
        # It has only begun to write, or had no room to.
        return text or "unknown"
    return f"{name}{comma}{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
