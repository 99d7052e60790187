"""How a database grows by a feed that means harm: `python -m tests.benchmarks.growing`."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from digest.workers.pool import WorkerPool
from tests.feed_xml import item, rss
from tests.jobs.poller import Poller
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from collections.abc import Callable

_ENTRIES = 2_000


def _all_new(poll: int, words: str) -> str:
    """Nothing that was there before."""
    first = poll * _ENTRIES
    return rss(*(item(n, html=f"<p>{n} {words}</p>") for n in range(first, first + _ENTRIES)))


def _all_edited(poll: int, words: str) -> str:
    """The same entries, with other texts."""
    return rss(*(item(n, html=f"<p>{n} {poll} {words}</p>") for n in range(_ENTRIES)))


def _other_guids(poll: int, words: str) -> str:
    """The same entries, with other guids."""
    body = rss(*(item(n, html=f"<p>{n} {words}</p>") for n in range(_ENTRIES)))
    return body.replace("/id/", f"/id/{poll}/")


_BODIES = (_all_new, _all_edited, _other_guids)


async def _grow(body: Callable[[int, str], str], days: int, polls: int, size: int) -> None:
    words = "word " * (size // 5)
    server = HttpServer()
    with (
        tempfile.TemporaryDirectory() as folder,
        running(server),
        closing(WorkerPool(1)) as workers,
    ):
        path = Path(folder)
        async with Poller(server, path, workers, polling={"max_body": "25MB"}) as poller:
            last = 0
            for day in range(days):
                began = time.perf_counter()
                for number in range(polls):
                    poller.answer(Reply(body(day * polls + number, words)))
                    await poller.poll(hours=24 / polls)
                took = (time.perf_counter() - began) / polls
                sizes = await poller.ask(lambda store: store.keeping.sizes())
                log = (path / "digest.db-wal").stat().st_size
                ((entries,),) = await poller.query("SELECT count(*) FROM entries")
                print(
                    f"{body.__name__.strip('_'):12} day {day + 1}: {sizes.size / 1e6:7.1f} MB"
                    f" (+{(sizes.size - last) / 1e6:.1f}), log {log / 1e6:.1f} MB,"
                    f" {entries} entries, {took:.1f} s a poll"
                )
                last = sizes.size


def main() -> None:
    """Run each kind of harm for some days."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=3)
    parser.add_argument("--polls", type=int, default=4, help="a day")
    parser.add_argument("--size", type=int, default=9_000, help="bytes of text an entry")
    said = parser.parse_args()
    for body in _BODIES:
        asyncio.run(_grow(body, said.days, said.polls, said.size))


if __name__ == "__main__":
    main()
