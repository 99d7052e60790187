"""A source of another kind than a feed is polled as a feed is, with requests that follow.

The kind here asks `/list` for the numbers of stories, and then for each story.
"""

from __future__ import annotations

import json
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import pytest
from pydantic import SecretStr

from digest.config import SourceSettings
from digest.feeds.http.messages import Request
from digest.feeds.parsing.bounds import bounded
from digest.feeds.parsing.json_values import json_object, number, text, texts
from digest.feeds.sources import Document, Options, Source
from digest.model import Fact, FeedState, ParsedEntry, ParsedFeed
from tests.feed_xml import NOW
from tests.jobs.bench import Bench, InPlace, StoppedClock, open_bench, settings_of
from tests.servers import HttpServer, Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from pathlib import Path

    from digest.jobs.poll import PollJob
    from digest.model import Entry, PollResult

TOKEN = "t0p-s3cret-t0ken"


class ShelfSettings(SourceSettings):
    """A list that says what else to ask for."""

    kind: Literal["shelf"] = "shelf"
    service: str
    token: SecretStr = SecretStr(TOKEN)
    least: int = 0

    @property
    def address(self) -> str:
        return "shelf:all"


class Shelf(Source[ShelfSettings]):
    """Stories by their numbers."""

    # What a hostile list may name.
    elsewhere: ClassVar[str] = ""

    def request(self, settings: ShelfSettings, state: FeedState | None, now: datetime) -> Request:
        del now
        headers = {"Authorization": settings.token.get_secret_value()}
        etag = state.etag if state else None
        return Request(f"{settings.service}/list", etag=etag, headers=headers)

    def options(self, settings: ShelfSettings) -> Options:
        return {"least": settings.least}

    def further(self, first: Document, options: Options) -> Sequence[str]:
        del options
        base = self.elsewhere or first.url.removesuffix("/list")
        return [f"{base}/story/{one}" for one in texts(json_object(first.body), "stories")]

    def parse(self, documents: Sequence[Document], options: Options) -> ParsedFeed:
        _, *answers = documents
        stories = [json_object(answer.body) for answer in answers]
        entries = tuple(
            self._entry(story)
            for story in stories
            if (number(story, "points") or 0) >= options["least"]
        )
        return bounded(ParsedFeed("A shelf", entries, "shelf"), documents[0].url)

    def not_before(self, headers: Mapping[str, str], now: datetime) -> datetime | None:
        del now
        reset = headers.get("x-ratelimit-reset", "")
        return datetime.fromtimestamp(int(reset), UTC) if reset.isdecimal() else None

    @staticmethod
    def _entry(story: dict[str, Any]) -> ParsedEntry:
        points = number(story, "points")
        return ParsedEntry(
            guid=text(story, "id"),
            link=f"/{text(story, 'id')}",
            title=text(story, "title"),
            author="",
            published=NOW,
            html=f"<p>{text(story, 'text')}</p>",
            facts=() if points is None else (Fact("points", points),),
            discussion=f"/talk/{text(story, 'id')}",
        )


class Place:
    """The service, and what polls it."""

    def __init__(self, server: HttpServer, bench: Bench, polling: PollJob) -> None:
        self.server = server
        self.bench = bench
        self.polling = polling

    def serve(self, *stories: Mapping[str, Any], **headers: str) -> None:
        numbers = {"stories": [str(story["id"]) for story in stories]}
        self.server.replies["/list"] = Reply(json.dumps(numbers), headers=headers)
        for story in stories:
            self.server.replies[f"/story/{story['id']}"] = Reply(json.dumps(story))

    async def poll(self, **later: float) -> PollResult:
        self.bench.clock.turn(**later)
        (result,) = await self.polling.poll(["shelf:all"])
        return result

    async def pending(self) -> list[Entry]:
        return await self.bench.pending()

    async def state(self) -> FeedState:
        (state,) = await self.bench.store.transact(lambda store: store.feeds.states(["shelf:all"]))
        return state


def story(number: int, points: int = 1, said: str = "What is new.") -> dict[str, Any]:
    return {"id": number, "title": f"Story {number}", "points": points, "text": said}


@pytest.fixture
async def place(
    feed_server: HttpServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Place]:
    module = ModuleType("digest.feeds.sources.shelf")
    module.SOURCE = Shelf()  # type: ignore[attr-defined]
    # As if there were a file of this kind.
    monkeypatch.setitem(sys.modules, module.__name__, module)
    async with open_place(feed_server, tmp_path) as place:
        yield place


@asynccontextmanager
async def open_place(server: HttpServer, folder: Path, **given: Any) -> AsyncIterator[Place]:
    settings = settings_of(folder, [{"url": "https://site.example/"}])
    shelf = ShelfSettings(service=server.url, allow_private_networks=True, **given)
    settings = settings.model_copy(update={"feeds": (shelf,)})
    async with (
        open_bench(settings, folder, StoppedClock()) as bench,
        bench.polling(InPlace()) as polling,
    ):
        yield Place(server, bench, polling)


