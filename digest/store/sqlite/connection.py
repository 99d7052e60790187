"""One connection to a SQLite file, used from one thread."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from digest.errors import OldSchemaError, StoreError
from digest.store.migrations import HEAD, migrate, revision_of
from digest.store.sqlite.files import (
    connect_to_read,
    file_exists,
    make_file,
    make_folder,
    refuse_damaged,
    store_error,
    uri,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

_LONGEST_LOG = 16_000_000


class SqliteDatabase:
    """A SQLite file, open for reading or for writing; created and migrated when written.

    With `check` it is read through first.

    Raises:
        StoreError: it cannot be opened, is damaged, or is not ours.
    """

    def __init__(self, path: Path, *, read_only: bool = False, check: bool = False) -> None:
        self._path = path
        self._read_only = read_only
        self._engine = sa.create_engine("sqlite://", creator=self._connect, poolclass=StaticPool)
        event.listen(self._engine, "begin", self._begin)
        try:
            if file_exists(path) and check:
                refuse_damaged(path)
            if not read_only:
                make_folder(path)
                make_file(path)
            self._connection = self._engine.connect()
            self._driver = self._driver_connection()
            self._prepare()
        except (OSError, sqlite3.Error, DBAPIError) as error:
            self._engine.dispose()
            raise store_error(path, error) from None
        except StoreError:
            self._engine.dispose()
            raise

    def _connect(self) -> sqlite3.Connection:
        if self._read_only:
            connection = connect_to_read(self._path)
        else:
            address = uri(self._path, "mode=rwc")
            connection = sqlite3.connect(address, timeout=10, isolation_level=None, uri=True)
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
                raise OldSchemaError(
                    f"{self._path}: has an older schema; run `digest run` to upgrade it"
                )
        if not self._read_only:
            # The file keeps its journal mode, so nothing sets it before it is known to be ours.
            self._driver.execute("PRAGMA journal_mode=WAL")
            # One great transaction would have the log stay as long as it made it.
            self._driver.execute(f"PRAGMA journal_size_limit={_LONGEST_LOG}")
            # What a part of `together` needs to be undone, which else is written to a file; not
            # what a migration does, which may be all there is.
            self._driver.execute("PRAGMA temp_store=MEMORY")

    def _driver_connection(self) -> sqlite3.Connection:
        driver = self._connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        return driver

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing; a part of `together` where that is open.

        Raises:
            StoreError: the database refused.
        """
        try:
            inside = self._connection.in_transaction()
            with self._savepoint() if inside else self._connection.begin():
                yield self._connection
        except DBAPIError as error:
            raise store_error(self._path, error) from error

    @contextmanager
    def statement(self) -> Iterator[Connection]:
        """What needs no undoing: one statement, which is all or nothing by itself, or reading.

        Raises:
            StoreError: the database refused.
        """
        if not self._connection.in_transaction():
            with self.transaction() as connection:
                yield connection
            return
        self._check_open()
        try:
            yield self._connection
        except DBAPIError as error:
            raise store_error(self._path, error) from error

    @contextmanager
    def together(self) -> Iterator[None]:
        """Transactions in one: each all or nothing for itself, kept at the end or none of them.

        Raises:
            StoreError: the database refused, and nothing is kept.
        """
        try:
            with self._connection.begin():
                yield
                self._check_open()
        except DBAPIError as error:
            raise store_error(self._path, error) from error

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        self._check_open()
        self._driver.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if self._driver.in_transaction:
                self._driver.execute("ROLLBACK TO part")
                self._driver.execute("RELEASE part")
            raise
        self._driver.execute("RELEASE part")

    def _check_open(self) -> None:
        # Some errors, like a full disk, end the whole transaction, and what followed would be
        # kept without the rest.
        if not self._driver.in_transaction:
            raise StoreError(f"{self._path}: the transaction was rolled back")

    def release_memory(self) -> None:
        """Give up the pages that are kept for the next transaction."""
        self._driver.execute("PRAGMA shrink_memory")

    def close(self) -> None:
        """Close the connection; the last one to close a database folds in its WAL."""
        self._connection.close()
        self._engine.dispose()
