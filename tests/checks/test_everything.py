"""`check --online` over a whole project: every planted fault is named, with what mends it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from digest.app.wiring import utc_now
from digest.checks import Finding, exit_code
from digest.checks.everything import Outside, check_everything
from digest.checks.machine import check_templates
from digest.config import load_settings
from tests.channels.email.test_login import demanding
from tests.channels.mailing import PASSWORD
from tests.feed_xml import item, rss
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.certificates import Certificate
    from tests.cli.project import Project

CONFIG = """\
polling: {{allow_private_networks: true, per_host: 0, max_body: 1MB}}
feeds:
{feeds}
smtp: {{host: 127.0.0.1, port: {port}, security: starttls, from: digest@sender.reading.net}}
channels:
  inbox: {{kind: email, to: ada@one.example}}
  hook: {{kind: slack, webhook_url: "{slack}/services/T0/B0/s3cretpath"}}
  app: {{kind: slack, bot_token: t0psecret, channel: C1, api_url: "{slack}/api/"}}
  vault: {{kind: file, path: "config.yaml/{{digest}}.md"}}
digests:
  weekly: {{schedule: daily at 07:00, template: mine, send_to: [inbox, hook, app, vault]}}
web: {{public_url: "{public}", listen: "127.0.0.1:0"}}
"""
EMPTY = '<rss version="2.0"><channel><title>A feed</title></channel></rss>'


@contextmanager
def secured(certificate: Certificate) -> Iterator[HttpServer]:
    """A feed server over TLS."""
    server = HttpServer()
    listening = server._server.socket
    server._server.socket = certificate.context.wrap_socket(listening, server_side=True)
    with running(server):
        yield server


def plant(project: Project, certified: str) -> None:
    """A project with a fault in everything."""
    now = utc_now()
    busy = (item(n, published=now - n * timedelta(minutes=1)) for n in range(10))
    project.feeds.replies |= {
        "/page": Reply("<!DOCTYPE html><html><body>Welcome</body></html>"),
        "/busy": Reply(rss(*busy)),
        "/moved": Reply(status=301, headers={"Location": "/fine"}),
        "/fine": Reply(rss(item(1))),
        "/empty": Reply(EMPTY),
        "/huge": Reply(b"<rss>" + b" " * 2_000_000),
        "/closed": Reply("no", 403),
    }
    project.slack.replies |= {
        "/services/T0/B0/s3cretpath": Reply("no_service", 404),
        "/api/auth.test": Reply(
            '{"ok": true, "user": "digest"}',
            headers={"x-oauth-scopes": "chat:read", "Content-Type": "application/json"},
        ),
    }
    urls = [project.feeds.url + path for path in ("/missing", *sorted(project.feeds.replies))]
    urls += ["http://nowhere.invalid/feed", certified]
    text = CONFIG.format(
        feeds="\n".join(f"  - {url}" for url in urls),
        port=project.mail.port,
        slack=project.slack.url,
        public=project.feeds.url,
    )
    (project.folder / "config.yaml").write_text(text, "utf-8")
    (project.folder / "mine").mkdir()
    (project.folder / "mine" / "edition.html").write_text("{{ edition.titel }}", "utf-8")
    (project.folder / "data").mkdir()
    (project.folder / "data" / "digest.db").write_bytes(b"this is no database " * 100)


FAULTS = {
    "feed /missing": ("fail", "answered 404 Not Found", "digest feeds discover"),
    "feed /page": ("fail", "is not a feed but a web page", "digest feeds discover"),
    "feed /busy": ("warn", "some may be missed between polls", "poll it more often"),
    "feed /moved": ("warn", "it moved for good", "change its url to"),
    "feed /empty": ("warn", "it has no entries", "look at it"),
    "feed /huge": ("fail", "is larger than 1,000,000 bytes", "raise polling.max_body"),
    "feed /closed": ("fail", "answered 403", "headers"),
    "feed nowhere": ("fail", "the host name does not resolve", "look for a slip"),
    "feed self-signed": ("fail", "the certificate is not valid: self-signed", "has to renew it"),
    "templates mine": ("fail", "'titel'", "mend the template"),
    "database": ("fail", "file is not a database", "restore a backup"),
    "clock": ("warn", "60 min ahead of the nearest server", "set this machine's clock"),
    "smtp": (
        "fail",
        "the server offers no STARTTLS",
        "turn it on there, or set smtp.security to tls or none",
    ),
    "sender": ("warn", "no SPF record; no DMARC policy", "publish a TXT record"),
    "channel hook": ("fail", "404 no_service", "make a new webhook"),
    "channel app": ("fail", "missing_scope", "give the app the scope chat:write"),
    "channel vault": ("fail", "is not a writable folder", "make the folder"),
    "public URL": ("warn", "/healthz answers 404, and no daemon runs", "start `digest run`"),
}


async def test_every_planted_fault_is_named_with_its_remedy(
    project: Project, certificate: Certificate
) -> None:
    with secured(certificate) as site:
        certified = site.url.replace("http:", "https:") + "/feed"
        plant(project, certified)
        settings = load_settings(project.folder / "config.yaml", {})
        asked: list[str] = []

        async def nothing(name: str) -> list[str]:
            asked.append(name)
            return []

        heard: list[str] = []
        outside = Outside(lambda: utc_now() + timedelta(hours=1), nothing)
        findings = await check_everything(settings, outside, heard.append)
    findings += check_templates(settings)
    assert asked[:2] == ["sender.reading.net", "_dmarc.sender.reading.net"]
    by_name = {_short(finding, project.feeds.url, certified): finding for finding in findings}
    for name, (verdict, said, remedy) in FAULTS.items():
        finding = next(one for key, one in by_name.items() if key.startswith(name))
        assert (finding.verdict, said in finding.said) == (verdict, True), finding
        assert remedy in finding.remedy, finding
    well = {name for name, finding in by_name.items() if finding.verdict == "ok"}
    assert {name.split(" /tmp")[0].split(" 20")[0] for name in well} == {
        *("feed /fine", "disk", "zone data", "listen 127.0.0.1:0"),
    }
    apart = {"templates", "clock"}
    assert len(heard) == len([one for one in findings if one.what not in apart])
    assert exit_code(findings) == 2
    assert "s3cretpath" not in str(findings)
    assert project.mail.mails == []


def _short(finding: Finding, feeds: str, certified: str) -> str:
    name = finding.name.removeprefix(feeds).replace("http://nowhere.invalid/feed", "nowhere")
    name = name.replace(certified, "self-signed").rpartition("/mine")[1].strip("/") or name
    return f"{finding.what} {name.replace(certified, 'self-signed')}".strip()


def test_the_command_prints_a_line_each_and_exits_by_the_worst(
    project: Project, certificate: Certificate
) -> None:
    project.feeds.replies["/fine"] = Reply(rss(item(1)))
    with secured(certificate) as site, running(server := demanding(certificate, "another one")):
        site.replies["/feed"] = Reply(rss(item(1)))
        project.configure(site.url.replace("http:", "https:") + "/feed", "/fine")
        path = project.folder / "config.yaml"
        text = path.read_text("utf-8")
        path.write_text(text, "utf-8")
        trusting = {"SSL_CERT_FILE": str(certificate.path)}
        warned = project.command("check", "--online", **trusting)
        login = f"security: starttls, username: digest, password: {PASSWORD}"
        mail = text.replace(str(project.mail.port), str(server.port))
        path.write_text(mail.replace("security: none", login), "utf-8")
        failing = project.command("check", "--online", **trusting)
    assert warned.returncode == 0
    assert "; its certificate ends on 20" in warned.stdout
    assert "; have whoever runs the server renew it\n" in warned.stdout
    assert "ok   smtp 127.0.0.1" in warned.stdout
    assert warned.stdout.endswith("\n1 to look at, 12 well\n")
    assert failing.returncode == 1
    line = next(one for one in failing.stdout.splitlines() if one.startswith("fail smtp"))
    assert ": the login was refused: 535" in line
    assert line.endswith("; mend smtp.username or smtp.password")
    assert PASSWORD not in failing.stdout
