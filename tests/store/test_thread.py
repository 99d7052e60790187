from __future__ import annotations

import asyncio
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from digest.errors import StoreError
from digest.store import Store, StoreThread
from tests import limits
from tests.databases import store_at
from tests.feed_xml import NOW
from tests.store.build import plan_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path


@pytest.fixture
async def thread(path: Path) -> AsyncIterator[StoreThread[Store]]:
    thread = StoreThread(lambda: store_at(path))
    await thread.open()
    yield thread
    await thread.close()


async def test_everything_runs_on_one_thread_of_its_own(thread: StoreThread[Store]) -> None:
    async def where() -> int:
        return await thread.transact(lambda _: threading.get_ident())

    threads = await asyncio.gather(*(where() for _ in range(10)))
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


def note(done: list[int], number: int, store: Store) -> None:
    store.schedules.plan([plan_of(str(number))], NOW)
    done.append(number)


async def test_work_is_done_in_the_order_it_came(thread: StoreThread[Store]) -> None:
    done: list[int] = []
    await asyncio.gather(*(thread.transact(partial(note, done, n)) for n in range(20)))
    assert done == list(range(20))


async def test_what_fails_fails_for_its_caller_alone(thread: StoreThread[Store]) -> None:
    with pytest.raises(ZeroDivisionError):
        await thread.transact(lambda _: 1 // 0)
    assert await thread.transact(lambda store: store.schedules.due(NOW)) == []


async def test_what_was_handed_over_is_done_though_nobody_waits_any_more(
    thread: StoreThread[Store],
) -> None:
    go = threading.Event()

    def plan(store: Store) -> None:
        go.wait(limits.seconds(10))
        store.schedules.plan([plan_of(next_edition_at=NOW)], NOW)

    waiting = asyncio.create_task(thread.transact(plan))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go.set()
    assert await thread.transact(lambda store: store.schedules.due(NOW)) == [("weekly", NOW)]


async def test_closing_finishes_what_was_handed_over(path: Path) -> None:
    thread = StoreThread(lambda: store_at(path))
    await thread.open()
    done: list[int] = []
    work = [asyncio.create_task(thread.transact(partial(note, done, n))) for n in range(5)]
    await asyncio.sleep(0)
    await thread.close()
    await asyncio.gather(*work)
    assert done == list(range(5))
    assert [other.name for other in path.parent.iterdir()] == [path.name]


async def test_a_store_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        await StoreThread(lambda: store_at(tmp_path)).open()


async def together(thread: StoreThread[Store], *works: Callable[[Store], object]) -> list[object]:
    """Results or errors of what arrived while the store was busy, and so is done in one."""
    go = threading.Event()
    busy = asyncio.create_task(thread.transact(lambda _: go.wait(limits.seconds(10))))
    await asyncio.sleep(0)
    waiting = [asyncio.create_task(thread.transact(work)) for work in works]
    await asyncio.sleep(0)
    go.set()
    await busy
    return await asyncio.gather(*waiting, return_exceptions=True)


def plan_named(name: str, store: Store) -> str:
    store.schedules.plan([plan_of(name, next_edition_at=NOW)], NOW)
    return name


def refused(store: Store) -> None:
    with store.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE digests SET next_edition_at = 'x'")
        connection.exec_driver_sql("INSERT INTO digests (name) VALUES (NULL)")


async def commits_of(thread: StoreThread[Store]) -> list[str]:
    """Every commit from now on."""
    commits: list[str] = []

    def count(store: Store) -> None:
        driver = store.database._driver
        driver.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)

    await thread.transact(count)
    return commits


async def test_what_arrives_together_is_committed_together(thread: StoreThread[Store]) -> None:
    commits = await commits_of(thread)
    works = [partial(plan_named, name) for name in "abc"]
    assert await together(thread, *works) == ["a", "b", "c"]
    assert len(commits) == 1


def note_all(calls: list[list[int]]) -> Callable[[Store, list[int]], None]:
    """What notes the numbers it is called with, and writes each of them."""

    def write(store: Store, numbers: list[int]) -> None:
        store.schedules.plan([plan_of(str(number)) for number in numbers], NOW)
        calls.append(numbers)

    return write


