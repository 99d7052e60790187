"""The blocks of an edition: asked in time or not at all, and never in its way."""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from digest.app.http_clients import open_block_client
from digest.jobs.blocks import BlockAdder
from digest.log import Redactor, Sanitiser
from digest.workers.pool import WorkerPool
from tests import limits
from tests.blocks.stand_ins import (
    SECRET_PATH,
    TODAY,
    OpenMeteo,
    at,
    calendar,
    calendar_reply,
    refusal,
)
from tests.feed_xml import NOW
from tests.jobs.bench import Bench, InPlace, open_bench, settings_of
from tests.jobs.test_publish import learn, payloads, publishing
from tests.rendering.samples import edition
from tests.servers import HttpServer, Reply, running
from tests.store import build

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from digest.config import Settings
    from digest.model import Edition

WEEK = timedelta(days=7)
SHORT = 0.3
BOMB = "DTSTART:19700101T000000Z\nSUMMARY:Bomb\nRRULE:FREQ=DAILY;INTERVAL=0"
DENTIST = f"DTSTART;TZID=Europe/Berlin:{at(TODAY, 15)}\nSUMMARY:Dentist"


@pytest.fixture
def service() -> Iterator[OpenMeteo]:
    with running(made := OpenMeteo()):
        yield made


@pytest.fixture
def calendars() -> Iterator[HttpServer]:
    with running(made := HttpServer()):
        made.replies[SECRET_PATH] = calendar_reply(calendar(DENTIST))
        yield made


def weather(service: OpenMeteo, **more: Any) -> dict[str, Any]:
    servers = {"url": service.url, "places_url": service.url}
    return {"kind": "weather", "place": "Berlin, DE"} | servers | more


def events(calendars: HttpServer, **more: Any) -> dict[str, Any]:
    return {"kind": "calendar", "url": calendars.url + SECRET_PATH} | more


def settings(folder: Path, *blocks: dict[str, Any], **digest: Any) -> Settings:
    weekly = {
        "schedule": "every monday at 09:00",
        "timezone": "Europe/Berlin",
        "send_to": ["vault"],
        "blocks": list(blocks),
    }
    return settings_of(
        folder, ["https://site.example/feed.xml"], digests={"weekly": weekly | digest}
    )


def adder(bench: Bench, seconds: float = 3.0, workers: WorkerPool | None = None) -> BlockAdder:
    sanitiser = Sanitiser(Redactor(bench.settings.secrets()))
    context = replace(bench.context(), sanitiser=sanitiser)
    open_client = partial(open_block_client, bench.settings, seconds)
    return BlockAdder(context, open_client, workers or InPlace(), seconds)


def whole() -> Edition:
    return replace(edition(), digest="weekly", timezone="Europe/Berlin")


async def texts(made: BlockAdder) -> tuple[dict[str, list[str]], tuple[str, ...]]:
    """What each block says, by its title, and what is missing."""
    added = await made.add(whole())
    shown = {
        block.title: [
            " ".join(filter(None, (day.name, line.at, line.text)))
            for day in block.days
            for line in day.lines
        ]
        for block in added.blocks
    }
    return shown, added.missing_blocks


@pytest.fixture
async def bench(tmp_path: Path, service: OpenMeteo, calendars: HttpServer) -> AsyncIterator[Bench]:
    config = settings(tmp_path, weather(service), events(calendars))
    async with open_bench(config, tmp_path) as bench:
        yield bench