async def test_what_follows_from_an_answer_is_asked_too(place: Place) -> None:
    place.serve(story(1, 12), story(2))

    result = await place.poll()

    assert (result.outcome, result.new, result.name) == ("updated", 2, "A shelf")
    assert [seen.path for seen in place.server.seen] == ["/list", "/story/1", "/story/2"]
    # It is the same server, and so is told the same.
    assert {seen.headers["Authorization"] for seen in place.server.seen} == {TOKEN}
    two, one = await place.pending()
    assert (one.title, one.facts, one.discussion) == (
        "Story 1",
        (Fact("points", 12),),
        f"{place.server.url}/talk/1",
    )
    assert two.feed_url == "shelf:all"


async def test_the_same_answers_are_not_read_again(place: Place) -> None:
    place.serve(story(1), story(2))
    await place.poll()

    assert (await place.poll(hours=1)).outcome == "unchanged"

    place.serve(story(1), story(2, said="Edited."))
    # Only what follows has changed.
    assert (await place.poll(hours=1)).outcome == "updated"


async def test_the_same_answers_are_read_again_by_other_options(
    place: Place, tmp_path: Path
) -> None:
    place.serve(story(1, 12), story(2, 3), ETag='"same"')
    assert (await place.poll()).new == 2

    async with open_place(place.server, tmp_path, least=10) as other:
        assert (await other.poll(hours=1)).known == 1
        assert "If-None-Match" not in place.server.requests_to("/list")[-1].headers

        await other.poll(hours=1)
        assert place.server.requests_to("/list")[-1].headers["If-None-Match"] == '"same"'


async def test_where_one_of_them_fails_nothing_is_stored(place: Place) -> None:
    place.serve(story(1), story(2))
    place.server.replies["/story/2"] = Reply(status=500)

    result = await place.poll()

    assert (result.outcome, result.status) == ("failed", 500)
    assert await place.pending() == []
    assert (await place.state()).succeeded_at is None
    place.serve(story(1), story(2))
    assert (await place.poll(hours=1)).new == 2


async def test_at_most_ten_follow(place: Place) -> None:
    place.serve(*map(story, range(40)))

    assert (await place.poll()).new == 10
    assert len(place.server.seen) == 11


async def test_no_answer_leads_to_another_server(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Shelf, "elsewhere", "http://127.0.0.1:1")
    place.serve(story(1))

    result = await place.poll()

    assert (result.outcome, result.error) == ("failed", "its answer leads to another server")
    assert [seen.path for seen in place.server.seen] == ["/list"]


async def test_all_answers_together_have_the_bytes_of_one_poll(place: Place) -> None:
    large = "x" * 4_000_000
    place.serve(*(story(number, said=large) for number in range(3)))

    result = await place.poll()

    assert result.outcome == "failed"
    assert "larger than 10,000,000 bytes" in (result.error or "")


async def test_limit_headers_of_the_service_put_the_next_poll_off(place: Place) -> None:
    reset = place.bench.clock() + timedelta(hours=3)
    place.serve(story(1), **{"X-RateLimit-Reset": f"{reset.timestamp():.0f}"})

    # What follows from the answer is not asked either.
    first = await place.poll()

    assert first.outcome == "postponed"
    assert "allows no more requests until then" in (first.error or "")
    assert [seen.path for seen in place.server.seen] == ["/list"]


async def test_limit_headers_count_for_a_day_at_most(place: Place) -> None:
    place.serve(**{"X-RateLimit-Reset": "99999999999"})

    await place.poll()

    health = await place.bench.store.transact(lambda store: store.health.read())
    wait = health.feeds["shelf:all"]["next_poll_at"] - place.bench.clock()
    assert timedelta(hours=23) < wait < timedelta(hours=25)


async def test_a_service_that_moves_or_is_gone_is_asked_where_it_was(place: Place) -> None:
    place.serve(story(1))
    place.server.replies["/list"] = Reply(status=410)

    assert (await place.poll()).status == 410
    assert not (await place.state()).gone


async def test_facts_may_change_and_nothing_else_does(place: Place) -> None:
    place.serve(story(1, 12), story(2))
    await place.poll()
    before = await place.pending()

    place.serve(story(1, 312), story(2))
    result = await place.poll(hours=1)

    assert (result.outcome, result.new) == ("unchanged", 0)
    after = await place.pending()
    assert after[1].facts == (Fact("points", 312),)
    for was, now in zip(before, after, strict=True):
        assert (now.id, now.edited_at, now.resend_at) == (was.id, None, None)


async def test_no_secret_is_in_an_error(place: Place) -> None:
    place.server.replies["/list"] = Reply('{"no": "list"}')

    result = await place.poll()

    assert TOKEN not in repr(result)
