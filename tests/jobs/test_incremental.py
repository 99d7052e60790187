"""What a body has as the last one had it is not parsed again, and nobody can tell.

Every sequence of bodies is polled twice: as it is, and by workers that never know of the body
before. What the two stores hold in the end is the same.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.feeds.http.fetch import Fetcher, utc_now
from digest.feeds.http.host_backoffs import HostBackoffs
from digest.feeds.http.messages import Request, Response
from tests.feed_xml import NOW, item, rss
from tests.jobs.bench import InPlace, StoppedClock, open_bench, settings_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence
    from pathlib import Path

    from digest.jobs.poll import PollJob
    from digest.model import PollResult
    from digest.store import Store, StoreThread

# Chance, and what only one of the two makes use of.
APART = {"next_poll_at", "entry_hashes"}


class Served(Fetcher):
    """Answers with the bodies that it is given."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}
        self.backoffs = HostBackoffs(utc_now)

    async def fetch(
        self, request: Request, ready: object = None, allowance: object = None
    ) -> Response:
        del ready, allowance
        body = self.bodies[request.url]
        return Response(200, request.url, body=body, body_hash=hashlib.sha256(body).hexdigest())


@dataclass
class Side:
    """A store, and polling into it."""

    store: StoreThread[Store]
    polling: PollJob
    served: Served
    workers: InPlace
    clock: StoppedClock

    async def poll(self, url: str, body: bytes) -> PollResult:
        self.served.bodies[url] = body
        (result,) = await self.polling.poll([url])
        return result

    async def known(self, url: str) -> dict[str, list[dict[str, Any]]]:
        """All that is stored of a feed but for what is not to be compared."""
        return await self.store.transact(partial(_known, url))


def _known(url: str, store: Store) -> dict[str, list[dict[str, Any]]]:
    of_feed = "feed_id = (SELECT id FROM feeds WHERE url = ?)"
    queries = {
        "feeds": "SELECT * FROM feeds WHERE url = ?",
        "entries": f"SELECT * FROM entries WHERE {of_feed} ORDER BY id",
        "entry_marks": f"SELECT * FROM entry_marks WHERE {of_feed} ORDER BY mark, entry_id",
        "entry_names": "SELECT entry_names.* FROM entry_names JOIN entries ON id = entry_id"
        f" WHERE {of_feed} ORDER BY entry_id",
        "subscriptions": f"SELECT * FROM subscriptions WHERE {of_feed} ORDER BY digest",
    }
    with store.database.transaction() as connection:
        return {
            table: [
                {name: value for name, value in row.items() if name not in APART}
                for row in connection.exec_driver_sql(query, (url,)).mappings()
            ]
            for table, query in queries.items()
        }


@dataclass
class Both:
    """The two sides; what is polled in one is polled in the other, at the same time."""

    knowing: Side
    forgetful: Side
    polls: int = 0

    async def poll(self, url: str, body: bytes) -> PollResult:
        for side in (self.knowing, self.forgetful):
            side.clock.turn(hours=2)
        result = await self.knowing.poll(url, body)
        assert result == await self.forgetful.poll(url, body)
        self.polls += 1
        return result

    async def assert_same(self, url: str) -> None:
        assert await self.knowing.known(url) == await self.forgetful.known(url)


@asynccontextmanager
async def both_sides(folder: Path, urls: Iterable[str], **feed: Any) -> AsyncIterator[Both]:
    async with AsyncExitStack() as stack:
        sides = []
        for name in ("knowing", "forgetful"):
            (folder / name).mkdir()
            config = settings_of(folder / name, [{"url": url, **feed} for url in urls])
            served, workers = Served(), InPlace(knowing=name == "knowing")
            bench = await stack.enter_async_context(open_bench(config, folder / name))
            polling = await stack.enter_async_context(
                bench.polling(workers, lambda _, served=served: served)  # type: ignore[misc]
            )
            sides.append(Side(bench.store, polling, served, workers, bench.clock))
        knowing, forgetful = sides
        yield Both(knowing, forgetful)


def versions(shared: Path, name: str) -> list[bytes]:
    folder = shared / "corpora" / "timeseries" / name
    return [path.read_bytes() for path in sorted(folder.glob("*.xml"))]


@pytest.mark.parametrize(
    "name", ["cursor", "google_ai", "mistral", "ollama", "the_batch", "weaviate"]
)
async def test_every_pair_of_successive_versions(shared: Path, tmp_path: Path, name: str) -> None:
    url = "https://site.example/feed.xml"
    bodies = versions(shared, name)
    async with both_sides(tmp_path, [url]) as both:
        for body in bodies:
            await both.poll(url, body)
            await both.assert_same(url)
        read = both.knowing.workers.read
        assert both.forgetful.workers.read == {"whole": len(bodies)}
    # The publishers of these sites do keep to one form.
    assert read["in part"] + read["not at all"] >= len(bodies) - 2


SITE = "https://site.example"


def said(name: str, text: str | None) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text is not None else ""


