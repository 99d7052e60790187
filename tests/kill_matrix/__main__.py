"""The kill matrix: nothing is lost, and nothing is sent twice that was not in doubt.

    python -m tests.kill_matrix [--kills 500] [--seed 1] [--minutes M] [--every-await]

Kills processes at random moments, so often or until so many minutes are over; with
`--every-await`, also before every step of the event loop and every statement of the database.
Prints what was killed, in which phase, and what came of it.
Exit code 1: a promise broke.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count, takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.kill_matrix.killing import at_every, at_random
from tests.kill_matrix.table import Table
from tests.kill_matrix.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

_SIDE_BY_SIDE = 2


def _side_by_side(part: Callable[[int, World], Table]) -> Table:
    """A part for each of so many worlds, told its number."""

    def share(number: int) -> Table:
        with World().open() as world:
            return part(number, world)

    whole = Table()
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        for table in threads.map(share, range(_SIDE_BY_SIDE)):
            whole.add(table)
    return whole


def _every(kind: str, folder: Path) -> Table:
    def part(number: int, world: World) -> Table:
        return at_every(kind, count(number + 1, _SIDE_BY_SIDE), world, folder)

    return _side_by_side(part)


def _random(kills: int, seed: int, seconds: float, folder: Path) -> Table:
    end = time.monotonic() + seconds

    def part(number: int, world: World) -> Table:
        numbers = takewhile(lambda _: time.monotonic() < end, count(number, _SIDE_BY_SIDE))
        return at_random(numbers, -(-kills // _SIDE_BY_SIDE), seed, world, folder)

    return _side_by_side(part)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=500, help="at random moments")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--every-await", action="store_true")
    options = parser.parse_args()
    began = time.perf_counter()
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        for kind in ("turn", "statement") if options.every_await else ():
            table.add(_every(kind, Path(name)))
        seconds = 60 * options.minutes
        table.add(_random(options.kills, options.seed, seconds, Path(name)))
    sys.stdout.write("\n".join(table.lines(time.perf_counter() - began)) + "\n")
    return 1 if table.broken else 0


if __name__ == "__main__":
    sys.exit(main())