async def test_both_are_there_and_a_place_is_looked_up_once(
    bench: Bench, service: OpenMeteo
) -> None:
    made = adder(bench)

    shown, missing = await texts(made)
    assert missing == ()
    assert shown["Berlin"][0].startswith("Monday Light rain, 4\u00a0to\u00a09")
    assert shown["Calendar"] == ["Monday 15:00 Dentist"]
    await texts(made)
    assert len(service.seen) == 2
    bench.clock.turn(hours=2)
    await texts(made)
    searches = [seen for seen in service.seen if seen.path.startswith("/v1/search")]
    assert (len(searches), len(service.seen)) == (1, 3)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply("", 503), "answered 503"),
        (Reply("<html>Bad gateway", 200), "is no answer of Open-Meteo: it is not valid JSON"),
        (Reply('{"daily": {"time": []}}'), "is no answer of Open-Meteo: it has no days"),
        (Reply('{"error": true, "reason": "Out of  range"}', 400), ": Out of range"),
        (Reply("", 429, {"Retry-After": "60"}), "allows no more requests"),
        (Reply(b"\x1f\x8bgarbage", 200), "damaged"),
        (Reply(b" " * 100_001, 200), "the body is larger than 100,000 bytes"),
    ],
)
async def test_what_fails_is_left_out_and_said(
    bench: Bench, service: OpenMeteo, reply: Reply, reason: str
) -> None:
    service.replies["/v1/forecast"] = reply

    shown, (missing,) = await texts(adder(bench))
    assert list(shown) == ["Calendar"]
    assert missing.startswith("weather: ")
    assert reason in missing


async def test_no_more_of_a_refusal_is_read_than_its_reason_takes(
    bench: Bench, service: OpenMeteo
) -> None:
    reason = '{"error": true, "reason": "Too long", "more": "' + "x" * 100_000 + '"}'
    service.replies["/v1/forecast"] = Reply(reason, 400)

    _, (missing,) = await texts(adder(bench))
    assert missing == "weather: answered 400 Bad Request"


async def test_the_last_good_answer_stands_in_for_half_a_day(
    bench: Bench, service: OpenMeteo, calendars: HttpServer
) -> None:
    made = adder(bench)
    first, _ = await texts(made)
    service.replies["/v1/forecast"] = calendars.replies[SECRET_PATH] = Reply("", 500)
    bench.clock.turn(hours=11, minutes=59)

    shown, missing = await texts(made)
    assert (shown["Berlin"], missing) == (first["Berlin"], ())
    # What is over by then is not shown any more.
    assert "Calendar" not in shown
    bench.clock.turn(minutes=2)
    shown, missing = await texts(made)
    assert shown == {}
    assert [line.partition(":")[0] for line in missing] == ["weather", "calendar"]


async def test_an_answer_of_a_time_to_come_is_none(bench: Bench, service: OpenMeteo) -> None:
    await texts(adder(bench))
    service.replies["/v1/forecast"] = Reply("", 500)
    bench.clock.turn(hours=-1)

    shown, _ = await texts(adder(bench))
    assert "Berlin" not in shown


async def test_what_was_kept_in_another_form_fails_no_edition(
    bench: Bench, service: OpenMeteo, tmp_path: Path
) -> None:
    await texts(adder(bench))
    with closing(sqlite3.connect(tmp_path / "digest.db")) as connection, connection:
        connection.execute("UPDATE block_answers SET facts = '{}'")
    service.replies["/v1/search"] = service.replies["/v1/forecast"] = Reply("", 500)

    shown, missing = await texts(adder(bench))
    assert shown == {}
    assert missing == ("weather: a bug: KeyError", "calendar: a bug: KeyError")


async def test_the_same_block_twice_is_asked_once(tmp_path: Path, service: OpenMeteo) -> None:
    config = settings(tmp_path, weather(service), weather(service))
    async with open_bench(config, tmp_path) as bench:
        added = await adder(bench).add(whole())
    assert [block.title for block in added.blocks] == ["Berlin", "Berlin"]
    assert len(service.seen) == 2


async def test_one_that_is_slow_keeps_no_other_out(bench: Bench, service: OpenMeteo) -> None:
    held = threading.Event()
    service.replies["/v1/search"] = Reply("{}", hold=held)
    began = monotonic()
    try:
        shown, missing = await texts(adder(bench, SHORT))
    finally:
        held.set()
    assert monotonic() - began < limits.seconds(2)
    assert missing[0].startswith(("weather: no answer within", "weather: no whole answer within"))
    assert list(shown) == ["Calendar"]


@pytest.mark.slow
async def test_a_recurrence_bomb_ends_with_the_time_there_is(
    bench: Bench, calendars: HttpServer
) -> None:
    calendars.replies[SECRET_PATH] = calendar_reply(calendar(BOMB))
    began = monotonic()
    with closing(WorkerPool(2)) as workers:
        shown, missing = await texts(adder(bench, 1.0, workers))

    assert monotonic() - began < limits.seconds(3)
    assert list(shown) == ["Berlin"]
    assert missing == ("calendar: no answer within 1 s",)


