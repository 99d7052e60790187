"""Editions through everything a clock does: jumps, suspends, and both changes of summer time."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.channels import open_channels
from tests.editions.test_schedule import INSTANTS, SCHEDULES, ZONES
from tests.feed_xml import NOW
from tests.jobs.bench import Bench, StoppedClock, open_bench, settings_of
from tests.store import build

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.config import Settings
    from digest.jobs.publish import PublishJob
    from digest.model import Schedule

URL = "https://site.example/feed.xml"
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
NOONS = {"schedule": "daily at 12:00"}
# In Apia, which crossed the date line.
SKIPPED = date(2011, 12, 30)
TIMES = ("00:00", "00:30", "02:30", "03:00", "12:00", "23:30")

Row = tuple[str, datetime, datetime, datetime, str]


def settings_for(folder: Path, **digests: Any) -> Settings:
    """Digests whose editions are sent even without stories, so that each time shows."""
    common = {"send_to": ["vault"], "when_empty": "send"}
    return settings_of(
        folder,
        [URL],
        channels={"vault": {"kind": "file", "path": "{digest}-{date}.json", "format": "json"}},
        digests={name: common | digest for name, digest in digests.items()},
    )


def publishing(bench: Bench) -> PublishJob:
    return bench.publishing(open_channels(bench.settings))


async def rows(bench: Bench) -> list[Row]:
    """Digest, scheduled time, period and snapshot of every edition, in the order of making."""
    return [row[1:5] + row[-1:] for row in (await bench.store.transact(build.dump))["editions"]]


async def scheduled(bench: Bench) -> list[str]:
    """The scheduled times of the one digest."""
    return [f"{at:%m-%d %H:%M}" for _, at, *_ in await rows(bench)]


@pytest.mark.parametrize(
    ("zone", "changes"),
    [
        ("Africa/Cairo", ("2026-04-24", "2026-10-29")),
        ("America/Havana", ("2026-03-08", "2026-11-01")),
        ("America/New_York", ("2026-03-08", "2026-11-01")),
        ("America/Nuuk", ("2026-03-28", "2026-10-24")),
        ("America/Santiago", ("2026-04-04", "2026-09-06")),
        ("Asia/Beirut", ("2026-03-29", "2026-10-24")),
        ("Australia/Lord_Howe", ("2026-04-05", "2026-10-04")),
        ("Europe/Berlin", ("2026-03-29", "2026-10-25")),
        ("Pacific/Auckland", ("2026-04-05", "2026-09-27")),
        ("Pacific/Apia", ("2011-12-30",)),
    ],
)
async def test_each_date_has_one_edition_and_a_gap_one(
    tmp_path: Path, zone: str, changes: tuple[str, ...]
) -> None:
    rules = {at.replace(":", ""): {"schedule": f"daily at {at}", "timezone": zone} for at in TIMES}
    configured = settings_for(tmp_path, **rules)
    clock = StoppedClock()
    days = [date.fromisoformat(day) for day in changes]
    clock.now = noon(days[0]) - 3 * DAY
    async with open_bench(configured, tmp_path, clock) as bench:
        job = publishing(bench)
        for day in days:
            before = await dates_by_digest(bench)
            # To the first change it is less than a day, to the second one months.
            clock.now = noon(day) - 2 * DAY
            await job.publish_due()
            after = await dates_by_digest(bench)
            assert all(len(after[name]) == len(before.get(name, ())) + 1 for name in after)
            while clock.now < noon(day) + 2 * DAY:
                clock.turn(minutes=30)
                await job.publish_due()
            for name, found in (await dates_by_digest(bench)).items():
                walked = found[len(after[name]) - 1 :]
                first, last = walked[0], walked[-1]
                assert first < day < last
                everyday = [first + n * DAY for n in range((last - first).days + 1)]
                assert walked == [one for one in everyday if one != SKIPPED]
        assert len(await dates_by_digest(bench)) == len(TIMES)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


async def dates_by_digest(bench: Bench) -> dict[str, list[date]]:
    """The local dates that editions were scheduled for."""
    found: dict[str, list[date]] = {}
    for name, at, *_ in await rows(bench):
        found.setdefault(name, []).append(at.astimezone(bench.settings.zone_of(name)).date())
    return found


async def test_a_day_ahead_and_back_again(tmp_path: Path) -> None:
    configured = settings_for(tmp_path, daily=NOONS)
    async with open_bench(configured, tmp_path) as bench:
        job = publishing(bench)
        await job.publish_due()
        # At 09:00 of the 16th it is 09:00 of the 17th, for four hours.
        bench.clock.turn(days=1)
        for _ in range(4 * 60):
            await job.publish_due()
            bench.clock.turn(minutes=1)
        assert await scheduled(bench) == ["11-16 12:00", "11-17 12:00"]
        bench.clock.turn(days=-1)
        for _ in range(3 * 24 * 4):
            await job.publish_due()
            bench.clock.turn(minutes=15)
        # Those of the 16th and the 17th came early, and not again.
        assert await scheduled(bench) == [f"11-{day} 12:00" for day in (16, 17, 18, 19)]


async def test_a_year_ahead_and_back_again_silences_nothing(tmp_path: Path) -> None:
    configured = settings_for(tmp_path, daily=NOONS)
    async with open_bench(configured, tmp_path) as bench:
        await bench.store.transact(lambda store: build.learn(store, build.entry("a")))
        job = publishing(bench)
        bench.clock.turn(days=365)
        await job.publish_due()
        bench.clock.turn(days=-365)
        for _ in range(2 * 24):
            bench.clock.turn(hours=1)
            await job.publish_due()
        assert await scheduled(bench) == ["11-15 12:00", "11-16 12:00", "11-17 12:00"]
        # What such a clock says of a period is said no more than once.
        ends = [period_to for _, _, _, period_to, _ in await rows(bench)]
        assert ends[1:] == [NOW + 3 * HOUR, NOW + DAY + 3 * HOUR]
        assert (await bench.feed(URL))["next_poll_at"] <= bench.clock()


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("auto", ["11-19 12:00"]),
        ("send", ["11-17 12:00", "11-18 12:00", "11-19 12:00"]),
        ("merge", ["11-19 12:00"]),
        ("skip", []),
    ],
)
async def test_three_days_asleep(tmp_path: Path, policy: str, expected: list[str]) -> None:
    configured = settings_for(tmp_path, daily=NOONS | {"catch_up": policy})
    async with open_bench(configured, tmp_path) as bench:
        job = publishing(bench)
        for _ in range(12):
            await job.publish_due()
            bench.clock.turn(minutes=30)
        bench.clock.turn(days=3)
        for _ in range(2 * 24):
            await job.publish_due()
            bench.clock.turn(minutes=30)
        assert await scheduled(bench) == ["11-16 12:00", *expected, "11-20 12:00"]


POLICIES = ("auto", "send", "merge", "skip")
STEPS = st.lists(
    st.tuples(
        # Minutes: a while, a gap, or back.
        st.integers(0, 60) | st.integers(60, 4 * 24 * 60) | st.integers(-60, 0),
        # How many hours before it is seen an entry was published, if there is one.
        st.none() | st.integers(0, 72),
        st.sampled_from(["", "", "restart", "by hand"]),
    ),
    max_size=10,
)


async def run_through(
    folder: Path, configured: Settings, start: datetime, steps: list[tuple[int, int | None, str]]
) -> tuple[list[str], list[Row]]:
    """The titles that were learnt, and the editions that were made."""
    clock = StoppedClock()
    clock.now = start
    learnt: list[str] = []
    async with open_bench(configured, folder, clock) as bench:
        job = publishing(bench)
        for minutes, age, more in steps:
            # No two readings of a clock are the same.
            clock.turn(minutes=minutes, microseconds=1)
            if age is not None:
                learnt.append(f"story {len(learnt)}")
                await learn(bench, learnt[-1], clock.now - age * HOUR)
            if more == "restart":
                await bench.plan()
                job = publishing(bench)
            if more == "by hand":
                await job.publish_now("auto")
            await job.publish_due()
        # As many as the stories need, of a clock that does nothing else any more.
        for _ in range(len(steps) + 1):
            clock.now = (await bench.digest("skip"))["next_edition_at"]
            await job.publish_due()
        return learnt, await rows(bench)


async def learn(bench: Bench, title: str, published: datetime) -> None:
    one, windows = build.entry(title, published), dict.fromkeys(POLICIES, 7 * DAY)
    await bench.store.transact(
        lambda store: build.learn(store, one, now=bench.clock(), windows=windows)
    )


@settings(max_examples=25)
@given(SCHEDULES, ZONES, INSTANTS, STEPS, st.sampled_from(["skip", "send"]))
def test_whatever_the_clock_does(
    schedule: Schedule,
    zone: ZoneInfo,
    start: datetime,
    steps: list[tuple[int, int | None, str]],
    when_empty: str,
) -> None:
    common = {
        "schedule": schedule,
        "timezone": zone.key,
        "when_empty": when_empty,
        "max_entries": 2,
        "first_edition": "7d",
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        configured = settings_for(folder, **{one: common | {"catch_up": one} for one in POLICIES})
        learnt, made = asyncio.run(run_through(folder, configured, start, steps))

    for policy in POLICIES:
        mine = [row for row in made if row[0] == policy]
        times = [at for _, at, *_ in mine]
        assert len(times) == len(set(times))
        sent = Counter(
            shown["title"]
            for *_, snapshot in mine
            for section in json.loads(snapshot)["sections"]
            for shown in (
                *section["stories"],
                *(each for more in section["more"] for each in more["listed"]),
            )
        )
        assert sent == Counter(learnt)
        periods = sorted((begin, end) for _, _, begin, end, _ in mine if begin != end)
        assert all(begin < end for begin, end in periods)
        assert all(one[1] == two[0] for one, two in pairwise(periods))
