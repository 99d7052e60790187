"""Output that is closed, that breaks off, or that cannot show every character."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from tests.conftest import environment
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project


def in_shell(project: Project, line: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """A line of a shell, in which `digest` is the command."""
    return subprocess.run(
        ["/bin/bash", "-c", f'digest() {{ "{sys.executable}" -m digest "$@"; }}; {line}'],
        cwd=project.folder,
        env=environment(**env),
        capture_output=True,
        check=False,
    )


def test_closed_streams_end_nothing_and_reach_no_file(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="vault")
    done = in_shell(project, "digest run --once <&- >&- 2>&-")

    assert done.returncode == 0
    assert list((project.folder / "out").iterdir())
    with closing(sqlite3.connect(project.folder / "data/digest.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert in_shell(project, "digest --json status >&-").stderr == b""
    assert in_shell(project, "digest status 2>&-").returncode == 0
    broken = in_shell(project, "digest --json status | true; exit ${PIPESTATUS[0]}")
    assert (broken.returncode, broken.stderr) == (1, b"")


def test_what_an_encoding_cannot_show_is_a_question_mark(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1), title="Café 日本"))
    project.configure("/feed")
    polled = in_shell(project, "digest poll", PYTHONIOENCODING="iso-8859-1")

    assert (polled.returncode, polled.stderr) == (0, b"")
    assert "Café ??" in polled.stdout.decode("iso-8859-1")
