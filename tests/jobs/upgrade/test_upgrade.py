"""What is only read otherwise than before an upgrade is neither new nor edited.

The database was polled by the version before the second reading (`make.py`).
"""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.feeds.rereading import READING
from tests.feeds.reported.tables import ANSWERS, tables
from tests.jobs.bench import InPlace, StoppedClock, open_bench, settings_of
from tests.jobs.upgrade.answers import Answers, bodies_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from digest.jobs.poll import PollJob
    from digest.model import PollResult
    from digest.store import Store
    from tests.jobs.upgrade.answers import Bodies

OLD = Path(__file__).parent / "first_reading.db.xz"
EDITED = (
    "SELECT feeds.url, entries.title FROM entries JOIN feeds ON feeds.id = feed_id"
    " WHERE edited_at IS NOT NULL"
)
# Of what was known before, too little is as it is now: of two feeds an entry had neither guid,
# link, title nor text, and of one a guid and a link that were garbled, and a title of one letter.
UNKNOWABLE = {"n-f-unclosed-title", "n-f-wrong-close", "n-amp-guid"}
READINGS = "SELECT url, reading FROM feeds WHERE failures = 0"
READ_BEFORE = "SELECT url FROM feeds WHERE failures = 0"


class Upgraded:
    """The database of before in this version's hands; `before` are the bodies that it has read."""

    def __init__(self, before: Bodies, served: Answers, job: PollJob, ask: Any) -> None:
        self.before = before
        self._served = served
        self._job = job
        self._ask = ask

    async def poll(self, bodies: Bodies) -> dict[str, PollResult]:
        self._served.bodies = {**self.before, **bodies}
        return {result.url: result for result in await self._job.poll(list(bodies))}

    async def query(self, statement: str) -> Sequence[tuple[Any, ...]]:
        def rows(store: Store) -> Sequence[tuple[Any, ...]]:
            with store.database.transaction() as connection:
                return [tuple(row) for row in connection.exec_driver_sql(statement)]

        found: Sequence[tuple[Any, ...]] = await self._ask(rows)
        return found


@asynccontextmanager
async def upgraded(folder: Path) -> AsyncIterator[Upgraded]:
    (folder / "digest.db").write_bytes(lzma.decompress(OLD.read_bytes()))
    with closing(sqlite3.connect(folder / "digest.db")) as database:
        read = {url for (url,) in database.execute(READ_BEFORE)}
    before = {url: body for url, body in bodies_of(ANSWERS, 1).items() if url in read}
    clock, served = StoppedClock(), Answers(before)
    clock.turn(hours=2)
    settings = settings_of(folder, [{"url": url, "updates": "resend"} for url in before])
    async with (
        open_bench(settings, folder, clock) as bench,
        bench.polling(InPlace(), lambda _: served) as job,
    ):
        yield Upgraded(before, served, job, bench.store.transact)


def touched(bodies: Bodies) -> Bodies:
    """Bodies that say what they said, in other bytes."""
    return {url: (body + b"\n", charset) for url, (body, charset) in bodies.items()}


async def test_what_is_read_otherwise_is_neither_new_nor_edited(tmp_path: Path) -> None:
    async with upgraded(tmp_path) as old:
        polled = await old.poll(touched(old.before))
        assert {url.split("/")[3] for url, found in polled.items() if found.new} == UNKNOWABLE
        assert await old.query(EDITED) == []
        readings = dict(await old.query(READINGS))
        outdated = {url for url, reading in readings.items() if reading != READING}
        assert len(readings) > len(outdated) * 9


async def test_what_is_new_after_an_upgrade_is_new(tmp_path: Path) -> None:
    cases = {name: case for table in tables().values() for name, case in table.items()}
    later = bodies_of(ANSWERS, 2)
    async with upgraded(tmp_path) as old:
        results = await old.poll({url: later[url] for url in later if url in old.before})
        polled = {url.split("/")[3]: result for url, result in results.items()}
        new = {name: result.new for name, result in polled.items() if result.new}
    expected = {name: case.new[1] for name, case in cases.items() if case.new[1:2] > (0,)}
    assert new == {name: number for name, number in expected.items() if name in polled} != {}
