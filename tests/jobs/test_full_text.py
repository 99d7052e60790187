"""Articles from their pages: asked for politely and once, and never in the way of an edition."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.app.http_clients import open_fetcher, user_agent
from digest.feeds.http.fetch import utc_now
from digest.jobs.article_client import ArticleClient
from digest.jobs.full_text import FullTextJob, within_bounds
from digest.store.full_texts import Wanted
from digest.workers.child import EXTRACTING
from digest.workers.pool import WorkerPool
from tests import limits
from tests.feed_xml import NOW, item, rss
from tests.jobs.bench import InPlace, open_bench, settings_of
from tests.rendering import article_pages as pages
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from digest.jobs.poll import PollJob
    from digest.model import Entry
    from tests.jobs.bench import Bench

pytest.importorskip("trafilatura")

FEED, PAGE = "/feed.xml", "/bridge"
TITLE = "The old bridge reopens"
OLD = "Older than the subscription"


@pytest.fixture
def server() -> Iterator[HttpServer]:
    made = HttpServer()
    with running(made):
        yield made


@dataclass
class Reader:
    """Polls a feed that asks for full texts, and fetches them."""

    bench: Bench
    server: HttpServer
    poll_job: PollJob
    job: FullTextJob
    brought: list[str] = field(default_factory=list)

    async def learn(self, *items: str) -> None:
        """One poll, of a feed that has these too."""
        self.brought = [*items, *self.brought]
        self.server.replies[FEED] = Reply(rss(*self.brought))
        await self.poll_job.poll([f"{self.server.url}{FEED}"])

    async def bring(self, path: str = PAGE, number: int = 1, **more: Any) -> None:
        """Poll what has one more entry, which links to this page."""
        text = f"<p>{pages.TEASER}</p>"
        link = path if path.startswith("http") else f"{self.server.url}{path}"
        await self.learn(item(number, title=TITLE, link=link, **({"html": text} | more)))

    async def entry(self) -> Entry:
        """The newest that is pending."""
        return max(await self.bench.pending(), key=lambda entry: entry.id)

    async def reasons(self) -> list[str]:
        """Why entries have the feed's text, the newest first; empty where they have the page's."""
        rows = await self.bench.store.transact(lambda store: store.explaining.find("bridge", 20))
        return [row.full_text.reason if row.full_text else "not asked" for row in rows]

    def asked(self) -> list[str]:
        """The paths that were asked for, but for the feed's."""
        return [seen.path for seen in self.server.seen if seen.path != FEED]


@pytest.fixture
async def reader(tmp_path: Path, server: HttpServer) -> AsyncIterator[Reader]:
    feed = {"url": f"{server.url}{FEED}", "full_text": True}
    settings = settings_of(tmp_path, [feed], polling={"timeout": "5s"})
    async with open_bench(settings, tmp_path) as bench, bench.polling(InPlace()) as poll_job:
        client = ArticleClient(
            settings, poll_job.fetcher, user_agent(settings), bench.clock, InPlace()
        )
        job = FullTextJob(bench.context(), client, poll_job.backoffs)
        with closing(job):
            reader = Reader(bench, server, poll_job, job)
            then = NOW - timedelta(days=400)
            await reader.learn(item(0, title=OLD, link=f"{server.url}/old", published=then))
            yield reader


async def test_the_text_of_the_page_is_the_text_of_the_entry(reader: Reader) -> None:
    reader.server.replies[PAGE] = Reply(pages.SEMANTIC.html)
    await reader.bring()
    before = await reader.entry()
    await reader.job.fetch_due()
    after = await reader.entry()
    assert before.words == len(pages.TEASER.split())
    assert after.words > 120
    assert after.excerpt != before.excerpt
    assert after.image == f"{reader.server.url}/img/share.jpg"
    assert (after.title, after.link, after.edited_at) == (before.title, before.link, None)
    html = await reader.bench.store.transact(lambda store: store.editions.contents([after.id]))
    assert "twelve tonnes" in html[after.id]
    assert await reader.reasons() == [""]
    # What was there before the subscription is nobody's business, and nothing is asked for twice.
    await reader.job.fetch_due()
    assert reader.asked() == ["/robots.txt", PAGE]


async def test_an_edit_of_the_feed_leaves_the_text_of_the_page(reader: Reader) -> None:
    reader.server.replies[PAGE] = Reply(pages.SEMANTIC.html)
    await reader.bring()
    await reader.job.fetch_due()
    fetched = await reader.entry()
    reader.brought.pop(0)
    await reader.bring(html="<p>The old bridge over the river reopened on Tuesday.</p>")
    await reader.job.fetch_due()
    edited = await reader.entry()
    assert edited.edited_at is not None
    assert (edited.id, edited.words, edited.image) == (fetched.id, fetched.words, fetched.image)
    assert len(reader.server.requests_to(PAGE)) == 1


