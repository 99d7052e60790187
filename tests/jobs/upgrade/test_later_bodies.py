"""Which entries an upgrade leaves outdated, and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from digest.feeds.rereading import READING
from tests.feed_xml import item
from tests.jobs.bench import InPlace
from tests.jobs.poller import Poller

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.store import Store
    from tests.servers import HttpServer

EDITED = "UPDATE entries SET fingerprint = 'other', title = title || ' as it was read'"
FORGET = "UPDATE feeds SET reading = 1, entry_hashes = NULL"
TITLES = "SELECT title FROM entries WHERE edited_at IS NOT NULL ORDER BY title"


@pytest.fixture
async def poller(feed_server: HttpServer, tmp_path: Path) -> AsyncIterator[Poller]:
    async with Poller(feed_server, tmp_path, InPlace(), {"updates": "resend"}) as poller:
        yield poller


async def downgrade(poller: Poller) -> None:
    """As if all was read by an earlier version, which read titles otherwise."""

    def write(store: Store) -> None:
        with store.database.transaction() as connection:
            for statement in (EDITED, FORGET):
                connection.exec_driver_sql(statement)

    await poller.ask(write)


async def edited(poller: Poller) -> list[str]:
    return [row[0] for row in await poller.query(TITLES)]


async def test_what_comes_back_after_an_upgrade_is_not_edited(poller: Poller) -> None:
    await poller.read(item(1), item(2), item(3))
    await poller.read(item(1), hours=1)
    await downgrade(poller)
    # The first body, and a later one with what was not in the first.
    assert (await poller.read(item(1), title_of(3), hours=1)).outcome == "unchanged"
    assert (await poller.row())["reading"] == READING
    assert (await poller.read(item(1), item(2), item(3), hours=1)).new == 0
    assert await edited(poller) == []
    # What the feed says of them from now on is an edit.
    for items in ([item(1, title="Uno")], [item(1, title="Uno"), item(2, title="Dos")]):
        await poller.read(*items, hours=1)
    assert await edited(poller) == ["Dos", "Uno"]


def title_of(number: int) -> str:
    return item(number).replace("</item>", "<!-- in other bytes --></item>")


async def test_a_feed_that_is_new_has_nothing_outdated(poller: Poller) -> None:
    await poller.read(item(1), item(2))
    row = await poller.row()
    assert (row["reading"], row["reread_at"]) == (READING, None)
    await poller.read(item(1, title="Uno"), hours=1)
    assert await edited(poller) == ["Uno"]


async def test_until_a_body_is_taken_whole_it_is_outdated(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    feed = {"updates": "resend", "daily_entries": 1}
    async with Poller(feed_server, tmp_path, InPlace(), feed) as poller:
        await poller.read(item(1), item(2))
        await downgrade(poller)
        await poller.read(item(1), item(3), item(4), hours=1)
        assert (await poller.row())["reading"] == 1
        await poller.read(item(1), item(2), item(3), item(4), days=1)
        assert (await poller.row())["reading"] == READING
        assert await edited(poller) == []
