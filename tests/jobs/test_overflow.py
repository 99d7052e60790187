"""An edition covers its period: what it has no room for does not wait for ever."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date, timedelta
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest

from digest.channels import open_channels
from digest.rendering.email.fit import MOST_BYTES
from tests.feed_xml import NOW
from tests.jobs.bench import Bench, open_bench, settings_of
from tests.store import build

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path

    from digest.config import Settings
    from digest.store import Store

URL = "https://site.example/feed.xml"
DAY = timedelta(days=1)


def settings(folder: Path, **digest: Any) -> Settings:
    return settings_of(
        folder,
        [URL],
        channels={
            "inbox": {"kind": "email", "to": ["ada@example.com"]},
            "vault": {"kind": "file", "path": "{digest}-{date}.md"},
        },
        smtp={"host": "127.0.0.1", "from": "Reading <digest@example.com>"},
        digests={"weekly": {"schedule": "daily at 09:00", "send_to": ["inbox"], **digest}},
    )


async def learn(bench: Bench, *titles: str) -> None:
    entries = [build.entry(title) for title in titles]
    await bench.store.transact(lambda store: build.learn(store, *entries, now=bench.clock()))


async def publish(bench: Bench) -> None:
    await bench.publishing(open_channels(bench.settings)).publish_due()


async def rows(bench: Bench, query: str) -> list[tuple[Any, ...]]:
    def read(store: Store) -> list[tuple[Any, ...]]:
        with store.database.transaction() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    return await bench.store.transact(read)


@pytest.mark.parametrize(("overflow", "longest", "load"), [("list", 0, 20), ("next", 3, 80)])
async def test_a_steady_flood_over_sixty_days(
    tmp_path: Path, overflow: str, longest: int, load: int
) -> None:
    days = 60
    config = settings(tmp_path, max_entries=5, overflow=overflow, send_to=["vault"])
    async with open_bench(config, tmp_path) as bench:
        loads = []
        for day in range(1, days + 1):
            bench.clock.now = NOW + day * DAY - timedelta(hours=1)
            await learn(bench, *(f"d{day} n{n}" for n in range(20)))
            loads.append(len(await bench.pending()))
            bench.clock.now = NOW + day * DAY
            await publish(bench)
        taken = await rows(
            bench,
            "SELECT e.title, ee.shown_as, ed.scheduled_for FROM edition_entries ee"
            " JOIN entries e ON e.id = ee.entry_id JOIN editions ed ON ed.id = ee.edition_id",
        )
        waiting = await bench.pending()
        sizes = await rows(bench, "SELECT length(snapshot) FROM editions ORDER BY id")
    learnt = [(int(title.split()[0][1:]), form, at) for title, form, at in taken]
    waits = [(at, (NOW + day * DAY).isoformat()[:10]) for day, _, at in learnt]
    assert max(_days(born, at) for at, born in waits) == longest
    assert len(taken) + len(waiting) == days * 20
    assert len(waiting) == load - 20
    # As much is read on the last day as on the fifth, and no edition is longer than its like.
    assert loads[4:] == [load] * (days - 4)
    assert max(size for (size,) in sizes[4:]) < 1.1 * min(size for (size,) in sizes[4:])
    assert Counter(form for *_, form, _ in taken)["counted"] > days * 10


def _days(born: str, at: str) -> int:
    return (date.fromisoformat(at[:10]) - date.fromisoformat(born)).days


def body_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


async def test_an_upgrade_lists_what_waits_once(tmp_path: Path) -> None:
    backlog = 3_000
    config = settings(tmp_path)
    async with open_bench(config, tmp_path) as bench:
        await learn(bench, "of before")
        bench.clock.now = NOW + DAY
        await publish(bench)
        await learn(bench, *(f"Backlog {n}" for n in range(backlog)))
    with closing(sqlite3.connect(tmp_path / "digest.db")) as connection, connection:
        for column in ("shown_as", "more", "less"):
            connection.execute(f"ALTER TABLE edition_entries DROP COLUMN {column}")
        connection.execute("ALTER TABLE entries DROP COLUMN video")
        connection.execute("DROP TABLE feedback")
        connection.execute("DROP TABLE last_settings")
        connection.execute("DROP TABLE block_answers")
        connection.execute("UPDATE alembic_version SET version_num = '0017'")
    async with open_bench(config, tmp_path) as bench:
        bench.clock.now = NOW + 2 * DAY
        await publish(bench)
        assert await bench.pending() == []
        await learn(bench, "of later")
        bench.clock.now = NOW + 3 * DAY
        await publish(bench)
        payloads = await rows(bench, "SELECT payload FROM renditions ORDER BY edition_id")
        forms = await rows(
            bench, "SELECT edition_id, shown_as, count(*) FROM edition_entries GROUP BY 1, 2"
        )
        snapshots = await rows(bench, "SELECT snapshot FROM editions ORDER BY id")
    _, upgraded, later = [
        message_from_bytes(payload, policy=policy.default) for (payload,) in payloads
    ]
    assert forms == [
        (1, "", 1),
        (2, "counted", backlog - 25),
        (2, "line", 15),
        (2, "story", 10),
        (3, "story", 1),
    ]
    html, text = body_of(upgraded, "html"), body_of(upgraded, "plain")
    assert len(html.encode()) < MOST_BYTES
    assert "and 2,975 more from" in html
    # Of a feed the newest 2,000 are looked at.
    assert len(set(re.findall(r"Backlog \d+", text))) == 2_000
    assert "and 1,000 more from" in text
    assert len(json.loads(snapshots[1][0])["sections"][-1]["more"][0]["listed"]) == 1_975
    assert "Backlog" not in body_of(later, "plain")
