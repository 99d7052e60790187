"""A disk that is full before the daemon starts, or mounted to be read only."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from digest.file_errors import access_trouble
from digest.store import Store
from tests.cli.project import log_lines
from tests.databases import database_at
from tests.disks import Disk, small_disk
from tests.feed_xml import item, rss
from tests.servers import Reply
from tests.store.build import entry, learn, pending
from tests.store.fresh import lay_out_planned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.project import Project


@pytest.fixture
def disk(project: Project) -> Iterator[Disk]:
    with small_disk(project.folder / "data") as disk:
        yield disk


def test_the_daemon_waits_for_its_disk(project: Project, disk: Disk) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed")
    disk.fill()
    with project.daemon() as daemon:
        log = log_lines(daemon)
        assert next(log)["event"] == "waits for its disk"
        assert project.feeds.seen == []
        # What starts it anew where it is not healthy would find no more room.
        assert project.command("status", "--healthcheck").returncode == 0
        shown = project.command("status").stdout
        assert "No space left on device" in shown
        assert "All well" not in shown
        (need,) = project.json("status")["attention"]
        assert need["kind"] == "disk"

        disk.make_room()
        assert [next(log)["event"] for _ in range(2)] == ["started", "polled"]


def test_what_a_crash_left_is_read_on_a_disk_that_is_read_only(
    project: Project, disk: Disk
) -> None:
    """The index of a WAL, which reading it needs, can neither be found nor made there."""
    database = disk.folder / "digest.db"
    crashed = project.folder / "crashed.db"
    lay_out_planned(crashed)
    with closing(Store(database_at(crashed))) as store:
        learn(store, entry("1"))
        known = pending(store)
        for suffix in ("", "-wal"):
            shutil.copy(f"{crashed}{suffix}", f"{database}{suffix}")
    subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)
    with closing(Store(database_at(database), read_only=True, check=True)) as store:
        assert pending(store) == known == ["1"]
    assert database_at(database).back_up(project.folder / "backup.db") > 0
    assert access_trouble(database) == "its disk is mounted read only"


def test_a_disk_that_is_read_only_is_said(project: Project, disk: Disk) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed")
    assert project.json("poll")["new"] == 1
    subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)
    with project.daemon() as daemon:
        waits = next(log_lines(daemon))
    assert (waits["event"], waits["error"].rpartition(": ")[2]) == (
        "waits for its disk",
        "Read-only file system",
    )
    (need,) = project.json("status")["attention"]
    assert need["message"].endswith("Read-only file system")
    assert project.command("poll").stderr.endswith("Read-only file system\n")