async def test_what_can_wait_is_committed_together(thread: StoreThread[Store]) -> None:
    commits = await commits_of(thread)
    calls: list[list[int]] = []
    note_them = note_all(calls)
    await asyncio.gather(*(thread.transact_together(note_them, n) for n in range(3)))
    assert calls == [[0, 1, 2]]
    assert len(commits) == 1


async def test_what_fails_among_others_fails_alone(thread: StoreThread[Store]) -> None:
    calls: list[list[int]] = []
    note_them = note_all(calls)

    def write(store: Store, numbers: list[int]) -> None:
        if 1 in numbers:
            raise ValueError(str(numbers))
        note_them(store, numbers)

    waiting = (thread.transact_together(write, n) for n in range(3))
    assert list(map(repr, await asyncio.gather(*waiting, return_exceptions=True))) == [
        "None",
        "ValueError('[1]')",
        "None",
    ]
    assert calls == [[0], [2]]


async def test_what_the_database_refuses_fails_for_all(thread: StoreThread[Store]) -> None:
    def fail(_: Store, numbers: list[int]) -> None:
        raise StoreError(str(numbers))

    waiting = (thread.transact_together(fail, n) for n in range(3))
    errors = await asyncio.gather(*waiting, return_exceptions=True)
    assert list(map(str, errors)) == ["[0, 1, 2]"] * 3


async def test_much_that_can_wait_does_not(thread: StoreThread[Store]) -> None:
    calls: list[list[int]] = []
    note_them = note_all(calls)
    await asyncio.gather(*(thread.transact_together(note_them, n) for n in range(250)))
    assert [len(call) for call in calls] == [100, 100, 50]
    assert [number for call in calls for number in call] == list(range(250))


async def test_closing_finishes_what_could_wait(path: Path) -> None:
    thread = StoreThread(lambda: store_at(path))
    await thread.open()
    calls: list[list[int]] = []
    work = asyncio.create_task(thread.transact_together(note_all(calls), 1))
    await asyncio.sleep(0)
    await thread.close()
    await work
    assert calls == [[1]]


def one_statement(sql: str, store: Store) -> None:
    with store.database.statement() as connection:
        connection.exec_driver_sql(sql)


@pytest.mark.parametrize("alone", [True, False])
async def test_a_statement_that_fails_undoes_only_itself(
    thread: StoreThread[Store], *, alone: bool
) -> None:
    plans = [plan_of(name, next_edition_at=NOW) for name in "abc"]
    await thread.transact(lambda store: store.schedules.plan(plans, NOW))
    # It changes some before it fails at the next.
    failing = partial(one_statement, "UPDATE digests SET name = 'z'")
    other = partial(one_statement, "DELETE FROM digests WHERE name = 'a'")
    if alone:
        with pytest.raises(StoreError):
            await thread.transact(failing)
        await thread.transact(other)
    else:
        error, _ = await together(thread, failing, other)
        assert isinstance(error, StoreError)
    due = await thread.transact(lambda store: store.schedules.due(NOW))
    assert [name for name, _ in due] == ["b", "c"]


async def test_one_that_fails_among_others_undoes_only_its_own(
    thread: StoreThread[Store],
) -> None:
    first, error, due = await together(
        thread, partial(plan_named, "a"), refused, lambda store: store.schedules.due(NOW)
    )
    assert (first, due) == ("a", [("a", NOW)])
    assert isinstance(error, StoreError)
    assert await thread.transact(lambda store: store.schedules.due(NOW)) == [("a", NOW)]


async def test_when_all_is_rolled_back_each_is_tried_alone(thread: StoreThread[Store]) -> None:
    tries = []

    def loses_everything(store: Store) -> None:
        """As a full disk does, in the middle of others."""
        tries.append(1)
        with store.database.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO incidents (id, kind, subject, message, opened_at, changed_at)"
                " VALUES (1, 'a', 'a', '', '', '')"
            )
            if len(tries) == 1:
                store.database._driver.execute("ROLLBACK")
                raise StoreError("full")

    first, second, last = await together(
        thread, partial(plan_named, "a"), loses_everything, lambda store: store.schedules.due(NOW)
    )
    assert (first, second, last) == ("a", None, [("a", NOW)])
    assert len(tries) == 2
