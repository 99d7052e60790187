"""How soon a daemon answers while it drafts an edition of hostile titles.

    python -m tests.benchmarks.answering [KIND ...]

For each kind of titles a real daemon polls two feeds of 1,000 of them, and is told to make an
edition of all, with whole contents. Until that is made `/readyz` is asked every 20 ms, of it and of
another daemon that has nothing to do: what both wait for is the machine. Prints milliseconds,
median and worst of both, and the processor time of the edition: the daemon's and its workers'.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from digest.app.wiring import utc_now
from digest.web.control_client import ask_daemon
from tests.benchmarks.metering import children_of, cpu_of
from tests.databases import database_at
from tests.editions.hostile import TITLES
from tests.feed_xml import item, rss
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENTRIES = 2_000
_EVERY = 0.02
_CONTENT = "<p>Some words about it.</p><table><tr><td>" * 20
_CONFIG = """\
database: sqlite:///digest.db
polling: {{allow_private_networks: true, per_host: 0}}
web: {{listen: "127.0.0.1:{port}"}}
feeds: [{feeds}]
channels: {{vault: {{kind: file, path: "out/{{digest}}-{{date}}.html"}}}}
digests:
  weekly: {{schedule: 0 9 29 2 *, send_to: [vault], max_entries: 1000,
           first_edition: 30d, content: full}}
"""


class Probe(threading.Thread):
    """Asks `/readyz` again and again; `waits` are the seconds that each answer took."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._port = port
        self._ended = threading.Event()
        self.waits: list[float] = []
        self.refused = 0

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self._ended.wait(_EVERY):
            began = time.perf_counter()
            connection.request("GET", "/readyz")
            answer = connection.getresponse()
            answer.read()
            self.refused += answer.status != 200
            self.waits.append(time.perf_counter() - began)

    def stop(self) -> str:
        self._ended.set()
        self.join()
        median, worst = statistics.median(self.waits), max(self.waits)
        late = sum(wait > 0.1 for wait in self.waits)
        told = f"{median * 1000:4.1f} / {worst * 1000:5.1f} ms of {len(self.waits):4}"
        return f"{told}, {late} over 100 ms" + (f", {self.refused} not ready" * bool(self.refused))


@contextmanager
def daemon(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`digest run` in a folder, once it is ready."""
    with (folder / "log").open("wb") as log:
        command = [sys.executable, "-m", "digest", "--config", str(folder / "config.yaml"), "run"]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _until_there(process, port)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _until_there(process: subprocess.Popen[bytes], port: int) -> None:
    with socket.socket() as trying:
        while process.poll() is None and trying.connect_ex(("127.0.0.1", port)):
            time.sleep(0.05)


def _until_polled(folder: Path) -> None:
    while (folder / "log").read_text().count("polled") < 2:
        time.sleep(0.1)
    time.sleep(1)


def _spent(process: int) -> float:
    """Processor time of a daemon, and of what it started that is still there."""
    family = [process, *children_of(process)]
    family += [one for child in family[1:] for one in children_of(child)]
    return cpu_of(family)


def _write(folder: Path, feeds: Sequence[str]) -> int:
    """A configuration in a folder; answers the port of its pages."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    said = ", ".join(f"'{feed}'" for feed in feeds)
    (folder / "config.yaml").write_text(_CONFIG.format(port=port, feeds=said))
    return port


def _serve(server: HttpServer, kind: str) -> list[str]:
    random, now = Random(kind), utc_now()
    for feed in (0, 1):
        items = (
            item(
                n,
                title=TITLES[kind](n, random)[:1_000],
                published=now,
                link=f"{server.url}/{n}",
                html=_CONTENT,
            )
            for n in range(feed, ENTRIES, 2)
        )
        server.replies[f"/{feed}"] = Reply(rss(*items, title=f"Feed {feed}"))
    return [f"{server.url}/{feed}" for feed in (0, 1)]


def measure(server: HttpServer, kind: str) -> str:
    """One line of figures."""
    feeds = _serve(server, kind)
    with tempfile.TemporaryDirectory() as made:
        busy, idle = Path(made, "busy"), Path(made, "idle")
        busy.mkdir()
        idle.mkdir()
        ports = _write(busy, feeds), _write(idle, [f"{server.url}/nothing"])
        with daemon(busy, ports[0]) as process, daemon(idle, ports[1]):
            _until_polled(busy)
            # What follows is of drafting alone.
            server.replies = dict.fromkeys(server.replies, Reply(status=304))
            probes = [Probe(port) for port in ports]
            before, began = _spent(process.pid), time.perf_counter()
            for probe in probes:
                probe.start()
            asyncio.run(
                ask_daemon(database_at(busy / "digest.db"), "send", digest="weekly", to=None)
            )
            took = time.perf_counter() - began
            drafting, resting = (probe.stop() for probe in probes)
            spent = _spent(process.pid) - before
    return f"drafting {drafting}; idle {resting}; {took:4.1f} s, {spent:4.2f} s of processor"


def main() -> None:
    """Print a line for each kind."""
    server = HttpServer()
    with running(server):
        for kind in sys.argv[1:] or TITLES:
            print(f"{kind:26} {measure(server, kind)}, load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
