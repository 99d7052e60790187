"""The database in trouble, its backup and its restoring, through the commands."""

from __future__ import annotations

import re
import signal
import sqlite3
import stat
import subprocess
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests import limits
from tests.cli.project import log_lines
from tests.cli.test_daemon import event, wait_for
from tests.disks import Disk, small_disk
from tests.feed_xml import item, rss
from tests.servers import Reply
from tests.store.test_damage import PAGE, overwrite
from tests.store.test_schema import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.project import Project

RUNNING = (Path(__file__).parents[2] / "docs/running.md").read_text("utf-8")
LOW = "less than 32 MB are free on its disk; nothing is sent until there is room"


@pytest.fixture
def polled(project: Project) -> Project:
    """With one entry, polled and not sent yet."""
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="inbox")
    assert project.json("poll")["new"] == 1
    return project


@pytest.fixture
def disk(project: Project) -> Iterator[Disk]:
    """What the database of the project is on."""
    with small_disk(project.folder / "data") as disk:
        yield disk


def database(project: Project) -> Path:
    return project.folder / "data" / "digest.db"


def test_the_daemon_refuses_a_damaged_database_and_leaves_it_alone(polled: Project) -> None:
    overwrite(database(polled), 20 * PAGE, b"\xff" * PAGE)
    damaged = files(database(polled).parent)
    done = polled.command("run")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(rf"digest: {database(polled)}: .*damaged.*restore a backup\n", done.stderr)
    assert files(database(polled).parent) == damaged


def test_a_newer_schema_is_refused_and_left_alone(polled: Project) -> None:
    with closing(sqlite3.connect(database(polled))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    newer = database(polled).read_bytes()
    done = polled.command("run")
    assert (done.returncode, done.stdout) == (1, "")
    assert re.fullmatch(
        r"digest: the database has schema 9999, newer than this version's \d{4}; upgrade digest\n",
        done.stderr,
    )
    assert database(polled).read_bytes() == newer


def test_a_second_daemon_is_refused_before_it_looks_at_the_database(polled: Project) -> None:
    with polled.daemon() as process:
        wait_for(process, event("started"))
        # As reading a large one through would take long.
        with polled.start("run") as second:
            assert second.wait(limits.seconds(10)) == 3
            assert second.stderr
            assert f"(digest run, process {process.pid}, since " in second.stderr.read()
        process.send_signal(signal.SIGTERM)
        assert process.wait(limits.seconds(10)) == 0


def test_a_backup_of_a_running_daemon_is_restored_as_the_documentation_says(
    polled: Project,
) -> None:
    with polled.daemon() as process:
        wait_for(process, event("started"))
        made = polled.json("backup", "backup.db")
        assert len(polled.json("send", "weekly")["deliveries"]) == 2
        assert polled.command("backup", "data/digest.db-wal").returncode == 2
        # So that what was written last is in the WAL still.
        process.kill()
        process.wait()
    copy = polled.folder / "backup.db"
    assert made == {"backup": "backup.db", "bytes": copy.stat().st_size}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert (polled.folder / "data" / "digest.db-wal").exists()

    steps = RUNNING.partition("<!-- restore -->\n```sh\n")[2].partition("```")[0]
    assert "digest.db" in steps
    subprocess.run(["sh", "-euc", steps], cwd=polled.folder, check=True)
    counts = polled.json("status")["deliveries"]
    assert set(counts.values()) == {0}
    assert polled.json("send", "weekly")["entries"] == 1


def test_a_backup_without_a_daemon(polled: Project, tmp_path: Path) -> None:
    done = polled.command("backup", str(tmp_path / "copy.db"))
    size = (tmp_path / "copy.db").stat().st_size
    assert (done.returncode, done.stdout) == (0, f"{size:,} bytes copied to {tmp_path}/copy.db\n")
    refused = polled.command("backup", "data/digest.db")
    assert refused.returncode == 2
    assert refused.stderr.startswith("digest: data/digest.db: belongs to the database itself")
    assert len(files(polled.folder / "data")) == 2


def test_with_little_room_a_command_says_why_nothing_was_sent(disk: Disk, polled: Project) -> None:
    disk.fill(leaving=31_000_000)
    done = polled.command("send", "weekly")
    assert (done.returncode, done.stdout) == (1, "")
    *_, last = done.stderr.splitlines()
    assert last == f"digest: {database(polled)}: {LOW}"
    (told,) = polled.json("status")["attention"]
    assert told == {"kind": "disk", "name": str(database(polled)), "url": None, "message": LOW}
    assert polled.mail.mails == []

    disk.make_room()
    assert polled.json("run", "--once")["delivered"] == 2
    assert polled.json("status")["attention"] == []


def stopped(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    """The rest of the log."""
    process.send_signal(signal.SIGTERM)
    rest = list(log_lines(process))
    assert process.wait(limits.seconds(10)) == 0
    return rest


def test_polls_on_a_full_disk_are_one_line_a_round(disk: Disk, project: Project) -> None:
    paths, go = [f"/{number}" for number in range(5)], threading.Event()
    project.feeds.replies |= {path: Reply(rss(item(1)), hold=go) for path in paths}
    project.configure(*paths, send_to="inbox")
    failed = event("job failed; again within a minute")
    with project.daemon() as process:
        assert project.feeds.arrived.wait(limits.seconds(20))
        disk.fill()
        go.set()
        lines = wait_for(process, failed) + stopped(process)
    full = f"{database(project)}: database or disk is full; make room"
    assert [line["error"] for line in lines if line.get("error") == full] == [full]
    assert not [line for line in lines if "trace" in line]

    # From then on nobody is asked for what could not be kept.
    seen = len(project.feeds.seen)
    with project.daemon() as process:
        *_, last = wait_for(process, failed)
        stopped(process)
    assert last["error"].endswith("nothing can be written on its disk: No space left on device")
    assert len(project.feeds.seen) == seen

    disk.make_room()
    assert project.json("run", "--once")["delivered"] == 2
