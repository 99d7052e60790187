from __future__ import annotations

import asyncio
import os
import pickle
import select
import signal
import sys
import time
import traceback
from contextlib import closing
from math import factorial
from typing import TYPE_CHECKING

import pytest

from digest.errors import FeedError
from digest.feeds.parsing import tolerant
from digest.workers.pool import WorkerPool
from tests import limits
from tests.feeds.test_hostile_bodies import stalling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def workers() -> Iterator[WorkerPool]:
    with closing(WorkerPool(1, task_seconds=5)) as workers:
        yield workers


async def ends(process: int) -> bool:
    """Whether a process ends within ten seconds."""
    handle = os.pidfd_open(process)
    try:
        ready, _, _ = await asyncio.to_thread(select.select, [handle], [], [], 10)
    finally:
        os.close(handle)
    return bool(ready)


async def test_a_task_runs_in_another_process(workers: WorkerPool) -> None:
    assert await workers.call(factorial, 20) == factorial(20)
    process = await workers.call(os.getpid)
    assert process != os.getpid()
    assert await workers.call(os.getpid) == process


async def test_what_a_task_raises_is_raised(workers: WorkerPool) -> None:
    with pytest.raises(ValueError, match="not defined for negative"):
        await workers.call(factorial, -1)


async def test_a_task_that_takes_too_long_is_killed() -> None:
    with closing(WorkerPool(1, task_seconds=0.3)) as workers:
        process = await workers.call(os.getpid)
        gone = asyncio.create_task(ends(process))
        with pytest.raises(FeedError, match=r"parsing took longer than 0\.3 s"):
            await workers.call(time.sleep, 60)
        assert await gone
        assert await workers.call(factorial, 5) == 120


async def test_a_task_that_eats_memory_is_refused_it(workers: WorkerPool) -> None:
    with pytest.raises(FeedError, match="parsing needed more than 512 MB"):
        await workers.call(bytearray, 2 * 1024**3)
    assert await workers.call(factorial, 5) == 120


async def test_a_process_that_dies_is_reported(workers: WorkerPool) -> None:
    with pytest.raises(FeedError, match=r"parsing ended its process \(exit code 3\)"):
        await workers.call(os._exit, 3)
    assert await workers.call(factorial, 5) == 120


async def test_the_event_loop_keeps_turning() -> None:
    # feedparser takes half a minute for this author, and never lets go of the interpreter's lock.
    body = stalling(100_000)
    loop = asyncio.get_running_loop()
    longest = 0.0
    with closing(WorkerPool(1, task_seconds=0.5)) as workers:
        parsing = asyncio.create_task(workers.call(tolerant.parse, body, "https://site.example/"))
        while not parsing.done():
            before = loop.time()
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - before)
    assert longest < limits.seconds(0.3)
    with pytest.raises(FeedError, match="took longer"):
        await parsing


async def test_a_cancelled_task_is_ended(workers: WorkerPool, tmp_path: Path) -> None:
    process = await workers.call(os.getpid)
    gone = asyncio.create_task(ends(process))
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    task = asyncio.create_task(workers.call(pipe.read_bytes))
    # Opening waits until the task has opened the other end; it then reads for ever.
    with await asyncio.to_thread(pipe.open, "wb"):
        task.cancel()
        assert await gone
    assert await workers.call(factorial, 5) == 120


async def test_the_processes_are_gone_when_nothing_is_to_do() -> None:
    with closing(WorkerPool(1, idle_seconds=0.05)) as workers:
        first = await workers.call(os.getpid)
        assert await ends(first)
        second = await workers.call(os.getpid)
        assert second != first
        assert await ends(second)


async def test_the_processes_stay_while_there_is_something_to_do() -> None:
    with closing(WorkerPool(2, idle_seconds=0.05)) as workers:
        await workers.call(os.getpid)
        slow = asyncio.create_task(workers.call(time.sleep, 0.5))
        assert await workers.call(factorial, 5) == 120
        await slow


async def test_the_processes_are_gone_after_close(workers: WorkerPool) -> None:
    process = await workers.call(os.getpid)
    gone = asyncio.create_task(ends(process))
    await asyncio.sleep(0)
    workers.close()
    assert await gone
    # Neither is it there as one that nobody has asked the exit code of.
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


