"""How soon the daemon polls, and how much memory it holds when idle with 100 feeds.

    python -m tests.benchmarks.startup

The baseline is a process that only imports the libraries the daemon cannot do without. Figures
are medians of five.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.cli.project import Project, log_lines
from tests.feed_xml import item, rss
from tests.servers import HttpServer, MailServer, Reply, running

FEEDS = 100
ENTRIES = 20
RUNS = 5
BASELINE = "import aiohttp, apscheduler, feedparser, jinja2, pydantic, sqlalchemy"


def resident(pid: int) -> float:
    """Megabytes of one process."""
    for line in Path(f"/proc/{pid}/status").read_text("utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def baseline() -> tuple[float, float]:
    """Seconds to import, and megabytes then."""
    code = f"{BASELINE}\nprint('up', flush=True)\ninput()"
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        took = time.perf_counter() - began
        memory = resident(process.pid)
        process.communicate("\n")
    return took, memory


def daemon() -> tuple[float, float]:
    """Seconds from the start of the process to its first request, and megabytes when idle."""
    feeds, mail, slack = HttpServer(), MailServer(), HttpServer()
    with tempfile.TemporaryDirectory() as folder, running(feeds, mail, slack):
        project = Project(Path(folder), feeds, mail, slack)
        body = rss(*(item(n, html="<p>Words of a kind.</p>" * 50) for n in range(ENTRIES)))
        for number in range(FEEDS):
            feeds.replies[f"/{number}"] = Reply(body.replace("A feed", f"Feed {number}"))
        project.configure(*(f"/{number}" for number in range(FEEDS)))
        began = time.perf_counter()
        with project.daemon() as process:
            feeds.arrived.wait(30)
            took = time.perf_counter() - began
            polled = 0
            for line in log_lines(process):
                polled += line.get("outcome") == "updated"
                if polled == FEEDS:
                    break
            return took, resident(process.pid)


def main() -> None:
    """Print the table."""
    base = [baseline() for _ in range(RUNS)]
    measured = [daemon() for _ in range(RUNS)]
    for column, name, unit in ((0, "start to first poll", "s"), (1, "resident, idle", "MB")):
        ours = statistics.median(run[column] for run in measured)
        theirs = statistics.median(run[column] for run in base)
        print(
            f"{name:20} {ours:8.2f} {unit:2}  importing its libraries {theirs:8.2f} {unit:2}  "
            f"ratio {ours / theirs:.2f}"
        )


if __name__ == "__main__":
    main()
