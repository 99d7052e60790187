"""The ledger by command: with and without a daemon."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from tests import limits
from tests.cli.test_daemon import event, wait_for
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

ADA, GRACE = "ada@one.example", "grace@two.example"


@pytest.fixture
def sent(project: Project) -> Project:
    """An edition that one recipient has refused, and another digest's channel has not had."""
    project.feeds.replies["/feed"] = Reply(rss(item(1, title="A distinctive headline")))
    project.configure("/feed", send_to="inbox")
    project.mail.refuse_recipient = lambda to: "554 no such user" if to == GRACE else None
    project.json("send", "weekly", code=1)
    project.mail.refuse_recipient = lambda _: None
    return project


def rows(project: Project, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = project.json("deliveries", *options)["deliveries"]
    return found


def states(project: Project) -> dict[str, str]:
    return {row["recipient"]: row["state"] for row in rows(project)}


def test_a_digest_that_never_was_is_named(sent: Project) -> None:
    done = sent.command("deliveries", "--digest", "weekyl")
    assert (done.returncode, done.stdout) == (0, "No deliveries.\n")
    assert done.stderr == "digest: the file has no digest 'weekyl'; did you mean 'weekly'?\n"
    assert rows(sent, "--digest", "WEEKLY", "--state", "retrying") == []


def test_before_the_first_run(project: Project) -> None:
    project.configure("/feed")
    for command in (("deliveries",), ("show", "1"), ("incidents",)):
        done = project.command(*command)
        assert (done.returncode, done.stdout) == (1, "")
        assert "not there yet" in done.stderr


def test_deliveries_are_listed_the_newest_first(sent: Project) -> None:
    assert [(row["recipient"], row["state"]) for row in rows(sent)] == [
        (GRACE, "failed"),
        (ADA, "sent"),
    ]
    assert [row["recipient"] for row in rows(sent, "--state", "sent")] == [ADA]
    assert rows(sent, "--digest", "other") == []
    assert [row["recipient"] for row in rows(sent, "--most", "1")] == [GRACE]
    shown = sent.command("deliveries").stdout
    assert "554 no such user" in shown
    assert GRACE in shown
    assert sent.command("deliveries", "--digest", "other").stdout == "No deliveries.\n"


def test_an_edition_is_shown_with_each_change(sent: Project) -> None:
    shown = sent.json("show", "1")
    assert shown["edition"]["stories"][0]["title"] == "A distinctive headline"
    histories = {
        row["recipient"]: [(one["state"], one["said"]) for one in row["changes"]]
        for row in shown["deliveries"]
    }
    assert histories == {
        ADA: [("sending", None), ("sent", "250 OK: queued")],
        GRACE: [("sending", None), ("failed", "554 no such user")],
    }
    text = sent.command("show", "1").stdout
    assert "failed: 554 no such user" in text
    for row in shown["deliveries"]:
        assert [one["message_id"] for one in row["changes"]] == [row["message_id"], None]
        assert f"sending (attempt 1) as {row['message_id']}\n" in text


def test_an_edition_says_which_blocks_it_was_without(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    block = "blocks: [{kind: calendar, path: no.ics}]"
    project.configure("/feed", schedule=f"schedule: every monday at 09:00\n    {block}")
    project.json("send", "weekly")

    (missing,) = project.json("show", "1")["edition"]["missing_blocks"]
    assert missing.startswith("calendar: cannot read '")
    assert f"\nwithout {missing}\n" in project.command("show", "1").stdout


def test_there_is_no_such_thing(sent: Project) -> None:
    for command, said in {
        ("show", "7"): "there is no edition 7",
        ("retry", "1"): "delivery 1 is sent; use `digest resend`",
        ("drop", "2", "7"): "there is no delivery 7",
        ("resend", "1", "--to", "nobody"): "edition 1 never went to 'nobody'",
    }.items():
        done = sent.command(*command)
        assert (done.returncode, done.stdout) == (2, ""), command
        assert said in done.stderr
    assert states(sent) == {ADA: "sent", GRACE: "failed"}


def test_a_retry_sends_what_failed(sent: Project) -> None:
    (again,) = sent.json("retry", "2")["deliveries"]
    assert (again["recipient"], again["state"], again["attempts"]) == (GRACE, "sent", 2)
    assert [change["state"] for change in again["changes"]] == [
        *("sending", "failed", "pending", "sending", "sent")
    ]
    first, second = (mail.raw for mail in sent.mail.mails)
    # The one that was refused never arrived, so the identity is still its own.
    assert first.partition(b"\n\n")[2] == second.partition(b"\n\n")[2]


def test_a_retry_that_fails_again_exits_with_1(sent: Project) -> None:
    sent.mail.refuse_recipient = lambda _: "550 still not"
    (again,) = sent.json("retry", "2", code=1)["deliveries"]
    assert (again["state"], again["said"]) == ("failed", "550 still not")


def test_what_is_dropped_needs_no_attention(sent: Project) -> None:
    assert len(sent.json("status")["attention"]) == 1
    done = sent.command("drop", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert sent.json("status")["attention"] == []
    assert states(sent)[GRACE] == "failed"


def test_an_edition_is_sent_once_more_with_an_identity_of_its_own(sent: Project) -> None:
    again = sent.json("resend", "1")["deliveries"]
    assert [row["state"] for row in again] == ["sent", "sent"]
    assert [mail.recipient for mail in sent.mail.mails] == [ADA, ADA, GRACE]
    ids = {
        line for mail in sent.mail.mails for line in mail.raw.splitlines() if b"Message-ID" in line
    }
    assert len(ids) == 3
    assert [row["of"] for row in again] == [1, 2]
    assert [row["repeated_by"] for row in rows(sent)] == [None, None, 4, 3]
    assert [row["state"] for row in rows(sent)] == ["sent", "sent", "failed", "sent"]
    shown = sent.command("show", "1").stdout
    assert "planned as 3 to repeat 1, " in shown
    assert "sent once more as 3\n" in shown
    assert "1 (repeats 1)" in sent.command("deliveries").stdout
    assert sent.json("status")["deliveries"] == {
        **dict.fromkeys(("pending", "retrying", "failed", "unknown", "settled"), 0),
        "sent": 3,
    }
    assert sent.json("status")["attention"] == []
    sent.json("resend", "1", "--to", ADA)
    assert [mail.recipient for mail in sent.mail.mails[3:]] == [ADA]
    assert b".again3@" in sent.mail.mails[3].raw


def test_an_edition_is_sent_to_a_channel_it_was_not_for(sent: Project) -> None:
    (vault,) = sent.json("resend", "1", "--to", "vault")["deliveries"]
    assert (vault["channel"], vault["state"]) == ("vault", "sent")
    (file,) = (sent.folder / "out").iterdir()
    assert "A distinctive headline" in file.read_text("utf-8")
    assert len(sent.mail.mails) == 1


def test_the_daemon_carries_them_out(sent: Project) -> None:
    with sent.daemon() as process:
        wait_for(process, event("started"))
        (again,) = sent.json("retry", "2")["deliveries"]
        assert again["state"] == "sent"
        assert again["recipient"] in sent.command("resend", "1", "--to", GRACE).stdout
        assert sent.command("drop", "1").returncode == 2
        assert [row["state"] for row in sent.json("show", "1")["deliveries"]] == ["sent"] * 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(limits.seconds(10)) == 0
    assert [mail.recipient for mail in sent.mail.mails] == [ADA, GRACE, GRACE]


def test_incidents_are_listed(sent: Project) -> None:
    assert sent.json("incidents") == {"incidents": []}
    assert sent.command("incidents").stdout.startswith("No incident is open;")
    sent.feeds.replies["/feed"] = Reply(b"", 410)
    sent.json("poll", code=1)
    (gone,) = sent.json("incidents")["incidents"]
    assert (gone["kind"], gone["closed_at"]) == ("gone", None)
    sent.feeds.replies["/feed"] = Reply(rss(item(1)))
    sent.json("poll")
    assert sent.json("incidents") == {"incidents": []}
    assert len(sent.json("incidents", "--all")["incidents"]) == 1
    assert "gone" in sent.command("incidents", "--all").stdout


def test_a_round_counts_what_waits_for_a_channel_and_alerts_of_it(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="team, inbox")
    config = project.folder / "config.yaml"
    config.write_text(config.read_text("utf-8") + "alerts: {send_to: [team, vault]}\n", "utf-8")
    project.slack.replies["/services/T0/B0/s3cretpath"] = Reply("no_service", 404)
    for delivered, undelivered in ((3, 1), (0, 1)):
        once = project.json("run", "--once", code=1)
        assert (once["delivered"], once["undelivered"]) == (delivered, undelivered)
    # Only the one that is not broken, and only once.
    (alert,) = (project.folder / "out").iterdir()
    assert "service; make a new webhook" in alert.read_text("utf-8")
    (attention,) = project.json("status")["attention"]
    assert (attention["kind"], attention["name"]) == ("channel", "team")
    # The advice does what it says.
    advice = attention["message"].partition("or now with `digest ")[2].rstrip("`")
    project.slack.replies["/services/T0/B0/s3cretpath"] = Reply("ok")
    assert project.command(*advice.split()).returncode == 0
    assert project.json("status")["attention"] == []
