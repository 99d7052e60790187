"""Polls every hostile body with the product's own limits, and a good feed all the while.

    python -m tests.benchmarks.hostile

Prints what became of each, the time that each poll of
the good feed took, and how late the event loop was at worst.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
from pathlib import Path

from tests.jobs.test_hostile_feeds import poll_all
from tests.servers import HttpServer, running


def main() -> None:
    # The failures are in the table.
    logging.disable(logging.CRITICAL)
    server = HttpServer()
    with running(server), tempfile.TemporaryDirectory() as folder:
        results, seconds, lag = asyncio.run(poll_all(server, Path(folder), 10.0, 1.0))
    for name, result in results.items():
        print(f"{name:32} {result.outcome:10} {result.error or ''}")
    median, worst = statistics.median(seconds), max(seconds)
    print(f"good feed: {len(seconds)} polls, median {median:.2f} s, worst {worst:.2f} s")
    print(f"event loop: at most {lag[1] * 1000:.0f} ms late, {lag[0] * 1000:.0f} of its own work")


if __name__ == "__main__":
    main()
