"""Weekly editions: all that a week's editions had, once, for those who want it so."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from msgspec.structs import replace

from digest.channels import open_channels
from digest.editions.weekly import is_weekly
from digest.errors import TemplateError
from digest.model import Recipient, Rendition
from tests.feed_xml import NOW
from tests.jobs.bench import Bench, open_bench, settings_of
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from digest.channels import Channel
    from digest.config import Settings
    from digest.model import Edition
    from digest.store import Store

URL = "https://site.example/feed.xml"
DAY, WEEK = timedelta(days=1), timedelta(days=7)
ADA, EVE = "ada@example.com", "eve@example.com"


def settings(folder: Path, **digest: Any) -> Settings:
    return settings_of(
        folder,
        [URL],
        channels={
            "inbox": {"kind": "email", "to": [ADA]},
            "vault": {"kind": "file", "path": "{digest}-{date}.md"},
        },
        smtp={"host": "127.0.0.1", "from": "Reading <digest@example.com>"},
        digests={
            "news": {
                "title": "News",
                "schedule": "daily at 09:00",
                "send_to": ["inbox"],
                **digest,
            }
        },
    )


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A daily digest, planned on a Monday at nine."""
    async with open_bench(settings(tmp_path), tmp_path) as bench:
        yield bench


class Inbox:
    """Renders next to nothing, which takes no time."""

    def __init__(self, *to: str) -> None:
        self._to = to

    def render(self, _: Edition, *__: object) -> Rendition:
        return Rendition("inbox", "email", self._to, (b"mail",), personal=True)


class BrokenInbox(Inbox):
    """Renders weekly editions only."""

    def render(self, edition: Edition, *_: object) -> Rendition:
        if not is_weekly(edition.digest):
            raise TemplateError("email.html: does not render")
        return super().render(edition)


async def put(bench: Bench, *wanted: Recipient) -> None:
    """Have recipients who are new."""

    def write(store: Store) -> None:
        store.recipients.put(wanted, bench.clock())
        store.weeks.join(["news"], wanted)

    await bench.store.transact(write)


async def choose(bench: Bench, address: str, frequency: Any) -> None:
    def write(store: Store) -> None:
        found = store.recipients.find("inbox", address)
        one = found or Recipient("inbox", address, listed=False)
        store.recipients.put([replace(one, frequency=frequency)], bench.clock())

    await bench.store.transact(write)


async def learn(bench: Bench, *titles: str, change: Callable[[Any], Any] = lambda one: one) -> None:
    entries = [change(build.entry(title)) for title in titles]
    await bench.store.transact(
        lambda store: build.learn(store, *entries, now=bench.clock(), windows={"news": WEEK})
    )


async def publish(bench: Bench) -> list[str]:
    return [one.digest for one in await bench.publishing(quick(bench)).publish_due()]


def quick(bench: Bench) -> dict[str, Channel]:
    return open_channels(bench.settings) | {"inbox": cast("Channel", Inbox(ADA))}


async def days(bench: Bench, first: int, last: int) -> None:
    """An entry at eight and an edition at nine, on each day; days count from that Monday."""
    for day in range(first, last + 1):
        bench.clock.now = NOW + day * DAY - timedelta(hours=1)
        await learn(bench, f"of day {day}")
        bench.clock.now = NOW + day * DAY
        await publish(bench)


async def received(bench: Bench, address: str) -> list[tuple[str, tuple[int, ...]]]:
    """Each edition that is for an address, and the days of its stories, as they were published."""

    def read(store: Store) -> list[tuple[str, tuple[int, ...]]]:
        tables = build.dump(store)
        to = {row[1] for row in tables["deliveries"] if row[3] == address}
        return [
            (row[1], tuple(sorted(_days(json.loads(row[-1])))))
            for row in tables["editions"]
            if row[0] in to
        ]

    return await bench.store.transact(read)


def _days(snapshot: dict[str, Any]) -> list[int]:
    stories = [story for section in snapshot["sections"] for story in section["stories"]]
    return [int(story["title"].rpartition(" ")[2]) for story in stories]


async def test_who_wants_it_weekly_gets_all_of_a_week_in_one(bench: Bench) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 16)
    assert await received(bench, EVE) == [
        ("news.weekly", tuple(range(1, 8))),
        ("news.weekly", tuple(range(8, 15))),
    ]
    assert await received(bench, ADA) == [("news", (day,)) for day in range(1, 17)]


async def test_a_weekly_edition_shows_as_much_as_its_list_is_given(tmp_path: Path) -> None:
    form = {"channel": "inbox", "max_entries": 2}
    config = settings(tmp_path, send_to=[form, "vault"], max_entries=3)
    async with open_bench(config, tmp_path) as bench:
        await put(bench, Recipient("inbox", EVE, frequency="weekly"))
        await days(bench, 1, 7)
        found = await received(bench, EVE)
        editions = await bench.store.transact(lambda store: store.archive.editions((), 99))
        (weekly,) = (edition.id for edition in editions if is_weekly(edition.digest))
        (kept,) = await bench.store.transact(lambda store: store.editions.not_given(weekly))
    # The edition is whole; its list sees two, and the titles of the others.
    assert found == [("news.weekly", tuple(range(1, 8)))]
    assert (kept.channel, kept.counted, len(kept.entries)) == ("inbox", True, 5)


