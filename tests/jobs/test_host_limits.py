"""Hosts that allow so many requests, over days that a test turns."""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from digest.feeds.http.fetch import Fetcher, FetchLimits
from digest.jobs.poll import PollJob
from tests.feed_xml import NOW, item, rss
from tests.jobs.bench import Bench, InPlace, StoppedClock, open_bench, settings_of
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from digest.model import HostBackoff, PollResult
    from tests.servers import HttpServer, Seen

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
FEED = rss(item(1))


@dataclass
class LimitedHost:
    """Allows so many requests an hour; `headers` tell of the limit, by what is left of it."""

    clock: StoppedClock
    allowed: int
    headers: Callable[[int, timedelta], dict[str, str]]
    asked: list[tuple[datetime, str]] = field(default_factory=list)
    refused: int = 0

    def __call__(self, request: Seen) -> Reply:
        self.asked.append((self.clock(), request.path))
        hour = self._hour(self.clock())
        number = sum(self._hour(at) == hour for at, _ in self.asked)
        left = max(self.allowed - number, 0)
        headers = self.headers(left, NOW + (hour + 1) * HOUR - self.clock())
        if number > self.allowed:
            self.refused += 1
            return Reply(status=429, headers=headers)
        if "If-None-Match" in request.headers:
            return Reply(status=304, headers=headers)
        return Reply(FEED, headers={"ETag": '"a"', **headers})

    @staticmethod
    def _hour(at: datetime) -> int:
        return (at - NOW) // HOUR

    @property
    def gaps(self) -> dict[str, list[timedelta]]:
        """How long it was from each request of a feed to its next, and to the end of all."""
        times: dict[str, list[datetime]] = defaultdict(list)
        for at, path in self.asked:
            times[path].append(at)
        last = self.asked[-1][0]
        return {
            path: [later - sooner for sooner, later in pairwise([*asked, last])]
            for path, asked in times.items()
        }

    @property
    def most_in_an_hour(self) -> int:
        return max(Counter(self._hour(at) for at, _ in self.asked).values())


def seconds_left(left: int, reset: timedelta) -> dict[str, str]:
    """As Reddit has it."""
    return {
        "X-RateLimit-Remaining": f"{left}.0",
        "X-RateLimit-Reset": f"{reset.total_seconds():.1f}",
    }


def nothing_said(left: int, reset: timedelta) -> dict[str, str]:
    del left, reset
    return {}


