from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.workers.pool import WorkerPool
from tests.feed_xml import NOW, item, rss
from tests.feeds.test_hostile_bodies import stalling
from tests.jobs.bench import Bench, open_bench, settings_of
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
    from pathlib import Path

    from digest.feeds.http.fetch import Fetcher
    from digest.feeds.http.messages import Request, Response
    from digest.jobs.poll import PollJob
    from digest.model import PollResult
    from tests.servers import HttpServer, Seen

HOUR = timedelta(hours=1)


@pytest.fixture(scope="session")
def workers() -> Iterator[WorkerPool]:
    with closing(WorkerPool(1)) as workers:
        yield workers


@dataclass
class Poller:
    """One feed, at /feed, and what a poll of it brings."""

    server: HttpServer
    bench: Bench
    polling: PollJob

    @property
    def url(self) -> str:
        return f"{self.server.url}/feed"

    def serve(self, *items: str, **headers: str) -> None:
        self.server.replies["/feed"] = Reply(rss(*items), headers=headers)

    async def poll(self) -> PollResult:
        (result,) = await self.polling.poll([self.url])
        return result

    async def titles(self) -> list[str]:
        return [entry.title for entry in await self.bench.pending()]


@asynccontextmanager
async def open_poller(
    server: HttpServer,
    folder: Path,
    workers: WorkerPool,
    *,
    feed: Mapping[str, Any] | None = None,
    polling: Mapping[str, Any] | None = None,
) -> AsyncIterator[Poller]:
    """With these settings of the feed and of polling."""
    settings = settings_of(
        folder, [{"url": f"{server.url}/feed", **(feed or {})}], polling=polling or {}
    )
    async with open_bench(settings, folder) as bench, bench.polling(workers) as opened:
        yield Poller(server, bench, opened)


