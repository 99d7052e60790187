"""A feed that brings more than is kept of it, through everything that decides it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from digest.jobs.drafts import Drafter
from digest.jobs.retention import RetentionJob
from digest.store.publish import Rest
from tests.feed_xml import item, rss
from tests.jobs.bench import MONDAYS
from tests.jobs.poller import Poller
from tests.jobs.test_newness import counts, decide, items, publish
from tests.servers import Reply
from tests.store.build import name_message

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from digest.workers.pool import WorkerPool
    from tests.servers import HttpServer

    MakePoller = Callable[..., Poller]

SMALL = {"daily_entries": 20, "daily_size": "10KB"}
TEXTS = "SELECT title, content FROM entries ORDER BY id"


@pytest.fixture
def make_poller(feed_server: HttpServer, tmp_path: Path, workers: WorkerPool) -> MakePoller:
    def make(feed: dict[str, Any] | None = None, **more: Any) -> Poller:
        return Poller(feed_server, tmp_path, workers, feed, **more)

    return make


@pytest.fixture
async def poller(make_poller: MakePoller) -> AsyncIterator[Poller]:
    async with make_poller(SMALL) as poller:
        yield poller


async def quota_incidents(poller: Poller) -> list[tuple[str, bool]]:
    rows = await poller.query(
        "SELECT subject, closed_at IS NULL FROM incidents WHERE kind = 'quota'"
    )
    return [(subject, bool(is_open)) for subject, is_open in rows]


async def texts(poller: Poller) -> dict[str, str]:
    return dict(await poller.query(TEXTS))


async def test_what_does_not_fit_into_a_day_comes_with_the_next(poller: Poller) -> None:
    # A first body counts for nothing, however long it is.
    assert counts(await poller.read(*items(1, 30))) == ("updated", 30, 0)
    assert counts(await poller.read(*items(1, 45), hours=1)) == ("updated", 15, 30)
    assert await quota_incidents(poller) == []
    assert counts(await poller.read(*items(1, 55), hours=1)) == ("updated", 5, 45)
    assert await quota_incidents(poller) == [(poller.url, True)]
    # The same body is read again, since not all of it was taken.
    assert counts(await poller.poll(hours=1)) == ("unchanged", 0, 50)
    assert counts(await poller.poll(hours=24)) == ("updated", 5, 50)
    assert await quota_incidents(poller) == [(poller.url, False)]
    assert len(await poller.titles()) == 55
    assert counts(await poller.poll(hours=1)) == ("unchanged", 0, 55)


async def test_validators_stay_away_until_a_body_was_taken_whole(poller: Poller) -> None:
    await poller.read(*items(1, 30))
    await poller.read(*items(1, 45), hours=1)
    for hours, etag in ((1, None), (24, '"e"')):
        poller.serve(*items(1, 55), ETag='"e"')
        await poller.poll(hours=hours)
        row = await poller.row()
        assert (row["etag"], bool(row["body_hash"]), bool(row["entry_hashes"])) == (
            etag,
            etag is not None,
            etag is not None,
        )


async def test_what_leaves_the_feed_unseen_is_told_of(poller: Poller) -> None:
    await poller.read(*items(1, 30))
    await poller.read(*items(31, 49), *items(20, 30), hours=1)
    await poller.read(*items(50, 60), *items(40, 49), hours=1)
    (need,) = await poller.query("SELECT message FROM incidents WHERE kind = 'quota'")
    assert "10 new entries stay in the feed until the next day" in need[0]


async def test_what_is_left_is_no_gap_between_two_polls(poller: Poller) -> None:
    await poller.read(*items(1, 20))
    await poller.read(*items(1, 20), *items(31, 40), hours=1)
    await poller.read(*items(41, 50), *items(31, 40), hours=1)
    for _ in range(3):
        assert (await poller.read(*items(51, 60), hours=1)).new == 0
    # Nobody knows yet: it may be the very same feed.
    assert (await poller.row())["missed_at"] is None
    assert (await poller.poll(hours=24)).new == 10
    assert (await poller.row())["missed_at"] == poller.clock()


async def test_an_edit_that_no_day_has_room_for_ends_nothing(poller: Poller) -> None:
    await poller.read(*items(1, 5))
    large = item(1, title="Edited", html=f"<p>{'word ' * 2_500}</p>")
    poller.serve(large, *items(2, 5), ETag='"e"')
    assert (await poller.poll(hours=1)).outcome == "updated"
    assert (await texts(poller))["Edited"] == ""
    assert (await poller.row())["etag"] == '"e"'
    assert counts(await poller.poll(hours=1)) == ("unchanged", 0, 5)
    # One that fits again has its text again.
    await poller.read(*items(1, 5), hours=1)
    assert all((await texts(poller)).values())


async def test_text_beyond_the_quota_is_not_kept_and_the_entry_is(poller: Poller) -> None:
    await poller.read(*items(1, 30))
    long = [item(number, html=f"<p>{'word ' * 800}</p>") for number in range(31, 35)]
    assert counts(await poller.read(*long, *items(1, 30), hours=1)) == ("updated", 4, 30)
    kept = await texts(poller)
    # The newest have it; those are on top of a feed.
    assert [bool(kept[f"Story {number}"]) for number in range(31, 35)] == [True, True, False, False]
    assert len(await poller.titles()) == 34
    assert await quota_incidents(poller) == [(poller.url, True)]
    # It is over with the day, also where nothing is new any more.
    await poller.poll(hours=24)
    assert await quota_incidents(poller) == [(poller.url, False)]
    assert (await poller.row())["over_quota_at"] is None


async def test_edits_at_every_poll_end_with_the_quota(poller: Poller) -> None:
    await poller.read(*items(1, 5))

    def edited(version: int) -> list[str]:
        return [item(n, html=f"<p>Version {version}. {'word ' * 200}</p>") for n in range(1, 6)]

    versions = []
    for version in range(6):
        await poller.read(*edited(version), hours=1)
        versions.append({text[:13] for text in (await texts(poller)).values()})
    (row,) = await poller.query("SELECT quota_size, quota_entries FROM feeds")
    assert row[0] <= 10_000
    assert versions[0] == {"<p>Version 0."}
    # What was put off comes the next day, from the same body.
    await poller.poll(hours=24)
    assert {text[:13] for text in (await texts(poller)).values()} == {"<p>Version 5."}
    # With the names of what it says by now, and of nothing that it said before.
    names = await poller.query("SELECT names FROM entry_names")
    assert [one.count("text:") for (one,) in names] == [1] * 5
    assert counts(await poller.poll(hours=1)) == ("unchanged", 0, 5)


async def test_a_feed_has_a_quota_of_its_own(make_poller: MakePoller) -> None:
    async with make_poller({"daily_entries": 40}, polling=SMALL) as poller:
        await poller.read(*items(1, 60))
        assert (await poller.read(*items(1, 100), hours=1)).new == 40
    assert (poller.settings.feeds[0].daily_size, poller.settings.polling.daily_size) == (
        None,
        10_000,
    )


async def test_a_flood_is_held_by_title_and_link(make_poller: MakePoller) -> None:
    async with make_poller() as poller:
        await poller.read(*items(1, 30))
        assert (await poller.read(*items(101, 130), hours=2)).outcome == "held"
        held = "SELECT DISTINCT content, excerpt, author, image, categories, size FROM entries"
        assert await poller.query(f"{held} WHERE hold = 'held'") == [("", "", "", "", "", 0)]
        # What is edited while it is held is held as it is by then.
        renamed = [item(101, title="Renamed"), *items(102, 130)]
        await poller.read(*renamed, hours=2)
        assert await poller.query(f"{held} WHERE hold = 'held'") == [("", "", "", "", "", 0)]
        assert "Renamed" in await texts(poller)


async def test_what_is_released_gets_its_text_where_the_feed_still_has_it(
    make_poller: MakePoller,
) -> None:
    async with make_poller({"updates": "resend"}) as poller:
        await poller.read(*items(1, 30))
        poller.serve(*items(101, 130), ETag='"e"')
        await poller.poll(hours=2)
        await decide(poller, release=True)
        assert (await poller.row())["etag"] is None
        # All of the same, for which a server would say 304.
        assert counts(await poller.poll(hours=2)) == ("unchanged", 0, 30)
        assert all((await texts(poller)).values())
        assert await poller.query("SELECT count(*) FROM entries WHERE edited_at > ''") == [(0,)]
        # Each goes out once.
        sent = await publish(poller)
        await poller.poll(hours=2)
        sent += await publish(poller)
        assert len(set(sent)) == len(sent) == 60
        assert await poller.titles() == []


async def test_rules_judge_what_is_released_by_its_text_when_that_is_there(
    make_poller: MakePoller,
) -> None:
    digest = {"schedule": MONDAYS, "send_to": ["vault"], "include": ["text:owls"]}
    async with make_poller(digests={"weekly": digest}) as poller:
        await poller.read(*items(1, 30))
        flood = [item(number, html="<p>About owls.</p>") for number in range(101, 131)]
        await poller.read(*flood, hours=2)
        await decide(poller, release=True)
        assert await publish_by_rules(poller) == 0
        assert len(await poller.titles()) == 30
        await poller.poll(hours=2)
        assert await publish_by_rules(poller) == 30
        assert await poller.titles() == []


async def publish_by_rules(poller: Poller) -> int:
    """Publish all that is pending, but for what the rules leave out; answers of how much."""
    now = poller.clock()
    draft = await Drafter(poller.bench.context()).edition("weekly", now)
    edition, rest = draft.edition, Rest(draft.counted, draft.judged.left_out)
    await poller.ask(
        lambda store: store.editions.publish(edition, now, (), name_message, None, rest)
    )
    return len(edition.entry_ids) + len(draft.counted)


async def test_what_is_released_goes_by_its_title_where_the_feed_has_it_no_more(
    make_poller: MakePoller,
) -> None:
    async with make_poller() as poller:
        await poller.read(*items(1, 30))
        await poller.read(*items(101, 130), hours=2)
        await decide(poller, release=True)
        await poller.read(*items(1, 30), hours=2)
        stories = await publish(poller)
        assert "Story 101" in stories


async def test_a_flood_that_does_not_fit_is_held_whole_the_next_day(
    make_poller: MakePoller,
) -> None:
    async with make_poller({"daily_entries": 35}) as poller:
        await poller.read(*items(1, 30))
        assert (await poller.read(*items(1, 40), hours=1)).new == 10
        flood = [*items(36, 40), *items(101, 130)]
        assert counts(await poller.read(*flood, hours=1)) == ("unchanged", 0, 5)
        assert await poller.query("SELECT kind FROM incidents") == [("quota",)]
        assert counts(await poller.poll(hours=24)) == ("held", 30, 5)
        assert await poller.query("SELECT kind FROM incidents WHERE closed_at IS NULL") == [
            ("flood",)
        ]
        assert len(await poller.titles()) == 40


async def test_floods_without_end_fill_no_disk(make_poller: MakePoller) -> None:
    async with make_poller({"daily_entries": 100}) as poller:
        await poller.read(*items(1, 50))
        for number in range(1, 9):
            await poller.read(*items(1000 * number, 1000 * number + 49), hours=1)
        assert await poller.query("SELECT count(*) FROM entries") == [(150,)]
        assert await poller.query("SELECT sum(size > 0) FROM entries") == [(50,)]
        assert await quota_incidents(poller) == [(poller.url, True)]
        # Nor does it become a first body, of which all is taken.
        assert (await poller.row())["body_entries"] == 50


async def test_guids_that_change_at_every_poll_are_not_all_kept(poller: Poller) -> None:
    guids = ""
    for number in range(70):
        guids = rss(item(1)).replace("/id/1<", f"/id/{number}<")
        poller.answer(Reply(guids))
        await poller.poll(hours=1)
    ((names,),) = await poller.query("SELECT names FROM entry_names")
    assert names.count("guid:") <= 20
    ((marks,),) = await poller.query("SELECT count(*) FROM entry_marks")
    assert marks <= len(names.splitlines())
    # It is still known, by its newest guid and by its link.
    assert len(await poller.titles()) == 1
    poller.answer(Reply(guids.replace("https://site.example/1<", "https://site.example/x<")))
    assert (await poller.poll(hours=1)).new == 0


async def test_the_text_of_an_entry_goes_some_time_after_its_last_edition(poller: Poller) -> None:
    keeping = RetentionJob(poller.bench.context())
    await poller.read(*items(1, 3))
    poller.clock.turn(days=40)
    # What a digest waits for keeps it.
    assert await keeping.drop_old() == 0
    await publish(poller)
    poller.clock.turn(days=29)
    assert await keeping.drop_old() == 0
    poller.clock.turn(days=2)
    assert await keeping.drop_old() == 3
    assert set((await texts(poller)).values()) == {""}
    assert await poller.query("SELECT DISTINCT excerpt != '', size FROM entries") == [(1, 0)]
    # It is as known as ever.
    assert counts(await poller.poll()) == ("unchanged", 0, 3)
    assert await keeping.drop_old() == 0


async def test_what_old_text_there_is_is_asked_for_once_an_hour(poller: Poller) -> None:
    keeping = RetentionJob(poller.bench.context())
    await poller.read(*items(1, 3))
    await publish(poller)
    assert await keeping.drop_old() == 0
    poller.clock.turn(minutes=59, days=0)
    await poller.query("UPDATE entries SET first_seen_at = '2020'")
    await poller.query("UPDATE editions SET period_to = '2020'")
    assert await keeping.drop_old() == 0
    poller.clock.turn(minutes=1)
    assert await keeping.drop_old() == 3


async def test_what_a_week_has_keeps_its_text(poller: Poller) -> None:
    await poller.read(*items(1, 3))
    await publish(poller)
    await poller.query("INSERT INTO weeks VALUES ('weekly', 0)")
    poller.clock.turn(days=60)
    keeping = RetentionJob(poller.bench.context())
    assert await keeping.drop_old() == 0
    await poller.query("UPDATE weeks SET last_edition = 1")
    poller.clock.turn(hours=1)
    assert await keeping.drop_old() == 3


async def test_sizes_are_told(poller: Poller) -> None:
    await poller.read(*items(1, 3))
    sizes = await poller.ask(lambda store: store.keeping.sizes())
    ((whole,),) = await poller.query("SELECT sum(length(CAST(content AS BLOB))) FROM entries")
    assert [(one.url, one.size) for one in sizes.largest] == [(poller.url, whole)]
    assert sizes.size > 0
    assert sizes.payloads == 0
