"""Where the time of a poll goes: the functions that cost the most in one phase.

    python -m tests.benchmarks.profiling [--phase 304] [--feeds 300] [--lines 30] [--inline]

`--phase` is a part of a phase's name, as `tests.benchmarks.polling` prints it. The event loop and
the store's thread are profiled one by one, and the workers' CPU is told as a whole; `--inline`
does their work in the event loop, so that it shows there. Times are of the CPU. A profile makes all
calls dearer, and small functions most: compare its figures with one another only.
"""

from __future__ import annotations

import argparse
import asyncio
import cProfile
import logging
import pstats
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import digest.app.wiring
from digest.app.wiring import open_runtime
from digest.config import load_settings
from digest.workers.pool import WorkerPool
from tests.benchmarks.feed_server import FeedServer
from tests.benchmarks.ours import write_config
from tests.benchmarks.polling import SMALL_PHASES
from tests.benchmarks.steady import Meter

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.app.runtime import Runtime
    from tests.benchmarks.polling import Phase

P = ParamSpec("P")
T = TypeVar("T")


class InlineWorkers(WorkerPool):
    """Does in the event loop what workers would do."""

    async def run(self, task: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return task(*args, **kwargs)


async def profile(runtime: Runtime, urls: list[str], lines: int) -> None:
    """Poll these feeds, and print what took how long."""
    # From Python 3.12 on one profile sees all threads, and is the only one.
    apart = sys.version_info < (3, 12)
    timer = time.thread_time if apart else time.process_time
    loop, store = cProfile.Profile(timer), cProfile.Profile(timer)
    meter = Meter()
    await runtime.store.transact(lambda _: store.enable())
    if apart:
        loop.enable()
    await runtime.poll_job.poll(urls)
    loop.disable()
    await runtime.store.transact(lambda _: store.disable())
    daemon, workers = meter.spent()
    found = {"the event loop": loop, "the store's thread": store} if apart else {"all": store}
    for name, one in found.items():
        print(f"\n== {name}")
        pstats.Stats(one, stream=sys.stdout).sort_stats("tottime").print_stats(lines)
        pstats.Stats(one, stream=sys.stdout).sort_stats("cumulative").print_stats(lines)
    print(
        f"{1000 * daemon / len(urls):.2f} ms/feed in the daemon, profiled; "
        f"{1000 * workers / len(urls):.2f} in the workers, not profiled"
    )


async def run(server: FeedServer, folder: Path, wanted: Phase, feeds: int, lines: int) -> None:
    """All phases up to the one that is profiled."""
    urls = [f"{server.url}/{n}.xml" for n in range(feeds)]
    write_config(folder, urls)
    async with open_runtime(load_settings(folder / "config.yaml"), "profiling") as runtime:
        for phase in SMALL_PHASES:
            server.switch(phase.mode)
            if phase is wanted:
                await profile(runtime, urls, lines)
                break
            await runtime.poll_job.poll(urls)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--phase", default="304")
    parser.add_argument("--feeds", type=int, default=300)
    parser.add_argument("--lines", type=int, default=30)
    parser.add_argument("--inline", action="store_true")
    options = parser.parse_args()
    found = [phase for phase in SMALL_PHASES if phase.name and options.phase in phase.name]
    if not found:
        parser.error(f"no phase has {options.phase!r} in its name")
    if options.inline:
        digest.app.wiring.WorkerPool = InlineWorkers  # type: ignore[attr-defined]
    logging.disable(logging.CRITICAL)
    with FeedServer(options.feeds, 0) as server, tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(server, Path(folder), found[0], options.feeds, options.lines))


if __name__ == "__main__":
    main()
