"""Makes the database of before: the first poll of each reported case, as that version reads it.

To be run by the code of that version: PYTHONPATH=ITS_TREE python make.py ANSWERS DATABASE
"""

from __future__ import annotations

import asyncio
import lzma
import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from tests.jobs.bench import InPlace, open_bench, settings_of

sys.path.insert(0, str(Path(__file__).parent))
from answers import Answers, bodies_of  # type: ignore[import-not-found]


async def _poll_all(answers: Path, folder: Path) -> None:
    bodies = bodies_of(answers, 1)
    async with (
        open_bench(settings_of(folder, list(bodies)), folder) as bench,
        bench.polling(InPlace(), lambda _: Answers(bodies)) as job,
    ):
        await job.poll(list(bodies))


def _packed(database: Path) -> bytes:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        connection.execute("VACUUM")
    return lzma.compress(database.read_bytes())


with tempfile.TemporaryDirectory() as made:
    asyncio.run(_poll_all(Path(sys.argv[1]), Path(made)))
    Path(sys.argv[2]).write_bytes(_packed(Path(made) / "digest.db"))
