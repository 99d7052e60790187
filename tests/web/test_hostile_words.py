"""Words of others on the operator's pages: visible, and nothing in them turns what is around."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.cli.hostile import REPLY, plant
from tests.databases import file_of
from tests.feed_xml import item, rss
from tests.servers import Reply
from tests.web.site import Servers, Site, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")

# What no page may have; the marks of direction are for the words they stand in.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u2028-\u202e\u2066-\u2069]")
PAGES = (
    *("/", "/feeds", "/feeds/1", "/digests", "/digests/weekly", "/deliveries", "/editions"),
    *("/editions/1", "/held", "/incidents"),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def hostile(
    servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Site]:
    folder = tmp_path_factory.mktemp("hostile")
    servers.feeds.replies["/feed"] = Reply(rss(item(1), item(2), title="A feed"))
    servers.mail.refuse_recipient = lambda to: f"550 {REPLY}" if "grace" in to else None
    settings = settings_for(folder, servers, feeds=[f"{servers.feeds.url}/feed"])
    async with serve(settings, folder) as site:
        await site.send()
        await site.log_in()
        with sqlite3.connect(file_of(settings)) as database:
            plant(database)
        database.close()
        yield site


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_has_a_control_or_bidi_character_of_others(hostile: Site, path: str) -> None:
    _, text = await hostile.answer(path)
    assert FORBIDDEN.findall(text.replace("\r\n", "\n")) == []


async def test_what_was_said_is_still_there_to_read(hostile: Site) -> None:
    assert r"550 \x1b[5;7;36m" in await hostile.page("/deliveries")