async def test_many_small_tasks_share_a_few_trips(workers: WorkerPool) -> None:
    done = await asyncio.gather(*(workers.call_together(factorial, n) for n in range(40)))
    assert done == [factorial(n) for n in range(40)]
    processes = {await workers.call_together(os.getpid) for _ in range(3)}
    assert os.getpid() not in processes


async def test_what_goes_wrong_among_others_is_nobody_elses() -> None:
    task_seconds = limits.seconds(1)
    with closing(WorkerPool(1, task_seconds=task_seconds, quick_seconds=0.3)) as workers:
        results = await asyncio.gather(
            *(workers.call_together(factorial, n) for n in range(4)),
            workers.call_together(factorial, -1),
            workers.call_together(time.sleep, 60),
            workers.call_together(os._exit, 7),
            *(workers.call_together(factorial, n) for n in range(4, 8)),
            return_exceptions=True,
        )
    assert results[:4] + results[7:] == [factorial(n) for n in range(8)]
    assert [str(error) for error in results[4:7]] == [
        "factorial() not defined for negative values",
        f"parsing took longer than {task_seconds:g} s",
        "parsing ended its process (exit code 7)",
    ]


async def test_what_cannot_be_handed_over_is_told(workers: WorkerPool) -> None:
    async with asyncio.timeout(limits.seconds(10)):
        with pytest.raises((AttributeError, pickle.PicklingError)):
            await workers.call_together(lambda: 1)
    assert await workers.call_together(factorial, 5) == 120


async def test_processes_that_cannot_be_started(workers: WorkerPool) -> None:
    os.kill(await workers.call(os.getppid), signal.SIGKILL)
    workers.close()
    async with asyncio.timeout(limits.seconds(10)):
        with pytest.raises(OSError, match=r"ended|pipe"):
            await workers.call(factorial, 5)
        assert await workers.call(factorial, 5) == 120


async def test_others_need_not_know_that_processes_could_not_be_started(
    workers: WorkerPool,
) -> None:
    os.kill(await workers.call(os.getppid), signal.SIGKILL)
    workers.close()
    async with asyncio.timeout(limits.seconds(10)):
        assert await workers.call_together(factorial, 5) == 120


async def test_an_idle_process_that_was_killed_is_no_bodys_fault(workers: WorkerPool) -> None:
    process = await workers.call(os.getpid)
    gone = asyncio.create_task(ends(process))
    await asyncio.sleep(0)
    os.kill(process, signal.SIGKILL)
    assert await gone
    assert await workers.call(factorial, 5) == 120


async def test_a_process_that_nobody_waited_for_is_the_next_ones(workers: WorkerPool) -> None:
    first = asyncio.create_task(workers.call(os.getpid))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    process = await workers.call(os.getpid)
    assert await workers.call(os.getpid) == process


async def test_closing_ends_what_is_at_work(workers: WorkerPool) -> None:
    process = await workers.call(os.getpid)
    gone = asyncio.create_task(ends(process))
    working = asyncio.create_task(workers.call(time.sleep, 60))
    await asyncio.sleep(0)
    workers.close()
    assert await gone
    with pytest.raises(FeedError, match=r"parsing ended its process \(exit code -9\)"):
        await working


async def test_what_is_wrong_with_a_parser_is_told_with_its_place(workers: WorkerPool) -> None:
    with pytest.raises(ValueError, match="not defined") as raised:
        await workers.call(factorial, -1)
    assert "In a worker process" in "".join(traceback.format_exception(raised.value))


async def test_workers_end_with_their_daemon() -> None:
    program = """
import asyncio, os
from digest.workers.pool import WorkerPool
print(asyncio.run(WorkerPool().call(os.getpid)), flush=True)
os.kill(os.getpid(), 9)
"""
    daemon = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program), stdout=asyncio.subprocess.PIPE
    )
    assert daemon.stdout
    # The worker has this end of the pipe, too, and so it is read to its end only without it.
    async with asyncio.timeout(limits.seconds(10)):
        assert int(await daemon.stdout.read())
    await daemon.wait()


async def test_who_gives_up_waiting_is_in_nobodys_way(workers: WorkerPool) -> None:
    waiting = [asyncio.create_task(workers.call_together(factorial, n)) for n in range(30)]
    await asyncio.sleep(0)
    for task in waiting[::2]:
        task.cancel()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert results[1::2] == [factorial(n) for n in range(1, 30, 2)]
