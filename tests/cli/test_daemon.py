"""The daemon as a real process: on the minute, through signals, after a crash, and alone."""

from __future__ import annotations

import re
import signal
import sqlite3
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from digest.config.schedule import parse_schedule
from digest.editions.schedule import times_between
from digest.store.tables import as_text
from tests import limits
from tests.cli.project import log_lines
from tests.feed_xml import item, rss
from tests.servers import Reply, Seen

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from tests.cli.project import Project

FAKETIME = [str(path) for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")]
EVERY_MINUTE = 'cron: "* * * * *"'


def wait_for(
    process: subprocess.Popen[str], wanted: Callable[[dict[str, Any]], bool]
) -> list[dict[str, Any]]:
    """Read the log up to the line that is wanted."""
    lines = []
    for line in log_lines(process):
        lines.append(line)
        if wanted(line):
            return lines
    raise AssertionError(f"the daemon ended first: {lines}")


def event(name: str) -> Callable[[dict[str, Any]], bool]:
    return lambda line: line["event"] == name


@pytest.fixture
def growing(project: Project) -> Project:
    """A feed with one more entry at each poll, in a digest that is due every minute."""
    numbers: Iterator[int] = iter(range(1, 1000))

    def grow(_: Seen) -> Reply:
        last = next(numbers)
        return Reply(rss(*(item(number, published=None) for number in range(last, 0, -1))))

    project.feeds.replies["/feed"] = grow
    project.configure("/feed", schedule=EVERY_MINUTE, send_to="team")
    config = project.folder / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("{allow", "{every: 10s, allow"), "utf-8")
    return project


def test_nothing_is_left_behind(growing: Project) -> None:
    with (
        tempfile.TemporaryDirectory() as temporary,
        growing.daemon(TMPDIR=temporary) as process,
    ):
        wait_for(process, lambda line: line.get("outcome") == "updated")
        process.send_signal(signal.SIGTERM)
        assert process.wait(limits.seconds(10)) == 0
        assert list(Path(temporary).iterdir()) == []


@pytest.mark.skipif(not FAKETIME, reason="needs libfaketime to hurry the clock of a process")
def test_three_editions_on_the_minute_then_a_clean_stop(growing: Project) -> None:
    with growing.daemon(LD_PRELOAD=FAKETIME[0], FAKETIME="+0 x20") as process:
        lines: list[dict[str, Any]] = []
        for _ in range(3):
            lines += wait_for(process, event("delivered"))
        process.send_signal(signal.SIGTERM)
        lines += list(log_lines(process))
        assert process.wait(limits.seconds(10)) == 0
    published = [line for line in lines if line["event"] == "published"]
    assert len(published) == 3
    times = [datetime.fromisoformat(line["scheduled_for"]) for line in published]
    assert times == [times[0] + timedelta(minutes=n) for n in range(3)]
    assert {(at.second, at.microsecond) for at in times} == {(0, 0)}
    late = [
        (datetime.fromisoformat(line["time"]) - at).total_seconds()
        for line, at in zip(published, times, strict=True)
    ]
    # The hurried clock makes a second of work twenty.
    assert all(0 <= seconds < 30 for seconds in late)
    assert len(growing.slack.seen) == 3
    assert lines[-1]["event"] == "stopped"


def test_term_during_a_send_finishes_it_and_exits_0(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="inbox")
    project.json("poll")
    due_now(project)
    project.mail.hold = threading.Event()
    with project.daemon() as process:
        assert project.mail.arrived.wait(limits.seconds(20))
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        wait_for(process, event("stopping"))
        project.mail.hold.set()
        lines = list(log_lines(process))
        assert process.wait(limits.seconds(10)) == 0
    assert time.monotonic() - began < limits.seconds(8)
    assert [line["state"] for line in lines if line["event"] == "delivered"] == ["sent"]
    # The one in flight, and no other: the second recipient's waits for the next start.
    counts = project.json("status")["deliveries"]
    assert (counts["sent"], counts["pending"]) == (1, 1)
    assert len(project.mail.mails) == 1


