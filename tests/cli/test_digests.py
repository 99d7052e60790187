"""Renaming channels and digests in the file: what is told, and what the commands do about it."""

from __future__ import annotations

import re
import signal
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from digest.app.wiring import utc_now
from tests import limits
from tests.cli.project import log_lines
from tests.cli.test_daemon import event, wait_for
from tests.databases import store_at
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

ADA, GRACE, EVE, BOB = "ada@one.example", "grace@two.example", "eve@three.example", "bob@b.example"
LOST = "the file has no email channel 'inbox' now, and the database 2 readers of it and 2 who left"
MENDS = (
    "if it has another name now, `digest recipients move inbox news`;"
    " if it is gone for good, `digest recipients forget inbox`"
)


@pytest.fixture
def ready(project: Project) -> Project:
    """After an edition; of four readers, one of the file and one of the store have left."""
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="inbox")
    config = project.folder / "config.yaml"
    pages = "web: {listen: '127.0.0.1:0', public_url: 'https://digest.example.com'}\n"
    config.write_text(config.read_text("utf-8") + pages, "utf-8")
    people = f"address,state\n{EVE},\n{BOB},unsubscribed\n{GRACE},unsubscribed\n{ADA},\n"
    (project.folder / "people.csv").write_text(people, "utf-8")
    project.json("recipients", "import", "people.csv", "--channel", "inbox")
    project.json("send", "weekly")
    return project


def rename(project: Project, before: str, after: str) -> None:
    config = project.folder / "config.yaml"
    config.write_text(re.sub(rf"\b{before}\b", after, config.read_text("utf-8")), "utf-8")


def rename_digest(project: Project) -> None:
    config = project.folder / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("  weekly:", "  monday:"), "utf-8")


def send(project: Project, *numbers: int, digest: str = "weekly") -> list[str]:
    """Who gets an edition with these entries."""
    project.mail.mails.clear()
    project.feeds.replies["/feed"] = Reply(rss(*map(item, numbers)))
    project.json("poll")
    project.json("send", digest)
    return sorted(mail.recipient for mail in project.mail.mails)


def states(project: Project) -> dict[tuple[str, str], str]:
    rows = project.json("recipients", "list")["recipients"]
    return {(row["channel"], row["address"]): row["state"] for row in rows}


def warnings(project: Project) -> list[tuple[str, str, str]]:
    checks = project.json("check")["checks"]
    return [(one["what"], one["name"], one["said"]) for one in checks if one["verdict"] == "warn"]


def test_a_renamed_channel_is_told_of_and_moved(ready: Project) -> None:
    assert warnings(ready) == []
    rename(ready, "inbox", "news")
    assert (("channel", "inbox", LOST)) in warnings(ready)
    assert MENDS in ready.command("check").stdout
    assert send(ready, 2) == [ADA]
    (need,) = [one for one in ready.json("status")["attention"] if one["kind"] == "list"]
    assert (need["name"], need["message"]) == ("inbox", f"{LOST}; {MENDS}")
    assert "inbox" in ready.command("recipients", "list", "--channel", "inbox").stdout
    assert BOB in ready.command("recipients", "export", "--channel", "inbox").stdout
    moved = ready.json("recipients", "move", "inbox", "news")
    assert moved == {"before": "inbox", "after": "news", "readers": 2, "left": 2}
    assert send(ready, 2, 3) == [ADA, EVE]
    assert states(ready) == {
        ("news", ADA): "active",
        ("news", EVE): "active",
        ("news", BOB): "unsubscribed",
        ("news", GRACE): "unsubscribed",
    }
    assert warnings(ready) == []
    assert ready.json("status")["attention"] == []


def test_by_the_daemon(ready: Project) -> None:
    with ready.daemon() as process:
        wait_for(process, event("started"))
        rename(ready, "inbox", "news")
        process.send_signal(signal.SIGHUP)
        for line in log_lines(process):
            if line["event"] == "not in the file":
                assert line["name"] == "inbox"
                assert line["reason"] == f"{LOST}; {MENDS}"
                break
        assert ready.json("recipients", "move", "inbox", "news")["readers"] == 2
        assert "is in the configuration file" in refused(
            ready, "recipients", "move", "news", "news"
        )
        process.send_signal(signal.SIGTERM)
        assert process.wait(limits.seconds(10)) == 0
    assert send(ready, 2) == [ADA, EVE]


def refused(project: Project, *command: str) -> str:
    done = project.command(*command)
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    return done.stderr


