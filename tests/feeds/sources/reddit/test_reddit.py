"""What only Reddit has: feeds of several subreddits, a reader's own token, one request a minute."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from digest.app.runtime import feed_urls
from digest.cli.source_names import source_named
from digest.config.sources.reddit import RedditSettings
from digest.errors import UsageError
from digest.feeds.sources import reddit
from tests.config.files import CHANNELS, DIGESTS, load, refusal
from tests.feed_xml import NOW
from tests.feeds.sources.stand_in import documented, polled
from tests.jobs.bench import StoppedClock
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.servers import HttpServer, Seen

TOKEN = "0123abcdS3cretFeedT0ken"
FEED = (Path(__file__).parent / "two" / "first.xml").read_bytes()


def settings(**given: Any) -> RedditSettings:
    return RedditSettings.model_validate({"kind": "reddit", **given})


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"subreddits": "python"}, "/r/python/.rss?limit=25"),
        ({"subreddits": ["Bb", "aa"]}, "/r/Bb+aa/.rss?limit=25"),
        ({"subreddits": "r/python", "sort": "new", "limit": 100}, "/r/python/new/.rss?limit=100"),
        ({"subreddits": "python", "sort": "top"}, "/r/python/top/.rss?limit=25&t=day"),
        (
            {"subreddits": "python", "sort": "top", "top": "month"},
            "/r/python/top/.rss?limit=25&t=month",
        ),
        (
            {"subreddits": "python", "user": "ada", "token": TOKEN},
            "/r/python/.rss?limit=25&user=ada",
        ),
    ],
)
def test_several_subreddits_are_one_request(given: dict[str, Any], path: str) -> None:
    request = reddit.SOURCE.request(settings(**given), None, NOW)

    assert request.url == f"https://www.reddit.com{path}"
    assert request.secret_query == ({"feed": TOKEN} if "token" in given else {})


@pytest.mark.parametrize(
    ("short", "address"),
    [
        ("reddit:selfhosted", "reddit:selfhosted"),
        ("reddit:SelfHosted+python", "reddit:python+selfhosted"),
        ("reddit:python+r/aww+Python:new", "reddit:aww+python:new"),
        ("reddit:python:top:day", "reddit:python:top"),
        ("reddit:python:top:week", "reddit:python:top:week"),
    ],
)
def test_short_forms(short: str, address: str) -> None:
    assert source_named(short).address == address


def test_commands_and_digests_take_any_spelling(tmp_path: Path) -> None:
    digests = DIGESTS.replace("}}", ', feeds: ["reddit:python+SelfHosted"]}}')
    loaded = load(tmp_path, f"feeds: [reddit:selfhosted+Python]\n{CHANNELS}{digests}")

    assert feed_urls(loaded, ["reddit:Python+selfhosted"], {}) == ["reddit:python+selfhosted"]
    assert len(loaded.feeds_of("weekly")) == 1


@pytest.mark.parametrize("short", ["reddit:", "reddit:a b", "reddit:aa:best", "reddit:aa:new:week"])
def test_short_forms_that_are_none(short: str) -> None:
    with pytest.raises(UsageError, match="reddit"):
        source_named(short)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("subreddits: [a b]", "must be names of subreddits"),
        ("subreddits: []", "must be names of subreddits"),
        ("subreddits: aa, top: week", "top goes with sort: top"),
        ("subreddits: aa, user: ada", "give user and token together"),
        (f"subreddits: aa, token: {TOKEN}", "give user and token together"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, given: str, words: str) -> None:
    error = refusal(tmp_path, f"feeds:\n  - {{kind: reddit, {given}}}\n{CHANNELS}{DIGESTS}")

    (problem,) = error.problems
    assert (problem.line, words in problem.message) == (2, True)
    assert TOKEN not in str(error)


class Service:
    """Reddit: a request a minute for whoever has no token, with its headers, and 429 for others."""

    def __init__(self, clock: StoppedClock) -> None:
        self.clock = clock
        self.last: datetime | None = None
        self.refused = 0

    def __call__(self, seen: Seen) -> Reply:
        left = timedelta(minutes=1) - (self.clock.now - self.last if self.last else timedelta(1))
        if f"feed={TOKEN}" in seen.path:
            return Reply(FEED, headers={"x-ratelimit-remaining": "99.0"})
        wait = max(left.total_seconds(), 0) or 60
        limits = {"x-ratelimit-used": "1", "x-ratelimit-remaining": "0.0"}
        limits["x-ratelimit-reset"] = str(int(wait))
        if left > timedelta(0):
            self.refused += 1
            return Reply("<!doctype html>Too Many Requests", 429, limits)
        self.last = self.clock.now
        return Reply(FEED, headers=limits)


async def test_ten_sources_take_their_turns_within_ten_minutes(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    service = Service(clock)
    feeds = [f"reddit:sub{number}" for number in range(10)]

    async with polled(feed_server, service, feeds, tmp_path, clock) as sources:
        results = [await sources.poll_due(minutes=1) for _ in range(12)]
        states = [await sources.bench.feed(feed.address) for feed in sources.bench.settings.feeds]

    by_minute = [sum(each.outcome == "updated" for each in minute) for minute in results]
    assert by_minute[:10] == [1] * 10
    assert {each.outcome for minute in results for each in minute} == {"updated", "postponed"}
    assert {state["failures"] for state in states} == {0}
    assert service.refused == 0


@pytest.mark.parametrize(
    ("sort", "missed"), [("new", True), ("hot", False), ("top", False), ("rising", False)]
)
async def test_only_of_the_newest_posts_some_can_be_missed(
    feed_server: HttpServer, tmp_path: Path, sort: str, *, missed: bool
) -> None:
    clock = StoppedClock()
    number = count()

    def others(_: Seen) -> Reply:
        """A list that shares no post with the one before."""
        return Reply(FEED.replace(b"t3_1", b"t3_1%d_" % next(number)).replace(b"1aa", b"2bb"))

    async with polled(feed_server, others, [f"reddit:python:{sort}"], tmp_path, clock) as sources:
        for _ in range(3):
            await sources.poll(hours=1)
        (feed,) = sources.bench.settings.feeds
        assert bool((await sources.bench.feed(feed.address))["missed_at"]) == missed


async def test_a_reader_s_own_token_is_sent_and_kept_nowhere(
    feed_server: HttpServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clock = StoppedClock()
    feeds = [
        {"kind": "reddit", "subreddits": ["selfhosted", "Python"], "user": "ada", "token": TOKEN}
    ]

    async with polled(feed_server, Service(clock), feeds, tmp_path, clock) as sources:
        (result,) = await sources.poll()
        shown = repr(await sources.bench.pending()) + repr(sources.bench.settings) + repr(result)

    assert result.new == 5
    (seen,) = feed_server.seen
    assert seen.path == f"/r/selfhosted+Python/.rss?limit=25&user=ada&feed={TOKEN}"
    assert TOKEN not in shown + caplog.text
    assert TOKEN.encode() not in stored(tmp_path)


async def test_the_example_of_the_documentation_is_polled(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    clock = StoppedClock()
    feeds = documented("Reddit")

    async with polled(feed_server, lambda _: Reply(FEED), feeds, tmp_path, clock) as sources:
        assert [result.new for result in await sources.poll()] == [5, 5]


def stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("digest.db*"))


@pytest.mark.parametrize(
    ("status", "more", "words"),
    [
        (403, {}, "give user and token, which are at https://www.reddit.com/prefs/feeds"),
        (403, {"user": "ada", "token": TOKEN}, "look for a slip in user and token"),
        (404, {}, "there is no such subreddit, or it is private or banned"),
    ],
)
async def test_a_failure_says_how_it_is_mended(
    feed_server: HttpServer, tmp_path: Path, status: int, more: dict[str, str], words: str
) -> None:
    clock = StoppedClock()
    feeds = [{"kind": "reddit", "subreddits": "python", **more}]

    def refuse(_: Seen) -> Reply:
        return Reply("You've been blocked by network security.", status)

    async with polled(feed_server, refuse, feeds, tmp_path, clock) as sources:
        (result,) = await sources.poll()

    assert result.outcome == "failed"
    assert (result.error or "").partition("; ")[2].startswith(words)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "give user and token, which are at https://www.reddit.com/"),
        ({"user": "ada", "token": TOKEN}, "poll it less often"),
    ],
)
async def test_who_has_to_wait_hears_what_is_allowed_more(
    feed_server: HttpServer, tmp_path: Path, more: dict[str, str], words: str
) -> None:
    feeds = [{"kind": "reddit", "subreddits": "python", **more}]

    async with polled(
        feed_server, lambda _: Reply("", 429), feeds, tmp_path, StoppedClock()
    ) as sources:
        finding = await sources.check()

    assert finding.verdict == "warn"
    assert finding.remedy.startswith(words)
