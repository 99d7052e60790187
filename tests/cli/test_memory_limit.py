"""A limit of the host on the memory of a process: kept to, and named where it is too tight."""

from __future__ import annotations

import resource
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.conftest import environment
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

MB = 1024**2


def within(project: Project, megabytes: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that may have so much address space."""
    limits = (megabytes * MB, megabytes * MB)
    return subprocess.run(
        [sys.executable, "-m", "digest", *arguments],
        cwd=project.folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, limits),
    )


def test_a_tighter_limit_than_ours_is_kept_to_and_named(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", timeout="30s, max_body: 90MB")
    polled = within(project, 400, "poll")
    assert (polled.returncode, polled.stderr) == (0, "")
    assert "1 new, 0 failed" in polled.stdout
    checked = within(project, 400, "check")
    assert "warn memory: a process may have 400 MB of address space here" in checked.stdout
    assert "LimitAS=" in checked.stdout
    assert project.json("status")["attention"] == []


def test_no_feed_is_blamed_for_what_the_host_does_not_allow(project: Project) -> None:
    # What it takes to read it is more than is left beside the program.
    text = "<p>" + "word " * 12_000_000
    project.feeds.replies["/feed"] = Reply(rss(item(1, html=text)))
    project.configure("/feed", timeout="30s, max_body: 90MB")
    polled = within(project, 165, "poll")
    assert polled.returncode == 1
    assert "165 MB of address space here (RLIMIT_AS)" in polled.stdout
    assert "Traceback" not in polled.stderr
    report = project.json("status")
    assert [feed["failures"] for feed in report["feeds"]] == [0]
    (need,) = report["attention"]
    assert (need["kind"], need["message"][:31]) == ("limit", "a process may have 165 MB of ad")

    assert within(project, 2000, "poll").returncode == 0
    assert project.json("status")["attention"] == []
