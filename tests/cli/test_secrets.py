"""What is secret in the settings is nowhere else, whatever the servers repeat."""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.channels.scripted import SmtpScript, serving
from tests.feed_xml import item, rss
from tests.servers import Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.certificates import Certificate
    from tests.cli.project import Project
    from tests.servers import Seen

TOKEN, PASSWORD, HOOK = "f33d-t0k3n-s3cr3t", "m41l-p4ssw0rd-s3cr3t", "h00k-p4th-s3cr3t"
BOT = "xoxb-b0t-t0k3n-s3cr3t"
SECRETS = (TOKEN, PASSWORD, HOOK, BOT)
CONFIG = """\
log: {{level: debug}}
polling: {{allow_private_networks: true, per_host: 0}}
feeds:
  - {feeds}/open
  - url: {feeds}/closed
    headers: {{Authorization: "Bearer {token}"}}
smtp: {{host: 127.0.0.1, port: {port}, from: d@sender.example, username: digest,
  password: {password}}}
channels:
  inbox: {{kind: email, to: ada@one.example}}
  team: {{kind: slack, webhook_url: "{slack}/services/T0/B0/{hook}"}}
  app: {{kind: slack, bot_token: {bot}, channel: C0123456789, api_url: "{slack}/api/"}}
  vault: {{kind: file, path: "out/{{digest}}-{{date}}.md"}}
alerts: {{send_to: [vault]}}
digests:
  weekly: {{schedule: daily at 09:00, first_edition: 3650d, send_to: [inbox, team, app, vault]}}
"""
COMMANDS = (
    *(("-v", "run", "--once"), ("-v", "poll"), ("-v", "send", "weekly")),
    *(("-v", "check", "--online"), ("-v", "preview", "weekly"), ("--json", "preview", "weekly")),
    *(("status",), ("--json", "status"), ("--json", "deliveries"), ("show", "1")),
    *(("--json", "incidents", "--all"), ("-v", "retry", "1"), ("explain", "Story")),
    ("feeds", "export"),
)


@pytest.fixture
def indiscreet(project: Project, certificate: Certificate) -> Iterator[Project]:
    """A project whose servers repeat what is secret in all they say."""
    project.feeds.replies["/open"] = Reply(rss(item(1, title="Story one")))

    def refuse(seen: Seen) -> Reply:
        said = seen.headers["Authorization"]
        return Reply(f"{said} is wrong", 401, {"WWW-Authenticate": said, "X-Said": said})

    project.feeds.replies["/closed"] = refuse
    project.slack.replies[f"/services/T0/B0/{HOOK}"] = Reply(f"no_service for {HOOK}", 404)
    project.slack.replies["/api/chat.postMessage"] = Reply(
        json.dumps({"ok": False, "error": f"odd_token {BOT}"}),
        headers={"Content-Type": "application/json"},
    )
    script = SmtpScript(
        replies={"AUTH": f"535 the password {PASSWORD} of digest is wrong"},
        capabilities=("STARTTLS", "AUTH PLAIN LOGIN"),
        tls=certificate.context,
    )
    with ExitStack() as stack:
        port = stack.enter_context(serving(script.talk))
        text = CONFIG.format(
            feeds=project.feeds.url,
            slack=project.slack.url,
            port=port,
            token=TOKEN,
            password=PASSWORD,
            hook=HOOK,
            bot=BOT,
        )
        (project.folder / "config.yaml").write_text(text, "utf-8")
        yield project
        assert script.asked["AUTH"] > 0


def test_secrets_are_nowhere_else(indiscreet: Project, certificate: Certificate) -> None:
    said = {
        command: indiscreet.command(*command, SSL_CERT_FILE=str(certificate.path))
        for command in COMMANDS
    }
    printed = "".join(done.stdout + done.stderr for done in said.values())
    # All of it was really tried, and told.
    for word in ("Story one", "401", "the password *** of digest", "no_service", "odd_token ***"):
        assert word in printed
    states = json.loads(said["--json", "deliveries"].stdout)["deliveries"]
    assert {(one["channel"], one["state"]) for one in states} >= {
        *(("inbox", "pending"), ("team", "pending"), ("app", "pending"), ("vault", "sent")),
    }
    stored = {
        path: path.read_bytes()
        for path in indiscreet.folder.rglob("*")
        if path.is_file() and path.name != "config.yaml"
    }
    assert any(path.name == "digest.db" for path in stored)
    for secret in SECRETS:
        assert [name for name, done in said.items() if secret in done.stdout + done.stderr] == []
        assert [path for path, content in stored.items() if secret.encode() in content] == []
