"""Tests that are sent by command: of the next edition, and of a channel."""

from __future__ import annotations

from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_daemon import event, wait_for
from tests.cli.test_reload import finish
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project


@pytest.fixture
def polled(project: Project) -> Project:
    project.feeds.replies["/feed"] = Reply(rss(item(1, title="Of the feed")))
    project.configure("/feed", send_to="vault, inbox, team")
    project.json("poll")
    return project


def test_the_next_edition_is_tested_without_a_daemon_and_by_one(polled: Project) -> None:
    sent = polled.json("send", "weekly", "--test")
    assert sent == {
        "digest": "weekly",
        "channel": "inbox",
        "recipient": "ada@one.example",
        "content": "new",
    }
    (mail,) = polled.mail.mails
    assert message_from_bytes(mail.raw)["Subject"].startswith("[Test] ")

    with polled.daemon() as process:
        wait_for(process, event("started"))
        assert polled.json("send", "Weekly", "--test", "Team")["channel"] == "team"
        # A person who gets no edition may see what they look like.
        asked = polled.command("send", "weekly", "--test", "me@else.example")
        assert asked.stdout == "The next edition of weekly, sent to me@else.example as a test\n"
        assert polled.json("test", "Team")["recipient"] == "team"
        finish(process)
    assert [mail.recipient for mail in polled.mail.mails] == ["ada@one.example", "me@else.example"]
    assert "[Test]" in str([seen.body for seen in polled.slack.seen])
    # Nothing of it is in the ledger, and nothing was taken.
    assert not polled.json("deliveries")["deliveries"]
    assert polled.json("send", "weekly")["entries"] == 1


def test_a_channel_is_tested(polled: Project) -> None:
    assert (
        polled.command("test", "inbox").stdout == "inbox: sent to ada@one.example: 250 OK: queued\n"
    )
    assert message_from_bytes(polled.mail.mails[0].raw)["Subject"] == "[Test] digest"
    looked = polled.command("test", "vault").stdout
    assert looked.startswith("vault: nothing is sent there: ")
    polled.mail.refuse_recipient = lambda _: "550 unknown"
    refused = polled.command("test", "inbox")
    assert (refused.returncode, "550 unknown" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("test", "inbx"), "there is no channel 'inbx'; did you mean 'inbox'?"),
        (("test", "pigeons"), "there is no channel 'pigeons'; there are: inbox, team, vault"),
        (("send", "weekyl", "--test"), "there is no digest 'weekyl'; did you mean 'weekly'?"),
        (
            ("send", "weekly", "--test", "teem"),
            "weekly does not go to 'teem'; did you mean 'team'?",
        ),
        (
            ("send", "weekly", "--test", "nobody"),
            "weekly does not go to 'nobody'; it goes to ",
        ),
        (("send", "weekly", "--test", "a@ b"), "'a@ b' is not"),
        (("send", "weekly", "--test", "team", "--to", "team"), "give --to or --test, not both"),
    ],
)
def test_what_cannot_be_tested(polled: Project, arguments: tuple[str, ...], words: str) -> None:
    done = polled.command(*arguments)

    assert done.returncode == 2
    assert words in done.stderr
