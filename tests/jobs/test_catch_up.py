"""Editions missed while nothing ran: what each takes, and what a crash leaves."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest

from digest.channels import open_channels
from digest.channels.pace import Pace
from digest.model import NO_PICTURES, Rendition
from tests.feed_xml import NOW
from tests.jobs.bench import Bench, StoppedClock, open_bench, settings_of
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from digest.channels import Session
    from digest.jobs.publish import PublishJob
    from digest.model import Edition, Pictures
    from digest.rendering.renderer import Renderer

URL = "https://site.example/feed.xml"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# Two times were missed, the third is on time.
BACK = NOW + 3 * DAY + MINUTE


@dataclass(frozen=True)
class Kept:
    """An edition as the store has it; times are days since NOW."""

    scheduled_for: float
    period: tuple[float, float]
    titles: list[str]


def days(at: datetime) -> float:
    return round((at - NOW) / DAY, 2)


async def editions(bench: Bench) -> list[Kept]:
    rows = (await bench.store.transact(build.dump))["editions"]
    found = []
    for _, _, scheduled_for, period_from, period_to, *_, snapshot in rows:
        stories = [
            one for section in json.loads(snapshot)["sections"] for one in section["stories"]
        ]
        titles = sorted(one["title"] for one in stories)
        found.append(Kept(days(scheduled_for), (days(period_from), days(period_to)), titles))
    return found


@asynccontextmanager
async def daily(
    folder: Path, clock: StoppedClock | None = None, *, feed: Any = URL, **more: Any
) -> AsyncIterator[Bench]:
    """A digest every morning at nine, started on a Monday at nine."""
    digest = {"schedule": "daily at 09:00", "send_to": ["inbox"], **more}
    settings = settings_of(
        folder,
        [feed],
        channels={"inbox": {"kind": "email", "to": ["ada@example.com"]}},
        smtp={"host": "127.0.0.1", "from": "Reading <digest@example.com>"},
        digests={"weekly": digest},
    )
    async with open_bench(settings, folder, clock) as bench:
        yield bench


def publishing(bench: Bench) -> PublishJob:
    return bench.publishing(open_channels(bench.settings))


async def learn(bench: Bench, **published: datetime | None) -> None:
    """What a poll that is made now finds."""
    new = [build.entry(title, at) for title, at in published.items()]
    await bench.store.transact(lambda store: build.learn(store, *new, now=bench.clock()))


async def learn_a_week(bench: Bench) -> None:
    """The feed is read once before the gap and once after it."""
    await learn(bench, first=NOW)
    bench.clock.now = BACK
    await learn(
        bench,
        tuesday=NOW + DAY - MINUTE,
        edge=NOW + DAY,
        wednesday=NOW + DAY + MINUTE,
        thursday=NOW + 3 * DAY - HOUR,
        undated=None,
        ahead=NOW + 9 * DAY,
    )


async def test_each_missed_time_has_the_edition_it_would_have_had(tmp_path: Path) -> None:
    async with daily(tmp_path) as bench:
        await learn_a_week(bench)
        published = await publishing(bench).publish_due()
        assert [one.entries for one in published] == [3, 1, 3]
        assert await editions(bench) == [
            Kept(1, (0, 1), ["edge", "first", "tuesday"]),
            Kept(2, (1, 2), ["wednesday"]),
            Kept(3, (2, days(BACK)), ["ahead", "thursday", "undated"]),
        ]
        digest = await bench.digest()
        assert (digest["last_due_at"], digest["next_edition_at"]) == (NOW + 3 * DAY, NOW + 4 * DAY)
        assert await publishing(bench).publish_due() == []


async def test_a_late_edition_is_sent_as_of_now(tmp_path: Path) -> None:
    async with daily(tmp_path) as bench:
        await learn_a_week(bench)
        late = (await publishing(bench).publish_due())[0]
        (delivery,) = await bench.store.transact(
            lambda store: store.ledger.of_edition(late.edition_id)
        )
        # The days that a delivery is tried for have only begun.
        assert delivery.created_at == BACK
        rows = (await bench.store.transact(build.dump))["renditions"]
        dates = {message_from_bytes(row[-1])["Date"] for row in rows}
        assert dates == {"Thu, 19 Nov 2026 09:01:00 +0000"}


async def test_merged_it_is_one_edition_over_the_gap(tmp_path: Path) -> None:
    async with daily(tmp_path, catch_up="merge") as bench:
        await learn_a_week(bench)
        bench.clock.turn(hours=1)
        await publishing(bench).publish_due()
        (one,) = await editions(bench)
        assert (one.scheduled_for, one.period) == (3, (0, days(BACK + HOUR)))
        assert len(one.titles) == 7


async def test_skipped_it_comes_with_the_next(tmp_path: Path) -> None:
    async with daily(tmp_path, catch_up="skip") as bench:
        await learn_a_week(bench)
        bench.clock.turn(hours=1)
        assert await publishing(bench).publish_due() == []
        digest = await bench.digest()
        assert digest["last_result"] == "skipped, missed by more than 30 minutes"
        assert digest["next_edition_at"] == NOW + 4 * DAY
        bench.clock.now = NOW + 4 * DAY
        await publishing(bench).publish_due()
        (one,) = await editions(bench)
        assert (one.scheduled_for, one.period, len(one.titles)) == (4, (0, 4), 7)


class Crash(BaseException):
    """As SIGKILL: nothing that is written for errors catches it."""


class Fragile:
    """A channel whose second rendering does not end well."""

    name = "inbox"
    kind = "email"
    patience: timedelta | None = None
    pace = Pace()
    remedy = ""

    def __init__(self, end: type[BaseException]) -> None:
        self._end = end
        self._rendered = 0

    def render(
        self,
        edition: Edition,
        templates: Renderer,
        pictures: Pictures = NO_PICTURES,
        url: str = "",
    ) -> Rendition:
        del edition, templates, pictures, url
        self._rendered += 1
        if self._rendered == 2:
            raise self._end
        return Rendition("inbox", "email", ("ada@example.com",), (b"mail",))

    def plainer(self, payload: bytes) -> bytes | None:
        raise NotImplementedError

    def greeting(self, line: str) -> bytes | None:
        raise NotImplementedError

    def session(self) -> AbstractAsyncContextManager[Session]:
        raise NotImplementedError

    async def check(self) -> str:
        raise NotImplementedError


async def test_a_crash_between_two_goes_on_where_it_was(tmp_path: Path) -> None:
    async with daily(tmp_path) as bench:
        await learn_a_week(bench)
        with pytest.raises(Crash):
            await bench.publishing({"inbox": Fragile(Crash)}).publish_due()
        assert [one.scheduled_for for one in await editions(bench)] == [1]
        assert (await bench.digest())["next_edition_at"] == NOW + 2 * DAY
        clock = bench.clock
    async with daily(tmp_path, clock) as bench:
        await publishing(bench).publish_due()
        assert await editions(bench) == [
            Kept(1, (0, 1), ["edge", "first", "tuesday"]),
            Kept(2, (1, 2), ["wednesday"]),
            Kept(3, (2, days(BACK)), ["ahead", "thursday", "undated"]),
        ]


async def test_a_failure_between_two_loses_neither(tmp_path: Path) -> None:
    async with daily(tmp_path) as bench:
        await learn_a_week(bench)
        failed: dict[str, str] = {}
        job = bench.publishing({"inbox": Fragile(ZeroDivisionError)})
        published = await job.publish_due(failed.__setitem__)
        assert [one.entries for one in published] == [3]
        assert failed == {"weekly": "a bug: ZeroDivisionError"}
        assert (await bench.digest())["next_edition_at"] == NOW + 2 * DAY
        assert [one.entries for one in await job.publish_due()] == [1, 3]


@pytest.mark.parametrize(
    ("when_empty", "expected"),
    [
        ("skip", [Kept(1, (0, 1), ["first"]), Kept(3, (1, days(BACK)), ["last"])]),
        (
            "send",
            [
                Kept(1, (0, 1), ["first"]),
                Kept(2, (1, 2), []),
                Kept(3, (2, days(BACK)), ["last"]),
            ],
        ),
    ],
)
async def test_a_missed_day_without_stories(
    tmp_path: Path, when_empty: str, expected: list[Kept]
) -> None:
    async with daily(tmp_path, when_empty=when_empty) as bench:
        await learn(bench, first=NOW)
        bench.clock.now = BACK
        await learn(bench, last=NOW + 3 * DAY - HOUR)
        await publishing(bench).publish_due()
        assert await editions(bench) == expected


async def test_what_a_late_edition_cannot_hold_comes_with_the_next(tmp_path: Path) -> None:
    async with daily(tmp_path, max_entries=2, overflow="next") as bench:
        await learn_a_week(bench)
        await publishing(bench).publish_due()
        assert [one.titles for one in await editions(bench)] == [
            ["edge", "tuesday"],
            ["first", "wednesday"],
            ["ahead", "undated"],
        ]
        assert [entry.title for entry in await bench.pending()] == ["thursday"]


async def test_what_was_edited_in_the_gap_is_sent_again_once(tmp_path: Path) -> None:
    async with daily(tmp_path, feed={"url": URL, "updates": "resend"}) as bench:
        await learn(bench, sent=NOW)
        bench.clock.now = NOW + DAY
        await publishing(bench).publish_due()
        bench.clock.now = BACK
        known = await bench.store.transact(lambda store: build.known(store, "sent"))
        edited = [(known["sent"].id, build.entry("sent", NOW, fingerprint="g"))]
        await bench.store.transact(
            lambda store: build.learn(store, now=BACK, edited=edited, resend=True)
        )
        await publishing(bench).publish_due()
        assert [(one.scheduled_for, one.titles) for one in await editions(bench)] == [
            (1, ["sent"]),
            (3, ["sent"]),
        ]
        assert await bench.pending() == []


async def test_a_missed_time_that_has_an_edition_is_passed_over(tmp_path: Path) -> None:
    async with daily(tmp_path) as bench:
        # Made by a clock that ran ahead.
        await bench.store.transact(lambda store: build.publish(store, at=NOW + 2 * DAY))
        await learn_a_week(bench)
        await publishing(bench).publish_due()
        assert (await editions(bench))[1:] == [
            Kept(1, (1, 1), ["edge", "first", "tuesday"]),
            Kept(3, (2, days(BACK)), ["ahead", "thursday", "undated", "wednesday"]),
        ]


async def test_an_edition_sent_by_hand_in_between_leaves_no_gap(tmp_path: Path) -> None:
    async with daily(tmp_path, when_empty="send") as bench:
        await learn_a_week(bench)
        assert await publishing(bench).publish_now("weekly")
        bench.clock.turn(minutes=1)
        await publishing(bench).publish_due()
        assert [one.period for one in await editions(bench)] == [
            (0, days(BACK)),
            (1, 1),
            (2, 2),
            (days(BACK), days(BACK + MINUTE)),
        ]
