"""What needs a person is told once when it begins and once when it ends, by a route that works."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from digest.channels import open_channels
from digest.jobs.alerts import AlertJob
from digest.rendering.templates import Templates
from tests.databases import file_of
from tests.feed_xml import NOW
from tests.jobs.bench import Bench, context_of, open_bench, settings_of
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

URL = "https://site.example/feed.xml"
HOUR = timedelta(hours=1)
CHANNELS = {
    "inbox": {"kind": "email", "to": "ada@example.com"},
    "office": {"kind": "email", "to": "office@example.com"},
    "team": {"kind": "slack", "webhook_url": "https://hooks.example/services/T/B/x"},
    "vault": {"kind": "file", "path": "{digest}-{date}.json", "format": "json"},
}


def settings(folder: Path, *send_to: str) -> Any:
    alerts = {"alerts": {"send_to": list(send_to)}} if send_to else {}
    smtp = {"host": "127.0.0.1", "security": "none", "from": "digest@example.com"}
    return settings_of(
        folder, [{"url": URL, "name": "News"}], channels=CHANNELS, smtp=smtp, **alerts
    )


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with open_bench(settings(tmp_path, "vault"), tmp_path) as bench:
        yield bench


def alerting(bench: Bench, *send_to: str) -> AlertJob:
    configured = settings(file_of(bench.settings).parent, *send_to) if send_to else None
    configured = configured or bench.settings
    channels = open_channels(configured)
    return AlertJob(context_of(bench.store, bench.clock, channels, configured), Templates())


async def trouble(bench: Bench, kind: str = "feed", subject: str = URL) -> None:
    now = bench.clock()
    await bench.store.transact(
        lambda store: store.incidents.note(kind, subject, "answered 500", now)
    )


async def over(bench: Bench, kind: str = "feed", subject: str = URL) -> None:
    now = bench.clock()
    await bench.store.transact(lambda store: store.incidents.note(kind, subject, None, now))


async def told(bench: Bench) -> list[tuple[str, list[str]]]:
    """The subject of each alert, and the channels it goes to."""
    rows = await bench.store.transact(build.dump)
    channels: dict[int, list[str]] = {}
    for row in rows["deliveries"]:
        channels.setdefault(row[1], []).append(row[2])
    return [(row[5], channels[row[0]]) for row in rows["editions"] if row[1] == "alerts"]


async def test_nothing_is_wrong(bench: Bench) -> None:
    assert await alerting(bench).alert() is None
    assert await told(bench) == []


async def test_trouble_is_told_once_and_its_end_once(bench: Bench) -> None:
    await trouble(bench)
    for _ in range(3):
        await alerting(bench).alert()
        bench.clock.turn(hours=1)
        await trouble(bench)
    await over(bench)
    for _ in range(3):
        await alerting(bench).alert()
        bench.clock.turn(hours=1)
    assert await told(bench) == [
        ("News cannot be read", ["vault"]),
        ("Over: News cannot be read", ["vault"]),
    ]
    await trouble(bench)
    await alerting(bench).alert()
    assert len(await told(bench)) == 3


async def test_what_ends_before_it_was_told_is_not_told(bench: Bench) -> None:
    await trouble(bench)
    await over(bench)
    assert await alerting(bench).alert() is None


async def test_several_are_told_together(bench: Bench) -> None:
    await trouble(bench)
    await trouble(bench, "channel", "team")
    number = await alerting(bench).alert()
    assert number is not None
    edition = await bench.store.transact(lambda store: store.editions.load(number))
    assert edition is not None
    assert edition.subject == "News cannot be read, and 1 more"
    assert [story.title for story in edition.stories] == [
        "News cannot be read",
        "The channel team takes nothing",
    ]
    assert [story.url for story in edition.stories] == [URL, ""]
    assert edition.stories[0].excerpt == "answered 500"


@pytest.mark.parametrize(
    ("broken", "ways"),
    [
        ("team", ["inbox", "vault"]),
        # Both are sent through the same server.
        ("inbox", ["team", "vault"]),
        ("office", ["team", "vault"]),
        ("gone", ["inbox", "team", "vault"]),
    ],
)
async def test_no_alert_goes_the_way_that_is_broken(
    bench: Bench, broken: str, ways: list[str]
) -> None:
    await trouble(bench)
    await bench.store.transact(lambda store: build.rest(store, broken))
    await alerting(bench, "inbox", "team", "vault").alert()
    assert [sorted(channels) for _, channels in await told(bench)] == [ways]


async def test_what_cannot_be_told_is_told_when_it_can(bench: Bench) -> None:
    await trouble(bench)
    await bench.store.transact(lambda store: build.rest(store, "team"))
    assert await alerting(bench, "team").alert() is None
    await bench.store.transact(lambda store: store.ledger.works("team", NOW))
    assert await alerting(bench, "team").alert() is not None


async def test_nobody_is_to_be_told(tmp_path: Path) -> None:
    async with open_bench(settings(tmp_path), tmp_path) as bench:
        await trouble(bench)
        assert await alerting(bench).alert() is None
        assert len(await bench.store.transact(lambda store: store.incidents.untold())) == 1


async def test_a_feed_fails_for_a_day_before_it_is_told(bench: Bench) -> None:
    await bench.store.transact(lambda store: build.learn(store, build.entry("a")))
    for hours in range(0, 30, 6):
        await bench.store.transact(partial(build.fail, now=NOW + hours * HOUR))
        assert bool(await bench.store.transact(lambda store: store.incidents.untold())) == (
            hours >= 24
        )
    (state,) = await bench.store.transact(lambda store: store.feeds.failing())
    assert (state.url, state.failing_since) == (URL, NOW)
    (one,) = await bench.store.transact(lambda store: store.incidents.open_ones())
    assert one.message.startswith("fails since ")
    await bench.store.transact(
        lambda store: build.learn(store, build.entry("b"), now=NOW + 30 * HOUR)
    )
    assert await bench.store.transact(lambda store: store.incidents.open_ones()) == []


async def test_a_feed_that_is_configured_no_more_is_nobodys_trouble(bench: Bench) -> None:
    await trouble(bench, subject="https://elsewhere.example/feed")
    await bench.plan()
    assert await bench.store.transact(lambda store: store.incidents.open_ones()) == []
    assert await alerting(bench).alert() is None


async def test_an_alert_reads_well_as_a_file(bench: Bench) -> None:
    await trouble(bench)
    await alerting(bench).alert()
    (payload,) = [row[4] for row in (await bench.store.transact(build.dump))["renditions"]]
    (section,) = json.loads(payload)["sections"]
    assert section["title"] == "Needs attention"
    assert section["stories"][0]["title"] == "News cannot be read"
    edition = await bench.store.transact(lambda store: store.editions.load(1))
    assert edition is not None
    text = Templates().text(edition)
    assert "min" not in text
    assert "answered 500" in text
