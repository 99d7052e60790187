"""New settings without a restart: all of them, or none."""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from digest.app.file_watch import FileWatch
from tests import limits
from tests.cli.test_daemon import due_now, event, wait_for
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.cli.project import Project


@pytest.fixture
def reading(project: Project) -> Project:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.feeds.replies["/other"] = Reply(rss(item(7, title="Of the other feed")))
    project.configure("/feed", send_to="vault")
    return project


def edit(project: Project, *changes: tuple[str, str]) -> None:
    config = project.folder / "config.yaml"
    text = config.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    config.write_text(text, "utf-8")


def add_feed(project: Project) -> None:
    edit(project, ("feeds:\n", f"feeds:\n  - {project.feeds.url}/other\n"))


def hang_up(process: subprocess.Popen[str], until: str = "reloaded") -> list[dict[str, Any]]:
    process.send_signal(signal.SIGHUP)
    return wait_for(process, event(until))


def finish(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGTERM)
    assert process.wait(limits.seconds(10)) == 0


def test_a_new_feed_is_taken_over(reading: Project) -> None:
    with reading.daemon() as process:
        wait_for(process, event("polled"))
        add_feed(reading)
        said = hang_up(process)[-1]
        assert said["changes"] == f"feed {reading.feeds.url}/other added"
        lines = wait_for(process, event("polled"))
        assert lines[-1]["new"] == 1
        assert "started" not in {line["event"] for line in lines}
        names = {row["url"]: row["outcome"] for row in reading.json("poll")["feeds"]}
        assert set(names) == {f"{reading.feeds.url}/feed", f"{reading.feeds.url}/other"}
        finish(process)


def test_nothing_has_changed(reading: Project) -> None:
    with reading.daemon() as process:
        wait_for(process, event("polled"))
        assert hang_up(process)[-1]["changes"] == "none"
        assert reading.json("send", "weekly")["entries"] == 1
        finish(process)


def test_what_is_wrong_is_told_and_not_taken_over(reading: Project) -> None:
    with reading.daemon() as process:
        wait_for(process, event("polled"))
        add_feed(reading)
        edit(reading, ("send_to: [vault]", "send_to: [vualt, nobody]"))
        lines = hang_up(process, "not reloaded")
        lines += wait_for(process, event("not reloaded"))
        told = [line["error"] for line in lines if line["event"] == "not reloaded"]
        assert "there is no channel 'vualt'; did you mean 'vault'?" in told[0]
        assert "there is no channel 'nobody'" in told[1]
        edit(reading, ("send_to: [vualt, nobody]", "send_to: [vault]"))
        assert "/other added" in hang_up(process)[-1]["changes"]
        finish(process)


def test_another_database_waits_for_a_restart(reading: Project) -> None:
    with reading.daemon() as process:
        wait_for(process, event("polled"))
        edit(reading, ("feeds:\n", "database: sqlite:///other.db\nfeeds:\n"))
        said = hang_up(process, "not reloaded")[-1]
        assert "restart" in said["error"]
        finish(process)
    assert not (reading.folder / "other.db").exists()


def test_a_file_that_changes_is_noticed(reading: Project) -> None:
    edit(reading, ("feeds:\n", "watch: true\nfeeds:\n"))
    with reading.daemon() as process:
        wait_for(process, event("polled"))
        add_feed(reading)
        assert "/other added" in wait_for(process, event("reloaded"))[-1]["changes"]
        finish(process)


def test_what_is_being_sent_is_finished_and_sent_once(reading: Project) -> None:
    reading.configure("/feed", send_to="inbox")
    reading.json("poll")
    due_now(reading)
    reading.mail.hold = threading.Event()
    with reading.daemon() as process:
        assert reading.mail.arrived.wait(limits.seconds(20))
        add_feed(reading)
        hang_up(process)
        reading.mail.hold.set()
        for _ in range(2):
            assert wait_for(process, event("delivered"))[-1]["state"] == "sent"
        finish(process)
    assert [mail.recipient for mail in reading.mail.mails] == [
        "ada@one.example",
        "grace@two.example",
    ]


def test_secrets_of_before_and_of_now_are_not_logged(reading: Project) -> None:
    reading.configure("/feed", send_to="team")
    with reading.daemon() as process:
        wait_for(process, event("polled"))
        edit(reading, ("s3cretpath", "0th3rs3cret"))
        lines = hang_up(process)
        assert lines[-1]["changes"] == "channel team changed"
        reading.slack.replies["/services/T0/B0/0th3rs3cret"] = Reply(
            "no_service: 0th3rs3cret, once s3cretpath", 404
        )
        reading.command("send", "weekly")
        finish(process)
        assert process.stderr
        rest = process.stderr.read()
    assert "no_service" in rest
    assert "s3cretpath" not in rest
    assert "0th3rs3cret" not in rest


def test_a_file_is_another_when_it_is_replaced(tmp_path: Path) -> None:
    file, other = tmp_path / "config.yaml", tmp_path / "other.yaml"
    file.write_text("one")
    watch = FileWatch(file)
    assert not watch.changed()
    other.write_text("two")
    other.replace(file)
    assert watch.changed()
    assert not watch.changed()
    file.unlink()
    assert watch.changed()
    file.write_text("three")
    assert watch.changed()


def test_a_link_that_leads_elsewhere_is_another_file(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "config.yaml").write_text("the same")
    current = tmp_path / "current"
    current.symlink_to("first")
    watch = FileWatch(current / "config.yaml")
    new = tmp_path / "new"
    new.symlink_to("second")
    new.replace(current)
    assert watch.changed()
