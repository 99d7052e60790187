"""What `status` and `check --online` say of feeds that are not as they should be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from digest.app.reports import status_report
from digest.app.wiring import utc_now
from digest.config import Settings, load_settings
from digest.store.health import Health
from digest.workers.pool import WorkerPool
from tests.feed_xml import item, rss
from tests.jobs.bench import InPlace
from tests.jobs.poller import Poller
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from digest.app.results import FeedHealth
    from tests.cli.project import Project
    from tests.servers import HttpServer


@pytest.fixture
async def poller(feed_server: HttpServer, tmp_path: Path) -> AsyncIterator[Poller]:
    workers = WorkerPool(1)
    try:
        async with Poller(feed_server, tmp_path, workers) as poller:
            yield poller
    finally:
        workers.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "config.yaml").write_text(
        "feeds: [https://a.example/feed]\nchannels: {vault: {kind: file, path: 'out/{date}.md'}}\n"
        "digests: {weekly: {schedule: weekly, send_to: vault}}\n",
        "utf-8",
    )
    return load_settings(tmp_path / "config.yaml", {})


async def status(poller: Poller) -> tuple[FeedHealth, list[tuple[str, str]]]:
    """The feed's line, and the kind and the words of what needs attention."""
    health = await poller.ask(lambda store: store.health.read())
    report = status_report(poller.settings, health, poller.clock())
    attention = [(need.kind, need.message) for need in report.attention]
    return report.feeds[0], attention


async def test_all_is_well(poller: Poller) -> None:
    await poller.read(item(1), item(2))
    feed, attention = await status(poller)
    assert (feed.health, feed.moved_to, attention) == ("ok", None, [])


async def test_a_feed_that_outran_its_polls_needs_attention_for_a_week(poller: Poller) -> None:
    await poller.read(item(1), item(2))
    await poller.read(item(3), item(4), hours=1)
    _, [(kind, message)] = await status(poller)
    assert kind == "missed"
    assert "some were probably missed" in message
    poller.clock.turn(days=8)
    assert (await status(poller))[1] == []


async def test_a_feed_that_rotates_its_ids_needs_attention_for_a_week(poller: Poller) -> None:
    link = "https://site.example/storm"
    for number in (1, 2):
        # The second may be for good, as after a move.
        await poller.read(item(number, title="Storm", link=link, html=f"<p>{number}</p>"), hours=1)
        assert (await status(poller))[1] == []
    result = await poller.read(item(3, title="Storm", link=link), hours=1)
    assert result.new == 0
    feed, [(kind, message)] = await status(poller)
    assert (feed.rotated_at, kind) == (poller.clock(), "rotates")
    assert "with `identity: link` its link alone tells" in message
    poller.clock.turn(days=8)
    assert (await status(poller))[1] == []


async def test_a_feed_whose_link_tells_needs_no_guids(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    async with Poller(feed_server, tmp_path, InPlace(), {"identity": "link"}) as poller:
        for number in range(4):
            await poller.read(item(number, title="Storm", link="https://site.example/storm"))
            assert (await status(poller))[1] == []


def test_ids_that_look_as_if_they_change_are_told_of(project: Project) -> None:
    items = [item(n).replace(f"/id/{n}</guid>", f"/{n}#0</guid>") for n in range(3)]
    project.feeds.replies["/feed"] = Reply(rss(*items))
    project.configure("/feed", send_to="vault")
    url = f"{project.feeds.url}/feed"
    told = (
        "3 entries with an id that probably changes with each edit;"
        " if entries come twice, `identity: link` tells them apart by their links"
    )
    assert told in project.json("feeds", "test", url)["problems"]


async def test_a_feed_that_is_gone_needs_attention_once(poller: Poller) -> None:
    await poller.read(item(1))
    poller.answer(Reply("bye", 410))
    await poller.poll(hours=1)
    feed, attention = await status(poller)
    assert (feed.health, feed.next_poll_at) == ("gone", None)
    assert [kind for kind, _ in attention] == ["gone"]
    await poller.read(item(1), hours=1)
    feed, attention = await status(poller)
    assert (feed.health, attention) == ("ok", [])


async def test_how_often_a_feed_failed_is_told_in_words(poller: Poller) -> None:
    await poller.read(item(1))
    poller.answer(Reply("not here", 404))
    for said in ("once", "2 times in a row"):
        await poller.poll(hours=1)
        _, [(kind, message)] = await status(poller)
        assert (kind, message.endswith(f" ({said})")) == ("feed", True)


async def test_what_passes_by_itself_needs_attention_when_it_lasts(poller: Poller) -> None:
    await poller.read(item(1))
    poller.answer(Reply("later", 500))
    for _ in range(4):
        await poller.poll(hours=7)
        feed, attention = await status(poller)
        assert (feed.health, attention) == ("failing", [])
    await poller.poll(hours=7)
    _, [(kind, message)] = await status(poller)
    assert (kind, message.endswith("(5 times in a row)")) == ("feed", True)


async def test_a_feed_that_was_never_read_needs_attention_at_once(poller: Poller) -> None:
    poller.answer(Reply("later", 500))
    await poller.poll()
    assert [kind for kind, _ in (await status(poller))[1]] == ["feed"]


async def test_a_feed_that_moved_for_good_needs_attention(poller: Poller) -> None:
    poller.server.replies["/new"] = Reply(rss(item(1)))
    poller.answer(Reply(status=301, headers={"Location": "/new"}))
    for hours in (0, 13, 13):
        assert (await status(poller))[1] == []
        await poller.poll(hours=hours)
    feed, [(kind, message)] = await status(poller)
    assert feed.moved_to == f"{poller.server.url}/new"
    assert (kind, message) == ("moved", f"moved for good to {feed.moved_to}; change its address")


def test_check_compares_how_far_a_feed_reaches_back_with_its_interval(project: Project) -> None:
    now = utc_now()
    for path, span in (("/busy", timedelta(minutes=1)), ("/calm", timedelta(days=1))):
        items = (item(n, published=now - n * span) for n in range(10))
        project.feeds.replies[path] = Reply(rss(*items))
    project.configure("/busy", "/calm", send_to="vault")
    checks = project.json("check", "--online")["checks"]
    said = {check["name"]: check["said"] for check in checks if check["what"] == "feed"}
    assert "some may be missed between polls" in said[f"{project.feeds.url}/busy"]
    assert said[f"{project.feeds.url}/calm"] == (
        "rss20, 10 entries, newest 0 h old, they reach back 9 d, about 1.1 a day"
    )


@pytest.mark.parametrize(
    ("hours", "again", "needs"), [(3, True, 0), (4, True, 1), (0, False, 1)], ids=str
)
def test_a_delivery_that_is_tried_again_needs_attention_when_it_is_late(
    settings: Settings, *, hours: int, again: bool, needs: int
) -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    row = {
        "digest": "weekly",
        "channel": "inbox",
        "recipient": "ada@one.example",
        "state": "retrying" if again else "failed",
        "last_error": "451 greylisted",
        "next_attempt_at": now + timedelta(minutes=5) if again else None,
        "created_at": now - timedelta(days=2),
        "deferred_at": now - timedelta(hours=hours),
    }
    health = Health({}, {}, {}, [row], [], {}, {}, [])

    assert len(status_report(settings, health, now).attention) == needs