def test_what_cannot_be_moved(ready: Project) -> None:
    for command, said in {
        "recipients move inbox news": "there is no email channel 'news'",
        "recipients move news inbox": "there is no channel 'news' that is gone; gone are: none",
        "recipients move inbox inbox": "inbox is in the configuration file; rename or remove it",
        "recipients move x vault": "there is no email channel 'vault'",
        "digests move weekly weekly": "weekly is in the configuration file; rename or remove it",
        "digests move dayly weekly": "there is no digest 'dayly' that is gone; gone are: none",
        "digests move weekly weekl": "there is no digest 'weekl'; did you mean 'weekly'?",
        "recipients allow eve@x.example": "eve@x.example may be asked; nothing keeps it from that",
    }.items():
        assert said in refused(ready, *command.split()), command


def test_a_renamed_digest_sends_nothing_twice(ready: Project) -> None:
    rename_digest(ready)
    (warning,) = warnings(ready)
    assert warning == (
        "digest",
        "weekly",
        "the file has no digest 'weekly' now, and the database 1 edition of it",
    )
    assert "`digest digests move weekly monday`" in ready.command("check").stdout
    assert ready.json("digests", "move", "weekly", "monday")["editions"] == 1
    assert warnings(ready) == []
    ready.mail.mails.clear()
    assert ready.json("send", "monday")["edition"] is None
    assert send(ready, 1, 2, digest="monday") == [ADA, EVE]
    assert b"Entry 1" not in ready.mail.mails[0].raw


def test_what_is_gone_for_good_is_told_of_no_more(ready: Project) -> None:
    rename(ready, "inbox", "news")
    rename_digest(ready)
    assert ready.json("digests", "forget", "weekly") == {"name": "weekly", "editions": 1}
    forgotten = ready.json("recipients", "forget", "inbox")
    assert forgotten == {"name": "inbox", "readers": 2, "left": 2}
    assert warnings(ready) == []
    assert ready.json("status")["attention"] == []
    # Who left stays away all the same, and it is another digest.
    assert send(ready, 1, 2, digest="monday") == [ADA]
    assert "there is no channel 'inbox' that is gone" in refused(
        ready, "recipients", "forget", "inbox"
    )
    # Named again, they are known again.
    rename(ready, "news", "inbox")
    ready.json("send", "monday")
    rename(ready, "inbox", "news")
    assert [name for _, name, _ in warnings(ready)] == ["inbox"]


def test_both_at_the_same_time(ready: Project) -> None:
    rename(ready, "inbox", "news")
    rename_digest(ready)
    assert {what for what, _, _ in warnings(ready)} == {"channel", "digest"}
    ready.json("digests", "move", "weekly", "monday")
    ready.json("recipients", "move", "inbox", "news")
    assert send(ready, 1, 2, digest="monday") == [ADA, EVE]
    assert ready.json("status")["attention"] == []


def test_a_channel_that_sends_no_email_any_more(ready: Project) -> None:
    config = ready.folder / "config.yaml"
    text = config.read_text("utf-8")
    text = text.replace("  inbox: {kind: email, to:", "  news: {kind: email, to:")
    text = text.replace("send_to: [inbox]", "send_to: [news]")
    config.write_text(
        text.replace("channels:\n", 'channels:\n  inbox: {kind: file, path: "out/x.md"}\n'), "utf-8"
    )
    assert (("channel", "inbox", LOST)) in warnings(ready)
    assert ready.json("recipients", "move", "inbox", "news")["left"] == 2
    assert send(ready, 2) == [ADA, EVE]


def test_who_was_removed_does_not_come_back_by_files(ready: Project) -> None:
    ready.json("recipients", "remove", EVE)
    ready.json("recipients", "set", ADA, "--at", "07:30")
    with closing(store_at(ready.folder / "data" / "digest.db")) as store:
        # As earlier versions kept what somebody wanted by an old link.
        one = store.recipients.find("inbox", ADA)
        assert one is not None
        store.recipients.put([replace(one, address=EVE, listed=False)], utc_now())
    assert ready.command("recipients", "export", "-o", "out.csv").returncode == 0
    assert EVE not in (ready.folder / "out.csv").read_text("utf-8")
    ready.json("recipients", "import", "out.csv")
    assert send(ready, 2) == [ADA]


def test_whom_the_file_named_comes_back_only_as_it_left(ready: Project) -> None:
    config = ready.folder / "config.yaml"
    text = config.read_text("utf-8")
    config.write_text(text.replace(f", {GRACE}]", "]"), "utf-8")
    assert ready.command("recipients", "export", "-o", "out.csv").returncode == 0
    assert ready.json("recipients", "import", "out.csv")["changed"] == 0
    ready.json("recipients", "restore", GRACE)
    # It said no, and then yes, and is on no list.
    assert send(ready, 2) == [ADA, EVE]
    config.write_text(text, "utf-8")
    assert send(ready, 2, 3) == [ADA, EVE, GRACE]
