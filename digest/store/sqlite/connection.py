"""One connection to the database, used from one thread."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from digest.errors import StoreError
from digest.store.migrations import HEAD, migrate, revision_of
from digest.store.sqlite.files import (
    make_file,
    make_folder,
    read_only_uri,
    refuse_damaged,
    store_error,
    uri,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy.engine import Connection

A = TypeVar("A")
T = TypeVar("T")

# So that what is done together is soon done, and can be answered.
_MOST_TOGETHER = 32
_LONGEST_LOG = 16_000_000
# How long what can wait does, for more of its kind, in seconds, and how much of it there may be.
_PATIENCE = 0.05
_MOST_OF_A_KIND = 100


class Database:
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
            if check and path.exists():
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
        address = read_only_uri(self._path) if self._read_only else uri(self._path, "mode=rwc")
        connection = sqlite3.connect(address, uri=True, isolation_level=None, timeout=10)
        try:
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA cache_size=-8000")
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

    def close(self) -> None:
        """Close the connection; the last one to close a database folds in its WAL."""
        self._connection.close()
        self._engine.dispose()


class _Opened(Protocol):
    def together(self) -> AbstractContextManager[None]: ...
    def close(self) -> None: ...


S = TypeVar("S", bound=_Opened)


class StoreThread(Generic[S]):
    """Runs whole transactions on the one thread that owns the connection.

    What arrives while others are at work is carried out together, in one transaction: a commit
    waits for the disk. What can wait for more of its kind is one call with it: a thread at work
    beside the loop makes both slower, since each statement has them take turns.
    """

    def __init__(self, open_store: Callable[[], S]) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._open = open_store
        self._lock = Lock()
        self._batches: dict[Callable[[S, list[Any]], None], _Batch[S]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._waiting: deque[_Work[S] | _Batch[S]] = deque()
        self._serving = False

    async def open(self) -> None:
        """Open the store on its thread."""
        self._store = await asyncio.get_running_loop().run_in_executor(self._executor, self._open)

    async def run(self, work: Callable[[S], T]) -> T:
        """Call `work` with the store, and wait for what it returns, stored for good.

        It may be called once more, where what it did with others could not be kept.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._hand_over(loop, [_Work(work, done)])
        # Shielded: a transaction that was handed over is carried out, and its result is known.
        return await asyncio.shield(done)

    async def run_together(self, work: Callable[[S, list[A]], None], one: A) -> None:
        """Call `work` with the store and all that comes for it within 50 ms, and wait for that.

        It is stored for good then. As with `run`, it may be called once more; where it fails with
        others, it is called with each alone.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        batch = self._batches.setdefault(work, _Batch(work))
        batch.add(one, done)
        if len(batch) >= _MOST_OF_A_KIND:
            self._hand_over_batches(loop)
        elif self._timer is None:
            self._timer = loop.call_later(_PATIENCE, self._hand_over_batches, loop)
        await asyncio.shield(done)

    async def close(self) -> None:
        """Finish what was handed over, then close."""
        loop = asyncio.get_running_loop()
        self._hand_over_batches(loop)
        await loop.run_in_executor(self._executor, self._store.close)
        self._executor.shutdown()

    def _hand_over_batches(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batches = list(self._batches.values())
        self._batches.clear()
        self._hand_over(loop, batches)

    def _hand_over(
        self, loop: asyncio.AbstractEventLoop, works: Iterable[_Work[S] | _Batch[S]]
    ) -> None:
        with self._lock:
            self._waiting += works
            if self._waiting and not self._serving:
                self._serving = True
                self._executor.submit(self._serve, loop)

    def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        while group := self._next_group():
            self._carry_out(group)
            loop.call_soon_threadsafe(_settle, group)

    def _next_group(self) -> list[_Work[S] | _Batch[S]]:
        with self._lock:
            number = min(len(self._waiting), _MOST_TOGETHER)
            group = [self._waiting.popleft() for _ in range(number)]
            self._serving = bool(group)
            return group

    def _carry_out(self, group: Sequence[_Work[S] | _Batch[S]]) -> None:
        if len(group) > 1 and self._done_together(group):
            return
        for work in group:
            work.try_on(self._store)

    def _done_together(self, group: Sequence[_Work[S] | _Batch[S]]) -> bool:
        """Whether each of them has an answer; else nothing is kept, and some may do alone."""
        begun = False
        try:
            with self._store.together():
                begun = True
                for work in group:
                    work.try_on(self._store)
        except StoreError as error:
            if begun:
                return False
            # A database that is locked makes wait before it says so, and would again.
            for work in group:
                work.end(error)
        return True


class _Work(Generic[S]):
    """What was asked of the store, and how it went."""

    def __init__(self, work: Callable[[S], Any], done: asyncio.Future[Any]) -> None:
        self._work = work
        self._done = done
        self._result: Any = None
        self._error: BaseException | None = None

    def try_on(self, store: S) -> None:
        self._result = self._error = None
        try:
            self._result = self._work(store)
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            self._error = error

    def end(self, error: StoreError | None) -> None:
        self._error = error

    def settle(self) -> None:
        if self._done.done():
            return
        if self._error is None:
            self._done.set_result(self._result)
        else:
            self._done.set_exception(self._error)


class _Batch(Generic[S]):
    """Works of one kind: one call, or one each where that fails."""

    def __init__(self, work: Callable[[S, list[Any]], None]) -> None:
        self._work = work
        self._ones: list[Any] = []
        self._parts: list[_Work[S]] = []

    def __len__(self) -> int:
        return len(self._parts)

    def add(self, one: Any, done: asyncio.Future[None]) -> None:
        self._ones.append(one)
        self._parts.append(_Work(lambda store: self._work(store, [one]), done))

    def try_on(self, store: S) -> None:
        try:
            self._work(store, self._ones)
        except StoreError as error:
            # It is the database's, and each would wait for it in turn.
            self.end(error)
        except BaseException:  # noqa: BLE001 - raised where it is waited for
            for part in self._parts:
                part.try_on(store)
        else:
            self.end(None)

    def end(self, error: StoreError | None) -> None:
        for part in self._parts:
            part.end(error)

    def settle(self) -> None:
        for part in self._parts:
            part.settle()


def _settle(group: Sequence[_Work[Any] | _Batch[Any]]) -> None:
    for work in group:
        work.settle()
