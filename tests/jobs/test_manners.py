"""Manners, as a publisher counts them: one that follows a script and notes every request."""

from __future__ import annotations

import itertools
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from digest import PROJECT_URL, __version__
from tests.feed_xml import NOW, item, rss
from tests.jobs.bench import open_bench, settings_of
from tests.jobs.poller import Poller
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from digest.model import PollResult
    from digest.workers.pool import WorkerPool
    from tests.servers import HttpServer, Seen

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
Validators = tuple[str | None, str | None]
NONE: Validators = (None, None)


@dataclass(frozen=True)
class Step:
    """One answer: its status, what of a feed it has, and its validators."""

    status: int = 200
    body: str = ""
    etag: str | None = None
    modified: str | None = None
    retry_after: str | None = None
    location: str | None = None

    @property
    def reply(self) -> Reply:
        said = {
            "ETag": self.etag,
            "Last-Modified": self.modified,
            "Retry-After": self.retry_after,
            "Location": self.location,
        }
        headers = {name: value for name, value in said.items() if value is not None}
        return Reply(self.body, self.status, headers | {"Set-Cookie": "reader=1; Path=/"})


def feed(number: int) -> str:
    return rss(*(item(n) for n in range(number, number + 5)))


@dataclass
class Publisher:
    """Follows a script, and knows what a request must carry at each step."""

    clock: Callable[[], datetime]
    steps: Iterator[Step]
    given: Validators = NONE
    asked: list[tuple[datetime, Seen]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    eligible: int = 0

    def __call__(self, request: Seen) -> Reply:
        step = next(self.steps)
        self.asked.append((self.clock(), request))
        sent = conditions(request)
        self.eligible += self.given != NONE
        if sent != self.given:
            self.wrong.append(f"request {len(self.asked)}: {sent} in the place of {self.given}")
        if step.status == 304 and sent == NONE:
            step = replace(step, status=200, body=feed(len(self.asked)))
        self._give(step)
        return step.reply

    def _give(self, step: Step) -> None:
        etag, modified = self.given
        if step.status == 304:
            self.given = step.etag or etag, step.modified or modified
        elif step.status == 200 and step.body.endswith("</rss>") and "<item>" in step.body:
            self.given = step.etag, step.modified

    @property
    def gaps(self) -> list[timedelta]:
        times = [at for at, _ in self.asked]
        return [later - earlier for earlier, later in itertools.pairwise(times)]


def conditions(request: Seen) -> Validators:
    return request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")


async def poll_when_due(poller: Poller) -> PollResult:
    """Start anew shortly before a feed is due, and poll what is due until it is polled."""
    due = (await poller.row())["next_poll_at"]
    poller.clock.now = max(poller.clock.now, due - timedelta(microseconds=1))
    await poller.restart()
    if poller.clock.now < due:
        assert await poller.polling.poll_due() == []
        poller.clock.now = due
    (result,) = await poller.polling.poll_due()
    return result


ETAGS = (
    *('"plain"', 'W/"weak"', "no-quotes", '"with a space"', '"with \\ and , and ;"', '""', "'one'"),
    *(f'"{"long" * 1_000}"', '"gzip-"', 'w/"small"', '"', "W/", '"a" "b"', "0", '"\xc3\xa9"'),
)
DATES = ("Mon, 16 Nov 2026 09:00:00 GMT", "yesterday", "2026-11-16", "Mon, 16-Nov-26 09:00:00 UTC")
THREE_HOURS = timedelta(hours=3)


def script() -> Iterator[Step]:
    """Fifty answers, of which every other changes something."""
    number = itertools.count()
    etags, dates = itertools.cycle(ETAGS), itertools.cycle(DATES)

    def whole(etag: str | None = None, modified: str | None = None) -> Step:
        return Step(200, feed(next(number)), etag, modified)

    yield whole()
    for etag in ETAGS:
        yield whole(etag, next(dates))
    yield whole(modified=DATES[0])
    for n in itertools.count():
        yield whole(next(etags))
        yield Step(304)
        yield Step(304, etag=next(etags))
        yield Step(500, feed(next(number)), next(etags), next(dates))
        yield whole(next(etags), next(dates))
        yield Step(429, retry_after="10800", etag=next(etags))
        yield Step(304, modified=next(dates))
        yield Step(200, feed(next(number))[:-30], next(etags), next(dates))
        yield Step(200, rss(), next(etags), next(dates))
        yield whole(modified=next(dates))
        in_three_hours = format_datetime(datetime.now(UTC) + THREE_HOURS, usegmt=True)
        yield Step(503, retry_after=in_three_hours, etag=next(etags))
        yield Step(304) if n % 2 else whole()


async def test_fifty_polls_with_restarts_in_between(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    async with Poller(feed_server, tmp_path, workers, polling={"every": "2h"}) as poller:
        publisher = Publisher(poller.clock, script())
        feed_server.replies["/feed"] = publisher
        results = [await poll_when_due(poller) for _ in range(50)]
    requests = [seen for _, seen in publisher.asked]
    assert len(requests) == 50
    assert publisher.wrong == []
    assert publisher.eligible > 40
    assert {seen.path for seen in requests} == {"/feed"}
    names = {name.title() for seen in requests for name in seen.headers}
    assert not names & {"Cookie", "Referer", "Cache-Control", "Pragma"}
    assert {seen.headers["User-Agent"] for seen in requests} == {
        f"digest/{__version__} (+{PROJECT_URL})"
    }
    assert min(publisher.gaps) >= 2 * HOUR
    told_to_wait = [
        gap
        for gap, result in zip(publisher.gaps, results, strict=False)
        if result.status in {429, 503}
    ]
    assert len(told_to_wait) >= 4
    # The date has no parts of a second.
    assert min(told_to_wait) >= THREE_HOURS - timedelta(seconds=2)
    assert {one.outcome for one in results} >= {"updated", "not_modified", "unchanged", "failed"}
    assert {one.outcome for one in results if one.status == 429} == {"postponed"}


async def test_validators_are_those_of_the_last_whole_answer(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    body = feed(1)
    steps = [Step(200, body, '"a"', DATES[0]), Step(200, body, modified=DATES[0]), Step(304)]
    async with Poller(feed_server, tmp_path, workers) as poller:
        publisher = Publisher(poller.clock, iter(steps))
        feed_server.replies["/feed"] = publisher
        for _ in steps:
            await poll_when_due(poller)
    assert publisher.wrong == []


async def test_cookies_are_not_kept_and_pages_not_named(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    async with Poller(feed_server, tmp_path, workers) as poller:
        poller.answer(Step(302, location="/elsewhere").reply)
        for n in range(2):
            feed_server.replies["/elsewhere"] = Step(200, feed(n)).reply
            assert (await poller.poll(hours=2)).outcome == "updated"
    assert len(feed_server.seen) == 4
    assert not any("Referer" in seen.headers for seen in feed_server.seen)
    # They are for the hops of one poll.
    cookies = [seen.headers.get("Cookie") for seen in feed_server.seen]
    assert cookies == [None, "reader=1", None, "reader=1"]


@pytest.mark.parametrize("etag", ["\xe9", "a\tb"])
async def test_what_cannot_be_sent_back_as_it_came_is_not_sent(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool, etag: str
) -> None:
    async with Poller(feed_server, tmp_path, workers) as poller:
        for n in range(2):
            poller.answer(Step(200, feed(n), f'"{etag}"', DATES[0]).reply)
            await poll_when_due(poller)
    assert conditions(feed_server.seen[-1]) == (None, DATES[0])


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("seconds", [7 * 3_600, 20 * 86_400])
async def test_retry_after_is_kept_over_a_restart(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool, status: int, seconds: int
) -> None:
    async with Poller(feed_server, tmp_path, workers) as poller:
        poller.answer(Step(status, retry_after=str(seconds)).reply)
        await poll_when_due(poller)
        poller.clock.turn(seconds=seconds - 1)
        await poller.restart()
        assert await poller.polling.poll_due() == []
        await poll_when_due(poller)
    assert len(feed_server.seen) == 2


async def test_retry_after_is_for_the_host(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    urls = [f"{feed_server.url}/{n}" for n in range(3)]
    busy = Step(429, retry_after="3600").reply
    feed_server.replies = {f"/{n}": busy for n in range(3)}
    settings = settings_of(tmp_path, urls, polling={"per_host": 1})
    async with open_bench(settings, tmp_path) as bench, bench.polling(workers) as polling:
        results = await polling.poll_due()
    assert [one.outcome for one in results] == ["postponed"] * 3
    assert len(feed_server.seen) == 1


@dataclass
class Counter:
    """Answers slowly enough for others to come at the same time, and counts who is there."""

    reply: Reply
    open: int = 0
    most: int = 0
    times: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, _: Seen) -> Reply:
        with self.lock:
            self.open += 1
            self.most = max(self.most, self.open)
            self.times.append(time.monotonic())
        # Whoever does not wait for this answer is here before it is given.
        threading.Event().wait(0.05)
        with self.lock:
            self.open -= 1
        return self.reply


async def test_one_request_at_a_time_and_a_pause_between(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    counter = Counter(Reply(feed(1)))
    urls = [f"{feed_server.url}/{n}" for n in range(2)]
    feed_server.replies = dict.fromkeys(("/0", "/1"), counter)
    settings = settings_of(tmp_path, urls, polling={"per_host": 1})
    async with open_bench(settings, tmp_path) as bench, bench.polling(workers) as polling:
        results = await polling.poll_due()
    assert [one.outcome for one in results] == ["updated"] * 2
    first, second = counter.times
    assert counter.most == 1
    assert second - first >= 1


# Moving.


@pytest.fixture
async def moving(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> AsyncIterator[Poller]:
    """A feed with one entry, which moved to /new for good."""
    async with Poller(feed_server, tmp_path, workers, polling={"every": "1h"}) as poller:
        poller.answer(Step(301, location="/new").reply)
        feed_server.replies["/new"] = Step(200, feed(1), '"new"').reply
        yield poller


async def paths(poller: Poller, **later: float) -> list[str]:
    """What a poll asks for, after a restart."""
    poller.clock.turn(**later)
    await poller.restart()
    asked = len(poller.server.seen)
    await poller.poll()
    return [seen.path for seen in poller.server.seen[asked:]]


OLD_FIRST = ["/feed", "/new"]


async def test_a_permanent_redirect_is_remembered_after_three_answers_and_a_day(
    moving: Poller,
) -> None:
    assert await paths(moving) == OLD_FIRST
    assert await paths(moving, hours=23) == OLD_FIRST
    assert await paths(moving, minutes=59) == OLD_FIRST
    assert await paths(moving, minutes=1) == ["/new"]
    assert conditions(moving.server.seen[-1]) == ('"new"', None)
    assert await paths(moving, days=30) == ["/new"]


async def test_two_answers_are_not_enough_however_far_apart(moving: Poller) -> None:
    assert await paths(moving) == OLD_FIRST
    assert await paths(moving, days=9) == OLD_FIRST
    assert await paths(moving, hours=1) == OLD_FIRST
    assert await paths(moving, hours=1) == ["/new"]


@pytest.mark.parametrize(
    "other",
    [
        Step(302, location="/new"),
        Step(301, location="/newer"),
        Step(200, feed(1)),
    ],
    ids=["temporary", "elsewhere", "back"],
)
async def test_another_answer_in_between_begins_anew(moving: Poller, other: Step) -> None:
    moving.server.replies["/newer"] = Step(200, feed(1)).reply
    for hours in (0, 5):
        assert await paths(moving, hours=hours) == OLD_FIRST
    moving.answer(other.reply)
    assert (await paths(moving, hours=5))[0] == "/feed"
    moving.answer(Step(301, location="/new").reply)
    for hours in (20, 5, 5):
        assert await paths(moving, hours=hours) == OLD_FIRST
    assert await paths(moving, hours=13) == OLD_FIRST
    assert await paths(moving, hours=1) == ["/new"]


async def settle(moving: Poller) -> None:
    for _ in range(4):
        await paths(moving, hours=12)
    assert await paths(moving, hours=12) == ["/new"]


@pytest.mark.parametrize("status", [404, 410])
async def test_a_move_is_forgotten_where_the_new_place_has_nothing(
    moving: Poller, status: int
) -> None:
    await settle(moving)
    moving.server.replies["/new"] = Reply(status=status)
    moving.answer(Step(200, feed(1)).reply)
    assert await paths(moving, hours=2) == ["/new"]
    # Not gone: it is asked for at its own address, when that is due.
    result = await poll_when_due(moving)
    assert (result.outcome, result.new) == ("unchanged", 0)
    assert moving.server.seen[-1].path == "/feed"


@pytest.mark.parametrize("status", [500, 503])
async def test_a_move_is_not_forgotten_for_a_hiccup(moving: Poller, status: int) -> None:
    await settle(moving)
    moving.server.replies["/new"] = Reply(status=status)
    assert await paths(moving, hours=2) == ["/new"]
    assert await paths(moving, hours=2) == ["/new"]


async def test_a_redirect_that_leads_to_no_feed_is_not_counted(moving: Poller) -> None:
    moving.server.replies["/new"] = Reply("<html>")
    for _ in range(4):
        assert await paths(moving, hours=12) == OLD_FIRST
    moving.server.replies["/new"] = Step(200, feed(1)).reply
    assert await paths(moving, hours=12) == OLD_FIRST


def since(modified: datetime, body: str) -> Callable[[Seen], Reply]:
    """A server that compares dates, as most do."""
    stamp = format_datetime(modified, usegmt=True)

    def answer(request: Seen) -> Reply:
        asked = request.headers.get("If-Modified-Since")
        if asked and parsedate_to_datetime(asked) >= modified:
            return Reply(status=304)
        return Reply(body, headers={"Last-Modified": stamp})

    return answer


async def test_validators_of_one_place_are_not_told_to_another(moving: Poller) -> None:
    moving.server.replies["/new"] = since(NOW, feed(1))
    assert (await moving.poll()).new == 5
    # Back at its own address, the feed is older there, and not the same.
    moving.server.replies["/feed"] = since(NOW - DAY, feed(3))
    assert (await moving.poll(hours=2)).new == 2


# Gone.


async def gone_incidents(poller: Poller) -> list[bool]:
    rows = await poller.query("SELECT closed_at IS NULL FROM incidents WHERE kind = 'gone'")
    return [bool(is_open) for (is_open,) in rows]


async def test_a_feed_that_is_gone_is_not_polled_any_more_until_someone_asks(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    async with Poller(feed_server, tmp_path, workers) as poller:
        poller.serve(item(1), ETag='"a"')
        await poll_when_due(poller)
        poller.answer(Reply(status=410))
        assert (await poll_when_due(poller)).outcome == "failed"
        assert await gone_incidents(poller) == [True]
        for _ in range(3):
            poller.clock.turn(days=40)
            await poller.restart()
            assert await poller.polling.poll_due() == []
        assert len(feed_server.seen) == 2
        # Asked for by hand it is polled, and it is still one incident.
        assert (await poller.poll()).status == 410
        assert await gone_incidents(poller) == [True]
        poller.serve(item(2), item(1))
        result = await poller.poll(hours=2)
        assert (result.outcome, result.new, result.known) == ("updated", 1, 1)
        assert conditions(feed_server.seen[-1]) == ('"a"', None)
        assert await gone_incidents(poller) == [False]
        assert (await poll_when_due(poller)).outcome == "unchanged"


async def test_a_304_revives_a_feed_that_was_gone(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    async with Poller(feed_server, tmp_path, workers) as poller:
        poller.serve(item(1), ETag='"a"')
        await poller.poll()
        poller.answer(Reply(status=410))
        await poller.poll(hours=2)
        poller.answer(Reply(status=304))
        await poller.poll(hours=2)
        assert await gone_incidents(poller) == [False]
        assert (await poll_when_due(poller)).outcome == "not_modified"


async def test_what_is_gone_behind_a_temporary_redirect_may_come_back(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    async with Poller(feed_server, tmp_path, workers) as poller:
        feed_server.replies["/away"] = Reply(status=410)
        for status, gone in ((302, False), (301, True)):
            poller.answer(Reply(status=status, headers={"Location": "/away"}))
            assert (await poller.poll(hours=1)).status == 410
            assert ((await poller.row())["gone_at"] is not None) is gone


async def test_a_move_is_forgotten_where_the_new_place_is_parked(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    async with Poller(feed_server, tmp_path, workers) as poller:
        poller.answer(Reply(status=301, headers={"Location": "/new"}))
        feed_server.replies["/new"] = Reply(feed(1))
        for _ in range(4):
            await poller.poll(hours=10)
        feed_server.replies["/new"] = Reply("<!doctype html><html>For sale</html>")
        feed_server.replies["/feed"] = Reply(feed(2))
        outcomes = [(await poller.poll(days=1)).outcome for _ in range(2)]
    assert outcomes == ["failed", "updated"]
