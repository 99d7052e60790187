"""Leads and the paragraph on top, in drafts and in what is sent; no model is asked."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from digest.jobs.drafts import Drafter
from digest.model import OVERVIEW, Summary
from tests.feed_xml import NOW
from tests.jobs.bench import open_bench, settings_of
from tests.jobs.test_publish import CHANNELS, URL, parts, payloads, publishing
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import pytest

    from digest.config import Settings
    from digest.model import CleanEntry, Edition
    from tests.jobs.bench import Bench

PLACES = ("Oslo", "Turin", "Ghent", "Porto")
TITLES = (
    "Harbour road closes to cars",
    "A library opens on the hill",
    "Eels return to the old canal",
    "Tram line gets night service",
)


def text_of(place: str) -> str:
    """Three sentences, the first of which nearly fills an excerpt."""
    return (
        f"The council of {place} voted on Monday to go on with what it had put off in spring, after"
        f" two years of debate in {place} about the noise and the air, and about what all of it is"
        f" to cost. Buses and the ferry of {place} will run as before, and go on to do so until the"
        f" end of the year. Nobody in {place} was against it."
    )


def entries() -> list[CleanEntry]:
    """Four entries about nothing in common, of which excerpts have the first sentence."""
    return [
        replace(
            build.entry(title),
            html=f"<p>{text_of(place)}</p><p>Shops of {place} had asked for this.</p>",
            excerpt=text_of(place).partition(". ")[0] + ".",
        )
        for title, place in zip(TITLES, PLACES, strict=True)
    ]


def settings(folder: Path, **digest: Any) -> Settings:
    weekly = {"schedule": "every monday at 09:00", "send_to": ["inbox", "team", "vault"]} | digest
    smtp = {"host": "127.0.0.1", "from": "Reading <digest@example.com>"}
    return settings_of(folder, [URL], channels=CHANNELS, smtp=smtp, digests={"weekly": weekly})


@asynccontextmanager
async def learned(folder: Path, **digest: Any) -> AsyncIterator[Bench]:
    """A bench that has four entries pending."""
    async with open_bench(settings(folder, **digest), folder) as bench:
        windows = {name: each.reach for name, each in bench.settings.digests.items()}
        new = entries()
        await bench.store.transact(lambda store: build.learn(store, *new, windows=windows))
        yield bench


async def drafted(folder: Path, **digest: Any) -> Edition:
    async with learned(folder, **digest) as bench:
        return (await Drafter(bench.context()).edition("weekly", NOW)).edition


async def test_without_a_word_of_it_nothing_changes(tmp_path: Path) -> None:
    edition = await drafted(tmp_path)

    assert {story.excerpt for story in edition.stories} == {each.excerpt for each in entries()}
    assert not any(story.summary for story in edition.stories)
    assert edition.blocks == ()


async def test_a_lead_has_more_than_the_excerpt_and_no_half_sentence(tmp_path: Path) -> None:
    edition = await drafted(tmp_path, summary="lead")

    for story in edition.stories:
        place = PLACES[TITLES.index(story.title)]
        assert story.excerpt == text_of(place)
        assert story.summary == Summary("lead")


async def test_an_overview_stands_on_top_in_every_form(tmp_path: Path) -> None:
    async with learned(tmp_path, overview=True) as bench:
        bench.clock.turn(days=7)
        (published,) = await publishing(bench).publish_due()
        sent = await payloads(bench, published)

    mail = parts(sent["inbox"])
    for form in (mail["plain"], mail["html"], sent["team"].decode(), sent["vault"].decode()):
        assert "In short" in form
        above = " ".join(form.partition("In short")[2].split())[:600]
        assert all(title in above for title in TITLES)


async def test_an_overview_can_be_asked_for_in_the_map(tmp_path: Path) -> None:
    edition = await drafted(tmp_path, summary={"kind": "lead", "overview": True})

    assert [block.kind for block in edition.blocks] == [OVERVIEW]
    assert all(story.summary for story in edition.stories)


async def test_a_bug_in_summaries_keeps_no_edition_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("digest.jobs.draft_summaries.entry_texts", broken)
    edition = await drafted(tmp_path, summary="lead", overview=True)

    assert {story.excerpt for story in edition.stories} == {each.excerpt for each in entries()}
    assert "bug in summaries" in caplog.text
