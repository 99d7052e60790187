"""Stories wait for their points, and editions have these as they are then."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import AsyncExitStack, asynccontextmanager, closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.app.edition_reasons import explain_draft
from digest.channels import open_channels
from digest.config.sources.hackernews import HackernewsSettings
from digest.feeds.sources import Document, hackernews
from digest.jobs import draft_reader
from digest.jobs.ask_source import SourceClient
from digest.jobs.drafts import Drafter
from digest.jobs.fact_refresh import FactRefresh
from digest.model import Fact
from tests import limits
from tests.databases import as_of
from tests.feeds.sources.conftest import Diverted
from tests.feeds.sources.hackernews.search_api import SearchApi
from tests.jobs.bench import Bench, InPlace, StoppedClock, open_bench, settings_of
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from digest.jobs.poll import PollJob
    from digest.model import Edition

ORIGIN = "https://hn.algolia.com"
BEST = {"kind": "hackernews", "list": "best", "min_points": 100}
DAILY = {"schedule": "daily at 09:00", "send_to": ["vault"], "max_entries": 60}


class Readers:
    """A daily digest of stories, and the service that has them."""

    def __init__(self, api: SearchApi, bench: Bench, polling: PollJob) -> None:
        self.api = api
        self.bench = bench
        self.polling = polling
        self.refresh: FactRefresh | None = None

    async def poll(self, **later: float) -> None:
        self.bench.clock.turn(**later)
        address = self.bench.settings.feeds[0].address
        (result,) = await self.polling.poll([address])
        assert result.outcome in {"updated", "unchanged"}, result

    async def publish(self, **later: float) -> list[str]:
        """The titles of what a daily edition shows, in any order."""
        edition = await self.edition(**later)
        return sorted(story.title for story in edition.stories) if edition else []

    async def edition(self, **later: float) -> Edition | None:
        self.bench.clock.turn(**later)
        refresh = self.refresh or FactRefresh(self.bench.context(), self.polling.sources)
        job = self.bench.publishing(open_channels(self.bench.settings), fact_refresh=refresh)
        published = await job.publish_due()
        if not published:
            return None
        number = published[-1].edition_id
        return await self.bench.store.transact(lambda store: store.editions.load(number))

    async def left_out(self) -> dict[str, str]:
        """Why stories are in no edition for good, by title."""
        query = "SELECT title, rule FROM passed_over JOIN entries ON entries.id = entry_id"
        return dict(await self._rows(query))

    async def why(self) -> list[str]:
        """What `preview --why` says of what is pending."""
        draft = await Drafter(self.bench.context()).edition("daily", self.bench.clock())
        return [fate.line for fate in explain_draft(draft, {}, {})]

    async def _rows(self, query: str) -> list[tuple[Any, ...]]:
        def read(store: Any) -> list[tuple[Any, ...]]:
            with store.database.transaction() as connection:
                return list(map(tuple, connection.exec_driver_sql(query)))

        return await self.bench.store.transact(read)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def api(clock: StoppedClock) -> Iterator[SearchApi]:
    api = SearchApi(clock)
    api.start()
    yield api
    api.stop()


@asynccontextmanager
async def readers_of(
    folder: Path, api: SearchApi, clock: StoppedClock, feed: dict[str, Any], **digest: Any
) -> AsyncIterator[Readers]:
    settings = settings_of(folder, [feed], digests={"daily": DAILY | digest})
    async with AsyncExitStack() as stack:
        bench = await stack.enter_async_context(open_bench(settings, folder, clock))
        polling = bench.polling(InPlace(), lambda real: Diverted(real, api))
        yield Readers(api, bench, await stack.enter_async_context(polling))


@pytest.fixture
async def readers(tmp_path: Path, api: SearchApi, clock: StoppedClock) -> AsyncIterator[Readers]:
    """After a first poll that found nothing worth showing."""
    api.post(1, points=2)
    async with readers_of(tmp_path, api, clock, BEST) as readers:
        await readers.poll()
        yield readers


async def test_a_story_is_shown_by_the_first_edition_at_which_it_has_the_points(
    readers: Readers,
) -> None:
    story = readers.api.post(7, points=40)
    await readers.poll(hours=1)
    assert await readers.publish(hours=23) == []
    assert "waiting: Story 7 (Hacker News: best), has 40 points; min_points is 100;" in str(
        await readers.why()
    )

    # No poll saw it rise: the edition asks.
    story.points, story.comments = 120, 31
    edition = await readers.edition(days=1)

    assert edition is not None
    (shown,) = edition.stories
    assert (shown.title, shown.facts) == ("Story 7", (Fact("points", 120), Fact("comments", 31)))
    story.points = 500
    await readers.poll(hours=1)
    assert await readers.publish(days=1) == []


async def test_what_has_too_few_after_two_days_is_left_out_with_the_reason(
    readers: Readers,
) -> None:
    story = readers.api.post(7, points=40)
    await readers.poll(hours=1)
    for _ in range(3):
        assert await readers.publish(days=1) == []

    assert (await readers.left_out())["Story 7"] == (
        "it had 40 points after 48 h; min_points is 100"
    )
    story.points = 1_000
    await readers.poll(hours=1)
    assert await readers.publish(days=1) == []
    assert await readers.bench.pending("daily") == []


async def test_a_lower_threshold_counts_for_all_that_wait(
    readers: Readers, tmp_path: Path, api: SearchApi, clock: StoppedClock
) -> None:
    for number in (7, 8):
        readers.api.post(number, points=10 * number)
    await readers.poll(hours=1)
    assert await readers.publish(hours=23) == []

    async with readers_of(tmp_path, api, clock, BEST | {"min_points": 75}) as lower:
        assert await lower.publish(days=1) == ["Story 8"]


async def test_one_request_asks_for_the_likeliest_30(
    tmp_path: Path, api: SearchApi, clock: StoppedClock
) -> None:
    for number in range(100, 200):
        api.post(number, points=number - 50)
    async with readers_of(tmp_path, api, clock, BEST) as readers:
        await readers.poll()

        shown = await readers.publish(hours=24)

    _, _ = api.seen
    # Those with the most, and those to whom a few points make the difference.
    (asked,) = api.refreshes
    assert {*map(int, asked)} == {*range(185, 200), *range(135, 150)}
    assert shown == [f"Story {number}" for number in range(150, 200)]


@pytest.mark.parametrize("status", [400, 429, 500])
async def test_where_the_service_is_in_trouble_the_last_poll_counts(
    readers: Readers, status: int
) -> None:
    readers.api.post(7, points=140)
    readers.api.post(8, points=90)
    await readers.poll(hours=1)
    readers.api.status = status

    assert await readers.publish(hours=23) == ["Story 7"]


async def test_an_answer_without_stories_says_nothing_of_them(readers: Readers) -> None:
    for number in (7, 8):
        readers.api.post(number, points=140)
    await readers.poll(hours=1)
    readers.api.items.clear()
    readers.api.post(9)
    await readers.poll(hours=1)

    assert await readers.publish(hours=22) == ["Story 7", "Story 8"]


class Silent(SourceClient):
    """Of a service that never answers."""

    def __init__(self) -> None:
        pass

    async def facts(self, *_: object) -> Any:
        await asyncio.Event().wait()


async def test_a_service_that_does_not_answer_keeps_no_edition(readers: Readers) -> None:
    readers.api.post(7, points=140)
    await readers.poll(hours=1)
    readers.refresh = FactRefresh(readers.bench.context(), Silent(), total_seconds=0.05)

    async with asyncio.timeout(limits.seconds(20)):
        assert await readers.publish(hours=23) == ["Story 7"]


@pytest.mark.parametrize("found_by", ["poll", "refresh"])
async def test_what_is_gone_from_the_service_waits_and_is_left_out(
    readers: Readers, found_by: str
) -> None:
    for number in (7, 8, 9):
        readers.api.post(number, points=150)
    await readers.poll(hours=1)
    del readers.api.items[8]
    vouched = readers.api.items.pop(9)
    readers.api.post(10, points=150)
    # The next list is without them.
    await readers.poll(hours=1)

    assert await readers.publish(hours=22) == ["Story 10", "Story 7"]
    assert "is gone from its source; waits up to 48 h to be there again" in str(await readers.why())

    readers.api.items[9] = vouched
    readers.api.post(11, points=150)
    if found_by == "poll":
        await readers.poll()
        readers.refresh = FactRefresh(readers.bench.context(), Silent(), total_seconds=0.05)
    else:
        # What is found on no list has its points all the same.
        readers.api.post(12, points=10)
    assert "Story 9" in await readers.publish(days=1)
    assert await readers.publish(days=1) == []
    assert (await readers.left_out())["Story 8"] == "it was gone from its source after 48 h"


async def test_what_the_last_poll_had_is_not_gone(readers: Readers) -> None:
    # Jobs and polls may not be found by their numbers.
    for number in (7, 8):
        readers.api.post(number, points=150)
    await readers.poll(hours=1)
    del readers.api.items[8]

    assert await readers.publish(hours=23) == ["Story 7", "Story 8"]


async def test_killed_between_refresh_and_publishing_nothing_is_lost_or_twice(
    readers: Readers, tmp_path: Path, api: SearchApi, clock: StoppedClock
) -> None:
    story = api.post(7, points=99)
    await readers.poll(hours=1)
    story.points = 100
    clock.turn(hours=23)
    # As much as a process does that is killed then.
    await FactRefresh(readers.bench.context(), readers.polling.sources).refresh("daily")

    async with readers_of(tmp_path, api, clock, BEST) as restarted:
        assert await restarted.publish() == ["Story 7"]
        assert await restarted.publish(days=1) == []


async def test_an_upgrade_brings_no_flood_and_nothing_that_is_not_worth_showing(
    tmp_path: Path, api: SearchApi, clock: StoppedClock
) -> None:
    for number in range(12):
        api.post(number, points=150)
    async with readers_of(tmp_path, api, clock, BEST) as readers:
        await readers.poll()
        await readers.publish(days=1)
    # Of before, when polls left out what had too few points, and knew nothing of what is gone.
    with closing(sqlite3.connect(tmp_path / "digest.db")) as connection, connection:
        as_of(connection, "0022")
        connection.execute("UPDATE feeds SET body_hash = 'hash+0123456789abcdef'")
    for number in range(150, 210):
        api.post(number, points=number - 100)

    async with readers_of(tmp_path, api, clock, BEST) as readers:
        await readers.poll(hours=1)
        assert await readers.publish(hours=23) == [f"Story {number}" for number in range(200, 210)]
        for _ in range(3):
            assert await readers.publish(days=1) == []
        assert len(await readers.left_out()) == 50


async def test_stories_without_thresholds_have_their_points_of_now(
    tmp_path: Path, api: SearchApi, clock: StoppedClock
) -> None:
    story = api.post(7, points=3)
    async with readers_of(tmp_path, api, clock, {"kind": "hackernews", "list": "new"}) as readers:
        await readers.poll()
        story.points = 312
        edition = await readers.edition(days=1)
        assert edition is not None
        assert edition.stories[0].facts[0] == Fact("points", 312)


async def test_a_waiting_story_is_not_passed_by_for_want_of_room(
    tmp_path: Path, api: SearchApi, clock: StoppedClock
) -> None:
    often = {"schedule": "every 6 hours", "max_entries": 1, "overflow": "next"}
    async with readers_of(tmp_path, api, clock, BEST, **often) as readers:
        await readers.poll()
        story = api.post(7, points=40)
        await readers.poll(minutes=1)
        for _ in range(4):
            api.post(len(api.items) + 100, points=900)
            await readers.poll(minutes=1)
            await readers.publish(hours=6)
        story.points = 101
        api.post(900, points=900)
        await readers.poll(minutes=1)
        assert await readers.publish(hours=6) == ["Story 900"]
        # It waits for room from now on, and is not only counted.
        assert await readers.publish(hours=6) == ["Story 7"]


async def test_a_first_edition_reaches_back_where_all_of_its_period_waits(
    tmp_path: Path, api: SearchApi, clock: StoppedClock
) -> None:
    front = frozenset({"story", "front_page"})
    api.post(6, points=400, tags=front).created_at -= timedelta(days=5)
    api.post(7, points=4, tags=front)
    feed = {"kind": "hackernews", "min_points": 100}
    async with readers_of(tmp_path, api, clock, feed) as readers:
        await readers.poll()

        assert await readers.publish(days=1) == ["Story 6"]


async def test_many_that_wait_hide_none_that_has_the_points(
    readers: Readers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_reader, "_MOST_PENDING", 3)
    readers.api.post(7, points=150)
    await readers.poll(hours=1)
    for number in range(100, 106):
        readers.api.post(number, points=9)
    await readers.poll(hours=1)

    assert await readers.publish(hours=22) == ["Story 7"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"list": "front"}, {*range(240, 250)}),
        ({"list": "ask"}, {*range(220, 230)}),
        ({"list": "show", "min_points": 9}, {*range(230, 240)}),
        ({"list": "search", "query": "number 17"}, {17, *range(170, 180)}),
        # The newest 200; and of two days the 200 with the most points, which the oldest have.
        ({"list": "new"}, {*range(50, 250)}),
        ({"list": "best"}, {*range(10, 210)}),
        ({"list": "new", "min_comments": 5}, {*range(10, 210)}),
    ],
)
def test_what_the_service_answers_for_each_list(
    api: SearchApi, clock: StoppedClock, given: dict[str, Any], expected: set[int]
) -> None:
    tags = {22: "ask_hn", 23: "show_hn", 24: "front_page"}
    for number in range(250):
        item = api.post(number, points=1_000 - number, title=f"Number {number}")
        item.created_at -= timedelta(hours=50 if number < 10 else 1, seconds=-number)
        item.tags |= {tags.get(number // 10, "story")}
    settings = HackernewsSettings.model_validate({"kind": "hackernews", **given})

    path = hackernews.SOURCE.request(settings, None, clock()).url.removeprefix(ORIGIN)
    reply = api.reply_at(path)

    assert isinstance(reply, Reply)
    document = Document(str(reply.body).encode(), ORIGIN)
    feed = hackernews.SOURCE.parse([document], hackernews.SOURCE.options(settings))
    assert {int(entry.guid) for entry in feed.entries} == expected


def test_the_service_refuses_what_it_refuses(api: SearchApi, clock: StoppedClock) -> None:
    api.post(1)

    def status(query: str) -> int:
        reply = api.reply_at(f"/api/v1/search?{query}")
        assert isinstance(reply, Reply)
        return reply.status

    assert status("tags=story&numericFilters=points%3E100") == 400
    assert {status("tags=story") for _ in range(9_999)} == {200}
    assert status("tags=story") == 429
    clock.turn(hours=1)
    assert status("tags=story") == 200
