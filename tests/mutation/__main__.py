"""Mutants of the modules that the promises rest on: which change does no test notice?

    python -m tests.mutation [--count 200] [--seed 1] [MODULE...]

Tries so many changes, drawn evenly from the modules, and prints how many no test noticed, and each
of these. `explained.toml` says of those that change nothing anybody could notice why that is so.
Exit code 1: one that is not explained was not noticed, or more than a twentieth were not.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.trying import ROOT, Copy

# The tests of each module, those first that are most likely to notice; all of these are run where
# the first do not.
TESTS = {
    "digest/store/ledger.py": [["tests/store/test_ledger.py"], ["tests/store", "tests/jobs"]],
    "digest/jobs/delivering.py": [
        ["tests/jobs/test_delivering.py", "tests/jobs/test_rests.py"],
        ["tests/jobs", "tests/channels", "tests/cli/test_deliveries.py"],
    ],
    "digest/feeds/diff.py": [
        ["tests/feeds/test_diff.py", "tests/jobs/test_newness.py"],
        ["tests/feeds", "tests/jobs"],
    ],
    "digest/store/weeks.py": [
        ["tests/store/test_weeks.py", "tests/jobs/test_weekly.py"],
        ["tests/store", "tests/jobs"],
    ],
    "digest/rendering/clean.py": [
        ["tests/rendering/test_clean.py", "tests/rendering/test_hostile.py"],
        ["tests/rendering", "tests/feeds"],
    ],
}
EXPLAINED: dict[str, str] = tomllib.loads(
    (Path(__file__).parent / "explained.toml").read_text("utf-8")
)
_SIDE_BY_SIDE = 2


def chosen(modules: list[str], number: int, seed: int) -> list[Mutant]:
    """So many mutants, as many of each module; all, where a module has fewer."""
    dice = random.Random(seed)
    found = []
    for n, path in enumerate(modules):
        every = list(mutants(path, (ROOT / path).read_text("utf-8")))
        share = number // len(modules) + (n < number % len(modules))
        found += dice.sample(every, min(share, len(every)))
    return found


def unnoticed(tried: list[Mutant], folder: Path) -> list[Mutant]:
    """Those of the mutants that no test notices."""
    copies: SimpleQueue[Copy] = SimpleQueue()
    for n in range(_SIDE_BY_SIDE):
        copies.put(Copy(folder / str(n) / "main"))

    def survives(mutant: Mutant) -> bool:
        copy = copies.get()
        try:
            noticed = any(copy.notices(mutant, tests) for tests in TESTS[mutant.path])
        finally:
            copies.put(copy)
        mark = "." if noticed else "S"
        print(mark, end="", flush=True, file=sys.stderr)
        return not noticed

    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        return [one for one, did in zip(tried, threads.map(survives, tried), strict=True) if did]


def main() -> int:
    """Try mutants and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("modules", nargs="*", choices=[*TESTS, []], default=list(TESTS))
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()

    tried = chosen(asked.modules, asked.count, asked.seed)
    with tempfile.TemporaryDirectory() as folder:
        survivors = unnoticed(tried, Path(folder))
    print(file=sys.stderr)
    by_module, lived = Counter(one.path for one in tried), Counter(one.path for one in survivors)
    print(f"{'module':<30}{'tried':>8}{'noticed':>9}{'not':>6}")
    for path, number in by_module.items():
        print(f"{path:<30}{number:>8}{number - lived[path]:>9}{lived[path]:>6}")
    print(f"{'all':<30}{len(tried):>8}{len(tried) - len(survivors):>9}{len(survivors):>6}")
    for one in survivors:
        why = EXPLAINED.get(one.name, "NOT EXPLAINED")
        print(f"\n{one.path}:{one.line} {one.what}\n  {one.text}\n  {one.name}: {why}")
    explained = all(one.name in EXPLAINED for one in survivors)
    return 0 if explained and len(survivors) * 20 <= len(tried) else 1


if __name__ == "__main__":
    sys.exit(main())
