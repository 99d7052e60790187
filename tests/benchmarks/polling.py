"""What polling costs, ours beside other pollers of feeds on the same machine in the same run.

    python -m tests.benchmarks.polling [--feeds 1000] [--large 0] [--runs 5] [--only ours,reader]

Each program gets a store of its own for every run and polls the same feeds from a server on this
machine through these phases: all feeds are new; all answer 304; a tenth have one new entry and the
others answer 304; all answer 200 with the very same body, and no validators; the same, but for the
date of the feed itself. `--large` adds as many feeds of 260 KB, which have no 304. After the first
poll there is one that nobody measures: some keep a feed's validators from the second on.

Figures are medians of all runs. CPU is that of a program and of all its processes. `ours` is
`digest poll` from start to end, as the others are run; `steady` a daemon that was started
before, which is how ours is meant to be run. A program that does not know all entries afterwards
or has not asked for all feeds has NOT DONE the job. `304s` is how many feeds it got a 304 from.

`--work` is where the others are installed, and kept. `--entries-in-store` adds `filled`, a
daemon whose database had so many entries before. `--gzip` compresses for those that accept it.
"""

from __future__ import annotations

import argparse
import signal
import sqlite3
import statistics
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.corpus import LARGE, SMALL
from tests.benchmarks.feed_server import Asked, FeedServer, Mode
from tests.benchmarks.filling import fill
from tests.benchmarks.ours import PROCESS, Session, Steady
from tests.benchmarks.peers import OTHERS, Runner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.benchmarks.metering import Usage
    from tests.benchmarks.steady import Cost

_SPARE = 20


@dataclass(frozen=True)
class Phase:
    """A poll of all feeds; `new` is which part of them has a new entry. Unnamed: not measured."""

    name: str
    mode: Mode
    new: float = 0


SMALL_PHASES = (
    Phase("first poll", Mode()),
    Phase("", Mode()),
    Phase("all answer 304", Mode()),
    Phase("a tenth with one new, others 304", Mode(new="tenth"), new=0.1),
    Phase("same body, no 304", Mode(conditional=False, new="tenth")),
    Phase("restamped, no 304", Mode(conditional=False, restamped=True, new="tenth")),
)
LARGE_PHASES = (
    Phase("large: first poll", Mode(conditional=False)),
    Phase("large: same body, no 304", Mode(conditional=False)),
    Phase("large: restamped, no 304", Mode(conditional=False, restamped=True)),
    Phase("large: one new each", Mode(conditional=False, new="all"), new=1),
)


@dataclass(frozen=True)
class Measured:
    """One phase of one run."""

    usage: Usage
    asked: Asked
    done: bool