async def test_nobody_wants_it_weekly(bench: Bench) -> None:
    await days(bench, 1, 8)
    assert {digest for digest, _ in await received(bench, ADA)} == {"news"}
    assert len(await bench.store.transact(lambda store: store.archive.editions((), 99))) == 8
    weekly = await bench.digest("news.weekly")
    assert (weekly["last_due_at"], weekly["next_edition_at"]) == (NOW + WEEK, NOW + 2 * WEEK)
    # Who comes then gets the week, and nothing that was before it.
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 9, 14)
    assert await received(bench, EVE) == [("news.weekly", tuple(range(8, 15)))]


async def test_a_change_of_mind_loses_nothing_and_repeats_nothing(bench: Bench) -> None:
    await days(bench, 1, 2)
    await choose(bench, ADA, "weekly")
    await days(bench, 3, 16)
    await choose(bench, ADA, "each")
    await days(bench, 17, 23)
    assert await received(bench, ADA) == [
        *(("news", (day,)) for day in range(1, 8)),
        ("news.weekly", tuple(range(8, 15))),
        ("news.weekly", tuple(range(15, 22))),
        ("news", (22,)),
        ("news", (23,)),
    ]


async def test_weeks_that_were_missed(bench: Bench) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 5)
    bench.clock.now = NOW + 18 * DAY
    await learn(bench, "of day 6")
    assert await publish(bench) == ["news", "news.weekly"]
    assert await publish(bench) == []
    assert await received(bench, EVE) == [("news.weekly", (1, 2, 3, 4, 5, 6))]
    await days(bench, 19, 21)
    assert (await received(bench, EVE))[1:] == [("news.weekly", (19, 20, 21))]


async def test_an_edition_by_hand_is_in_it(bench: Bench) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await learn(bench, "of day 0")
    bench.clock.now = NOW + timedelta(minutes=5)
    assert await bench.publishing(quick(bench)).publish_now("news")
    await days(bench, 1, 7)
    assert await received(bench, EVE) == [("news.weekly", tuple(range(8)))]


async def test_a_week_waits_for_its_last_edition(bench: Bench) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 6)
    bench.clock.now = NOW + WEEK
    await learn(bench, "of day 7")
    broken = {"inbox": cast("Channel", BrokenInbox())}
    assert await bench.publishing(broken).publish_due() == []
    bench.clock.turn(minutes=1)
    assert await publish(bench) == ["news", "news.weekly"]
    assert await received(bench, EVE) == [("news.weekly", tuple(range(1, 8)))]


async def test_rules_that_changed_and_a_feed_that_went_take_nothing_away(
    bench: Bench, tmp_path: Path
) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 3)
    changed = settings(tmp_path, exclude=["title: of day"], watch=["title: 2"], max_entries=1)
    gone = changed.model_copy(
        update={"feeds": (changed.feeds[0].model_copy(update={"url": f"{URL}?2"}),)}
    )
    later = Bench(gone, bench.store, bench.clock)
    await later.plan()
    bench.clock.now = NOW + WEEK
    assert await publish(later) == ["news.weekly"]
    assert await received(bench, EVE) == [("news.weekly", (1, 2, 3))]
    # Nothing is noted as left out by weekly editions.
    assert (await bench.store.transact(build.dump))["passed_over"] == []


async def test_a_new_schedule_loses_nothing(bench: Bench, tmp_path: Path) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 10)
    calm = Bench(settings(tmp_path, schedule="every friday at 16:00"), bench.store, bench.clock)
    await calm.plan()
    bench.clock.now = datetime(2026, 11, 27, 16, tzinfo=NOW.tzinfo)
    await learn(bench, "of day 11")
    assert await publish(calm) == ["news", "news.weekly"]
    assert (await received(bench, EVE))[1:] == [("news.weekly", (8, 9, 10, 11))]
    assert (await received(bench, ADA))[-1] == ("news", (11,))
    # What is weekly anyway comes to her as to everybody.
    bench.clock.turn(days=7)
    await learn(bench, "of day 12")
    assert await publish(calm) == ["news"]
    assert (await received(bench, EVE))[-1] == ("news", (12,))


async def test_a_change_of_mind_and_of_the_schedule(bench: Bench, tmp_path: Path) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 8)
    await choose(bench, EVE, "each")
    await days(bench, 9, 12)
    calm = Bench(settings(tmp_path, schedule="every friday at 16:00"), bench.store, bench.clock)
    await calm.plan()
    bench.clock.now = datetime(2026, 12, 4, 16, tzinfo=NOW.tzinfo)
    await learn(bench, "of day 18")
    await publish(calm)
    had = [day for _, some in await received(bench, EVE) for day in some]
    assert had == [*range(1, 13), 18]


