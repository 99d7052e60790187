"""Our own pollers for the benchmarks: `digest poll` as a process, and a daemon that stays open."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tests.benchmarks.corpus import SMALL
from tests.benchmarks.metering import Usage
from tests.benchmarks.peers import Runner, count_rows, environment_of
from tests.benchmarks.steady import Cost

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_CONFIG = """\
polling: {allow_private_networks: true, per_host: 0, concurrency: 50}
channels:
  vault: {kind: file, path: "{digest}-{date}.md"}
digests:
  weekly: {schedule: every monday at 09:00, send_to: [vault]}
feeds:
"""
_DATABASE = "data/digest.db"
_count = count_rows(_DATABASE, "entries")


def write_config(folder: Path, urls: Sequence[str]) -> None:
    """One digest of all feeds."""
    text = _CONFIG + "".join(f"  - {url}\n" for url in urls)
    (folder / "config.yaml").write_text(text, "utf-8")


PROCESS = Runner(
    name="ours",
    program=sys.executable,
    arguments=("-m", "digest", "-c", "config.yaml", "--json", "poll"),
    prepare=write_config,
    stored=_count,
    kind="ours",
)


@dataclass(frozen=True)
class Session:
    """A daemon that polls when told to, and what each poll of all feeds cost."""

    process: subprocess.Popen[str]
    urls: Sequence[str]
    spare: Sequence[str]
    costs: list[Cost] = field(default_factory=list)

    def ask(self, urls: Sequence[str], *, cool: bool = False) -> Cost:
        """Poll these feeds."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"poll": urls, "cool": cool}) + "\n")
        self.process.stdin.flush()
        return Cost(**json.loads(self.process.stdout.readline()))

    def __call__(self) -> Usage:
        """Poll all feeds."""
        cost = self.ask(self.urls)
        self.costs.append(cost)
        return Usage(cost.daemon + cost.workers, cost.wall, max(cost.megabytes, *cost.each), 0)

    def latency(self) -> tuple[float, float]:
        """Median seconds until a spare feed's new entry is stored: workers warm, and cold."""
        half = len(self.spare) // 2
        self.ask(self.spare[:1])
        warm = [self.ask([url]).wall for url in self.spare[1:half]]
        cold = [self.ask([url], cool=True).wall for url in self.spare[half:]]
        return statistics.median(warm), statistics.median(cold)


# Not as a module, which every worker would import anew; the command's script imports little.
_STEADY = "from tests.benchmarks.steady import main; main()"


@dataclass(frozen=True)
class Steady:
    """Opens sessions; `spare` feeds are polled at their start, to warm all up.

    `full` is a database that has so many `entries` already; each session starts with a copy.
    """

    name: str
    spare: Sequence[str]
    full: Path | None = None
    entries: int = 0
    kind: Literal["ours"] = "ours"

    def stored(self, folder: Path) -> int:
        """How many entries there are of the feeds that are measured."""
        return _count(folder) - self.entries - SMALL * len(self.spare)

    @contextmanager
    def open(self, folder: Path, urls: Sequence[str]) -> Iterator[Session]:
        """A daemon with a store of its own in the folder."""
        write_config(folder, [*urls, *self.spare])
        if self.full:
            (folder / _DATABASE).parent.mkdir()
            shutil.copy(self.full, folder / _DATABASE)
        with (
            (folder / "output.txt").open("ab") as output,
            subprocess.Popen(
                [sys.executable, "-c", _STEADY, "config.yaml"],
                cwd=folder,
                env=environment_of(folder, ours=True),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
                text=True,
            ) as process,
        ):
            assert process.stdin
            assert process.stdout
            if process.stdout.readline() != "open\n":
                raise RuntimeError((folder / "output.txt").read_text("utf-8"))
            session = Session(process, urls, self.spare)
            session.ask(self.spare)
            yield session
            process.stdin.close()