@dataclass
class Daemon:
    """Polls what is due, each minute of a clock that is turned."""

    bench: Bench
    polling: PollJob
    results: list[PollResult] = field(default_factory=list)

    async def run(self, **span: float) -> None:
        end = self.bench.clock() + timedelta(**span)
        while self.bench.clock() < end:
            self.results += await self.polling.poll_due()
            # Minutes in which nothing is due are as good as over.
            soonest = min([row["next_poll_at"] for row in await self.rows()])
            minutes = max((soonest - self.bench.clock()) // MINUTE, 1)
            self.bench.clock.turn(minutes=minutes)
        self.bench.clock.now = end

    async def rows(self) -> list[dict[str, Any]]:
        health = await self.bench.store.transact(lambda store: store.health.read())
        return list(health.feeds.values())

    async def backoffs(self) -> list[HostBackoff]:
        return await self.bench.store.transact(lambda store: store.hosts.backoffs())

    async def failures(self) -> int:
        return sum(row["failures"] for row in await self.rows())


@asynccontextmanager
async def open_daemon(
    folder: Path,
    urls: list[str],
    clock: StoppedClock,
    per_host: int = 1,
    **feed: Any,
) -> AsyncIterator[Daemon]:
    settings = settings_of(folder, [{"url": url, **feed} for url in urls])
    limits = FetchLimits(20.0, 1_000_000, concurrency=20, per_host=per_host, pause=0.0)
    async with (
        open_bench(settings, folder, clock) as bench,
        Fetcher(limits, "digest/test", clock=clock) as fetcher,
    ):
        yield Daemon(bench, PollJob(bench.context(), fetcher, InPlace()))


def serve(server: HttpServer, number: int, host: Callable[[Seen], Reply]) -> list[str]:
    paths = [f"/{n}" for n in range(number)]
    server.replies |= dict.fromkeys(paths, host)
    return [server.url + path for path in paths]


def said(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [
        record.__dict__["fields"]
        for record in caplog.records
        if record.getMessage() == "host allows no more requests"
    ]


async def test_a_hundred_feeds_share_what_their_host_allows(
    feed_server: HttpServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    clock = StoppedClock()
    host = LimitedHost(clock, 60, seconds_left)
    urls = serve(feed_server, 100, host)
    async with open_daemon(tmp_path, urls, clock) as daemon:
        await daemon.run(days=1)
        assert await daemon.failures() == 0
    assert host.refused == 0
    assert 55 <= host.most_in_an_hour <= 60
    assert not [each for each in daemon.results if each.outcome == "failed"]
    # Nearly all that is allowed is used, and each feed is asked in turn.
    assert len(host.asked) >= 22 * 60
    assert len(host.gaps) == 100
    assert max(gap for gaps in host.gaps.values() for gap in gaps) < 3 * HOUR
    lines = said(caplog)
    assert 20 <= len(lines) <= 24
    assert len({line["until"] for line in lines}) == len(lines)
    # The one that was answered last may not be recorded yet, and is counted then.
    assert 40 <= lines[0]["feeds"] <= 41
    assert {line["host"] for line in lines} == {feed_server.url.removeprefix("http://")}


@pytest.mark.parametrize("per_host", [0, 1])
async def test_a_storm_of_refusals_is_asked_ever_less(
    feed_server: HttpServer, tmp_path: Path, caplog: pytest.LogCaptureFixture, per_host: int
) -> None:
    clock = StoppedClock()
    host = LimitedHost(clock, 0, nothing_said)
    urls = serve(feed_server, 100, host)
    async with open_daemon(tmp_path, urls, clock, per_host) as daemon:
        await daemon.run(days=2)
        assert await daemon.failures() == 0
    # As many as may be under way at once, before the first answer.
    first = sum(at == NOW for at, _ in host.asked)
    assert first <= (1 if per_host else 20)
    later = [at for at, _ in host.asked if at > NOW]
    assert len([at for at in later if at < NOW + HOUR]) <= 6
    assert len(later) <= 16
    # Each time another of them.
    assert len({path for _, path in host.asked}) == len(host.asked)
    assert len(said(caplog)) == len(later) + 1


async def test_a_host_that_allows_requests_again_is_asked_as_usual(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    host = LimitedHost(clock, 0, nothing_said)
    urls = serve(feed_server, 10, host)
    async with open_daemon(tmp_path, urls, clock, per_host=0) as daemon:
        await daemon.run(minutes=5)
        asked, host.allowed = len(host.asked), 1000
        await daemon.run(minutes=70)
        assert {row["last_status"] for row in await daemon.rows()} == {200}
        assert await daemon.backoffs() == []
    # All went at once, and then one at a time, each of its own.
    assert asked == 10
    # None is asked again before its time.
    assert min(gap for gaps in host.gaps.values() for gap in gaps[:-1]) >= HOUR


async def test_a_feed_that_is_always_refused_starves_none_of_its_host(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    host = LimitedHost(clock, 1000, nothing_said)
    urls = serve(feed_server, 5, host)
    feed_server.replies["/0"] = Reply(status=429)
    async with open_daemon(tmp_path, urls, clock) as daemon:
        await daemon.run(hours=12)
    assert set(host.gaps) == {"/1", "/2", "/3", "/4"}
    assert max(gap for gaps in host.gaps.values() for gap in gaps) < 2 * HOUR
    assert len([seen for seen in feed_server.seen if seen.path == "/0"]) <= 12


async def test_a_host_is_left_alone_over_a_restart_and_by_hand(
    feed_server: HttpServer, other_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    busy = Reply(status=429, headers={"Retry-After": "3600"})
    urls = serve(feed_server, 3, lambda _: busy) + serve(other_server, 1, lambda _: Reply(FEED))
    async with open_daemon(tmp_path, urls, clock, every="30m") as daemon:
        results = await daemon.polling.poll_due()
        assert [one.outcome for one in results] == ["postponed"] * 3 + ["updated"]
        assert [one.status for one in results] == [429, None, None, 200]
    clock.turn(minutes=59)
    async with open_daemon(tmp_path, urls, clock, every="30m") as daemon:
        # By hand, due or not.
        results = await daemon.polling.poll(urls)
        host = feed_server.url.removeprefix("http://")
        assert {(one.outcome, one.waits_for, one.waits_until) for one in results[:3]} == {
            ("postponed", host, NOW + HOUR)
        }
        reason = f"waits until 2026-11-16 10:00 UTC, since {host} allows no more requests"
        assert {one.error for one in results[:3]} == {f"{reason} until then"}
        assert results[3].outcome == "unchanged"
        feed_server.replies = dict.fromkeys(feed_server.replies, Reply(FEED))
        assert len(feed_server.seen) == 1
        clock.turn(minutes=1)
        results = await daemon.polling.poll_due()
        # The first had its poll; its next comes as usual.
        assert [one.outcome for one in results] == ["updated"] * 2
        assert await daemon.backoffs() == []
        assert await daemon.failures() == 0


async def test_the_host_that_answered_is_meant(
    feed_server: HttpServer, other_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    away = Reply(status=302, headers={"Location": f"{other_server.url}/there"})
    feed_server.replies = {"/away": away, "/here": Reply(FEED)}
    other_server.replies["/there"] = Reply(FEED)
    urls = [f"{feed_server.url}/away", f"{feed_server.url}/here"]
    async with open_daemon(tmp_path, urls, clock) as daemon:
        await daemon.run(minutes=10)
        other_server.replies["/there"] = Reply(status=429, headers={"Retry-After": "36000"})
        await daemon.run(hours=5)
        asked = len([seen for seen in feed_server.seen if seen.path == "/away"])
        assert asked == 2
        assert len([seen for seen in feed_server.seen if seen.path == "/here"]) >= 5
        assert [each.host for each in await daemon.backoffs()] == [
            other_server.url.removeprefix("http://")
        ]


async def test_those_that_were_not_polled_for_longest_come_first_by_hand_too(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    host = LimitedHost(clock, 1, seconds_left)
    urls = serve(feed_server, 3, host)
    for _ in range(6):
        # As cron starts it.
        async with open_daemon(tmp_path, urls, clock) as daemon:
            await daemon.polling.poll(urls)
        clock.turn(hours=1)
    assert [path for _, path in host.asked] == ["/0", "/1", "/2"] * 2


async def test_a_longer_wait_of_a_request_under_way_is_not_told_again(
    feed_server: HttpServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = StoppedClock()
    urls = [f"{feed_server.url}/{n}" for n in range(3)]
    feed_server.replies = {
        f"/{n}": Reply(status=429, headers={"Retry-After": str(600 * (n + 1))}) for n in range(3)
    }
    async with open_daemon(tmp_path, urls, clock, per_host=3) as daemon:
        await daemon.polling.poll_due()
        (backoff,) = await daemon.backoffs()
    assert (backoff.refusals, backoff.until) == (1, NOW + 30 * MINUTE)
    assert len(said(caplog)) == 1
