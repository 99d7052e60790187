"""Mutants of the modules that the promises rest on: which change does no test notice?

    python -m tests.mutation [--count 200] [--seed 1] [MODULE...]

Tries so many changes, drawn evenly from the modules, and prints how many no test noticed, and each
of these. `explained.toml` says of those that change nothing anybody could notice why that is so.
Exit code 1: one that is not explained was not noticed, or more than a twentieth were not.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import tomllib
from collections import Counter
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.trying import ROOT, Copy

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEDGER = (
    (
        "tests/store/test_ledger.py",
        "tests/store/test_ledger_rows.py",
        "tests/store/test_kept_in_ledger.py",
    ),
    ("tests/jobs/test_rests.py", "tests/jobs/test_deliver.py"),
    (
        "tests/store/test_repeats.py",
        "tests/channels/email/test_doubts.py",
        "tests/store/test_incidents.py",
        "tests/store/test_recipients.py",
    ),
)
_DELIVERING = (
    ("tests/jobs/test_deliver.py", "tests/jobs/test_rounds_of_delivering.py"),
    ("tests/jobs/test_rests.py",),
    ("tests/channels/email/test_doubts.py",),
    (
        "tests/channels/email/test_delivering.py",
        "tests/channels/slack/test_threads.py",
        "tests/jobs/test_full_disk.py",
        "tests/store/test_repeats.py",
    ),
)
# The tests of each module, in the order in which they are asked: first those that are quickest and
# most likely to notice, then what goes further. Nothing else is run: what only tests of something
# else would notice has no test.
TESTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "digest/store/ledger.py": _LEDGER,
    "digest/store/ledger_statements.py": _LEDGER,
    "digest/jobs/deliver.py": _DELIVERING,
    "digest/jobs/channel_turn.py": _DELIVERING,
    "digest/jobs/delivery_attempts.py": _DELIVERING,
    "digest/jobs/delivery_records.py": _DELIVERING,
    "digest/feeds/diff.py": (
        ("tests/feeds/test_diff.py",),
        ("tests/feeds/test_aliases.py", "tests/feeds/test_identity.py"),
        ("tests/jobs/test_newness.py",),
    ),
    "digest/store/weeks.py": (
        ("tests/store/test_weeks.py",),
        ("tests/store/test_renames.py", "tests/store/test_recipients.py"),
        ("tests/jobs/test_weekly.py",),
    ),
    "digest/rendering/clean.py": (
        ("tests/rendering/test_clean.py",),
        ("tests/rendering/test_hostile.py", "tests/rendering/test_excerpts.py"),
    ),
}
EXPLAINED: dict[str, str] = tomllib.loads(
    (Path(__file__).parent / "explained.toml").read_text("utf-8")
)
_SIDE_BY_SIDE = 2


def chosen(modules: list[str], number: int, seed: int) -> list[Mutant]:
    """So many mutants, as many of each module; all, where a module has fewer."""
    found = []
    for n, path in enumerate(modules):
        every = list(mutants(path, (ROOT / path).read_text("utf-8")))
        share = number // len(modules) + (n < number % len(modules))
        # Of one module the same, whichever others are asked for.
        dice = random.Random(f"{seed} {path}")
        found += dice.sample(every, min(share, len(every)))
    return found


def unnoticed(tried: list[Mutant], folder: Path) -> list[Mutant]:
    """Those of the mutants that no test notices."""
    every = [Copy(folder / str(n) / "main") for n in range(_SIDE_BY_SIDE)]
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as threads:
        try:
            return _unnoticed(tried, every, threads)
        finally:
            for copy in every:
                copy.end()


def _unnoticed(tried: list[Mutant], every: list[Copy], threads: Executor) -> list[Mutant]:
    copies: SimpleQueue[Copy] = SimpleQueue()
    for copy in every:
        copies.put(copy)

    @contextmanager
    def free_copy() -> Iterator[Copy]:
        copy = copies.get()
        try:
            yield copy
        finally:
            copies.put(copy)

    def patience(tests: tuple[str, ...]) -> float:
        with free_copy() as copy:
            return copy.patience(tests)

    def survives(mutant: Mutant) -> bool:
        with free_copy() as copy:
            noticed = any(
                copy.notices(mutant, tests, limits[tests]) for tests in TESTS[mutant.path]
            )
        mark = "." if noticed else f"\n{mutant.path}:{mutant.line} {mutant.what}\n"
        print(mark, end="", flush=True, file=sys.stderr)
        return not noticed

    paths = dict.fromkeys(mutant.path for mutant in tried)
    steps = [tests for path in paths for tests in TESTS[path]]
    limits = dict(zip(steps, threads.map(patience, steps), strict=True))
    found = list(threads.map(survives, tried))
    return [one for one, did in zip(tried, found, strict=True) if did]


def main() -> int:
    """Try mutants and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    if unknown := set(asked.modules) - TESTS.keys():
        parser.error(f"no tests are known of {', '.join(sorted(unknown))}; of {', '.join(TESTS)}")

    tried = chosen(asked.modules or list(TESTS), asked.count, asked.seed)
    # Whoever ends this ends what it has started, and leaves no folder.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with tempfile.TemporaryDirectory() as folder:
            survivors = unnoticed(tried, Path(folder))
    except KeyboardInterrupt:
        return 130
    except RuntimeError as error:
        parser.exit(2, f"{error}\n")
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