def test_a_send_that_never_ends_does_not_keep_the_daemon(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="inbox")
    project.json("poll")
    due_now(project)
    project.mail.hold = threading.Event()
    with project.daemon() as process:
        assert project.mail.arrived.wait(limits.seconds(20))
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(limits.seconds(10)) == 0
        assert time.monotonic() - began < limits.seconds(8)
    project.mail.hold.set()
    done = project.json("run", "--once")
    # What was interrupted is sent once more, the same to the byte; the other one as planned.
    assert done["delivered"] == 2
    first, *rest = project.mail.mails
    assert [mail.raw for mail in rest if mail.recipient == first.recipient] == [first.raw]
    assert len(project.mail.mails) == 3


def test_a_killed_daemon_does_not_repeat_a_post(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="team")
    project.json("poll")
    due_now(project)
    never = threading.Event()
    project.slack.replies["/services/T0/B0/s3cretpath"] = Reply("ok", hold=never)
    with project.daemon() as process:
        assert project.slack.arrived.wait(limits.seconds(20))
        process.kill()
        process.wait()
    never.set()
    project.json("run", "--once")
    assert len(project.slack.seen) == 1
    (trouble,) = project.json("status")["attention"]
    assert trouble["message"] == "unknown: interrupted while sending"


def test_an_edition_missed_while_down_comes_at_start(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="team")
    project.json("poll")
    missed = due_now(project)
    with project.daemon() as process:
        lines = wait_for(process, event("delivered"))
        process.send_signal(signal.SIGINT)
        assert process.wait(limits.seconds(10)) == 0
    (published,) = (line for line in lines if line["event"] == "published")
    assert published["scheduled_for"] == missed
    assert len(project.slack.seen) == 1


def test_while_it_runs_commands_reach_it_and_a_second_one_is_refused(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="team")
    config = project.folder / "config.yaml"
    config.write_text(f"timezone: Asia/Kolkata\n{config.read_text('utf-8')}", "utf-8")
    assert project.command("status", "--healthcheck").returncode == 1
    with project.daemon() as process:
        wait_for(process, event("polled"))
        assert project.command("status", "--healthcheck").returncode == 0
        second = project.command("run")
        assert second.returncode == 3
        assert re.fullmatch(
            rf"digest: another instance holds the database \(digest run, process {process.pid}, "
            r"since \d{4}-\d\d-\d\d \d\d:\d\d IST\); stop it first\n",
            second.stderr,
        )
        assert project.json("status")["feeds"][0]["health"] == "ok"
        assert len(project.json("preview", "weekly")["sections"]) == 1
        polled = project.json("poll", "A feed")
        assert (polled["feeds"][0]["outcome"], polled["new"]) == ("unchanged", 0)
        assert project.json("send", "weekly")["entries"] == 1
        wrong = project.command("send", "weakly")
        told = "digest: there is no digest 'weakly'; did you mean 'weekly'?\n"
        assert (wrong.returncode, wrong.stderr) == (2, told)
        process.send_signal(signal.SIGTERM)
        assert process.wait(limits.seconds(10)) == 0
    assert len(project.slack.seen) == 1
    left = {path.name for path in (project.folder / "data").iterdir()}
    assert left == {"digest.db", "digest.db.lock"}


def test_term_lets_a_send_that_a_command_asked_for_finish(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="inbox")
    project.mail.hold = threading.Event()
    with project.daemon() as process:
        wait_for(process, event("polled"))
        with project.start("send", "weekly") as asking:
            assert project.mail.arrived.wait(limits.seconds(20))
            process.send_signal(signal.SIGTERM)
            wait_for(process, event("stopping"))
            # The command's own connection is gone by now, what it set off is not.
            asking.wait(limits.seconds(10))
            project.mail.hold.set()
            assert process.wait(limits.seconds(10)) == 0
    assert len(project.mail.mails) == 1
    counts = project.json("status")["deliveries"]
    assert (counts["sent"], counts["pending"]) == (1, 1)


def due_now(project: Project) -> str:
    """Make the newest edition due, as if the daemon had been down when its time came."""
    schedule, now = parse_schedule("every monday at 09:00"), datetime.now(UTC)
    missed = next(times_between(schedule, ZoneInfo("UTC"), now - timedelta(days=8), now))
    with sqlite3.connect(project.folder / "data/digest.db") as connection:
        connection.execute("UPDATE digests SET next_edition_at = ?", (as_text(missed),))
    connection.close()
    return missed.isoformat()
