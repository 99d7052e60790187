"""One process of ours that stays open and polls when told to; run by the benchmarks:

    python -m tests.benchmarks.steady CONFIG

Reads commands as JSON lines: {"poll": [ADDRESS, ...]} polls these feeds; {"cool": true} ends the
workers first; answers each with what it cost, as a JSON line.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import resource
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.app.wiring import open_runtime
from digest.config import load_settings
from digest.log import Redactor, configure
from tests.benchmarks.metering import children_of, cpu_of, peak_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app.runtime import Runtime

_NAP = 0.005


@dataclass(frozen=True)
class Cost:
    """What polling took: CPU seconds of the daemon and of its workers, seconds by the clock.

    The loop was late by its own work and by the clock, 999 times of 1,000 by less (seconds).
    Megabytes are the peaks until now, of the daemon and of each worker.
    """

    daemon: float
    workers: float
    wall: float
    worked: float
    late: float
    megabytes: float
    each: list[float]


class Meter:
    """CPU seconds of this process and of its children, those that are gone included."""

    def __init__(self) -> None:
        self._started = self._read()

    def spent(self) -> tuple[float, float]:
        daemon, workers = self._read()
        return daemon - self._started[0], workers - self._started[1]

    @staticmethod
    def _read() -> tuple[float, float]:
        gone = resource.getrusage(resource.RUSAGE_CHILDREN)
        workers = gone.ru_utime + gone.ru_stime + cpu_of(children_of(os.getpid()))
        return time.process_time(), workers


async def lags(done: asyncio.Event) -> list[tuple[float, float]]:
    """How late the event loop was, again and again until `done`: by its own work, by the clock."""
    found = []
    while not done.is_set():
        work, clock = time.thread_time(), time.perf_counter()
        await asyncio.sleep(_NAP)
        found.append((time.thread_time() - work, time.perf_counter() - clock - _NAP))
    return found


def _nearly_worst(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.999)]


async def measure(runtime: Runtime, urls: Sequence[str]) -> Cost:
    """Poll these feeds."""
    done = asyncio.Event()
    sampling = asyncio.create_task(lags(done))
    await asyncio.sleep(0)
    meter, began = Meter(), time.perf_counter()
    await runtime.poll_job.poll(urls)
    wall = time.perf_counter() - began
    daemon, workers = meter.spent()
    done.set()
    samples = await sampling
    return Cost(
        daemon=daemon,
        workers=workers,
        wall=wall,
        worked=_nearly_worst([worked for worked, _ in samples]),
        late=_nearly_worst([late for _, late in samples]),
        megabytes=peak_of(os.getpid()),
        each=[peak_of(child) for child in children_of(os.getpid())],
    )


async def settle() -> None:
    """Wait until processes that were started are at rest."""
    before = -1.0
    while (spent := Meter._read()[1]) > before:
        before = spent
        await asyncio.sleep(0.2)


async def _obey(runtime: Runtime, command: dict[str, Any]) -> Cost:
    if command.get("cool"):
        runtime.poll_job._workers.close()
    cost = await measure(runtime, command["poll"])
    await settle()
    return cost


async def _serve(config: Path) -> None:
    settings = load_settings(config)
    configure("info", "json", Redactor())
    # As the command does, once it has imported what it needs.
    gc.freeze()
    async with open_runtime(settings, "benchmark") as runtime:
        print("open", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(asdict(await _obey(runtime, json.loads(line)))), flush=True)


def main() -> None:
    asyncio.run(_serve(Path(sys.argv[1])))


if __name__ == "__main__":
    main()
