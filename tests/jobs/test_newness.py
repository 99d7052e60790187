"""What is new, through everything that decides it: server, parser, store and clock."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.jobs.drafts import Drafter
from digest.model import ParsedEntry
from tests.feed_xml import NOW, item, rss
from tests.jobs.poller import Poller
from tests.servers import Reply
from tests.store.build import name_message
from tests.store.old import make_old_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from digest.model import Edition, PollResult
    from digest.workers.pool import WorkerPool
    from tests.servers import HttpServer

    MakePoller = Callable[..., Poller]

HOUR = timedelta(hours=1)


@pytest.fixture
def make_poller(feed_server: HttpServer, tmp_path: Path, workers: WorkerPool) -> MakePoller:
    def make(feed: dict[str, Any] | None = None, **more: Any) -> Poller:
        return Poller(feed_server, tmp_path, workers, feed, **more)

    return make


@pytest.fixture
async def poller(make_poller: MakePoller) -> AsyncIterator[Poller]:
    async with make_poller() as poller:
        yield poller


def items(first: int, last: int, published: datetime | None = NOW) -> list[str]:
    return [item(n, published=published) for n in range(first, last + 1)]


def counts(result: PollResult) -> tuple[str, int, int]:
    return result.outcome, result.new, result.known


async def edition_at(poller: Poller, at: datetime) -> Edition:
    return (await Drafter(poller.bench.context()).edition("weekly", at)).edition


async def publish(poller: Poller) -> list[str]:
    """Publish all that is pending; answers the titles."""
    edition = await edition_at(poller, poller.clock())
    await poller.ask(
        lambda store: store.editions.publish(edition, edition.period_to, (), name_message, None)
    )
    return [story.title for story in edition.stories]


# Floods.


async def incidents(poller: Poller) -> list[tuple[str, str, bool]]:
    rows = await poller.query("SELECT kind, subject, closed_at IS NULL FROM incidents")
    return [(kind, subject, bool(is_open)) for kind, subject, is_open in rows]


async def decide(poller: Poller, *, release: bool) -> int:
    urls, now = [poller.url], poller.clock()
    decided: int = await poller.ask(lambda store: store.held.decide(urls, now, release=release))
    return decided


async def test_a_flood_is_held_and_counted(poller: Poller) -> None:
    assert counts(await poller.read(*items(1, 30))) == ("updated", 30, 0)
    assert counts(await poller.read(*items(101, 130), hours=2)) == ("held", 30, 0)
    assert len(await poller.titles()) == 30
    assert await incidents(poller) == [("flood", poller.url, True)]
    (held,) = await poller.ask(lambda store: store.held.read())
    assert (held.url, held.entries, held.since) == (poller.url, 30, poller.clock())
    # Known from now on, and only once an incident.
    assert counts(await poller.read(item(0), *items(101, 130), hours=2)) == ("updated", 1, 30)
    assert counts(await poller.read(*items(201, 230), hours=2)) == ("held", 30, 0)
    assert await incidents(poller) == [("flood", poller.url, True)]
    assert len(await poller.titles()) == 31
    edition = await edition_at(poller, poller.clock())
    assert [(one.feed, one.entries) for one in edition.held] == [("A feed", 60)]


@pytest.mark.parametrize("release", [True, False])
async def test_the_operator_decides_about_a_flood(poller: Poller, *, release: bool) -> None:
    await poller.read(*items(1, 30))
    await poller.read(*items(101, 130, None), hours=2)
    assert await decide(poller, release=release) == 30
    assert len(await poller.titles()) == (60 if release else 30)
    assert await incidents(poller) == [("flood", poller.url, False)]
    assert await poller.ask(lambda store: store.held.read()) == []
    assert counts(await poller.read(*items(102, 130), hours=2)) == ("unchanged", 0, 29)
    assert counts(await poller.read(*items(1, 30), hours=2)) == ("unchanged", 0, 30)
    assert await decide(poller, release=not release) == 0
    assert len(await poller.titles()) == (60 if release else 30)
    # The next flood is another incident.
    assert (await poller.read(*items(201, 230), hours=2)).outcome == "held"
    assert [is_open for *_, is_open in await incidents(poller)] == [False, True]


async def test_a_flood_survives_a_restart(poller: Poller) -> None:
    await poller.read(*items(1, 30))
    await poller.read(*items(101, 130), hours=2)
    await poller.restart()
    assert len(await poller.titles()) == 30
    assert await decide(poller, release=True) == 30
    assert len(await poller.titles()) == 60


@pytest.mark.parametrize(
    ("known", "new", "outcome"),
    [
        (1, 10, "updated"),
        (1, 11, "held"),
        (20, 10, "updated"),
        (20, 11, "held"),
        (30, 15, "updated"),
        (30, 16, "held"),
        (31, 15, "updated"),
        (31, 16, "held"),
    ],
)
async def test_what_is_a_flood(poller: Poller, known: int, new: int, outcome: str) -> None:
    await poller.read(*items(1, known))
    result = await poller.read(*items(101, 100 + new), *items(1, known), hours=2)
    assert counts(result) == (outcome, new, known)
    assert len(await poller.titles()) == known + (new if outcome == "updated" else 0)


async def test_a_first_poll_is_no_flood(poller: Poller) -> None:
    assert counts(await poller.read(*items(1, 100))) == ("updated", 100, 0)
    assert len(await poller.titles()) == 100


@pytest.mark.parametrize(("number", "pending"), [(10, 10), (11, 0)])
async def test_what_follows_an_empty_first_body(poller: Poller, number: int, pending: int) -> None:
    assert counts(await poller.read()) == ("unchanged", 0, 0)
    # So many at once are a feed that was mended, and what is there is its baseline.
    result = await poller.read(*items(1, number, None), hours=2)
    assert counts(result) == ("updated", number, 0)
    assert len(await poller.titles()) == pending
    await poller.read(*items(1, number + 1, None), hours=2)
    assert len(await poller.titles()) == pending + 1


async def test_many_after_an_empty_first_body_follow_first_edition(poller: Poller) -> None:
    await poller.read()
    old = items(11, 20, NOW - timedelta(days=9))
    await poller.read(*items(1, 10), *old, hours=2)
    assert sorted(await poller.titles()) == sorted(f"Story {n}" for n in range(1, 11))


@pytest.mark.parametrize(
    ("days_away", "new", "outcome"), [(30, 60, "updated"), (30, 130, "held"), (1, 60, "held")]
)
async def test_after_an_absence_as_many_are_fine_as_the_feed_usually_brings(
    poller: Poller, days_away: int, new: int, outcome: str
) -> None:
    await poller.read(*items(1, 10))
    for day in range(1, 11):
        await poller.read(*items(1 + 2 * day, 10 + 2 * day), days=1)
    # Two a day: after a month twice as many are fine, which is a hundred and twenty.
    result = await poller.read(*items(101, 100 + new), days=days_away)
    assert (result.outcome, result.new) == (outcome, new)


async def test_answers_without_news_are_no_absence(poller: Poller) -> None:
    await poller.read(*items(1, 10))
    for day in range(1, 11):
        await poller.read(*items(1 + 2 * day, 10 + 2 * day), days=1)
    for _ in range(30):
        await poller.poll(days=1)
    assert (await poller.read(*items(101, 160), hours=2)).outcome == "held"


# Gaps.


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.levelno == logging.WARNING]


async def test_a_gap_is_noticed_and_said(poller: Poller, caplog: pytest.LogCaptureFixture) -> None:
    await poller.read(*items(1, 5))
    await poller.read(*items(3, 8), hours=2)
    assert (await poller.row())["missed_at"] is None
    result = await poller.read(*items(10, 14), hours=2)
    assert counts(result) == ("updated", 5, 0)
    assert (await poller.row())["missed_at"] == poller.clock()
    assert warnings(caplog) == ["entries were probably missed"]
    (record,) = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert record.__dict__["fields"] == {"feed": poller.url}


async def test_a_feed_that_outran_its_polls_is_polled_more_often(
    make_poller: MakePoller,
) -> None:
    async with make_poller({"every": "6h"}, polling={"every": "1h"}) as poller:
        await poller.read(*items(1, 5))
        await poller.read(*items(10, 14), hours=7)
        await poller.read(*items(11, 15), hours=7)
        row = await poller.row()
        assert 3 * HOUR <= row["next_poll_at"] - row["polled_at"] <= 3.3 * HOUR
        await poller.poll(days=8)
        row = await poller.row()
        assert row["next_poll_at"] - row["polled_at"] >= 6 * HOUR


async def test_a_gap_shortens_the_very_next_interval(make_poller: MakePoller) -> None:
    async with make_poller({"every": "6h"}, polling={"every": "1h"}) as poller:
        await poller.read(*items(1, 5))
        await poller.read(*items(10, 14), hours=7)
        row = await poller.row()
        assert row["missed_at"] == row["polled_at"]
        assert row["next_poll_at"] - row["polled_at"] <= 3.3 * HOUR


async def test_news_end_the_slow_pace_of_a_quiet_feed(poller: Poller) -> None:
    await poller.read(*items(1, 5))
    await poller.read(*items(1, 6), days=70)
    row = await poller.row()
    assert row["next_poll_at"] - row["polled_at"] <= 1.1 * HOUR


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # A feed of one entry never overlaps.
        (items(1, 1), items(2, 2)),
        (items(1, 1), items(2, 4)),
        (items(1, 4), items(5, 5)),
        # A flood is something else.
        (items(1, 30), items(101, 130)),
        (items(1, 5), items(5, 9)),
        (items(1, 5), []),
    ],
)
async def test_what_is_no_gap(poller: Poller, before: list[str], after: list[str]) -> None:
    await poller.read(*before)
    await poller.read(*after, hours=2)
    assert (await poller.row())["missed_at"] is None


# Bodies that are not whole.


async def test_an_empty_body_teaches_nothing(poller: Poller) -> None:
    poller.serve(*items(1, 5), ETag='"full"')
    await poller.poll()
    before = await poller.row()
    poller.serve(ETag='"empty"')
    assert counts(await poller.poll(hours=2)) == ("unchanged", 0, 0)
    after = await poller.row()
    learned = {"polled_at", "succeeded_at", "next_poll_at", "whole_at"}
    assert {name for name in after if after[name] != before[name]} == learned
    assert counts(await poller.read(*items(1, 6), hours=2)) == ("updated", 1, 5)
    assert poller.server.seen[-1].headers["If-None-Match"] == '"full"'


async def test_a_truncated_body_teaches_nothing(poller: Poller) -> None:
    poller.serve(*items(1, 5), ETag='"full"')
    await poller.poll()
    poller.answer(Reply(rss(*items(1, 8))[:-30], headers={"ETag": '"cut"'}))
    assert counts(await poller.poll(hours=2)) == ("failed", 0, 0)
    assert counts(await poller.read(*items(1, 6), hours=2)) == ("updated", 1, 5)
    assert poller.server.seen[-1].headers["If-None-Match"] == '"full"'


# Remembering.


async def year_passes(poller: Poller, *, polled: bool) -> None:
    """A year and a day, in which the feed says nothing of its first entry."""
    if polled:
        await poller.read(item(2), hours=2)
    poller.clock.turn(days=366)


async def test_what_a_feed_had_not_for_a_year_is_forgotten(poller: Poller) -> None:
    await poller.read(*items(1, 2))
    await publish(poller)
    await poller.read(item(2), days=1)
    assert counts(await poller.read(item(2), item(3), days=364)) == ("updated", 1, 1)
    assert counts(await poller.read(*items(1, 3), minutes=1)) == ("unchanged", 0, 3)
    await poller.read(*items(2, 3), days=1)
    assert counts(await poller.read(*items(2, 4), days=366)) == ("updated", 1, 2)
    assert counts(await poller.read(*items(1, 4), hours=2)) == ("updated", 1, 3)


async def test_what_is_there_all_the_time_is_not_forgotten(poller: Poller) -> None:
    poller.serve(*items(1, 2), ETag='"a"')
    await poller.poll()
    await publish(poller)
    poller.answer(Reply(status=304))
    for _ in range(5):
        await poller.poll(days=100)
    # It was there until the last answer, whatever it came with.
    assert counts(await poller.read(item(2), days=100)) == ("unchanged", 0, 1)
    assert counts(await poller.read(*items(1, 2), days=300)) == ("unchanged", 0, 2)


async def test_a_shrunken_body_lets_nothing_be_forgotten(poller: Poller) -> None:
    await poller.read(*items(1, 10))
    await publish(poller)
    await poller.read(*items(2, 10), hours=2)
    # Less than half: learned from, but a year means nothing now.
    assert counts(await poller.read(*items(8, 11), days=400)) == ("updated", 1, 3)
    assert counts(await poller.read(*items(1, 11), hours=2)) == ("unchanged", 0, 11)


async def test_what_is_pending_is_not_forgotten(poller: Poller) -> None:
    await poller.read(*items(1, 2))
    await poller.read(item(2), hours=2)
    assert counts(await poller.read(*items(2, 3), days=400)) == ("updated", 1, 1)
    assert await poller.titles() == ["Story 2", "Story 1", "Story 3"]
    assert counts(await poller.read(*items(1, 3), hours=2)) == ("unchanged", 0, 3)


# Edits.


async def test_an_edited_entry_that_was_sent_is_not_sent_again(poller: Poller) -> None:
    await poller.read(item(1))
    assert await publish(poller) == ["Story 1"]
    await poller.read(item(1, title="Mended"), days=1)
    assert await poller.titles() == []


async def test_an_edited_entry_is_sent_again_where_that_is_wished(
    make_poller: MakePoller,
) -> None:
    async with make_poller({"updates": "resend"}) as poller:
        await poller.read(item(1), item(2))
        assert len(await publish(poller)) == 2
        await poller.read(item(1, title="Mended"), item(2), days=1)
        edition = await edition_at(poller, poller.clock())
        assert [(one.title, one.updated) for one in edition.stories] == [("Mended", True)]
        poller.clock.turn(minutes=1)
        assert await publish(poller) == ["Mended"]
        await poller.read(item(1, title="Mended"), item(2), item(3), days=1)
        assert await poller.titles() == ["Story 3"]
        taken = await poller.query("SELECT entry_id, count(*) FROM edition_entries GROUP BY 1")
        assert [number for _, number in taken] == [1, 1]


async def test_what_was_in_no_edition_is_not_sent_for_an_edit(make_poller: MakePoller) -> None:
    async with make_poller({"updates": "resend"}) as poller:
        await poller.read(item(1, published=NOW - timedelta(days=30)))
        await poller.read(item(1, title="Mended", published=NOW - timedelta(days=30)), days=1)
        assert await poller.titles() == []


@pytest.mark.parametrize(("updates", "marked"), [("mark", True), ("ignore", False)])
async def test_an_edited_entry_is_marked_where_that_is_wished(
    make_poller: MakePoller, updates: str, *, marked: bool
) -> None:
    async with make_poller({"updates": updates}) as poller:
        await poller.read(item(1), item(2))
        await poller.read(item(1, title="Mended"), item(2), days=1)
        edition = await edition_at(poller, poller.clock())
        assert {(one.title, one.updated) for one in edition.stories} == {
            *(("Mended", marked), ("Story 2", False))
        }
        await publish(poller)
        await poller.read(item(1, title="Mended again"), item(2), days=1)
        assert await poller.titles() == []


# The operator's word on identity.


def page(day: int) -> str:
    return (
        "<item><guid>today</guid><link>https://site.example/today</link>"
        f"<title>Day {day}</title><description>Words of day {day}.</description></item>"
    )


@pytest.mark.parametrize(("identity", "new"), [("auto", 0), ("content", 1)])
async def test_identity_is_the_operators_choice(
    make_poller: MakePoller, identity: str, new: int
) -> None:
    async with make_poller({"identity": identity}) as poller:
        await poller.read(page(1))
        assert counts(await poller.read(page(2), days=1))[1:] == (new, 1 - new)
        assert counts(await poller.read(page(2), page(3), days=1))[1] >= 1


async def test_another_identity_floods_nothing(make_poller: MakePoller) -> None:
    for identity in ("auto", "content", "link", "guid", "content", "auto"):
        async with make_poller({"identity": identity}) as poller:
            poller.serve(*items(1, 30))
            # Not the very same bytes, which are not even read.
            poller.answer(Reply(rss(*items(1, 30), built=identity)))
            result = await poller.poll()
            assert result.new == (0 if poller.server.seen[1:] else 30)


# Other databases and broken ones.

OLD = [
    ParsedEntry("https://Site.example/id/1/", "https://site.example/1", "One", "", NOW, "<p>1</p>"),
    ParsedEntry("urn:2", "https://site.example/2", "Two", "", NOW, "<p>2</p>"),
    ParsedEntry("", "http://site.example/3/?utm_source=rss", "Three", "", NOW, "<p>3</p>"),
    ParsedEntry("", "https://site.example/4", "Four", "", None, ""),
    ParsedEntry("", "", "Five", "", NOW, "<p>5</p>"),
    ParsedEntry("", "", "Six", "", None, ""),
    *(
        ParsedEntry(f"urn:{n}", f"https://site.example/{n}", f"Story {n}", "", NOW, f"<p>{n}</p>")
        for n in range(7, 30)
    ),
]


def as_rss(entries: list[ParsedEntry]) -> list[str]:
    def one(entry: ParsedEntry) -> str:
        said = {
            "guid": entry.guid,
            "link": entry.link,
            "title": entry.title,
            "pubDate": entry.published and f"{entry.published:%a, %d %b %Y %H:%M:%S} GMT",
            "description": entry.html.replace("<", "&lt;"),
        }
        return f"<item>{''.join(f'<{k}>{v}</{k}>' for k, v in said.items() if v)}</item>"

    return [one(entry) for entry in entries]


@pytest.mark.parametrize(
    "entries",
    [
        OLD,
        [*OLD, ParsedEntry("", "", "Title and date", "", NOW, "")],
    ],
    ids=["ordinary", "title-and-date"],
)
async def test_after_an_upgrade_nothing_is_new(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool, entries: list[ParsedEntry]
) -> None:
    poller = Poller(feed_server, tmp_path, workers)
    make_old_database(tmp_path / "digest.db", poller.url, entries)
    async with poller:
        assert len(await poller.titles()) == len(entries)
        result = await poller.read(*as_rss(entries))
        assert (result.new, result.known) == (0, len(entries))
        # A body is read whole at first, whatever the old version knew it by.
        assert "If-None-Match" not in feed_server.seen[0].headers
        new = ParsedEntry("urn:new", "https://site.example/new", "New", "", NOW, "<p>n</p>")
        result = await poller.read(*as_rss([new, *entries]), hours=2)
        assert counts(result) == ("updated", 1, len(entries))


async def test_after_an_upgrade_entries_are_known_by_all_their_names(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    poller = Poller(feed_server, tmp_path, workers)
    make_old_database(tmp_path / "digest.db", poller.url, OLD)
    async with poller:
        await poller.read(*as_rss(OLD))
        other_guids = [
            ParsedEntry(f"new:{n}", one.link, one.title, "", one.published, one.html)
            for n, one in enumerate(OLD)
        ]
        assert counts(await poller.read(*as_rss(other_guids), hours=2))[1:] == (0, len(OLD))


async def test_after_an_upgrade_nothing_is_edited(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    poller = Poller(feed_server, tmp_path, workers, {"updates": "resend"})
    make_old_database(tmp_path / "digest.db", poller.url, OLD)
    async with poller:
        assert len(await publish(poller)) == len(OLD)
        await poller.read(*as_rss(OLD), hours=2)
        assert await poller.titles() == []


async def test_after_an_upgrade_a_feed_that_was_empty_last_is_still_known(
    feed_server: HttpServer, tmp_path: Path, workers: WorkerPool
) -> None:
    poller = Poller(feed_server, tmp_path, workers)
    path = tmp_path / "digest.db"
    make_old_database(path, poller.url, OLD)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE feeds SET body_entries = 0")
    async with poller:
        pending = await poller.titles()
        await poller.read(*items(101, 111, None), *as_rss(OLD))
        assert (await poller.titles())[: len(pending)] == pending


def bare(html: str, day: int) -> str:
    date = f"<pubDate>{day:02} Nov 2026 09:00:00 GMT</pubDate>"
    return f"<item><title>Weather</title><description>{html}</description>{date}</item>"


async def test_what_is_said_again_after_an_edit_is_new(poller: Poller) -> None:
    await poller.read(bare("Sun", 1))
    await poller.read(bare("Rain", 1), hours=2)
    assert counts(await poller.read(bare("Sun", 2), days=1)) == ("updated", 1, 0)


@pytest.mark.parametrize(
    ("listed", "new", "days"),
    # A list that is replaced every day, as arXiv's are; the links of a week in one body.
    [(40, 40, 1), (20, 15, 7)],
)
async def test_what_comes_in_large_batches_is_asked_about_twice_and_then_known(
    poller: Poller, listed: int, new: int, days: int
) -> None:
    outcomes = []
    for batch in range(5):
        last = listed + batch * new
        at = NOW + timedelta(days=batch * days)
        result = await poller.read(*items(last - listed + 1, last, at), hours=1)
        outcomes.append(result.outcome)
        await poller.ask(
            lambda store: store.held.decide([poller.url], poller.clock(), release=True)
        )
        # Polls that bring nothing in between leave no time for so many.
        await poller.poll(days=days)
    assert outcomes == ["updated", "held", "held", "updated", "updated"]


async def test_guids_that_are_places_in_the_list(poller: Poller) -> None:
    def listed(newest: int) -> list[str]:
        return [
            f"<item><guid isPermaLink='false'>{place}</guid><title>Story {newest - place}</title>"
            f"<link>https://site.example/{newest - place}</link>"
            f"<pubDate>Mon, 16 Nov 2026 {newest - place:02}:00:00 +0000</pubDate>"
            f"<description>What story {newest - place} tells.</description></item>"
            for place in range(5)
        ]

    await poller.read(*listed(9))
    for newest, new in ((10, 1), (12, 2), (13, 1)):
        assert (await poller.read(*listed(newest), days=1)).new == new
    assert sorted(await poller.titles()) == sorted(f"Story {n}" for n in range(5, 14))
