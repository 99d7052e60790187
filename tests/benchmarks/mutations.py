"""Damage the feeds of every corpus at random, and see that each gives entries or a FeedError.

    python -m tests.benchmarks.mutations [COUNT [FIRST_SEED]]

Every mutation has a seed of its own, so that one that fails can be had again.
"""

from __future__ import annotations

import os
import random
import resource
import sys
import time
from collections import Counter
from concurrent.futures import TimeoutError as FutureTimeoutError
from functools import cache
from typing import TYPE_CHECKING

from pebble import ProcessExpired, ProcessPool

from digest.errors import FeedError
from digest.feeds.limits import MEMORY_BYTES
from tests.conftest import SHARED
from tests.feeds.test_mutations import CASES, digested, mutate

if TYPE_CHECKING:
    from pathlib import Path

DEADLINE = 10.0
BATCH = 2_000


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


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
        return "too much memory"
    except Exception as error:  # noqa: BLE001  # to find these is what it is for
        return f"FAILED {type(error).__name__}: {error}"
    return "entries"


def report(line: str) -> None:
    print(line, flush=True)


def run(seeds: range, pool: ProcessPool) -> Counter[str]:
    found = Counter[str]()
    futures = {seed: pool.schedule(outcome, (seed,), timeout=DEADLINE) for seed in seeds}
    for seed, future in futures.items():
        try:
            said = future.result()
        except FutureTimeoutError:
            said = "too much time"
        except ProcessExpired as error:
            said = f"FAILED process ended with {error.exitcode}"
        if said.startswith(("FAILED", "too much")):
            report(f"seed {seed}: {said}")
        found[said] += 1
    return found


def main(count: int = 100_000, first: int = 0) -> None:
    started = time.monotonic()
    found = Counter[str]()
    with ProcessPool(max_workers=os.cpu_count() or 1, initializer=limit_memory) as pool:
        for start in range(first, first + count, BATCH):
            found += run(range(start, min(start + BATCH, first + count)), pool)
            report(f"{found.total():,} after {time.monotonic() - started:,.0f} s")
    for said, number in found.most_common():
        report(f"{number:8,}  {said}")
    report(f"of {len(bodies())} feeds; seeds {first} to {first + count - 1}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3]))
