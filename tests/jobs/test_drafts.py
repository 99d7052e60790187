"""Drafting beside everything else that the daemon does."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.app.ticker import DaemonHealth
from digest.jobs import draft_reader, drafts
from digest.jobs.drafts import Drafter
from digest.workers.pool import WorkerPool
from tests import limits
from tests.editions.hostile import TITLES
from tests.feed_xml import NOW
from tests.jobs.bench import Bench, open_bench, settings_of
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator
    from datetime import timedelta
    from pathlib import Path

    from digest.model import CleanEntry
    from digest.store import Store

FEEDS = ("https://one.example/feed", "https://two.example/feed")
MANY = {"weekly": {"schedule": "daily at 08:00", "send_to": ["vault"], "max_entries": 200}}


async def learn(
    bench: Bench,
    url: str,
    *titles: str,
    html: str = "<p>x</p>",
    image: str = "",
    feed_title: str = "A feed",
) -> None:
    windows = {name: digest.reach for name, digest in bench.settings.digests.items()}
    entries = [
        replace(build.entry(f"{url}/{n}", NOW), title=title, html=html, image=image)
        for n, title in enumerate(titles)
    ]
    await bench.store.transact(
        lambda store: build.learn(store, *entries, windows=windows, url=url, title=feed_title)
    )


async def learn_hostile(bench: Bench, each: int, kind: str = "shared amounts") -> None:
    random = Random(kind)
    for url in FEEDS:
        await learn(bench, url, *(TITLES[kind](n, random)[:1_000] for n in range(each)))


@pytest.fixture
async def workers() -> AsyncIterator[WorkerPool]:
    workers = WorkerPool(1, task_seconds=60, doing="drafting")
    yield workers
    workers.close()


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    config = settings_of(tmp_path, list(FEEDS), digests=MANY)
    async with open_bench(config, tmp_path) as bench:
        yield bench


async def test_the_store_answers_while_an_edition_is_drafted(
    bench: Bench, workers: WorkerPool
) -> None:
    await learn_hostile(bench, 1_000)
    drafting = Drafter(bench.context(), workers)

    # The processor time that the store's thread has nothing else in.
    async def held() -> float:
        return await bench.store.transact(lambda _: time.thread_time())

    before = await held()
    draft = await drafting.edition("weekly", NOW)
    assert len(draft.pending) == 2_000
    assert len(draft.edition.stories) == 200
    assert await held() - before < limits.seconds(0.5)


async def test_a_draft_is_the_same_wherever_it_is_decided(
    bench: Bench, workers: WorkerPool
) -> None:
    await learn_hostile(bench, 60, "shared subjects")
    there = await Drafter(bench.context(), workers).edition("weekly", NOW)
    thread = await Drafter(bench.context()).edition("weekly", NOW)
    assert there.edition == thread.edition
    assert there.edition.stories


async def test_a_version_has_its_project_wherever_a_title_stands(bench: Bench) -> None:
    for url, name in zip(FEEDS, ("uv", "ruff"), strict=True):
        await learn(bench, url, "0.12.4", feed_title=f"Release notes from {name}")
    draft = await Drafter(bench.context()).edition("weekly", NOW)

    assert {story.title for story in draft.edition.stories} == {"uv 0.12.4", "ruff 0.12.4"}
    assert draft.edition.subject.removeprefix("weekly: ") in {
        *("uv 0.12.4, and 1 more", "ruff 0.12.4, and 1 more"),
    }


async def test_what_is_cut_off_is_told_in_the_log_alone(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    await learn_hostile(bench, 700)
    draft = await Drafter(bench.context()).edition("weekly", NOW)
    assert draft.is_short
    (record,) = [one for one in caplog.records if one.message == "drafting took long"]
    assert record.levelno == logging.WARNING
    fields: dict[str, Any] = record.__dict__["fields"]
    assert (fields["digest"], fields["grouped"]) == ("weekly", "in part")


async def test_what_takes_too_long_all_the_same_is_not_grouped(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    title = "Boeing strike ends after machinists accept new contract"
    for url in FEEDS:
        await learn(bench, url, title, *(f"{url} {n}" for n in range(40)))
    whole = await Drafter(bench.context()).edition("weekly", NOW)
    hurried = WorkerPool(1, task_seconds=0.001, doing="drafting")
    drafting = Drafter(bench.context(), hurried)
    draft = await drafting.edition("weekly", NOW)
    hurried.close()
    (record,) = [one for one in caplog.records if one.message == "not grouped"]
    assert record.__dict__["fields"]["error"] == "drafting took longer than 0.001 s"
    assert len(draft.edition.stories) > len(whole.edition.stories)


async def test_of_a_feed_the_newest_are_looked_at_and_the_others_are_only_counted(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_reader, "_MOST_PENDING", 10)
    await learn(bench, FEEDS[0], *(f"Title {n}" for n in range(30)))
    await learn(bench, FEEDS[1], *(f"Other {n}" for n in range(3)))
    draft = await Drafter(bench.context()).edition("weekly", NOW)
    assert len(draft.pending) == 13
    assert draft.edition.held_back == 0
    [more] = [more for section in draft.edition.sections for more in section.more]
    assert (more.stories, more.listed, more.unlisted) == (20, (), 20)
    assert draft.counted == set(range(1, 21))


async def test_rules_read_contents_a_few_at_a_time(
    tmp_path: Path, workers: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "_MOST_TEXTS", 2)
    digest = {**MANY["weekly"], "exclude": ["text:secret"], "content": "full"}
    config = settings_of(tmp_path, list(FEEDS), digests={"weekly": digest})
    async with open_bench(config, tmp_path) as bench:
        await learn(bench, FEEDS[0], "One", "Two", "Three", html="<p>open</p>")
        await learn(bench, FEEDS[1], "Four", "Five", "Six", html="<p>secret</p>")
        draft = await Drafter(replace(bench.context(), settings=config), workers).edition(
            "weekly", NOW
        )
        assert len(draft.judged.left_out) == 3
        assert {story.html for story in draft.edition.stories} == {"<p>open</p>"}


async def test_whole_contents_have_a_limit_in_all(tmp_path: Path) -> None:
    config = settings_of(
        tmp_path, list(FEEDS), digests={"weekly": {**MANY["weekly"], "content": "full"}}
    )
    async with open_bench(config, tmp_path) as bench:
        await learn(bench, FEEDS[0], *(f"Title {n}" for n in range(10)), html="x" * 200_000)
        draft = await Drafter(replace(bench.context(), settings=config)).edition("weekly", NOW)
        shown = [len(story.html) for story in draft.edition.stories]
        assert shown == [200_000] * 5 + [0] * 5


async def test_no_feed_has_its_pictures_from_where_another_may_be(tmp_path: Path) -> None:
    inside, outside = "http://nas.local/feed", FEEDS[0]
    config = settings_of(
        tmp_path, [{"url": inside, "allow_private_networks": True}, outside], digests=MANY
    )
    async with open_bench(config, tmp_path) as bench:
        picture = "http://nas.local:8080/reboot.png"
        for url in (inside, outside):
            await learn(bench, url, url, image=picture)
        draft = await Drafter(replace(bench.context(), settings=config)).edition("weekly", NOW)
        images = {story.title: story.image for story in draft.edition.stories}
        assert images == {inside: picture, outside: ""}


@pytest.mark.parametrize(("piece", "whole"), [("<b>x</b>", 1), ("&amp;", 1), ("word ", 5)])
async def test_markup_counts_for_more_than_text(tmp_path: Path, piece: str, whole: int) -> None:
    config = settings_of(
        tmp_path, list(FEEDS), digests={"weekly": {**MANY["weekly"], "content": "full"}}
    )
    async with open_bench(config, tmp_path) as bench:
        html = piece * (200_000 // len(piece))
        await learn(bench, FEEDS[0], *(f"Title {n}" for n in range(10)), html=html)
        draft = await Drafter(replace(bench.context(), settings=config)).edition("weekly", NOW)
        assert sum(bool(story.html) for story in draft.edition.stories) == whole


async def test_no_more_contents_are_read_than_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = settings_of(
        tmp_path, list(FEEDS), digests={"weekly": {**MANY["weekly"], "content": "full"}}
    )
    async with open_bench(config, tmp_path) as bench:
        await learn(bench, FEEDS[0], *(f"Title {n}" for n in range(150)), html="x" * 50_000)
        asked: list[int] = []
        queries = await bench.store.transact(lambda store: store.editions)
        contents = queries.contents

        def note(ids: Collection[int]) -> dict[int, str]:
            asked.append(len(ids))
            return contents(ids)

        monkeypatch.setattr(queries, "contents", note)
        await Drafter(replace(bench.context(), settings=config)).edition("weekly", NOW)
        assert asked == [50]


def test_slow_drafting_shows_in_health() -> None:
    now = 0.0
    health = DaemonHealth(lambda: now)
    assert (health.draft_seconds, health.drafting_for) == (None, 0.0)
    with health.drafting():
        now = 299.0
        assert health.drafting_for == 299.0
        health.begin()
        assert health.stale == ""
        now = 300.0
        assert health.stale == "an edition is drafted without end"
    assert (health.stale, health.draft_seconds, health.drafting_for) == ("", 300.0, 0.0)


async def test_a_draft_is_watched_while_it_is_made(bench: Bench) -> None:
    seen = []

    @contextmanager
    def watch() -> Iterator[None]:
        seen.append("begun")
        yield
        seen.append("ended")

    drafting = Drafter(bench.context())
    drafting.watch = watch
    await asyncio.gather(*(drafting.edition("weekly", NOW) for _ in range(2)))
    assert sorted(seen) == ["begun", "begun", "ended", "ended"]


HELLO = "Hello from the harbour, where the week was long."
SIGNED = "<p>Jane writes <b>for</b> the harbour.</p><p>Write to her.</p>"


async def learn_framed(bench: Bench, *texts: str) -> None:
    """Entries with the same first and last paragraphs, each polled alone, as one a day is."""
    windows = {"weekly": bench.settings.digests["weekly"].reach}
    for text in texts:
        html = f"<div><p>{HELLO}</p><p>Harbour talk: {text}</p>{SIGNED}</div>"
        entry = replace(
            build.entry(f"On {text[:5]}"), html=html, excerpt=f"{HELLO} Harbour talk: {text}"
        )
        learn_it = partial(_learn, entry=entry, windows=windows)
        await bench.store.transact(learn_it)


def _learn(store: Store, entry: CleanEntry, windows: dict[str, timedelta]) -> None:
    build.learn(store, entry, windows=windows, url=FEEDS[0])


@pytest.mark.parametrize("content", ["excerpt", "full", "none"])
async def test_what_entries_of_a_feed_share_is_not_told(tmp_path: Path, content: str) -> None:
    digest = {**MANY["weekly"], "content": content}
    config = settings_of(tmp_path, list(FEEDS), digests={"weekly": digest})
    async with open_bench(config, tmp_path) as bench:
        await learn_framed(bench, "Ships set sail.", "Boats float by.", "Trains run.")
        draft = await Drafter(replace(bench.context(), settings=config)).edition("weekly", NOW)
    told = {story.title: (story.excerpt, story.html) for story in draft.edition.stories}
    assert (
        told["On Ships"]
        == {
            "excerpt": ("Ships set sail.", ""),
            "full": ("Ships set sail.", "<div><p>Ships set sail.</p></div>"),
            "none": ("", ""),
        }[content]
    )


async def test_what_two_of_a_feed_share_is_told(tmp_path: Path) -> None:
    digest = {**MANY["weekly"], "content": "full"}
    config = settings_of(tmp_path, list(FEEDS), digests={"weekly": digest})
    async with open_bench(config, tmp_path) as bench:
        await learn_framed(bench, "Ships set sail.", "Boats float by.")
        draft = await Drafter(replace(bench.context(), settings=config)).edition("weekly", NOW)
    for story in draft.edition.stories:
        assert story.excerpt.startswith(HELLO)
        assert HELLO in story.html
        assert SIGNED in story.html


async def test_so_much_of_earlier_editions_is_looked_at(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await learn(bench, FEEDS[0], "Earlier", "Later")
    first, second = await bench.pending()
    await bench.store.transact(lambda store: build.publish(store, first.id, second.id))
    again = [replace(build.entry(f"again {old.title}"), link=old.link) for old in (first, second)]
    await bench.store.transact(lambda store: build.learn(store, *again, url=FEEDS[1]))

    async def had() -> list[str]:
        draft = await Drafter(bench.context()).edition("weekly", NOW)
        return sorted(story.title for story in draft.edition.stories if story.had)

    monkeypatch.setattr(draft_reader, "_MOST_EARLIER", 1)
    assert await had() == ["again Later"]