async def test_what_is_no_article_is_asked_for_once(reader: Reader) -> None:
    no_articles = {
        "/bridge/consent": (Reply(pages.COOKIE_WALL), "the page asks for consent to cookies"),
        "/bridge/gate": (Reply(pages.PAYWALL), "the page has a paywall"),
        "/bridge/check": (Reply(pages.CHALLENGE), "the page only checks who asks"),
        "/bridge/forbidden": (Reply(pages.CHALLENGE, 403), "answered 403 Forbidden"),
        "/bridge/missing": (Reply("", 404), "answered 404 Not Found"),
        "/bridge/film": (Reply(b"x" * 3_000_001), "the body is larger than 3,000,000 bytes"),
        "/bridge/members": (Reply("", 302, {"Location": "/login"}), "the page is a login"),
    }
    reader.server.replies |= {path: reply for path, (reply, _) in no_articles.items()}
    reader.server.replies["/login"] = Reply(pages.LOGIN)
    for number, path in enumerate(no_articles, 1):
        await reader.bring(path, number)
    before = await reader.bench.pending()
    await reader.job.fetch_due()
    reader.bench.clock.turn(days=1)
    await reader.job.fetch_due()
    assert await reader.bench.pending() == before
    assert (await reader.reasons())[::-1] == [reason for _, reason in no_articles.values()]
    asked = [path for path in reader.asked() if path in no_articles]
    # The newest comes first, and none comes again.
    assert asked == [*no_articles][::-1]


async def test_robots_txt_is_obeyed_and_asked_once_a_day(reader: Reader) -> None:
    rules = "User-agent: *\nDisallow: /bridge\nDisallow: /*?from=feed\nAllow: /bridge/open$\n"
    reader.server.replies |= {
        "/robots.txt": Reply(rules),
        "/bridge/open": Reply(pages.SEMANTIC.html),
        "/leads": Reply("", 302, {"Location": PAGE}),
        PAGE: Reply(pages.SEMANTIC.html),
    }
    for number, path in enumerate((PAGE, "/x?from=feed", "/bridge/open"), 1):
        await reader.bring(path, number)
    await reader.job.fetch_due()
    host = reader.server.url.removeprefix("http://")
    refused = f"robots.txt of {host} does not allow it"
    assert await reader.reasons() == ["", refused, refused]
    assert reader.asked() == ["/robots.txt", "/bridge/open"]
    # It is kept, also over a restart.
    since = NOW - timedelta(days=1)
    known = await reader.bench.store.transact(lambda store: store.full_texts.robots(since))
    assert [each.origin for each in known] == [reader.server.url]
    reader.bench.clock.turn(hours=23)
    await reader.bring("/leads", 4)
    await reader.job.fetch_due()
    assert reader.asked()[2:] == ["/leads"]
    assert (await reader.reasons())[0] == refused
    reader.bench.clock.turn(hours=2)
    await reader.bring("/bridge/more", 5)
    await reader.job.fetch_due()
    assert reader.asked()[3:] == ["/robots.txt"]


async def test_who_does_not_answer_is_asked_later_and_not_for_each(reader: Reader) -> None:
    reader.server.replies |= {"/robots.txt": Reply("", 503), PAGE: Reply(pages.SEMANTIC.html)}
    await reader.bring(PAGE, 1)
    await reader.bring(f"{PAGE}?2", 2)
    await reader.job.fetch_due()
    await reader.job.fetch_due()
    assert reader.asked() == ["/robots.txt"]
    assert len(await reader.bench.pending()) == 2
    reader.server.replies["/robots.txt"] = Reply("", 404)
    reader.server.replies[f"{PAGE}?2"] = Reply(pages.SEMANTIC.html)
    reader.bench.clock.turn(minutes=11)
    await reader.job.fetch_due()
    assert await reader.reasons() == ["", ""]


async def test_pages_that_were_only_put_off_are_none_of_the_day(reader: Reader) -> None:
    reader.server.replies["/robots.txt"] = Reply("", 503)
    for number in (1, 2, 3):
        await reader.bring(f"{PAGE}?{number}", number)
    await reader.job.fetch_due()
    feed, now = f"{reader.server.url}{FEED}", reader.bench.clock()
    asked = await reader.bench.store.transact(
        lambda store: store.full_texts.asked_lately([feed], now)
    )
    assert asked == {feed: 1}
    rows = await reader.bench.store.transact(lambda store: store.explaining.find("bridge", 20))
    assert [row.full_text.tries for row in rows if row.full_text] == [1, 0, 0]


