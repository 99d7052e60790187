"""One connection to the database, used from one thread."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from digest.errors import StoreError
from digest.store.migrations import HEAD, migrate, revision_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

S = TypeVar("S")
T = TypeVar("T")


class Database:
    """A SQLite file, open for reading or for writing; created and migrated when written.

    Raises:
        StoreError: it cannot be opened, or is not ours.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._engine = sa.create_engine("sqlite://", creator=self._connect, poolclass=StaticPool)
        event.listen(self._engine, "begin", self._begin)
        try:
            if not read_only:
                path.parent.mkdir(parents=True, exist_ok=True)
            self._connection = self._engine.connect()
            self._prepare()
        except (OSError, sqlite3.Error, DBAPIError) as error:
            self._engine.dispose()
            raise StoreError(f"{path}: {getattr(error, 'orig', error)}") from None
        except StoreError:
            self._engine.dispose()
            raise

    def _connect(self) -> sqlite3.Connection:
        uri = _read_only_uri(self._path) if self._read_only else _uri(self._path, "mode=rwc")
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=10)
        try:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA synchronous=FULL")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    def _begin(self, connection: Connection) -> None:
        # A transaction that reads first and writes then fails at once when another has written
        # in between, whatever the timeout; taking the write lock first does not.
        connection.exec_driver_sql("BEGIN" if self._read_only else "BEGIN IMMEDIATE")

    def _prepare(self) -> None:
        with self.transaction() as connection:
            if not self._read_only:
                migrate(connection)
            elif revision_of(connection) != HEAD:
                raise StoreError(
                    f"{self._path}: has an older schema; run `digest run` to upgrade it"
                )
        if not self._read_only:
            # The file keeps its journal mode, so nothing sets it before it is known to be ours.
            driver = self._connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA journal_mode=WAL")

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing.

        Raises:
            StoreError: the database refused.
        """
        try:
            with self._connection.begin():
                yield self._connection
        except DBAPIError as error:
            raise StoreError(f"{self._path}: {error.orig}") from error

    def close(self) -> None:
        """Close the connection; the last one to close a database folds in its WAL."""
        self._connection.close()
        self._engine.dispose()


class StoreThread(Generic[S]):
    """Runs whole transactions on the one thread that owns the connection."""

    def __init__(self, open_store: Callable[[], S], close: Callable[[S], None]) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._open = open_store
        self._close = close

    async def open(self) -> None:
        """Open the store on its thread."""
        self._store = await asyncio.get_running_loop().run_in_executor(self._executor, self._open)

    async def run(self, work: Callable[[S], T]) -> T:
        """Call `work` with the store, and wait for what it returns."""
        loop = asyncio.get_running_loop()
        # Shielded: a transaction that was handed over is carried out, and its result is known.
        return await asyncio.shield(loop.run_in_executor(self._executor, work, self._store))

    async def close(self) -> None:
        """Finish what was handed over, then close."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._executor, self._close, self._store)
        self._executor.shutdown()


def database_exists(path: Path) -> bool:
    """Whether there is a file at all.

    Raises:
        StoreError: nobody may look.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}") from None
    return True


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, whole, while others use it (SQLite's backup API).

    Raises:
        StoreError: it cannot be read, or the copy cannot be written.
    """
    try:
        with (
            closing(sqlite3.connect(_read_only_uri(source), uri=True, timeout=10)) as reader,
            closing(sqlite3.connect(target)) as writer,
        ):
            reader.backup(writer)
    except sqlite3.Error as error:
        raise StoreError(f"{source}: {error}") from None


def _read_only_uri(path: Path) -> str:
    # Nobody has a database open for writing that has no WAL beside it. Reading it as immutable
    # then leaves no files behind.
    alone = not path.with_name(f"{path.name}-wal").exists()
    return _uri(path, "mode=ro" + ("&immutable=1" if alone else ""))


def _uri(path: Path, mode: str) -> str:
    return f"file:{quote(str(path.absolute()))}?{mode}"
