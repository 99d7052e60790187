"""Topics: `about:` in `watch` asks a model, and only raises."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.jobs.drafts import Drafter
from digest.jobs.summaries import SummaryJob
from tests import limits
from tests.feed_xml import NOW
from tests.jobs.bench import MONDAYS, open_bench, settings_of
from tests.servers import Reply, running
from tests.store import build
from tests.summaries.articles import ENTRIES, TITLES
from tests.summaries.endpoint import Endpoint, items_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from digest.model import Edition
    from tests.jobs.bench import Bench

TOPIC = "about: how people get around in cities"
RIGHT = {"Harbour road closes to cars", "Tram line gets night service"}


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running(made := Endpoint(lambda item: "Yes." if item["title"] in RIGHT else "no")):
        yield made


@asynccontextmanager
async def bench_of(folder: Path, endpoint: Endpoint | None, **digest: Any) -> AsyncIterator[Bench]:
    weekly = {"schedule": MONDAYS, "send_to": ["vault"], "watch": [TOPIC]} | digest
    models = [{"url": f"{endpoint.url}/v1", "model": "small"}] if endpoint else []
    settings = settings_of(folder, [build.URL], digests={"weekly": weekly}, models=models)
    async with open_bench(settings, folder) as bench:
        await bench.store.transact(lambda store: build.learn(store, *ENTRIES))
        bench.clock.now = NOW + timedelta(days=7)
        yield bench


async def draft_of(bench: Bench) -> Edition:
    return (await Drafter(bench.context()).edition("weekly", bench.clock())).edition


async def asked(bench: Bench) -> Edition:
    job = SummaryJob(bench.context(), Drafter(bench.context()))
    draft = await Drafter(bench.context()).edition("weekly", bench.clock())
    await job.ask(draft, limits.seconds(20))
    await job.finish()
    return await draft_of(bench)


def watched(edition: Edition) -> dict[str, tuple[str, ...]]:
    return {story.title: story.watched for story in edition.stories if story.watched}


async def test_what_is_about_a_topic_is_raised_and_marked(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    async with bench_of(tmp_path, endpoint) as bench:
        before = await draft_of(bench)
        edition = await asked(bench)

    assert watched(before) == {}
    assert watched(edition) == dict.fromkeys(RIGHT, (TOPIC,))
    assert {story.title for story in edition.stories[:2]} == RIGHT
    assert {story.title for story in edition.stories} == set(TITLES)


async def test_each_entry_is_rated_once(tmp_path: Path, endpoint: Endpoint) -> None:
    async with bench_of(tmp_path, endpoint) as bench:
        await asked(bench)
        requests = len(endpoint.asked)
        await asked(bench)

    assert requests == len(endpoint.asked) == 1
    assert sorted(endpoint.articles) == sorted(TITLES)


async def test_each_topic_is_asked_about_by_itself(tmp_path: Path, endpoint: Endpoint) -> None:
    other = "about: fish"
    async with bench_of(tmp_path, endpoint, watch=[TOPIC, other, "library"]) as bench:
        edition = await asked(bench)

    assert len(endpoint.asked) == 2
    prompts = [body["messages"][0]["content"] for body in endpoint.asked]
    for topic in (TOPIC, other):
        assert sum(f'"{topic.removeprefix("about: ")}"' in prompt for prompt in prompts) == 1
    assert watched(edition)["A library opens on the hill"] == ("library",)


async def test_without_a_model_nothing_changes(tmp_path: Path) -> None:
    async with bench_of(tmp_path, None) as bench:
        edition = await draft_of(bench)
    (tmp_path / "digest.db").unlink()
    async with bench_of(tmp_path, None, watch=[]) as bench:
        plain = await draft_of(bench)

    assert edition == plain


@pytest.mark.parametrize("said", ["perhaps", "", "yes and no", "9"])
async def test_what_is_neither_yes_nor_no_raises_nothing(
    tmp_path: Path, endpoint: Endpoint, said: str
) -> None:
    endpoint.write = lambda _: said
    async with bench_of(tmp_path, endpoint) as bench:
        edition = await asked(bench)

    assert watched(edition) == {}


async def test_a_model_that_does_not_answer_raises_nothing(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    endpoint.change = lambda *_: Reply("", 503)
    async with bench_of(tmp_path, endpoint) as bench:
        edition = await asked(bench)

    assert watched(edition) == {}
    assert {story.title for story in edition.stories} == set(TITLES)


async def test_an_article_cannot_speak_for_another(tmp_path: Path, endpoint: Endpoint) -> None:
    async with bench_of(tmp_path, endpoint) as bench:
        await asked(bench)

    (body,) = endpoint.asked
    ids = [item["id"] for item in items_of(body)]
    assert len(set(ids)) == len(ids)
    schema = body["response_format"]["json_schema"]["schema"]
    assert schema["properties"]["answers"]["items"]["properties"]["id"]["enum"] == ids
