"""Summaries of a model in editions: in time, paid once, and none without its receipt."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.channels import open_channels
from digest.jobs.drafts import Drafter
from digest.jobs.summaries import SummaryJob
from digest.log import Redactor, Sanitiser
from digest.model import Summary
from tests import limits
from tests.feed_xml import NOW
from tests.jobs.bench import open_bench, settings_of
from tests.jobs.test_publish import CHANNELS, URL, incidents, parts, payloads, table
from tests.servers import Reply, running
from tests.store import build
from tests.summaries.articles import ENTRIES, TITLES, text_of
from tests.summaries.endpoint import (
    PATH,
    Endpoint,
    as_json,
    as_lines,
    completion,
    error,
    first_sentences,
    form_of,
    hanging,
    items_of,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from digest.jobs.publish import Published
    from digest.model import Edition
    from tests.jobs.bench import Bench

WEEK = timedelta(days=7)
MARK = "Summary by a model: "


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with running(made := Endpoint()):
        yield made


def model_of(endpoint: Endpoint, **more: Any) -> dict[str, Any]:
    return {"url": f"{endpoint.url}/v1", "model": "small", "timeout": "20s"} | more


@asynccontextmanager
async def bench_of(
    folder: Path, *models: dict[str, Any], digests: dict[str, Any] | None = None, **digest: Any
) -> AsyncIterator[Bench]:
    """A bench whose digest asks models, with five articles pending on a Monday at nine."""
    weekly = {
        "schedule": "every monday at 09:00",
        "send_to": ["inbox", "team", "vault"],
        "summary": "model",
    }
    settings = settings_of(
        folder,
        [URL],
        channels=CHANNELS,
        smtp={"host": "127.0.0.1", "from": "Reading <digest@example.com>"},
        digests={"weekly": weekly | digest, **(digests or {})},
        models=list(models),
    )
    async with open_bench(settings, folder) as bench:
        windows = {name: each.reach for name, each in bench.settings.digests.items()}
        await bench.store.transact(lambda store: build.learn(store, *ENTRIES, windows=windows))
        bench.clock.now = NOW + WEEK
        yield bench


def job_of(bench: Bench) -> SummaryJob:
    context = replace(bench.context(), sanitiser=Sanitiser(Redactor(bench.settings.secrets())))
    return SummaryJob(context, Drafter(context))


async def draft_of(bench: Bench, digest: str = "weekly") -> Edition:
    return (await Drafter(bench.context()).edition(digest, bench.clock())).edition


async def asked(bench: Bench, seconds: float = limits.seconds(20)) -> Edition:
    """The edition after its models were asked."""
    job = job_of(bench)
    try:
        await job.ask(await Drafter(bench.context()).edition("weekly", bench.clock()), seconds)
        return await draft_of(bench)
    finally:
        await job.finish()


def kinds(edition: Edition) -> set[str]:
    return {story.summary.kind for story in edition.stories if story.summary}


def reasons(edition: Edition) -> set[str]:
    return {story.summary.reason for story in edition.stories if story.summary}


async def publish(bench: Bench) -> Published:
    (published,) = await bench.publishing(
        open_channels(bench.settings), summary_job=job_of(bench)
    ).publish_due()
    return published


async def test_each_story_gets_its_summary_marked_in_every_form(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        sent = await payloads(bench, await publish(bench))

    mail = parts(sent["inbox"])
    assert mail["html"].count(MARK) == len(TITLES)
    assert mail["plain"].replace("\n  ", " ").count(MARK) == len(TITLES)
    assert sent["team"].decode().count(MARK) == len(TITLES)
    assert sent["vault"].decode().count(MARK) == len(TITLES)
    assert sorted(endpoint.articles) == sorted(TITLES)


async def test_who_wrote_a_summary_is_kept_with_it(tmp_path: Path, endpoint: Endpoint) -> None:
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await asked(bench)

    host = endpoint.url.removeprefix("http://")
    assert {story.summary for story in edition.stories} == {Summary("model", f"small at {host}", 1)}
    story = next(each for each in edition.stories if each.title == TITLES[0])
    assert story.excerpt == MARK + text_of(TITLES[0]).partition(". ")[0] + "."


async def test_nothing_is_paid_twice(tmp_path: Path, endpoint: Endpoint) -> None:
    daily = {"schedule": "daily at 08:00", "send_to": ["vault"], "summary": "model"}
    async with bench_of(tmp_path, model_of(endpoint), digests={"daily": daily}) as bench:
        await asked(bench)
        before = len(endpoint.asked)
        again = await asked(bench)
        other = await draft_of(bench, "daily")

    assert kinds(again) == kinds(other) == {"model"}
    assert len(endpoint.asked) == before
    assert len(endpoint.articles) == len(TITLES)


async def test_two_who_ask_at_once_pay_once(tmp_path: Path, endpoint: Endpoint) -> None:
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        job = job_of(bench)
        draft = await Drafter(bench.context()).edition("weekly", bench.clock())
        await asyncio.gather(*(job.ask(draft, limits.seconds(20)) for _ in range(3)))
        await job.finish()

    assert len(endpoint.articles) == len(TITLES)


async def test_a_draft_asks_nobody(tmp_path: Path, endpoint: Endpoint) -> None:
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await draft_of(bench)

    assert endpoint.asked == []
    assert kinds(edition) == {"lead"}
    assert reasons(edition) == {"no answer of a model came in time"}


async def test_a_summary_without_a_receipt_is_not_shown(tmp_path: Path, endpoint: Endpoint) -> None:
    endpoint.write = lambda item: first_sentences(item).rstrip(".") + ", Mirja Vexahol said."
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await asked(bench)
        kept = await table(bench, "model_answers")

    assert kinds(edition) == {"lead"}
    assert reasons(edition) == {"the summary named 'Mirja', which the article does not"}
    assert not any("Vexahol" in story.excerpt for story in edition.stories)
    # What was paid for is not asked for again.
    assert len(kept) == len(TITLES)
    assert len(endpoint.articles) == len(TITLES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "Das ist eine Zusammenfassung, die nicht in der Sprache ist, in der sie sein soll.",
            "the summary is in another language",
        ),
        (
            "Read more about it at https://evil.example/now, it is all there.",
            "the summary has an address in it",
        ),
        (
            "As an AI language model, I cannot say what this article is about.",
            "the summary speaks of itself, or of the model",
        ),
        ("word " * 200, "the summary is too long"),
    ],
)
async def test_what_a_model_says_beside_the_matter_is_not_shown(
    tmp_path: Path, endpoint: Endpoint, text: str, reason: str
) -> None:
    endpoint.write = lambda _: text
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await asked(bench)

    assert reasons(edition) == {reason}
    assert kinds(edition) == {"lead"}


FORMS = [
    ({"json_schema", "json_object", "text"}, as_json, "json_schema"),
    ({"json_object", "text"}, as_json, "json_object"),
    ({"text"}, as_lines, "text"),
    ({"text"}, as_json, "text"),
]


@pytest.mark.parametrize(("spoken", "wrap", "form"), FORMS)
@pytest.mark.parametrize(
    "refusal",
    [
        Reply(error("response_format is not supported"), 400),
        Reply(error("unknown field response_format"), 422),
        Reply(error("Internal error: grammar could not be made of json_schema"), 500),
        Reply("", 400),
    ],
    ids=["400", "422", "500", "silent"],
)
async def test_the_form_that_a_model_speaks_is_found_and_remembered(
    tmp_path: Path,
    endpoint: Endpoint,
    spoken: set[str],
    wrap: Callable[[list[dict[str, str]]], str],
    form: str,
    refusal: Reply,
) -> None:
    endpoint.forms, endpoint.wrap, endpoint.refusal = spoken, wrap, refusal
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await asked(bench)
        remembered = await table(bench, "model_forms")
        tried = len(endpoint.asked)
        await bench.store.transact(lambda store: store.models.drop_before(bench.clock() + WEEK))
        await asked(bench)

    assert kinds(edition) == {"model"}
    assert {form_of(body) for body in endpoint.asked[tried:]} == {form}
    if form != "json_schema":
        assert [row[1] for row in remembered] == [form]


def think(answers: list[dict[str, str]]) -> str:
    return f"<think>The user wants a summary. {as_json([])} Hm.</think>\n\n{as_json(answers)}"


def fence(answers: list[dict[str, str]]) -> str:
    return f"Sure! Here are the summaries:\n```json\n{as_json(answers)}\n```\nAnything else?"


def as_map(answers: list[dict[str, str]]) -> str:
    return json.dumps({answer["id"]: answer["text"] for answer in answers})


def as_list(answers: list[dict[str, str]]) -> str:
    return json.dumps([{"id": each["id"], "summary": each["text"]} for each in answers])


@pytest.mark.parametrize("wrap", [think, fence, as_map, as_list, as_lines])
async def test_an_answer_is_read_out_of_what_is_around_it(
    tmp_path: Path, endpoint: Endpoint, wrap: Callable[[list[dict[str, str]]], str]
) -> None:
    endpoint.wrap = wrap
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await asked(bench)

    assert kinds(edition) == {"model"}
    assert not any("think" in story.excerpt for story in edition.stories)


def changed(reply: Reply) -> Callable[[Reply, dict[str, Any]], Reply]:
    return lambda *_: reply


def of_content(content: Any, **more: Any) -> Callable[[Reply, dict[str, Any]], Reply]:
    return lambda _, body: completion(content, body, **more)


FAILURES: dict[str, tuple[Callable[[Reply, dict[str, Any]], Reply], str]] = {
    "too many requests": (changed(Reply(error("slow down"), 429)), "answered 429"),
    "overloaded": (changed(Reply(error("overloaded"), 529)), "answered 529"),
    "loading": (changed(Reply(error("Loading model"), 503)), "answered 503"),
    "queue full": (changed(Reply("server busy", 503)), "answered 503"),
    "a page": (changed(Reply("<html>Bad gateway</html>", 502)), "answered 502"),
    "no key": (changed(Reply(error("Incorrect API key"), 401)), "refused the key"),
    "no access": (changed(Reply(error("no access"), 403)), "refused the key"),
    "no model": (changed(Reply(error("model 'small' not found"), 404)), "has no model"),
    "moved": (changed(Reply("", 307, {"Location": "http://h/v2"})), "leads elsewhere"),
    "no money": (changed(Reply(error("Insufficient credits"), 402)), "answered 402"),
    "too long": (
        changed(Reply(error("This model's maximum context length is 512 tokens"), 400)),
        "answered 400",
    ),
    "cut off": (of_content('{"answers": [', finish="length"), "cut off"),
    "garbage": (of_content("\u0000\ufffd" * 40), "cannot be read"),
    "nothing": (of_content(""), "empty"),
    "null": (of_content(None), "empty"),
    "only thoughts": (of_content("<think>" + "hm " * 500), "cannot be read"),
    "other ids": (of_content(as_json([{"id": "zzz", "text": "Text."}])), "cannot be read"),
    "no completion": (changed(Reply("[]")), "no chat completion"),
    "no JSON": (changed(Reply("OK")), "no chat completion"),
    "deep": (changed(Reply("[" * 100_000)), "no chat completion"),
    "prompt cut in silence": (of_content(as_json([]), read=0.2), "tokens of the question"),
    "endless": (changed(Reply(b"x" * 3_000_000)), "no chat completion"),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_whatever_a_model_does_the_edition_is_there_with_leads(
    tmp_path: Path, endpoint: Endpoint, failure: str
) -> None:
    endpoint.change, reason = FAILURES[failure]
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await asked(bench)
        sent = await payloads(bench, await publish(bench))

    assert kinds(edition) == {"lead"}
    assert all(reason in found for found in reasons(edition)), reasons(edition)
    for story in edition.stories:
        assert story.excerpt in text_of(story.title)
    assert not any(MARK.encode() in payload for payload in sent.values())


@pytest.mark.parametrize("failure", ["loading", "no key", "too many requests"])
async def test_the_next_model_is_asked_where_one_does_not_answer(
    tmp_path: Path, endpoint: Endpoint, failure: str
) -> None:
    endpoint.change, _ = FAILURES[failure]
    with running(second := Endpoint()):
        models = (model_of(endpoint), model_of(second, model="other"))
        async with bench_of(tmp_path, *models) as bench:
            edition = await asked(bench)

    assert kinds(edition) == {"model"}
    assert {story.summary.model.split()[0] for story in edition.stories if story.summary} == {
        "other"
    }
    # One that is busy is left alone for a while.
    assert len(endpoint.asked) == 1


async def test_a_model_that_needs_its_operator_is_an_incident_until_it_answers(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    endpoint.key = "right"
    async with bench_of(tmp_path, model_of(endpoint, api_key="tops3cret")) as bench:
        await asked(bench)
        opened = await incidents(bench)
        endpoint.key = ""
        bench.clock.turn(hours=1)
        await asked(bench)
        closed = await incidents(bench)

    host = endpoint.url.removeprefix("http://")
    ((kind, subject, message),) = opened
    assert (kind, subject) == ("model", f"small at {host}")
    assert message == "refused the key, answered 401: Incorrect API key provided"
    assert closed == []


async def test_an_edition_waits_seconds_for_a_model_that_hangs(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    reply, event = hanging()
    endpoint.change = changed(reply)
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        try:
            edition = await asked(bench, seconds=0.2)
        finally:
            event.set()

    assert kinds(edition) == {"lead"}


async def test_what_is_asked_ahead_is_there_on_time(tmp_path: Path, endpoint: Endpoint) -> None:
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        bench.clock.now = NOW + WEEK - timedelta(minutes=11)
        job = job_of(bench)
        await job.ask_ahead()
        early = len(endpoint.asked)
        bench.clock.now = NOW + WEEK - timedelta(minutes=9)
        await job.ask_ahead()
        await job.finish()
        endpoint.change = changed(Reply("", 503))
        bench.clock.now = NOW + WEEK
        edition = await draft_of(bench)

    assert early == 0
    assert kinds(edition) == {"model"}


async def test_a_day_has_its_tokens_and_so_has_an_edition(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    async with bench_of(
        tmp_path, model_of(endpoint, tokens_a_request=1_000, tokens_a_day=1_500)
    ) as bench:
        first = await asked(bench)
        bench.clock.turn(hours=3)
        again = await asked(bench)
        bench.clock.turn(hours=24)
        later = await asked(bench)

    assert kinds(first) == {"lead", "model"}
    assert any("tokens of the day are spent" in reason for reason in reasons(first))
    assert kinds(again) == {"lead", "model"}
    assert sum(story.summary.kind == "model" for story in later.stories if story.summary) > sum(
        story.summary.kind == "model" for story in first.stories if story.summary
    )


async def test_the_tokens_of_an_edition_are_no_more_than_it_says(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    summary = {"kind": "model", "tokens_an_edition": 1_500}
    async with bench_of(tmp_path, model_of(endpoint), summary=summary) as bench:
        edition = await asked(bench)
        requests = await table(bench, "model_requests")

    assert any("tokens of the edition are spent" in reason for reason in reasons(edition))
    assert sum(row[5] + row[6] for row in requests) <= 1_500


async def test_a_request_that_nobody_heard_of_again_counts_as_it_may_have_cost(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    reply, event = hanging()
    endpoint.change = changed(reply)
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        try:
            await asked(bench, seconds=0.2)
            requests = await table(bench, "model_requests")
        finally:
            event.set()

    assert requests
    assert all(row[5] > 0 and row[6] > 0 for row in requests)


async def test_no_request_is_larger_than_it_may_be(tmp_path: Path, endpoint: Endpoint) -> None:
    async with bench_of(tmp_path, model_of(endpoint, tokens_a_request=1_000)) as bench:
        edition = await asked(bench)

    assert kinds(edition) == {"model"}
    assert len(endpoint.asked) > 2
    for body in endpoint.asked:
        size = sum(len(message["content"]) for message in body["messages"])
        assert size / 3 + body["max_tokens"] <= 1_000


async def test_what_one_of_several_misses_is_asked_for_alone(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    endpoint.wrap = lambda answers: as_json(answers[:1])
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await asked(bench)

    assert kinds(edition) == {"model"}
    assert max(len(items_of(body)) for body in endpoint.asked) > 1
    assert min(len(items_of(body)) for body in endpoint.asked) == 1


async def test_two_texts_for_one_article_are_none(tmp_path: Path, endpoint: Endpoint) -> None:
    def twice(answers: list[dict[str, str]]) -> str:
        return as_json([*answers, *({**each, "text": "Another text."} for each in answers)])

    endpoint.wrap = twice
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await asked(bench)

    assert kinds(edition) == {"lead"}


async def test_parameters_that_a_model_does_not_take_are_left_out(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    def newer(reply: Reply, body: dict[str, Any]) -> Reply:
        if "max_tokens" in body:
            said = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
            return Reply(error(said), 400)
        return reply

    endpoint.change = newer
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        edition = await asked(bench)

    assert kinds(edition) == {"model"}
    assert "max_completion_tokens" in endpoint.asked[-1]


async def test_a_key_reaches_the_endpoint_and_nothing_else(
    tmp_path: Path, endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    key, header = "tops3cret-key-of-a-model", "an0ther-s3cret"
    endpoint.key = key
    said = Reply(error(f"quota of {key} and {header} is used up"), 429)
    model = model_of(endpoint, api_key=key, headers={"X-Key": header})
    caplog.set_level("DEBUG")
    async with bench_of(tmp_path, model) as bench:
        assert kinds(await asked(bench)) == {"model"}
        await bench.store.transact(lambda store: store.models.drop_before(bench.clock() + WEEK))
        endpoint.change = changed(said)
        edition = await asked(bench)
        everything = str(await bench.store.transact(build.dump))

    assert endpoint.requests_to(PATH)[-1].headers["X-Key"] == header
    for secret in (key, header):
        assert secret not in everything + caplog.text + str(edition)


async def test_a_proxy_of_the_environment_is_used(
    tmp_path: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", endpoint.url)
    elsewhere = "http://models.invalid/v1"
    endpoint.replies[f"{elsewhere}/chat/completions"] = endpoint.replies[PATH]
    async with bench_of(tmp_path, model_of(endpoint, url=elsewhere)) as bench:
        edition = await asked(bench)

    assert kinds(edition) == {"model"}


async def test_an_overview_is_written_by_the_model_too(tmp_path: Path, endpoint: Endpoint) -> None:
    endpoint.write = lambda item: item["text"].partition("\n")[0][:200].split(". ")[-1]
    async with bench_of(tmp_path, model_of(endpoint), overview=True) as bench:
        edition = await asked(bench)

    (block,) = edition.blocks
    assert block.title == "In short, written by a model"
    assert block.text in " ".join(map(text_of, TITLES))


async def test_short_entries_and_posts_are_not_asked_about(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    async with bench_of(tmp_path, model_of(endpoint), fold=2, top_stories=0) as bench:
        edition = await asked(bench)

    shown = [story.title for story in edition.stories if not story.brief]
    assert sorted(endpoint.articles) == sorted(shown)
    assert len(shown) < len(TITLES)


async def test_a_bug_while_asking_keeps_no_edition_back(
    tmp_path: Path,
    endpoint: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("digest.jobs.summaries.summary_questions", broken)
    async with bench_of(tmp_path, model_of(endpoint)) as bench:
        published = await publish(bench)

    assert published.entries == len(TITLES)
    assert "bug while asking models" in caplog.text