async def test_a_page_in_two_feeds_is_fetched_once(reader: Reader) -> None:
    reader.server.replies[PAGE] = Reply(pages.SEMANTIC.html)
    # Another entry with the same link is as good as that of another feed.
    await reader.bring(PAGE, 1)
    await reader.job.fetch_due()
    await reader.bring(PAGE, 2)
    await reader.job.fetch_due()
    assert reader.asked() == ["/robots.txt", PAGE]
    assert await reader.reasons() == ["", ""]
    first, second = sorted(await reader.bench.pending(), key=lambda entry: entry.id)
    assert (first.words, first.excerpt) == (second.words, second.excerpt)
    assert second.words > 120


async def test_who_is_led_to_is_asked_first_whether_it_may_be(reader: Reader) -> None:
    other = HttpServer()
    with running(other):
        other.replies["/robots.txt"] = Reply("User-agent: digest\nDisallow: /paper\n")
        elsewhere = f"{other.url}/paper/bridge"
        reader.server.replies[PAGE] = Reply("", 301, {"Location": elsewhere})
        await reader.bring()
        await reader.job.fetch_due()
        assert [seen.path for seen in other.seen] == ["/robots.txt"]
        host = other.url.removeprefix("http://")
        assert await reader.reasons() == [f"robots.txt of {host} does not allow it"]


async def test_what_may_pass_is_tried_three_times(reader: Reader) -> None:
    reader.server.replies[PAGE] = Reply("", 500)
    await reader.bring()
    for _ in range(5):
        await reader.job.fetch_due()
        reader.bench.clock.turn(hours=3)
    assert len(reader.server.requests_to(PAGE)) == 3
    assert await reader.reasons() == ["answered 500 Internal Server Error"]


async def test_a_host_that_allows_no_more_requests_is_left_alone(reader: Reader) -> None:
    reader.server.replies[PAGE] = Reply("", 429, {"Retry-After": "1200"})
    await reader.bring(PAGE, 1)
    await reader.bring(f"{PAGE}?2", 2)
    reader.server.replies[f"{PAGE}?2"] = reader.server.replies[PAGE]
    await reader.job.fetch_due()
    reader.bench.clock.turn(minutes=19)
    await reader.job.fetch_due()
    assert reader.asked() == ["/robots.txt", f"{PAGE}?2"]
    [backoff] = await reader.bench.store.transact(lambda store: store.hosts.backoffs())
    assert backoff.host == reader.server.url.removeprefix("http://")


async def test_only_its_own_host_may_be_private(reader: Reader) -> None:
    port = reader.server.url.rpartition(":")[2]
    await reader.bring(f"http://localhost:{port}{PAGE}")
    await reader.job.fetch_due()
    assert reader.asked() == []
    [reason] = await reader.reasons()
    assert "not public" in reason or "private" in reason or "loopback" in reason


def test_so_many_of_a_feed_are_fetched_at_once_and_in_a_day() -> None:
    wanted = [Wanted(n, f"feed {n % 2}", "https://site.example/", "", "", 0, 0) for n in range(60)]
    chosen = within_bounds(wanted, {"feed 1": 97})
    assert [entry.id for entry in chosen if entry.feed_url == "feed 0"] == [*range(0, 20, 2)]
    assert [entry.id for entry in chosen if entry.feed_url == "feed 1"] == [1, 3, 5]
    everything = [replace(entry, feed_url=str(n)) for n, entry in enumerate(wanted * 4)]
    assert within_bounds(everything, {}) == everything[:200]


@pytest.mark.slow
async def test_a_hostile_page_ends_its_worker_alone(server: HttpServer, tmp_path: Path) -> None:
    # The parser compares each attribute with all before it.
    attributes = " ".join(f"a{number}" for number in range(120_000))
    server.replies |= {
        PAGE: Reply(pages.SEMANTIC.html),
        f"{PAGE}?hostile": Reply(f"<html><body><p {attributes}>"),
    }
    settings = settings_of(tmp_path, [{"url": f"{server.url}{FEED}", "full_text": True}])
    [feed] = settings.feeds
    wanted = Wanted(1, feed.address, f"{server.url}{PAGE}", TITLE, pages.TEASER, 5, 0)
    workers = WorkerPool(1, task_seconds=limits.seconds(3), doing="reading it", kind=EXTRACTING)
    async with open_fetcher(settings) as fetcher:
        client = ArticleClient(settings, fetcher, "digest/1", utc_now, workers)
        with closing(client):
            before = await client.article(wanted, feed)
            hostile = await client.article(replace(wanted, link=f"{wanted.link}?hostile"), feed)
            after = await client.article(wanted, feed)
    assert hostile.reason.startswith("reading it took longer than")
    assert before.reason == after.reason == ""
