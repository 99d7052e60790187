"""Hostile feeds through the whole of polling: each fails or is read, and the others are on time."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from itertools import count
from typing import TYPE_CHECKING

from digest.workers.pool import WorkerPool
from tests import limits
from tests.feed_xml import item, rss
from tests.feeds.test_hostile_bodies import BODIES
from tests.jobs.bench import open_bench, settings_of
from tests.servers import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from digest.model import PollResult
    from tests.jobs.bench import Bench
    from tests.servers import HttpServer

# Twice what is promised, since the tests share the machine; tests/benchmarks/hostile.py measures.
LONGEST_LAG = limits.seconds(0.5)


async def worst_lag(done: asyncio.Event) -> tuple[float, float]:
    """The most seconds that the event loop was late until `done`: by its own work, by the clock."""
    worked = late = 0.0
    while not done.is_set():
        work, clock = time.thread_time(), time.monotonic()
        await asyncio.sleep(0.005)
        worked = max(worked, time.thread_time() - work)
        late = max(late, time.monotonic() - clock - 0.005)
    return worked, late


async def poll_all(
    server: HttpServer, folder: Path, task_seconds: float, quick_seconds: float
) -> tuple[dict[str, PollResult], list[float], tuple[float, float]]:
    """What became of each hostile feed, the seconds each poll of a good one took, the worst lag."""
    paths = {name: f"/{number}" for number, name in enumerate(BODIES)}
    for name, path in paths.items():
        server.replies[path] = Reply(BODIES[name]())
    numbers = count(1)
    good = f"{server.url}/good"
    server.replies["/good"] = lambda _: Reply(rss(item(next(numbers)), item(0)))
    hostile = [server.url + path for path in paths.values()]
    settings = settings_of(folder, [*hostile, good], polling={"max_body": "40MB"})
    seconds: list[float] = []
    done = asyncio.Event()
    with closing(WorkerPool(2, task_seconds=task_seconds, quick_seconds=quick_seconds)) as workers:
        async with open_bench(settings, folder) as bench, bench.polling(workers) as polling:
            await polling.poll([good])
            lag = asyncio.create_task(worst_lag(done))
            polls = asyncio.create_task(polling.poll(hostile))
            loop = asyncio.get_running_loop()
            while not polls.done():
                started = loop.time()
                (result,) = await polling.poll([good])
                assert (result.outcome, result.new) == ("updated", 1)
                seconds.append(loop.time() - started)
            done.set()
            results = dict(zip(BODIES, await polls, strict=True))
            await _check_recorded(bench, results)
            return results, seconds, await lag


async def _check_recorded(bench: Bench, results: dict[str, PollResult]) -> None:
    for result in results.values():
        row = await bench.feed(result.url)
        assert (row["last_error"], row["failures"]) == (result.error, 1 if result.error else 0)


async def test_hostile_feeds_hold_up_nothing(feed_server: HttpServer, tmp_path: Path) -> None:
    results, seconds, lag = await poll_all(feed_server, tmp_path, 1.5, 0.3)
    for name, result in results.items():
        assert result.outcome in {"failed", "updated", "unchanged"}, name
        assert bool(result.error) == (result.outcome == "failed"), name
    assert seconds
    # Those that stall come two at a time, and have less than half a second each.
    assert max(seconds) < 0.5 * len(BODIES)
    assert lag[0] <= LONGEST_LAG