@pytest.fixture
async def poller(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> AsyncIterator[Poller]:
    async with open_poller(feed_server, tmp_path, workers) as poller:
        yield poller


def counts(result: PollResult) -> tuple[str, int, int]:
    return result.outcome, result.new, result.known


async def test_a_first_poll(poller: Poller) -> None:
    poller.serve(item(2), item(1), ETag='"a"')
    result = await poller.poll()
    assert counts(result) == ("updated", 2, 0)
    assert (result.url, result.name, result.status) == (poller.url, "A feed", 200)
    assert result.error is None
    # A feed lists its newest entry first, the store its oldest.
    assert await poller.titles() == ["Story 1", "Story 2"]


async def test_a_304_keeps_everything(poller: Poller) -> None:
    poller.serve(item(1), ETag='"a"')
    await poller.poll()
    before = await poller.bench.feed(poller.url)
    poller.server.replies["/feed"] = Reply(status=304)
    poller.bench.clock.turn(hours=2)
    result = await poller.poll()
    assert (*counts(result), result.status) == ("not_modified", 0, 0, 304)
    assert result.name == "A feed"
    assert poller.server.seen[-1].headers["If-None-Match"] == '"a"'
    after = await poller.bench.feed(poller.url)
    assert {key for key in after if after[key] != before[key]} == {
        *("polled_at", "succeeded_at", "next_poll_at", "last_status")
    }
    assert await poller.titles() == ["Story 1"]


async def test_the_same_body_is_known_by_its_hash(poller: Poller) -> None:
    poller.serve(item(1), ETag='"a"')
    await poller.poll()
    poller.serve(item(1), ETag='"a-gzip"')
    assert counts(await poller.poll()) == ("unchanged", 0, 1)
    assert (await poller.bench.feed(poller.url))["etag"] == '"a-gzip"'


async def test_a_body_with_another_build_date_brings_nothing(poller: Poller) -> None:
    for built, counted in (("today", ("updated", 2, 0)), ("tomorrow", ("unchanged", 0, 2))):
        body = rss(item(1), item(2), built=built)
        poller.server.replies["/feed"] = Reply(body, headers={"ETag": f'"{built}"'})
        assert counts(await poller.poll()) == counted
    assert (await poller.bench.feed(poller.url))["etag"] == '"tomorrow"'


async def test_a_new_entry(poller: Poller) -> None:
    poller.serve(item(1))
    await poller.poll()
    poller.serve(item(2, published=None), item(1))
    assert counts(await poller.poll()) == ("updated", 1, 1)
    assert await poller.titles() == ["Story 1", "Story 2"]


async def test_an_edit_is_kept_and_is_not_new(poller: Poller) -> None:
    poller.serve(item(1), item(2))
    await poller.poll()
    (later, earlier) = await poller.bench.pending()
    poller.serve(item(1, title="Mended", html="<p>Other words.</p>"), item(2))
    poller.bench.clock.turn(hours=2)
    assert counts(await poller.poll()) == ("updated", 0, 2)
    (same, mended) = await poller.bench.pending()
    assert same == later
    assert (mended.id, mended.title, mended.excerpt) == (earlier.id, "Mended", "Other words.")
    assert mended.first_seen_at == NOW


async def test_what_vanished_and_came_back_is_not_new(poller: Poller) -> None:
    poller.serve(item(1), item(2))
    await poller.poll()
    poller.serve(item(2))
    assert counts(await poller.poll()) == ("unchanged", 0, 1)
    poller.serve()
    assert counts(await poller.poll()) == ("unchanged", 0, 0)
    poller.serve(item(1), item(2))
    assert counts(await poller.poll()) == ("unchanged", 0, 2)


async def test_links_are_relative_to_where_a_feed_without_a_site_came_from(poller: Poller) -> None:
    poller.server.replies["/feed"] = Reply(status=301, headers={"Location": "/blog/rss"})
    body = rss(item(1, link="one")).replace("<link>https://site.example/</link>", "")
    poller.server.replies["/blog/rss"] = Reply(body)
    assert counts(await poller.poll()) == ("updated", 1, 0)
    assert [one.link for one in await poller.bench.pending()] == [f"{poller.server.url}/blog/one"]


WHOLE = rss(item(1), item(2))
FAILURES = [
    (Reply("gone", 410, {"ETag": '"b"'}), "answered 410 Gone", 410),
    (Reply("", headers={"ETag": '"b"'}), "answered with an empty body", 200),
    (Reply(WHOLE[:-20], headers={"ETag": '"b"'}), "ends before its closing tag", 200),
    (Reply("<html>", headers={"ETag": '"b"'}), "is not a feed but a web page", 200),
    (Reply(b"\x8b\2", headers={"ETag": '"b"', "Content-Encoding": "br"}), "'br'", None),
]


@pytest.mark.parametrize(("reply", "error", "status"), FAILURES)
async def test_a_failure_keeps_the_validators(
    poller: Poller, reply: Reply, error: str, status: int | None
) -> None:
    poller.serve(item(1), ETag='"a"')
    await poller.poll()
    poller.server.replies["/feed"] = reply
    result = await poller.poll()
    assert (*counts(result), result.status) == ("failed", 0, 0, status)
    assert result.error
    assert error in result.error
    feed = await poller.bench.feed(poller.url)
    assert (feed["etag"], feed["last_error"], feed["failures"]) == ('"a"', result.error, 1)
    await poller.poll()
    assert poller.server.seen[-1].headers["If-None-Match"] == '"a"'
    assert await poller.titles() == ["Story 1"]


async def test_failures_are_counted_until_one_poll_works(poller: Poller) -> None:
    for failures, hours in ((1, 1), (2, 2), (3, 4)):
        assert (await poller.poll()).status == 404
        feed = await poller.bench.feed(poller.url)
        assert (feed["failures"], feed["failing_since"]) == (failures, NOW)
        wait = feed["next_poll_at"] - feed["polled_at"]
        assert hours * HOUR <= wait <= hours * HOUR * 1.1
        poller.bench.clock.turn(hours=1)
    poller.serve(item(1))
    await poller.poll()
    feed = await poller.bench.feed(poller.url)
    assert (feed["failures"], feed["failing_since"], feed["last_error"]) == (0, None, None)


@pytest.mark.parametrize(
    ("own", "interval"), [(None, 2 * HOUR), ("6h", 6 * HOUR), ("1h", 2 * HOUR)]
)
async def test_a_feed_is_due_when_its_time_has_come(
    feed_server: HttpServer,
    tmp_path: Path,
    workers: WorkerPool,
    own: str | None,
    interval: timedelta,
) -> None:
    async with open_poller(
        feed_server, tmp_path, workers, feed={"every": own}, polling={"every": "2h"}
    ) as poller:
        poller.serve(item(1))
        assert len(await poller.polling.poll_due()) == 1
        assert await poller.polling.poll_due() == []
        poller.bench.clock.now = NOW + interval - timedelta(microseconds=1)
        assert await poller.polling.poll_due() == []
        # Chance makes it at most a tenth later.
        poller.bench.clock.now = NOW + interval * 1.1
        assert len(await poller.polling.poll_due()) == 1
    assert len(feed_server.seen) == 2


async def test_a_feed_nobody_configured_any_more_is_left_alone(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    for path in ("/old", "/new"):
        feed_server.replies[path] = Reply(rss(item(1)))
        settings = settings_of(tmp_path, [feed_server.url + path])
        async with open_bench(settings, tmp_path) as bench, bench.polling(workers) as polling:
            assert [one.url for one in await polling.poll_due()] == [feed_server.url + path]
            bench.clock.turn(days=2)


async def test_only_the_feeds_that_are_asked_for(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    urls = [f"{feed_server.url}/{n}" for n in range(3)]
    feed_server.replies = {f"/{n}": Reply(rss(item(n))) for n in range(3)}
    async with (
        open_bench(settings_of(tmp_path, urls), tmp_path) as bench,
        bench.polling(workers) as polling,
    ):
        assert [one.url for one in await polling.poll_due(urls[:2])] == urls[:2]
        # Asked for by name, a feed is polled whether it is due or not.
        assert [one.url for one in await polling.poll(urls[1:])] == urls[1:]
    assert len(feed_server.seen) == 4


async def test_two_polls_of_a_feed_at_once_make_no_copies(poller: Poller) -> None:
    poller.serve(item(1), item(2))
    # The third leaves what is being polled by then to who is at it.
    first, second, third = await asyncio.gather(
        poller.poll(), poller.poll(), poller.polling.poll_due()
    )
    *others, last = sorted(counts(one) for one in (first, second, *third))
    assert last == ("updated", 2, 0)
    assert set(others) == {("unchanged", 0, 2)}
    assert await poller.titles() == ["Story 2", "Story 1"]


async def test_a_feed_that_hangs_delays_no_other(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    hold = threading.Event()
    feed_server.replies = {
        "/hangs": Reply(rss(item(1)), hold=hold),
        "/works": Reply(rss(item(2))),
    }
    settings = settings_of(
        tmp_path,
        [f"{feed_server.url}/hangs", f"{feed_server.url}/works"],
        polling={"timeout": timedelta(seconds=5)},
    )
    reported: list[str] = []

    def report(result: PollResult) -> None:
        reported.append(result.url)
        hold.set()

    async with open_bench(settings, tmp_path) as bench, bench.polling(workers) as polling:
        results = await polling.poll_due(report=report)
    # The slow one answers once the other is done, and results keep the order of the file.
    assert reported == [f"{feed_server.url}/works", f"{feed_server.url}/hangs"]
    assert [(one.url, one.outcome) for one in results] == [
        (f"{feed_server.url}/hangs", "updated"),
        (f"{feed_server.url}/works", "updated"),
    ]


async def test_a_feed_that_never_answers_fails(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    short = {"timeout": timedelta(seconds=0.2)}
    async with open_poller(feed_server, tmp_path, workers, polling=short) as poller:
        feed_server.replies["/feed"] = Reply(hold=threading.Event())
        result = await poller.poll()
    assert (result.outcome, result.error) == ("failed", "no whole answer within 0.2 s")


class BrokenFetcher:
    """A fetcher with a bug that shows for one path only."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self.backoffs = fetcher.backoffs

    async def fetch(self, request: Request, ready: Callable[[], Awaitable[None]]) -> Response:
        if request.url.endswith("/poison"):
            raise ZeroDivisionError
        return await self._fetcher.fetch(request, ready)


async def test_a_bug_in_one_feed_disturbs_no_other(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool, caplog: pytest.LogCaptureFixture
) -> None:
    feed_server.replies["/works"] = Reply(rss(item(1)))
    settings = settings_of(tmp_path, [f"{feed_server.url}/poison", f"{feed_server.url}/works"])
    async with (
        open_bench(settings, tmp_path) as bench,
        bench.polling(workers, BrokenFetcher) as polling,  # type: ignore[arg-type]
    ):
        poison, works = await polling.poll_due()
        assert (await bench.feed(poison.url))["failures"] == 1
    assert (poison.outcome, poison.error) == ("failed", "a bug: ZeroDivisionError")
    assert counts(works) == ("updated", 1, 0)
    (bug,) = [record for record in caplog.records if record.exc_info]
    assert bug.levelno == logging.ERROR
    assert bug.__dict__["fields"] == {"feed": poison.url}
    assert "ZeroDivisionError" in caplog.text


async def test_a_feed_that_stalls_the_parser_disturbs_no_other(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    feed_server.replies = {
        "/stalls": Reply(stalling(100_000)),
        "/works": Reply(rss(item(1))),
    }
    settings = settings_of(tmp_path, [f"{feed_server.url}/stalls", f"{feed_server.url}/works"])
    with closing(WorkerPool(2, task_seconds=1)) as workers:
        async with open_bench(settings, tmp_path) as bench, bench.polling(workers) as polling:
            stalls, works = await polling.poll_due()
    assert (stalls.outcome, stalls.error) == ("failed", "parsing took longer than 1 s")
    assert counts(works) == ("updated", 1, 0)


async def test_a_poll_is_one_line_of_the_log(
    poller: Poller, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "digest")
    poller.serve(item(1))
    await poller.poll()
    poller.server.replies["/feed"] = Reply(status=500)
    await poller.poll()
    lines = [(one.levelname, one.getMessage(), one.__dict__["fields"]) for one in caplog.records]
    assert lines == [
        ("INFO", "polled", {"feed": "A feed", "outcome": "updated", "new": 1, "status": 200}),
        (
            "WARNING",
            "polled",
            {
                "feed": "A feed",
                "outcome": "failed",
                "status": 500,
                "error": "answered 500 Internal Server Error",
            },
        ),
    ]


async def test_configured_headers_are_sent(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    def answer(seen: Seen) -> Reply:
        allowed = seen.headers.get("Authorization") == "Bearer s3cret"
        return Reply(rss(item(1))) if allowed else Reply(status=401)

    feed_server.replies["/feed"] = answer
    secret = {"headers": {"Authorization": "Bearer s3cret"}}
    async with open_poller(feed_server, tmp_path, workers, feed=secret) as poller:
        assert counts(await poller.poll()) == ("updated", 1, 0)


def picky(seen: Seen) -> Reply:
    """What a server says that refuses to be asked for changes only."""
    if {"If-None-Match", "If-Modified-Since"} & seen.headers.keys():
        return Reply("I do not accept If-None-Match", 400)
    return Reply(rss(item(1)), headers={"ETag": '"a"'})


async def test_a_server_that_refuses_validators_is_asked_without_them(poller: Poller) -> None:
    poller.server.replies["/feed"] = picky
    asked = []
    for _ in range(20):
        before = len(poller.server.seen)
        assert (await poller.poll()).outcome in {"updated", "unchanged"}
        asked.append(len(poller.server.seen) - before)
        poller.bench.clock.turn(days=1)
    # Tried again after eight days each, since servers are mended.
    assert asked == [1, 2, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 2, 1, 1]


async def test_a_feed_that_fails_is_not_asked_twice_a_poll(poller: Poller) -> None:
    poller.serve(item(1), ETag='"a"')
    await poller.poll()
    poller.server.replies["/feed"] = Reply("no", 403)
    asked = []
    for _ in range(3):
        before = len(poller.server.seen)
        assert (await poller.poll()).status == 403
        asked.append(len(poller.server.seen) - before)
    assert asked == [2, 1, 1]
    poller.serve(item(2), item(1), ETag='"a"')
    assert counts(await poller.poll()) == ("updated", 1, 1)
    poller.server.replies["/feed"] = Reply(status=304)
    assert (await poller.poll()).outcome == "not_modified"


async def test_after_eight_days_of_304_all_is_asked_for_once(poller: Poller) -> None:
    """As of a Last-Modified of the future, which no change is newer than."""
    entries = [item(1)]

    def answer(seen: Seen) -> Reply:
        if "If-Modified-Since" in seen.headers:
            return Reply(status=304)
        headers = {"Last-Modified": "Sat, 16 Nov 2041 19:11:00 GMT"}
        return Reply(rss(*entries), headers=headers)

    poller.server.replies["/feed"] = answer
    statuses = []
    for day in range(20):
        result = await poller.poll()
        statuses.append(result.status)
        if day == 0:
            entries.insert(0, item(2))
        poller.bench.clock.turn(days=1)
    assert [day for day, status in enumerate(statuses) if status == 200] == [0, 8, 16]
    assert await poller.titles() == ["Story 1", "Story 2"]


async def test_who_has_304_for_everything_fails_now_and_then(poller: Poller) -> None:
    poller.serve(item(1), ETag='"a"')
    await poller.poll()
    poller.server.replies["/feed"] = Reply(status=304)
    outcomes = []
    for _ in range(12):
        poller.bench.clock.turn(days=1)
        outcomes.append((await poller.poll()).outcome)
    assert outcomes == ["not_modified"] * 7 + ["failed", "not_modified"] * 2 + ["failed"]
