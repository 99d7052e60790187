"""A file with an error: the daemon goes on, is found well, and commands work by its settings."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from digest.config.database_place import database_in
from tests.cli.test_daemon import event, wait_for
from tests.cli.test_reload import add_feed, edit, finish
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.project import Project

TYPO = ("every monday", "every mnoday")
READING = (
    "status",
    "deliveries",
    "incidents",
    "held",
    "feeds list",
    "recipients list",
    "explain Of",
    "show 1",
    "preview weekly --as text",
)


@pytest.fixture
def reading(project: Project) -> Project:
    project.feeds.replies["/feed"] = Reply(rss(item(1, title="Of the first feed")))
    project.feeds.replies["/other"] = Reply(rss(item(7)))
    project.configure("/feed", send_to="vault, inbox")
    return project


def test_a_typo_neither_blinds_nor_kills_a_daemon(reading: Project) -> None:
    with reading.daemon() as process:
        wait_for(process, event("polled"))
        reading.json("send", "weekly")
        edit(reading, TYPO)

        # Seen before anybody asks for a reload.
        (*_, told) = wait_for(process, event("not taken over"))
        assert told["error"].startswith("config.yaml:12 has an error: digests.weekly.schedule: ")
        (incident,) = reading.json("incidents")["incidents"]
        assert re.match(r"runs with the settings of \d\d:\d\d; config", incident["message"])
        assert reading.command("status", "--healthcheck").returncode == 0
        for command in READING:
            done = reading.command(*command.split())
            assert done.returncode == 0, (command, done.stderr)
            assert re.fullmatch(
                r"digest: runs with the settings of \d\d:\d\d; config\.yaml:12 has an error:"
                r" digests\.weekly\.schedule: .*\n",
                done.stderr,
            ), command
        assert "! settings config.yaml: runs with" in reading.command("status").stdout
        report = json.loads(reading.command("--json", "status").stdout)
        assert "config.yaml:12 has an error" in report["file"]["trouble"]
        assert "settings" in {need["kind"] for need in report["attention"]}
        assert "delivery 1 is sent; use `digest resend`" in reading.command("retry", "1").stderr

        # A reload is refused, and said in the same words.
        add_feed(reading)
        refused = reading.command("reload")
        assert refused.returncode == 2
        assert "config.yaml:13: digests.weekly.schedule" in refused.stderr
        (incident,) = reading.json("incidents")["incidents"]
        assert incident["kind"] == "settings"
        assert "; config.yaml:13 has an error" in incident["message"]

        # Mended, it is taken over.
        edit(reading, TYPO[::-1])
        assert "settings" in {need["kind"] for need in reading.json("status")["attention"]}
        assert reading.json("reload")["changes"] == [f"feed {reading.feeds.url}/other added"]
        assert wait_for(process, event("goes on"))
        assert reading.command("reload").stdout == "reloaded: nothing is different\n"
        assert not reading.json("incidents")["incidents"]
        finish(process)


def test_without_a_daemon_a_reload_is_no_use(reading: Project) -> None:
    done = reading.command("reload")

    assert done.returncode == 1
    assert "no daemon runs" in done.stderr


def test_before_a_first_start_the_error_is_all_there_is(reading: Project) -> None:
    edit(reading, TYPO)

    done = reading.command("status")

    assert done.returncode == 2
    assert done.stderr.startswith("digest: config.yaml:12: digests.weekly.schedule: ")
    assert reading.command("status", "--healthcheck").returncode == 1


def test_without_a_daemon_a_delivery_is_retried_by_the_last_settings(reading: Project) -> None:
    reading.mail.refuse_recipient = lambda _: "451 later"
    reading.command("run", "--once")
    edit(reading, TYPO)
    reading.mail.refuse_recipient = lambda _: None
    waiting = reading.command("deliveries", "--state", "retrying").stdout

    done = reading.command("retry", re.findall(r"^(\d+) ", waiting, re.MULTILINE)[0])

    assert "runs with the settings of" in done.stderr
    assert "sent" in done.stdout


def test_only_what_sends_needs_secrets(reading: Project) -> None:
    reading.json("send", "weekly")
    login = "security: starttls, username: u, password: '${MAIL_PASSWORD}'"
    edit(reading, ("security: none", login))
    missing = "smtp.password: the environment variable MAIL_PASSWORD is not set"

    for command in (*READING, "poll"):
        done = reading.command(*command.split())
        assert (done.returncode, done.stderr) == (0, ""), command
    for command in ("send weekly", "run --once", "check", "check --online", "resend 1"):
        done = reading.command(*command.split())
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1, command
        assert missing in done.stderr
    assert "templates" in reading.command("check").stdout
    # What needs no secret is tried.
    online = reading.command("check", "--online").stdout
    assert "channel team: the webhook answers" in online
    assert "feed" in online
    assert "smtp" not in online


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("feeds: []\n", "data/digest.db"),
        ("database: sqlite:///x.db # here\nfeeds: [\n", "x.db"),
        ('database: "sqlite:///x y.db"\n\tfeeds: 1\n', "x y.db"),
        ("database: sqlite:////abs/x.db\n", "/abs/x.db"),
        ("{database: 'sqlite:///x.db', gone: 1}", "x.db"),
        ("database: sqlite:///${WHERE}.db\n", "there.db"),
        ("database: sqlite:///${WHERE:-x}/${NOWHERE}.db\n", None),
        ("database: postgres://x\n", None),
        ("- a list\n", "data/digest.db"),
        ("", "data/digest.db"),
    ],
)
def test_the_place_of_the_database(tmp_path: Path, text: str, place: str | None) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")

    found = database_in(path, {"WHERE": "there"})

    assert found == (place and f"sqlite:///{tmp_path / place}")
