"""What hostile entries cost an edition, and how soon the store answers meanwhile.

    python -m tests.benchmarks.drafting [ENTRIES]

For each kind of titles and links: the processor time of an edition of a quarter of the entries and
of all, which grow alike where nothing grows faster than the entries; whether the budget was used
up; and of titles the longest that a query of the store took while the edition was drafted beside.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from digest.editions.order import Heading, Layout, order
from digest.editions.select import Room, select
from digest.editions.similarity.budget import Budget
from digest.jobs.drafts import Drafter
from digest.workers.pool import WorkerPool
from tests.editions.hostile import LINKS, TITLES, linked, titled
from tests.feed_xml import NOW
from tests.jobs.bench import open_bench, settings_of
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.model import CleanEntry, Entry
    from digest.store import Store
    from tests.jobs.bench import Bench

FEEDS = ("https://one.example/feed", "https://two.example/feed")


def seconds(entries: Sequence[Entry]) -> tuple[float, bool]:
    """The processor time of the stories of an edition, and whether the budget was used up."""
    budget, began = Budget(), process_time()
    stories = select(entries, Room(1_000), budget=budget).stories
    headings = {one.lead.feed_url: Heading(one.lead.feed_url) for one in stories}
    order(stories, Layout(headings, 5, 1_000), budget=budget)
    return process_time() - began, budget.is_short


async def longest_wait(kind: str, number: int) -> float:
    """How long the slowest of many small queries took while such an edition was drafted."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_of(Path(folder), list(FEEDS))
        async with open_bench(settings, Path(folder)) as bench:
            await _learn(bench, kind, number)
            workers = WorkerPool(1, task_seconds=60, doing="drafting")
            drafting = Drafter(bench.context(), workers)
            task = asyncio.create_task(drafting.edition("weekly", NOW))
            waits = []
            while not task.done():
                began = perf_counter()
                await bench.store.transact(lambda store: store.archive.editions((), 1))
                waits.append(perf_counter() - began)
                await asyncio.sleep(0.002)
            await task
            workers.close()
            return max(waits)


async def _learn(bench: Bench, kind: str, number: int) -> None:
    random = Random(kind)
    windows = {name: digest.first_edition for name, digest in bench.settings.digests.items()}
    for url in FEEDS:
        entries = [
            replace(build.entry(f"{url}{n}", NOW), title=TITLES[kind](n, random)[:1_000])
            for n in range(number // 2)
        ]
        await bench.store.transact(partial(_record, entries=entries, windows=windows, url=url))


def _record(store: Store, *, entries: Sequence[CleanEntry], **more: Any) -> None:
    build.learn(store, *entries, **more)


def main() -> None:
    """Print all figures."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    for kind in (*TITLES, *LINKS):
        make = titled if kind in TITLES else linked
        quarter, _ = seconds(make(kind, number // 4))
        whole, is_short = seconds(make(kind, number))
        wait = asyncio.run(longest_wait(kind, number)) if kind in TITLES else 0.0
        cut = "budget used up" if is_short else ""
        waited = f"store at most {wait * 1000:4.0f} ms" if wait else ""
        print(f"{kind:26} {quarter:5.2f} s {whole:5.2f} s  {waited:22} {cut}", flush=True)


if __name__ == "__main__":
    main()
