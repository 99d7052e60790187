"""How soon commands are up, and what the daemon holds and uses when idle.

    python -m tests.benchmarks.startup

Starts are medians of five; 1,000 feeds are polled once, idle CPU is of one minute: three minutes
in all. The baseline is a process that only imports the libraries the daemon cannot do without.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli.project import Project, log_lines
from tests.feed_xml import item, rss
from tests.forked import Forking
from tests.servers import HttpServer, MailServer, Reply, running

if TYPE_CHECKING:
    from collections.abc import Iterator

FEEDS = 1_000
ENTRIES = 20
RUNS = 5
IDLE_SECONDS = 60.0
SETTLING_SECONDS = 3.0
BASELINE = "import aiohttp, jinja2, pydantic, sqlalchemy, yaml"


def show(what: str, figure: float, unit: str) -> None:
    """One line of the table."""
    print(f"{what:44} {figure:8.2f} {unit}", flush=True)


def resident(pid: int) -> float:
    """Megabytes of one process."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu(pid: int) -> float:
    """Seconds of CPU one process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def seconds_of(*command: str) -> float:
    """The median time of a Python process."""
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - began)
    return statistics.median(times)


@contextmanager
def many_feeds() -> Iterator[Project]:
    """An operator's folder with feeds that answer."""
    feeds, mail, slack = HttpServer(), MailServer(), HttpServer()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(feeds, mail, slack),
        closing(Forking()) as forking,
    ):
        project = Project(Path(folder), feeds, mail, slack, forking)
        body = rss(*(item(n, html="<p>Words of a kind.</p>" * 50) for n in range(ENTRIES)))
        for number in range(FEEDS):
            feeds.replies[f"/{number}"] = Reply(body.replace("A feed", f"Feed {number}"))
        project.configure(*(f"/{number}" for number in range(FEEDS)))
        yield project


def first_poll(project: Project) -> float:
    """Megabytes when every feed has been polled for the first time."""
    with project.daemon() as process:
        polled = 0
        for line in log_lines(process):
            polled += line.get("event") == "polled"
            if polled == FEEDS:
                break
        time.sleep(SETTLING_SECONDS)
        return resident(process.pid)


def ready(project: Project) -> float:
    """Seconds until the daemon says that it has started."""
    began = time.perf_counter()
    with project.daemon() as process:
        next(line for line in log_lines(process) if line.get("event") == "started")
        return time.perf_counter() - began


def idle(project: Project) -> tuple[float, float]:
    """Megabytes with nothing to do, and per cent of a CPU over a minute."""
    with project.daemon() as process:
        next(line for line in log_lines(process) if line.get("event") == "started")
        time.sleep(SETTLING_SECONDS)
        used = cpu(process.pid)
        time.sleep(IDLE_SECONDS)
        return resident(process.pid), (cpu(process.pid) - used) / IDLE_SECONDS * 100


def main() -> None:
    """Print the table."""
    # What is installed has its bytecode, and what is run from here must be let keep it.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    show("digest --version", seconds_of("-m", "digest", "--version"), "s")
    show("importing the daemon's libraries", seconds_of("-c", BASELINE), "s")
    with many_feeds() as project:
        show(f"resident, {FEEDS} feeds, after the first poll", first_poll(project), "MB")
        starts = [ready(project) for _ in range(RUNS)]
        show(f"digest run ready, {FEEDS} feeds", statistics.median(starts), "s")
        memory, share = idle(project)
        show(f"resident, {FEEDS} feeds, idle", memory, "MB")
        show("CPU, idle", share, "%")


if __name__ == "__main__":
    main()
