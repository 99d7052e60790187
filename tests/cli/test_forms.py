"""Channels with forms of their own, from the file to `explain`, through a real server and files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from tests.cli.project import Project

SEND_TO = "{channel: inbox, only: watched}, {channel: vault, max_entries: 2}, team, disk"
DISK = '  disk: {kind: file, path: "disk/{date}.md"}\n'
TITLES = ("The owl returns", "A hare runs", "A fox sleeps", "A wolf howls")
NOT_WATCHED = "not given to inbox: only watched stories go there"
NOT_BEST = "only counted in vault: the best 2 of 4 stories are shown there"


@pytest.mark.slow
def test_each_channel_gets_its_form_and_explain_tells_of_each(project: Project) -> None:
    items = (item(n, title=title) for n, title in enumerate(TITLES, 1))
    project.feeds.replies["/feed"] = Reply(rss(*items))
    project.configure("/feed", send_to=SEND_TO)
    config = project.folder / "config.yaml"
    text = config.read_text("utf-8").replace("  vault:", f"{DISK}  vault:", 1)
    config.write_text(f"{text}    watch: [owl]\n", "utf-8")
    project.json("poll")

    # What would become of each is told before.
    hare = verdict_on(project, TITLES[1])
    assert hare["message"].startswith("will be in the next edition, as a story; ")
    assert NOT_WATCHED in hare["message"]
    why = project.command("preview", "weekly", "--why").stdout
    assert (why.count(NOT_WATCHED), why.count(NOT_BEST)) == (3, 2)
    preview = project.json("preview", "weekly", "--to", "inbox")
    assert sum(len(section["stories"]) for section in preview["sections"]) == 1
    of_kind = project.command("preview", "weekly", "--as", "file")
    assert of_kind.stderr == "digest: as vault gets it; for others, give --to disk\n"
    assert of_kind.stdout.count("\n### ") == 2
    refused = project.command("preview", "weekly", "--to", "inbox", "--as", "slack")
    assert refused.returncode == 2
    assert "inbox is of the kind email, and not slack" in refused.stderr

    assert {sent["state"] for sent in project.json("send", "weekly")["deliveries"]} == {"sent"}

    mail = project.mail.mails[0].raw.decode()
    assert "The owl returns" in mail
    assert not any(title in mail for title in TITLES[1:])
    slack = project.slack.seen[0].body.decode()
    assert all(title in slack for title in TITLES)
    (file,) = (project.folder / "out").iterdir()
    # The best two, and the titles of the others.
    assert file.read_text("utf-8").count("\n### ") == 2
    hare = verdict_on(project, TITLES[1])
    assert NOT_WATCHED in hare["message"]
    assert "inbox (" not in hare["message"]
    assert "team (" in hare["message"]
    reason = "only watched stories go there"
    assert hare["not_given"][0] == {"channel": "inbox", "reason": reason, "counted": False}
    shown = project.json("show", "1")["edition"]["not_given"]
    assert [(part["channel"], part["entries"]) for part in shown] == [("inbox", 3), ("vault", 2)]
    assert f"3 entries {NOT_WATCHED}" in project.command("show", "1").stdout


def verdict_on(project: Project, title: str) -> dict[str, Any]:
    matches = project.json("explain", "site.example")["matches"]
    (verdict,) = next(match["digests"] for match in matches if match["title"] == title)
    return dict(verdict)
