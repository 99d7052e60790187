"""Copies of a database that others may be using."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from digest.errors import UsageError
from digest.file_errors import file_trouble
from digest.store.sqlite.files import (
    beside,
    connect_to_read,
    is_alone,
    real_path,
    refuse_damaged,
    store_error,
    uri,
)

_BELONGING = ("", "-wal", "-shm", "-journal", ".lock", ".sock")


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, whole, while others use it (SQLite's backup API).

    Raises:
        StoreError: it cannot be read, or the copy cannot be written.
    """
    try:
        while True:
            alone, written = is_alone(source), source.stat().st_mtime_ns
            with (
                closing(connect_to_read(source)) as reader,
                closing(sqlite3.connect(uri(target, "mode=rwc"), uri=True)) as writer,
            ):
                reader.backup(writer)
            # Where nobody wrote at first nothing was locked, and somebody may have begun to.
            if not alone or source.stat().st_mtime_ns == written:
                return
    except (OSError, sqlite3.Error) as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
        raise store_error(target.parent if full else source, error) from None


def back_up(source: Path, target: Path) -> int:
    """Copy a database to a file that only its owner can read; answers its size in bytes.

    The copy is checked before it takes its place, so that nobody ever sees half a file.

    Raises:
        StoreError: it cannot be read, it is damaged, or the copy cannot be written.
        UsageError: the target is the database, or no file can be there.
    """
    _refuse_target(source, target)
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".digest-")
        os.close(handle)
    except OSError as error:
        raise UsageError(f"{target}: {file_trouble(target, error)}") from None
    copy = Path(name)
    try:
        copy_database(source, copy)
        _check(copy, source)
        size = copy.stat().st_size
        _put(copy, target)
    finally:
        copy.unlink(missing_ok=True)
    return size


def _refuse_target(source: Path, target: Path) -> None:
    try:
        taken = target.exists()
        ours = {beside(real_path(source), suffix) for suffix in _BELONGING}
        if real_path(target) in ours or (taken and target.samefile(source)):
            raise UsageError(f"{target}: belongs to the database itself; name another file")
        if taken and not target.is_file():
            raise UsageError(f"{target}: is no file")
    except OSError as error:
        raise UsageError(f"{target}: {file_trouble(target, error)}") from None


def _check(copy: Path, source: Path) -> None:
    try:
        refuse_damaged(copy, source)
    except (OSError, sqlite3.Error) as error:
        raise store_error(source, error) from None


def _put(copy: Path, target: Path) -> None:
    try:
        copy.replace(target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise UsageError(f"{target}: {file_trouble(target, error)}") from None
