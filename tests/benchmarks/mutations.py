"""Damage the feeds of every corpus at random, and see that each gives entries or a FeedError.

    python -m tests.benchmarks.mutations [COUNT [FIRST_SEED]]

Every mutation has a seed of its own, so that one that fails can be had again.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections import Counter
from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING

from digest.errors import FeedError
from digest.workers.pool import WorkerPool
from tests.conftest import SHARED
from tests.feeds.test_mutations import CASES, digested, mutate

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE = 10.0
BATCH = 2_000


@cache
def bodies() -> list[bytes]:
    folders = (SHARED / "corpora", SHARED / "feeds", CASES)
    files = (path for folder in folders for path in sorted(folder.rglob("*")))
    return [path.read_bytes() for path in files if path.is_file() and is_feed(path)]


def is_feed(path: Path) -> bool:
    known = {".xml", ".rss", ".atom", ".rdf", ".json", ".html", ".opml"}
    return path.suffix in known and path.name not in {"manifest.json", "expected.json"}


def outcome(seed: int) -> str:
    """What became of one mutation, in a word."""
    chance = random.Random(seed)
    try:
        digested(mutate(chance.choice(bodies()), chance))
    except FeedError as error:
        # Of what is wrong with JSON there are as many kinds as places.
        return error.reason if "JSON" not in error.reason else error.reason.partition(":")[0]
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  # to find these is what it is for
        return f"FAILED {type(error).__name__}: {error}"
    return "entries"


def report(line: str) -> None:
    print(line, flush=True)


async def mutated(seed: int, workers: WorkerPool) -> str:
    """The outcome, from a process that it may end."""
    try:
        return await workers.call(outcome, seed)
    except FeedError as error:
        return f"FAILED {error.reason}"


async def run(count: int, first: int) -> Counter[str]:
    started = time.monotonic()
    found = Counter[str]()
    with closing(WorkerPool(task_seconds=DEADLINE)) as workers:
        for start in range(first, first + count, BATCH):
            seeds = range(start, min(start + BATCH, first + count))
            said = await asyncio.gather(*(mutated(seed, workers) for seed in seeds))
            for seed, one in zip(seeds, said, strict=True):
                if one.startswith("FAILED"):
                    report(f"seed {seed}: {one}")
            found.update(said)
            report(f"{found.total():,} after {time.monotonic() - started:,.0f} s")
    return found


def main(count: int = 100_000, first: int = 0) -> None:
    found = asyncio.run(run(count, first))
    for said, number in found.most_common():
        report(f"{number:8,}  {said}")
    report(f"of {len(bodies())} feeds; seeds {first} to {first + count - 1}")


if __name__ == "__main__":
    # As a module that workers can import.
    from tests.benchmarks import mutations  # noqa: PLW0406

    mutations.main(*(int(argument) for argument in sys.argv[1:3]))
