"""`full_text: true` from the command line: tried, sent, and explained."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from digest.app.ticker import DaemonHealth, Ticker
from digest.app.wiring import open_runtime
from digest.config import load_settings
from tests import limits
from tests.cli.project import CONFIG
from tests.feed_xml import NOW, item, rss
from tests.rendering import article_pages as pages
from tests.servers import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.project import Project
    from tests.servers import HttpServer

pytest.importorskip("trafilatura")


def serve(server: HttpServer) -> None:
    """A feed of three entries, whose pages have an article, a paywall, and nothing."""
    found = {"/open": pages.SEMANTIC.html, "/paid": pages.PAYWALL}
    items = [
        item(
            number,
            title="The old bridge reopens",
            link=f"{server.url}{path}",
            published=NOW,
            html=f"<p>{pages.TEASER}</p>",
        )
        for number, path in enumerate(("/open", "/paid", "/missing"), 1)
    ]
    server.replies |= {path: Reply(page) for path, page in found.items()}
    server.replies["/feed"] = Reply(rss(*items))


@pytest.fixture
def asking(project: Project) -> Project:
    serve(project.feeds)
    project.configure("/feed", send_to="vault")
    config = project.folder / "config.yaml"
    text = config.read_text("utf-8").replace(
        f"  - {project.feeds.url}/feed", f"  - {{url: {project.feeds.url}/feed, full_text: true}}"
    )
    config.write_text(text, "utf-8")
    return project


@pytest.mark.slow
def test_it_is_tried_sent_and_explained(asking: Project) -> None:
    url = asking.feeds.url
    tried = asking.json("feeds", "test", f"{url}/feed")["full_text"]
    assert tried.pop("page_words") > 120
    assert tried == {"link": f"{url}/open", "feed_words": 14, "reason": None}
    asking.json("send", "weekly")
    told = {
        match["link"].removeprefix(url): match["full_text"]
        for match in asking.json("explain", "bridge")["matches"]
    }
    assert told["/open"].startswith("the text is that of its page, fetched ")
    assert told["/paid"].startswith("the text is the feed's: the page has a paywall; its page was")
    assert told["/missing"].startswith("the text is the feed's: answered 404 Not Found; its page")


class Told(logging.Handler):
    """Hears of what is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.of_articles = asyncio.Event()
        self.outcomes: dict[str, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage() == "articles fetched":
            self.outcomes = vars(record)["fields"]
            self.of_articles.set()


async def test_the_daemon_fetches_when_it_has_polled(
    tmp_path: Path, feed_server: HttpServer
) -> None:
    serve(feed_server)
    config = tmp_path / "config.yaml"
    text = CONFIG.format(
        feeds=f"  - {{url: {feed_server.url}/feed, full_text: true}}",
        port=1,
        slack="https://slack.example",
        schedule="schedule: every monday at 09:00",
        first_edition="3650d",
        send_to="vault",
        timeout="30s",
    )
    config.write_text(text, "utf-8")
    told, log = Told(), logging.getLogger("digest.jobs.full_text")
    log.addHandler(told)
    log.setLevel(logging.INFO)
    async with open_runtime(load_settings(config, {}), "a test") as runtime:
        ticker = Ticker(runtime, DaemonHealth())
        ticker.start()
        await asyncio.wait_for(told.of_articles.wait(), limits.seconds(30))
        await ticker.stop()
    log.removeHandler(told)
    assert told.outcomes == {"kept": 1, "refused": 2}
    assert [seen.path for seen in feed_server.seen] == [
        *("/feed", "/robots.txt", "/open", "/paid", "/missing"),
    ]
