"""`recipients`: with and without a daemon."""

from __future__ import annotations

import signal
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from digest.signing.tokens import Tokens
from tests import limits
from tests.cli.test_daemon import event, wait_for
from tests.databases import store_at
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

ADA, GRACE, EVE = "ada@one.example", "grace@two.example", "eve@three.example"


@pytest.fixture
def ready(project: Project) -> Project:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="inbox")
    config = project.folder / "config.yaml"
    pages = "web: {public_url: 'https://digest.example.com'}\n"
    config.write_text(config.read_text("utf-8") + pages, "utf-8")
    return project


def states(project: Project) -> dict[str, str]:
    rows = project.json("recipients", "list")["recipients"]
    return {row["address"]: row["state"] for row in rows}


def refused(project: Project, *command: str) -> str:
    done = project.command("recipients", *command)
    assert (done.returncode, done.stdout) == (2, ""), command
    return done.stderr


def test_the_list_of_a_channel(ready: Project) -> None:
    ready.json("recipients", "add", f"Eve <{EVE}>", "--channel", "inbox")
    assert states(ready) == {ADA: "active", GRACE: "active", EVE: "active"}
    assert EVE in ready.command("recipients", "list", "--channel", "inbox").stdout
    ready.json("send", "weekly")
    with closing(store_at(ready.folder / "data" / "digest.db")) as store:
        tokens = Tokens(store.keys.key("links"))
    for recipient in (ADA, GRACE, EVE):
        (mail,) = (mail for mail in ready.mail.mails if mail.recipient == recipient)
        link = f"https://digest.example.com/u/{tokens.of_recipient('inbox', recipient)}"
        assert f"List-Unsubscribe: <{link}>".encode() in mail.raw
    assert f"{EVE} is on the list" in refused(ready, "add", EVE, "--channel", "inbox")
    assert "is not an email address" in refused(ready, "add", "eve", "--channel", "inbox")
    assert "no email channel 'team'" in refused(ready, "list", "--channel", "team")


def test_once_a_week(ready: Project) -> None:
    config = ready.folder / "config.yaml"
    daily = config.read_text("utf-8").replace("every monday at 09:00", "daily at 09:00")
    config.write_text(daily, "utf-8")
    added = ready.json("recipients", "add", EVE, "--channel", "inbox", "--frequency", "weekly")
    assert (added["recipients"][0]["frequency"], added["recipients"][0]["gets"]) == ("weekly",) * 2
    ready.json("send", "weekly")
    assert {mail.recipient for mail in ready.mail.mails} == {ADA, GRACE}
    people = ready.folder / "people.csv"
    ready.command("recipients", "export", "-o", str(people))
    assert "weekly" in people.read_text("utf-8")
    people.write_text(f"address,frequency\n{ADA},weekly\n{EVE},\n", "utf-8")
    ready.json("recipients", "import", str(people), "--channel", "inbox")
    rows = ready.json("recipients", "list")["recipients"]
    assert {row["address"]: (row["frequency"], row["gets"]) for row in rows} == {
        ADA: ("weekly", "each"),
        EVE: ("each", "weekly"),
        GRACE: ("each", "each"),
    }
    assert "each, then weekly" in ready.command("recipients", "list").stdout
    ready.feeds.replies["/feed"] = Reply(rss(item(1), item(2)))
    ready.json("poll")
    ready.json("send", "weekly")
    assert [mail.recipient for mail in ready.mail.mails[2:]] == [ADA, GRACE]
    told = ready.command(
        "recipients", "set", GRACE, "--frequency", "weekly", "--at", "07:30"
    ).stdout
    assert all(word in told for word in (GRACE, "each, then weekly", "07:30"))
    rows = ready.json("recipients", "set", GRACE.upper(), "--at", "", "--name", "G.")["recipients"]
    assert [(row["send_at"], row["name"], row["frequency"]) for row in rows] == [
        (None, "G.", "weekly")
    ]
    assert "say what to set" in refused(ready, "set", GRACE)
    assert "is no time of day" in refused(ready, "set", GRACE, "--at", "25:00")
    assert "no recipient x@y.example" in refused(ready, "set", "x@y.example", "--name", "X")
    people.write_text(f"address,frequency\n{ADA},monthly\n", "utf-8")
    told = refused(ready, "import", str(people), "--channel", "inbox")
    assert "'monthly' is no frequency; it is one of each, weekly" in told


def test_who_is_not_there_any_more_is_sent_nothing_until_restored(ready: Project) -> None:
    ready.mail.refuse_recipient = lambda to: "550 5.1.1 no such user" if to == GRACE else None
    ready.json("send", "weekly", code=1)
    assert states(ready) == {ADA: "active", GRACE: "bounced"}
    ready.mail.refuse_recipient = lambda _: None
    # Not even when it is asked for.
    (again,) = ready.json("retry", "2", code=1)["deliveries"]
    assert (again["state"], again["said"]) == ("failed", "bounced")
    ready.json("recipients", "restore", GRACE)
    (again,) = ready.json("retry", "2")["deliveries"]
    assert again["state"] == "sent"