async def test_no_secret_is_told_logged_or_kept(
    tmp_path: Path,
    service: OpenMeteo,
    calendars: HttpServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    token = SECRET_PATH.split("/")[1]
    calendars.replies[SECRET_PATH] = Reply(f"<p>no {SECRET_PATH}", 200)
    service.replies["/v1/search"] = refusal("The supplied API key k3y-0f-mine is invalid.")
    config = settings(tmp_path, weather(service, api_key="k3y-0f-mine"), events(calendars))
    async with open_bench(config, tmp_path) as bench:
        with caplog.at_level(logging.DEBUG):
            shown, missing = await texts(adder(bench))
        kept = json.dumps(await bench.store.transact(build.dump), default=str)
    assert shown == {}
    assert "The supplied API key *** is invalid" in missing[0]
    told = " ".join((*missing, kept, caplog.text, repr(config)))
    assert token not in told
    assert "k3y-0f-mine" not in told


async def test_a_file_is_read_within_its_bounds(tmp_path: Path) -> None:
    (tmp_path / "week.ics").write_text(calendar(DENTIST), newline="")
    (tmp_path / "huge.ics").write_bytes(b" " * 20_000)
    blocks = [
        {"kind": "calendar", "path": name} for name in ("week.ics", "huge.ics", "no.ics", ".")
    ]
    config = settings(tmp_path, *blocks)
    config = config.model_copy(
        update={"polling": config.polling.model_copy(update={"max_body": 10_000})}
    )
    async with open_bench(config, tmp_path) as bench:
        shown, missing = await texts(adder(bench))
    assert shown == {"Calendar": ["Monday 15:00 Dentist"]}
    assert [line.rpartition(": ")[2].split("' ")[-1] for line in missing] == [
        "is larger than 10,000 bytes",
        "No such file or directory",
        "it is no file",
    ]


async def test_addresses_inside_are_asked_only_where_that_is_meant(
    tmp_path: Path, service: OpenMeteo
) -> None:
    config = settings(tmp_path, weather(service, allow_private_networks=False))
    async with open_bench(config, tmp_path) as bench:
        _, (missing,) = await texts(adder(bench))
    assert missing.endswith("set allow_private_networks for this block if it should be asked")
    assert service.seen == []


async def test_an_edition_goes_out_with_its_blocks_and_says_what_is_missing(
    bench: Bench, service: OpenMeteo, calendars: HttpServer
) -> None:
    service.first = TODAY + WEEK
    calendars.replies[SECRET_PATH] = Reply("", 404)
    await learn(bench, "a")
    bench.clock.now = NOW + WEEK
    (published,) = await publishing(bench, workers=InPlace()).publish_due()

    text = (await payloads(bench, published))["vault"].decode()
    assert "**Berlin** · [Weather data by Open-Meteo.com](<https://open-meteo.com/>)" in text
    assert "- **Monday** 🌦️ Light rain" in text
    result = (await bench.digest())["last_result"]
    assert result == "published, 1 stories, without calendar: answered 404 Not Found"
    stored = await bench.store.transact(lambda store: store.editions.load(published.edition_id))
    assert stored
    assert [block.title for block in stored.blocks] == ["Berlin"]
    assert stored.missing_blocks == ("calendar: answered 404 Not Found",)


async def test_a_block_is_no_news(bench: Bench, service: OpenMeteo) -> None:
    bench.clock.now = NOW + WEEK

    assert await publishing(bench, workers=InPlace()).publish_due() == []
    assert service.seen == []


async def test_a_digest_without_blocks_asks_and_keeps_nothing(tmp_path: Path) -> None:
    def no_client() -> Any:
        raise AssertionError

    async with open_bench(settings(tmp_path), tmp_path) as bench:
        made = BlockAdder(bench.context(), no_client, WorkerPool(1))
        before = whole()
        added = await made.add(before)
    assert added is before
