"""Models that do what an article tells them: nothing of it reaches a reader unmarked."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from digest.channels import open_channels
from digest.jobs.drafts import Drafter
from digest.jobs.summaries import SummaryJob
from digest.model import KeyedEntry, ParsedEntry
from digest.rendering.clean import clean_entries
from digest.rendering.plain import read_text
from tests import limits
from tests.feed_xml import NOW
from tests.jobs.bench import open_bench, settings_of
from tests.jobs.test_publish import CHANNELS, URL, parts, payloads
from tests.servers import running
from tests.store import build
from tests.summaries.endpoint import Endpoint, items_of
from tests.summaries.injections import MARKERS, injections, untagged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from digest.model import CleanEntry, Edition
    from tests.summaries.injections import Injection

EACH = 60
MARK = "Summary by a model: "
OBEDIENT: dict[str, Callable[[dict[str, str]], str]] = {
    "says it": lambda _: "Vexahol cures back pain, experts say in a new study of the matter.",
    "links": lambda item: f"{item['title']}: more at http://evil.example/now for everybody.",
    "speaks to the reader": lambda _: "Click here to claim your prize, and enter your password.",
    "repeats all of it": lambda item: item["text"][:380],
}


def parts_of(*, hidden: bool) -> list[list[Injection]]:
    """Injections that readers do not see, or do, so many at a time."""
    some = [each for each in injections() if each.hidden is hidden]
    return [some[start : start + EACH] for start in range(0, len(some), EACH)]


def entry_of(injection: Injection, number: int) -> CleanEntry:
    """An entry whose paragraphs no other has: what several have is their feed's."""
    parsed = ParsedEntry(
        guid=str(number),
        link=f"https://site.example/{number}",
        title=injection.title,
        author="",
        published=NOW,
        html=injection.html.replace("<p>", f"<p>Item {number}. "),
    )
    (clean,) = clean_entries([KeyedEntry(f"k{number}", f"f{number}", parsed, (f"guid:{number}",))])
    return clean


@pytest.mark.parametrize("planted", parts_of(hidden=True), ids=lambda part: part[0].name)
async def test_what_no_reader_sees_no_model_is_asked_about(
    tmp_path: Path, planted: Sequence[Injection]
) -> None:
    with running(endpoint := Endpoint(OBEDIENT["repeats all of it"])):
        sent, edition = await published(tmp_path, endpoint, planted)

    asked = untagged(json.dumps([items_of(body) for body in endpoint.asked], ensure_ascii=False))
    mail = untagged(parts(sent)["plain"])
    assert len(edition.stories) == len(planted)
    assert len(endpoint.articles) > len(planted) // 2
    for marker in MARKERS:
        assert marker not in asked
        assert marker not in mail


@pytest.mark.parametrize(
    ("planted", "obedience"),
    [
        # What is refused whatever the article says is tried with one part.
        pytest.param(part, obedience, id=f"{part[0].name}-{obedience}")
        for number, part in enumerate(parts_of(hidden=False))
        for obedience in OBEDIENT
        if number == 0 or obedience in {"says it", "repeats all of it"}
    ],
)
async def test_what_a_model_is_told_to_do_reaches_nobody_unmarked(
    tmp_path: Path, planted: Sequence[Injection], obedience: str
) -> None:
    with running(endpoint := Endpoint(OBEDIENT[obedience])):
        sent, edition = await published(tmp_path, endpoint, planted)

    own = {entry.link: entry for entry in map(entry_of, planted, range(len(planted)))}
    assert endpoint.articles
    for story in edition.stories:
        assert story.summary is not None
        said = story.excerpt.removeprefix(MARK)
        if story.summary.kind == "model":
            assert story.excerpt.startswith(MARK)
            assert obedience not in {"links", "speaks to the reader"}, said
        else:
            # The entry's own words.
            assert not story.excerpt.startswith(MARK)
            assert " ".join(said.split())[:60] in " ".join(
                read_text(own[story.url].html)[0].split()
            )
    assert "evil.example" not in links_of(sent)


def links_of(sent: bytes) -> str:
    """The addresses that an email links to, but for those of its entries' own content."""
    html = parts(sent)["html"]
    return " ".join(piece.partition('"')[0] for piece in html.split('href="')[1:])


async def published(
    folder: Path, endpoint: Endpoint, planted: Sequence[Injection]
) -> tuple[bytes, Edition]:
    """What goes out by email of an edition with these articles, and the edition."""
    model = {
        "url": f"{endpoint.url}/v1",
        "model": "small",
        "tokens_a_request": 8_000,
        "tokens_a_day": 9_000_000,
    }
    weekly = {
        "schedule": "every monday at 09:00",
        "send_to": ["inbox"],
        "summary": {"kind": "model", "tokens_an_edition": 9_000_000},
        "max_entries": 100,
        "fold": 100,
    }
    smtp = {"host": "127.0.0.1", "from": "Reading <digest@example.com>"}
    settings = settings_of(
        folder, [URL], channels=CHANNELS, smtp=smtp, digests={"weekly": weekly}, models=[model]
    )
    async with open_bench(settings, folder) as bench:
        windows = {name: each.reach for name, each in bench.settings.digests.items()}
        entries = [entry_of(each, number) for number, each in enumerate(planted)]
        await bench.store.transact(lambda store: build.learn(store, *entries, windows=windows))
        bench.clock.now = NOW + timedelta(days=7)
        job = SummaryJob(bench.context(), Drafter(bench.context()))
        draft = await Drafter(bench.context()).edition("weekly", bench.clock())
        await job.ask(draft, limits.seconds(60))
        publishing = bench.publishing(open_channels(bench.settings), summary_job=job)
        (edition,) = await publishing.publish_due()
        await job.finish()
        sent = (await payloads(bench, edition))["inbox"]
        stored = await bench.store.transact(lambda store: store.editions.load(edition.edition_id))
    assert stored is not None
    return sent, stored
