"""Feeds that wait for a host that allows no more requests, as an operator hears of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from digest.app.reports import status_report
from digest.workers.pool import WorkerPool
from tests.feed_xml import item, rss
from tests.jobs.poller import Poller
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.project import Project


def test_commands_tell_of_the_host_once(project: Project) -> None:
    limit = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "3600"}
    project.feeds.replies = {
        f"/{n}": Reply(rss(item(n), title=f"Feed {n}"), headers=limit) for n in range(3)
    }
    other = HttpServer()
    other.replies["/elsewhere"] = Reply(rss(item(9), title="Elsewhere"))
    with running(other):
        project.configure("/0", "/1", "/2", f"{other.url}/elsewhere", send_to="vault")
        # All may go at once.
        first = project.command("poll", f"{project.feeds.url}/0")
        assert first.returncode == 0, first.stderr
        done = project.command("poll")
        assert done.returncode == 0, done.stderr
        lines = done.stdout.splitlines()
        host = project.feeds.url.removeprefix("http://")
        (told,) = [line for line in lines if "allows no more requests" in line]
        assert told.startswith("3 feeds wait until 2")
        assert told.endswith(f"since {host} allows no more requests until then")
        assert lines[-1] == "1 new, 0 failed"
        assert not [line for line in lines if line.startswith(project.feeds.url)]

        polled = project.json("poll", f"{project.feeds.url}/1")
        (waiting,) = polled["waiting"]
        assert (waiting["host"], waiting["feeds"]) == (host, 1)
        (result,) = polled["feeds"]
        assert (result["outcome"], result["status"], result["waits_for"]) == (
            "postponed",
            None,
            host,
        )
        assert result["waits_until"] == waiting["until"]
        assert len(project.feeds.seen) == 1

        assert "1 ok" not in project.command("status").stdout
        status = project.json("status")
        assert [(each["host"], each["feeds"]) for each in status["waiting"]] == [(host, 2)]
        assert [feed["waits_for"] for feed in status["feeds"]] == [None, host, host, None]
        assert status["attention"] == []
        shown = project.command("status").stdout
        assert "Feeds: 2 waiting, 2 well" in shown
        assert f"waiting         2 feeds wait until {waiting['until'][:10]}" in shown

        explained = project.command("explain", "nonsense").stdout
        assert f"! 2 feeds wait until {waiting['until'][:10]}" in explained
        tested = project.command("feeds", "test", f"{project.feeds.url}/1").stdout
        assert "its host allows no more requests for 3600 s: its feeds wait" in tested
        project.feeds.replies["/1"] = Reply(status=429)
        tested = project.command("feeds", "test", f"{project.feeds.url}/1").stdout
        assert "answered 429 Too Many Requests; waits until 2" in tested
        assert f"since {host} allows no more requests" in tested

        checks = project.json("check", "--online")["checks"]
        found = {check["name"]: check for check in checks if check["what"] == "feed"}
        refused = found[f"{project.feeds.url}/1"]
        assert refused["verdict"] == "warn"
        assert "waits until 2" in refused["said"]
        assert refused["remedy"] == "poll it less often (`every`)"


async def test_a_host_that_allows_no_requests_for_three_days_needs_attention_once(
    feed_server: HttpServer, tmp_path: Path
) -> None:
    workers = WorkerPool(1)
    try:
        async with Poller(feed_server, tmp_path, workers) as poller:
            poller.answer(Reply(status=429))
            host = feed_server.url.removeprefix("http://")

            async def attention() -> list[tuple[str, str]]:
                health = await poller.ask(lambda store: store.health.read())
                report = status_report(poller.settings, health, poller.clock())
                return [(need.kind, need.name) for need in report.attention]

            for _ in range(9):
                await poller.poll(hours=8)
                assert await attention() == []
            await poller.poll(hours=8)
            assert await attention() == [("host", host)]
            await poller.restart()
            assert await attention() == [("host", host)]
            await poller.read(item(1), hours=8)
            assert await attention() == []
            (incident,) = await poller.ask(lambda store: store.incidents.all())
            assert incident.closed_at is not None
            assert incident.closed_at - incident.opened_at == timedelta(hours=8)
    finally:
        workers.close()