async def test_a_clock_that_ran_ahead_loses_nothing(bench: Bench) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 8)
    bench.clock.turn(days=30)
    await publish(bench)
    await choose(bench, EVE, "each")
    await choose(bench, EVE, "weekly")
    bench.clock.turn(days=-30)
    await bench.plan()
    await days(bench, 9, 14)
    assert await received(bench, EVE) == [
        ("news.weekly", tuple(range(1, 8))),
        ("news.weekly", (8,)),
        ("news.weekly", tuple(range(9, 15))),
    ]


async def test_a_digest_that_was_gone_for_a_while_repeats_nothing(
    bench: Bench, tmp_path: Path
) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 7)
    await bench.store.transact(lambda store: store.schedules.plan([], bench.clock()))
    again = settings(tmp_path, schedule="every tuesday, thursday at 09:00")
    back = Bench(again, bench.store, bench.clock)
    await back.plan()
    bench.clock.now = NOW + 8 * DAY
    await learn(bench, "of day 8")
    assert await publish(back) == ["news", "news.weekly"]
    assert (await received(bench, EVE))[1:] == [("news.weekly", (8,))]


async def test_it_says_what_it_is(bench: Bench) -> None:
    await put(
        bench,
        Recipient("inbox", EVE, frequency="weekly", send_at=time(20, 0)),
        Recipient("inbox", "bob@example.com", frequency="weekly", state="unsubscribed"),
    )
    await days(bench, 1, 7)
    (record,) = await bench.store.transact(
        lambda store: store.archive.editions(("news.weekly",), 9)
    )
    edition = await bench.store.transact(lambda store: store.editions.load(record.id))
    assert edition is not None
    assert (edition.title, edition.subject) == (
        "News, weekly",
        "News, weekly: of day 7, and 6 more",
    )
    assert (edition.period_from, edition.period_to) == (NOW, NOW + WEEK)
    assert edition.next_at == NOW + 2 * WEEK
    (delivery,) = await bench.store.transact(lambda store: store.ledger.of_edition(record.id))
    rows = (await bench.store.transact(build.dump))["deliveries"]
    (at,) = [row[7] for row in rows if row[0] == delivery.id]
    assert (delivery.channel, delivery.recipient) == ("inbox", EVE)
    assert at == (NOW + WEEK).replace(hour=20)


async def test_an_edited_entry_comes_again_in_another_week(bench: Bench) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 8)

    def edit(store: Store) -> None:
        known = build.known(store, "of day 3")["of day 3"]
        again = build.entry("of day 3", fingerprint="g")
        build.learn(
            store,
            edited=[(known.id, again)],
            now=bench.clock(),
            windows={"news": WEEK},
            resend=True,
        )

    await bench.store.transact(edit)
    await days(bench, 9, 14)
    assert (await received(bench, EVE))[1:] == [("news.weekly", (3, *range(8, 15)))]


async def test_a_digest_that_goes_to_nobody_by_email_has_none(tmp_path: Path) -> None:
    async with open_bench(settings(tmp_path, send_to=["vault"]), tmp_path) as bench:
        health = await bench.store.transact(lambda store: store.health.read())
    assert list(health.digests) == ["news"]


async def test_what_the_editions_counted_is_counted_in_the_weekly_edition_too(
    tmp_path: Path,
) -> None:
    async with open_bench(settings(tmp_path, max_entries=1), tmp_path) as bench:
        await put(bench, Recipient("inbox", EVE, frequency="weekly"))
        for day in (1, 2):
            bench.clock.now = NOW + day * DAY - timedelta(hours=1)
            await learn(bench, f"first of {day}", f"second of {day}", f"third of {day}")
            bench.clock.now = NOW + day * DAY
            await publish(bench)
        bench.clock.now = NOW + WEEK
        assert await publish(bench) == ["news.weekly"]
        tables = await bench.store.transact(build.dump)
    (weekly,) = [json.loads(row[-1]) for row in tables["editions"] if row[1] == "news.weekly"]
    shown = [story["title"] for part in weekly["sections"] for story in part["stories"]]
    counted = [more for part in weekly["sections"] for more in part["more"]]
    assert sorted(shown) == ["third of 1", "third of 2"]
    assert [more["stories"] for more in counted] == [4]
    assert {each["title"] for each in counted[0]["listed"]} == {
        *("first of 1", "second of 1", "first of 2", "second of 2")
    }
    assert sorted(row[3] for row in tables["edition_entries"] if row[0] == "news.weekly") == [
        *("counted", "counted", "counted", "counted", "story", "story")
    ]


async def test_what_a_weekly_edition_had_is_no_story_of_the_next(bench: Bench) -> None:
    await put(bench, Recipient("inbox", EVE, frequency="weekly"))
    await days(bench, 1, 7)
    again = "https://www.site.example/of day 3?utm_source=b".replace(" ", "%20")
    await learn(bench, "of day 8", change=lambda one: replace(one, link=again))
    await days(bench, 9, 14)
    tables = await bench.store.transact(build.dump)
    weekly = [json.loads(row[-1]) for row in tables["editions"] if row[1] == "news.weekly"]
    had = [
        [story["title"] for part in each["sections"] for story in part["stories"] if story["had"]]
        for each in weekly
    ]
    assert had == [[], ["of day 8"]]