@dataclass
class Results:
    """All that was measured, by phase and program."""

    feeds: int
    runs: int
    phases: Sequence[Phase]
    measured: dict[str, dict[str, list[Measured]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    costs: dict[str, list[list[Cost]]] = field(default_factory=lambda: defaultdict(list))
    latencies: dict[str, list[tuple[float, float]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def cpu(self, phase: str, name: str) -> float | None:
        """Milliseconds a feed; None if it has not done the job."""
        runs = self.measured[phase].get(name, [])
        if not runs or not all(run.done for run in runs):
            return None
        return 1000 * statistics.median(run.usage.cpu for run in runs) / self.feeds


def run_one(
    runner: Runner | Steady,
    server: FeedServer,
    urls: Sequence[str],
    size: int,
    results: Results,
) -> None:
    """One program through all phases, from an empty store."""
    expected = size * len(urls)
    server.switch(Mode())
    with (
        tempfile.TemporaryDirectory(prefix="digest-benchmark-") as name,
        runner.open(Path(name), urls) as poll,
    ):
        folder = Path(name)
        for phase in results.phases:
            expected += round(phase.new * len(urls))
            server.switch(phase.mode)
            usage = poll()
            asked = server.switch(phase.mode)
            if phase.name:
                done = asked.feeds == len(urls) and _stored(runner, folder) == expected
                measured = Measured(usage, asked, done)
                results.measured[phase.name][runner.name].append(measured)
                print(f"  {phase.name}: {usage}, {asked}", file=sys.stderr)
        if isinstance(poll, Session):
            named = zip(results.phases, poll.costs, strict=True)
            results.costs[runner.name].append([cost for phase, cost in named if phase.name])
            server.switch(Mode(restamped=True, new="all"))
            results.latencies[runner.name].append(poll.latency())


def _stored(runner: Runner | Steady, folder: Path) -> int | None:
    """How many entries it knows; None where it has not even got a store."""
    try:
        return runner.stored(folder)
    except (OSError, sqlite3.Error):
        return None


def print_phases(results: Results, runners: Sequence[Runner | Steady]) -> None:
    """A table for each phase: what each program costs, and how many times that ours costs."""
    head = f"{'CPU ms/feed':>12}{'wall s':>9}{'MB':>6}{'304s':>7}{'ours/it':>10}{'steady/it':>11}"
    for phase in (phase.name for phase in results.phases if phase.name):
        print(f"\n{phase}, {results.feeds} feeds\n{'':28}{head}")
        for runner in runners:
            runs = results.measured[phase][runner.name]
            cpu = results.cpu(phase, runner.name)
            if cpu is None:
                print(f"{runner.name:28}{'NOT DONE':>12}  {runs[-1].asked}, {runs[-1].usage}")
                continue
            wall = statistics.median(run.usage.wall for run in runs)
            memory = statistics.median(run.usage.megabytes for run in runs)
            shares = "".join(
                f"{ours / cpu:10.2f}" if (ours := results.cpu(phase, name)) else f"{'':10}"
                for name in ("ours", "steady")
            )
            not_modified = runs[-1].asked.not_modified
            print(f"{runner.name:28}{cpu:12.3f}{wall:9.2f}{memory:6.0f}{not_modified:7}{shares}")
        _print_best(results, phase, runners)


def _print_best(results: Results, phase: str, runners: Sequence[Runner | Steady]) -> None:
    peers = {
        runner.name: cpu
        for runner in runners
        if runner.kind == "peer" and (cpu := results.cpu(phase, runner.name))
    }
    ours = {name: results.cpu(phase, name) for name in ("ours", "steady")}
    if peers:
        best = min(peers, key=peers.__getitem__)
        shares = (f"{name} {cpu / peers[best]:.2f}" for name, cpu in ours.items() if cpu)
        print(f"against the best peer, {best}: {'; '.join(shares)}")


def print_daemon(results: Results) -> None:
    """What only a daemon that stays open can tell."""
    for name, runs in results.costs.items():
        print(
            f"\n{name}\n{'':34}{'daemon':>9}{'workers':>9}  ms/feed{'lag, own':>11}{'lag':>7}  "
            "ms at the 99.9th percentile"
        )
        phases = [phase.name for phase in results.phases if phase.name]
        for phase, costs in zip(phases, zip(*runs, strict=True), strict=True):
            daemon = 1000 * statistics.median(cost.daemon for cost in costs) / results.feeds
            workers = 1000 * statistics.median(cost.workers for cost in costs) / results.feeds
            worked = 1000 * statistics.median(cost.worked for cost in costs)
            late = 1000 * statistics.median(cost.late for cost in costs)
            print(f"{phase:34}{daemon:9.3f}{workers:9.3f}{'':9}{worked:11.1f}{late:7.1f}")
        peak = statistics.median(run[-1].megabytes for run in runs)
        each = ", ".join(f"{megabytes:.0f}" for megabytes in sorted(runs[-1][-1].each))
        print(f"peak memory: daemon {peak:.0f} MB; the processes it started {each} MB")
        warm, cold = (
            1000 * statistics.median(column)
            for column in zip(*results.latencies[name], strict=True)
        )
        print(f"a changed feed is stored after {warm:.0f} ms; with no workers yet {cold:.0f} ms")


def compare(
    server: FeedServer, runners: Sequence[Runner | Steady], paths: str, size: int, results: Results
) -> None:
    """Every program through the phases as often as asked for, in turns; print what they cost."""
    urls = [server.url + paths.format(n) for n in range(results.feeds)]
    for run in range(results.runs):
        for runner in runners:
            print(f"run {run + 1}: {runner.name}", file=sys.stderr)
            run_one(runner, server, urls, size, results)
    print_phases(results, runners)
    print_daemon(results)


def choose(
    only: Sequence[str], work: Path, spare: Sequence[str], full: Path, entries: int
) -> list[Runner | Steady]:
    """All programs there are, or those of these names."""
    ours: list[Runner | Steady] = [PROCESS, Steady("steady", spare)]
    if entries:
        ours.append(Steady("filled", spare, full, entries))
    chosen = [one for one in ours if not only or one.name in only]
    for other in OTHERS:
        if not only or other.name in only:
            if installed := other.installed(work):
                chosen.append(installed)
            else:
                print(f"{other.name} is not here", file=sys.stderr)
    return chosen


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--large", type=int, default=0)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", type=lambda names: names.split(","), default=[])
    parser.add_argument(
        "--work", type=Path, default=Path(tempfile.gettempdir(), "digest-benchmark-peers")
    )
    parser.add_argument("--entries-in-store", type=int, default=0)
    parser.add_argument("--gzip", action="store_true")
    return parser.parse_args()


def main() -> None:
    options = _options()
    # So that the server ends and the folders go when this is stopped.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    number, large, entries = options.feeds, options.large, options.entries_in_store
    with (
        FeedServer(number + _SPARE, large, zipped=options.gzip) as server,
        tempfile.TemporaryDirectory(prefix="digest-benchmark-") as folder,
    ):
        spare = [f"{server.url}/{n}.xml" for n in range(number, number + _SPARE)]
        full = Path(folder, "full.db")
        if entries:
            fill(full, [f"{server.url}/{n}.xml" for n in range(number)], entries)
        runners = choose(options.only, options.work, spare, full, entries)
        if number:
            results = Results(number, options.runs, SMALL_PHASES)
            compare(server, runners, "/{}.xml", SMALL, results)
        if large:
            results = Results(large, options.runs, LARGE_PHASES)
            compare(server, runners, "/large-{}.xml", LARGE, results)


if __name__ == "__main__":
    main()