def test_out_and_in_through_files(ready: Project) -> None:
    file = ready.folder / "some.csv"
    file.write_text(
        f"address,channel,state,send_at\n{EVE},inbox,,07:30\n{ADA},inbox,unsubscribed,\n", "utf-8"
    )
    assert ready.json("recipients", "import", "some.csv")["added"] == 2
    exported = ready.command("recipients", "export").stdout
    assert ready.command("recipients", "export", "-o", "out.csv").returncode == 0
    assert (ready.folder / "out.csv").read_bytes().decode() == exported.replace("\n", "\r\n")
    again = ready.json("recipients", "import", "out.csv")
    assert [again[key] for key in ("added", "changed", "suppressed", "removed")] == [0, 0, [], []]
    assert [again[key] for key in ("left", "ignored_columns", "encoding")] == [1, [], "utf-8"]
    file.write_text("address,channel\nbob@b.example,inbox\nbob,inbox\nx@y.example,z\n", "utf-8")
    said = refused(ready, "import", "some.csv")
    assert "some.csv: line 3: 'bob' is not an email address" in said
    assert "some.csv: line 4: there is no email channel 'z'" in said
    assert "nothing was imported" in said
    assert set(states(ready)) == {ADA, GRACE, EVE}


def test_the_file_of_another_program(ready: Project) -> None:
    ready.json("recipients", "add", EVE, "--channel", "inbox")
    text = (
        "uuid;E-Mail;Name;Status\nu1;zoe@four.example;Zo\xe9;enabled\n"
        f"u2;bob@four.example;;Blocklisted\n;;;\nu3;{EVE};;unsubscribed\n"
        "u4;ned@four.example;;unconfirmed\nu5;Zoe@four.example;;enabled\n"
    )
    (ready.folder / "theirs.csv").write_bytes(text.encode("latin-1"))
    said = ready.command("recipients", "import", "theirs.csv", "--channel", "inbox").stdout
    assert said.splitlines() == [
        "2 new, 1 changed",
        "2 addresses that left, bounced or are blocked: they are sent nothing",
        "1 row left out: never confirmed",
        "1 row left out: the address came before",
        (
            "columns that mean nothing here, and keep nobody from being sent to: uuid;"
            " if one says who left, call it `unsubscribed` and import the file again"
        ),
        "read as Windows-1252; if names look wrong, save the file as UTF-8",
    ]
    assert states(ready) == {
        **dict.fromkeys((ADA, GRACE, "zoe@four.example"), "active"),
        **dict.fromkeys((EVE, "bob@four.example"), "unsubscribed"),
    }
    listed = ready.command("recipients", "list").stdout
    assert "Zo\xe9" in listed
    assert "Blocklisted" in listed
    again = ready.json("recipients", "import", "theirs.csv", "--channel", "inbox")
    assert [again[key] for key in ("added", "changed")] == [0, 0]
    (ready.folder / "some.xlsx").write_bytes(b"PK\x03\x04")
    told = refused(ready, "import", "some.xlsx", "--channel", "inbox")
    assert "some.xlsx: is a spreadsheet or an archive; save it as CSV\nnothing was imported" in told


def test_no_file_of_another_program_ends_a_pause(ready: Project) -> None:
    (ready.folder / "ours.csv").write_text(f"address,state\n{EVE},paused\n", "utf-8")
    ready.json("recipients", "import", "ours.csv", "--channel", "inbox")
    # As there is one email channel only, the file is for that.
    (ready.folder / "theirs.csv").write_text(f"email,status\n{EVE},enabled\n", "utf-8")
    ready.json("recipients", "import", "theirs.csv")
    assert states(ready)[EVE] == "paused"


def test_whom_the_operator_removed_no_file_of_before_brings_back(ready: Project) -> None:
    ready.json("recipients", "add", EVE, "--channel", "inbox")
    assert ready.command("recipients", "export", "-o", "out.csv").returncode == 0
    ready.json("recipients", "remove", EVE)
    told = ready.command("recipients", "import", "out.csv")
    assert f"{EVE} (inbox) was removed since the file was written" in told.stdout
    assert EVE not in states(ready)
    # A file that does not say when is of now, and so is what is exported after it came back.
    (ready.folder / "new.csv").write_text(f"address\n{EVE}\n", "utf-8")
    assert ready.json("recipients", "import", "new.csv", "--channel", "inbox")["added"] == 1
    assert ready.command("recipients", "export", "-o", "out.csv").returncode == 0
    assert ready.json("recipients", "import", "out.csv")["removed"] == []
    assert EVE in states(ready)


def test_the_daemon_carries_them_out(ready: Project) -> None:
    many = "".join(f"reader{number}@four.example,inbox\n" for number in range(8_000))
    (ready.folder / "many.csv").write_text(f"address,channel\n{many}", "utf-8")
    with ready.daemon() as process:
        wait_for(process, event("started"))
        ready.json("recipients", "add", EVE, "--channel", "inbox")
        assert "knows no recipient" in refused(ready, "restore", "bob@b.example")
        assert ready.json("recipients", "import", "many.csv")["added"] == 8_000
        process.send_signal(signal.SIGTERM)
        assert process.wait(limits.seconds(10)) == 0
