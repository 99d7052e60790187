"""A disk that is full before the daemon starts, or mounted to be read only."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cli.project import log_lines
from tests.disks import Disk, small_disk
from tests.feed_xml import item, rss
from tests.servers import Reply

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
