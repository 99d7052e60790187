"""Where the database is, and all that is asked of that place."""

from __future__ import annotations

import os
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from msgspec import Struct

from digest.config.settings import SQLITE_PREFIX
from digest.errors import StoreError
from digest.store.sqlite import backup, disk_space
from digest.store.sqlite.connection import SqliteDatabase
from digest.store.sqlite.files import beside, file_exists, real_path, size_of
from digest.store.sqlite.lock import WriterLock

if TYPE_CHECKING:
    from datetime import tzinfo


class DatabaseAddress(Struct, frozen=True):
    """The address of a database, as the setting has it; as text, what messages call it."""

    url: str

    @classmethod
    def of_file(cls, path: Path) -> DatabaseAddress:
        """The address of a SQLite file."""
        return cls(f"{SQLITE_PREFIX}{path}")

    @property
    def _path(self) -> Path:
        return Path(self.url.removeprefix(SQLITE_PREFIX))

    def __str__(self) -> str:
        return str(self._path)

    def open(self, *, read_only: bool = False, check: bool = False) -> SqliteDatabase:
        """Open it; made and migrated where it is written, read through first with `check`.

        Raises:
            StoreError: it cannot be opened, is damaged, or is not ours.
        """
        return SqliteDatabase(self._path, read_only=read_only, check=check)

    def exists(self) -> bool:
        """Whether there is a database at all.

        Raises:
            StoreError: nobody may look, or none can be there.
        """
        return file_exists(self._path)

    def refuse_missing(self) -> None:
        """Raise `StoreError` where there is no database."""
        if not self.exists():
            raise StoreError(f"{self}: not there yet; `digest run` makes it")

    def lock(self, holder: str, zone: tzinfo = UTC) -> WriterLock:
        """What one process holds while it writes; `holder` tells the others who does.

        Since when somebody else does is told in `zone`.
        """
        return WriterLock(self._path, holder, zone)

    def size(self) -> int:
        """Its size in bytes.

        Raises:
            StoreError: nobody may look.
        """
        return size_of(self._path)

    def back_up(self, target: Path) -> int:
        """Copy it to a file that only its owner can read; answers its size in bytes.

        Raises:
            StoreError: there is no database, it is damaged, or the copy cannot be written.
            UsageError: the target is the database, or no file can be there.
        """
        self.refuse_missing()
        return backup.back_up(self._path, target)

    def copy_into(self, folder: Path) -> DatabaseAddress:
        """The address of a copy in a folder, where there is a database to copy.

        Raises:
            StoreError: it cannot be read, or the copy cannot be written.
        """
        copy = folder / "copy.db"
        if self.exists():
            backup.copy_database(self._path, copy)
        return self.of_file(copy)

    def reason_not_to_send(self) -> str | None:
        """Why nothing should be sent that it has to record; None where it may be."""
        return disk_space.reason_not_to_send(real_path(self._path).parent)

    def reason_not_to_write(self) -> str | None:
        """Why nothing at all can be written; None where it can."""
        return disk_space.reason_not_to_write(real_path(self._path).parent)

    def try_disk(self) -> tuple[Path, str | None]:
        """The folder whose disk it is on or will be, and why nothing can be recorded there."""
        folder, disk = self._place()
        return folder, disk_space.reason_not_to_send(disk)

    def reason_to_wait(self) -> str | None:
        """Why nobody can write it for now, as on a full disk; None where that is not so."""
        return disk_space.reason_to_wait(self._place()[1])

    def lack_of_room(self) -> str | None:
        """Why who may write it should send nothing; None where that is fine, or not known."""
        return disk_space.lack_of_room(self._place()[1])

    def _place(self) -> tuple[Path, Path]:
        """The folder where it is or will be, as the setting has it and as it is on its disk."""
        folder = self._path.absolute().parent
        while not folder.exists():
            folder = folder.parent
        return folder, real_path(folder / self._path.name).parent

    def folder(self) -> Path:
        """The folder that has to be writable, by its owner alone."""
        return self._path.parent

    def private_files(self) -> list[Path]:
        """The files that have keys, recipients and the addresses of private feeds in them."""
        path = real_path(self._path)
        return [path, beside(path, "-wal"), beside(path, "-shm")]

    def control_socket(self) -> Path:
        """Where the daemon that writes it can be asked."""
        return beside(self._path, ".sock")

    def place_on_disk(self) -> str:
        """What tells it from all others of this machine, though paths are alike in containers.

        Raises:
            OSError: nobody can tell.
        """
        folder, _ = self._place()
        found, path = folder.stat(), self._path.absolute().relative_to(folder)
        return f"{found.st_dev}-{found.st_ino}-{crc32(os.fsencode(path)):08x}"

    def owner(self) -> int:
        """The number of the user whose it is.

        Raises:
            OSError: nobody can tell.
        """
        return self._path.stat().st_uid
