"""One site for all tests of a module that only look at it, or leave it as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from tests.databases import file_of
from tests.feed_xml import item, rss
from tests.servers import HttpServer, MailServer, Reply, running
from tests.web.site import Servers, Site, serve, settings_for

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from digest.config import Settings


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    found = Servers(HttpServer(), MailServer(), HttpServer())
    with running(found.feeds, found.mail, found.slack):
        found.slack.replies["/services/T0/B0/s3cretpath"] = Reply("ok")
        found.feeds.replies["/feed"] = Reply(rss(*(item(n) for n in range(1, 4))))
        yield found


@pytest.fixture(scope="module")
def settings(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("site")
    return settings_for(folder, servers)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def site(settings: Settings) -> AsyncIterator[Site]:
    async with serve(settings, file_of(settings).parent) as site:
        yield site