FEW = st.sampled_from([None, "", "a", "b"])
ITEMS = st.builds(
    lambda guid, link, title, date, text: (
        f"<item>{said('guid', guid)}{said('link', link)}{said('title', title)}"
        f"{said('pubDate', date)}{said('description', text)}</item>"
    ),
    st.sampled_from([None, "N/A", "1", "2", f"{SITE}/1", SITE]),
    st.sampled_from([None, f"{SITE}/1", f"{SITE}/1/", f"{SITE}/2", f"{SITE}/3", SITE]),
    FEW,
    st.sampled_from([None, "Mon, 16 Nov 2026 08:00:00 GMT", "Sun, 15 Nov 2026 08:00:00 GMT"]),
    FEW,
)
# Entries that nobody takes for another, so that some bodies can be read in part.
PLAIN = st.builds(
    lambda number, title: item(number, title=title),
    st.integers(10, 14),
    st.sampled_from([None, None, "Edited"]),
)


def bodies_of(pool: Sequence[str]) -> st.SearchStrategy[list[bytes]]:
    """Bodies of which each has some of these items, in any order."""
    return st.lists(
        st.builds(
            lambda items, title, built: rss(*items, title=title, built=built).encode(),
            st.one_of(
                st.lists(st.sampled_from(pool), unique=True, min_size=1),
                st.lists(st.sampled_from(pool), max_size=6),
            ),
            st.sampled_from(["A feed"] * 9 + ["Another title"]),
            st.sampled_from(["", "Mon, 16 Nov 2026 08:00:00 GMT"]),
        ),
        min_size=2,
        max_size=6,
    )


POOLS = st.one_of(
    st.just([item(number) for number in range(10, 16)]),
    st.lists(PLAIN, min_size=2, max_size=5, unique=True),
    st.lists(st.one_of(PLAIN, ITEMS), min_size=2, max_size=7, unique=True),
)
SEQUENCES = POOLS.flatmap(bodies_of)
MOST = 400


@pytest.mark.parametrize("how", ["auto", "guid", "link", "content"])
def test_every_sequence_of_odd_bodies(tmp_path: Path, how: str) -> None:
    urls = [f"{SITE}/{number}.xml" for number in range(MOST)]
    unused = itertools.chain(urls)

    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        both = runner.run(stack.enter_async_context(both_sides(tmp_path, urls, identity=how)))

        @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(SEQUENCES)
        def polled(bodies: Sequence[bytes]) -> None:
            url = next(unused)
            for body in bodies:
                runner.run(both.poll(url, body))
            runner.run(both.assert_same(url))

        polled()
        read = both.knowing.workers.read
        assert both.polls > 100
        assert read["in part"] > 0
        runner.run(stack.aclose())


async def test_only_what_is_new_is_parsed_and_cleaned(tmp_path: Path) -> None:
    url = f"{SITE}/feed.xml"
    async with both_sides(tmp_path, [url]) as both:
        await both.poll(url, rss(*map(item, range(3, 0, -1))).encode())
        result = await both.poll(url, rss(*map(item, range(4, 0, -1)), built="now").encode())
        assert (result.outcome, result.new, result.known) == ("updated", 1, 3)
        result = await both.poll(url, rss(*map(item, range(4, 0, -1)), built="later").encode())
        assert (result.outcome, result.new, result.known) == ("unchanged", 0, 4)
        await both.assert_same(url)
        read = both.knowing.workers.read
    assert read == {"whole": 1, "in part": 1, "not at all": 1}


async def test_an_entry_that_shares_a_name_with_one_that_is_kept(tmp_path: Path) -> None:
    """It may be the other's older self, so the body is read whole."""
    url = f"{SITE}/feed.xml"
    again = item(5, link=f"{SITE}/1", title="Moved", published=NOW - timedelta(days=1))
    async with both_sides(tmp_path, [url]) as both:
        await both.poll(url, rss(item(2), item(1)).encode())
        await both.poll(url, rss(again, item(2), item(1)).encode())
        await both.assert_same(url)
        assert both.knowing.workers.read == {"whole": 2, "in part": 1}


@pytest.mark.parametrize("change", ["title", "namespace", "address"])
async def test_what_stands_around_the_entries_counts(tmp_path: Path, change: str) -> None:
    url = f"{SITE}/feed.xml"
    before = rss(item(2), item(1)).encode()
    after = {
        "title": rss(item(3), item(2), item(1), title="Another").encode(),
        "namespace": before.replace(b"<rss ", b"<rss xmlns:x='https://x.example/' "),
        "address": before.replace(b"<link>https://site.example/<", b"<link>https://x.example/<"),
    }[change]
    async with both_sides(tmp_path, [url]) as both:
        await both.poll(url, before)
        await both.poll(url, after)
        await both.assert_same(url)
        assert both.knowing.workers.read == {"whole": 2}


async def test_entries_in_another_order(tmp_path: Path) -> None:
    url = f"{SITE}/feed.xml"
    async with both_sides(tmp_path, [url]) as both:
        await both.poll(url, rss(item(3), item(2), item(1)).encode())
        result = await both.poll(url, rss(item(1), item(3)).encode())
        assert (result.outcome, result.new, result.known) == ("unchanged", 0, 2)
        await both.poll(url, rss(item(2), item(1), item(3)).encode())
        await both.assert_same(url)
        # One that comes back is not in the last body, and read like any other.
        assert both.knowing.workers.read == {"whole": 1, "in part": 2}


def test_what_is_told_of_a_time_series_is_all_there_is(shared: Path) -> None:
    manifest = json.loads((shared / "corpora" / "timeseries" / "manifest.json").read_text())
    found = {one["feed"]: len(one["sequence"]) for one in manifest["sequences"]}
    assert found == {name: len(versions(shared, name)) for name in found}
    assert len(found) == 6
