"""What is checked of the mail server, of Slack and of the public address."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from digest.app.wiring import utc_now
from digest.channels import open_channels
from digest.checks.mail import check_smtp, largest_email
from digest.checks.public import check_listening, check_public_url
from digest.config import Settings, SmtpSettings
from digest.errors import ChannelError
from tests.channels.email.test_login import demanding
from tests.channels.mailing import LOGIN
from tests.channels.scripted import SmtpScript, serving
from tests.databases import database_at
from tests.feed_xml import item, rss
from tests.servers import HttpServer, Reply, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.certificates import Certificate
    from tests.cli.project import Project


def smtp(port: int, **more: Any) -> SmtpSettings:
    given = {"host": "127.0.0.1", "port": port, "security": "none", "from": "d@sender.example"}
    return SmtpSettings.model_validate(given | more)


async def test_the_server_must_take_what_was_sent(project: Project) -> None:
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="inbox, vault")
    project.mail.smtp_options = {"data_size_limit": 4_000}
    project.json("run", "--once")
    size = largest_email(database_at(project.folder / "data/digest.db"))
    assert 4_000 < size < 40_000
    finding = await check_smtp(smtp(project.mail.port), size, utc_now())
    assert finding.verdict == "warn"
    assert f"up to {size:,} bytes go as text, since it takes 4,000" in finding.said
    assert finding.remedy.startswith("send no `images`")
    well = await check_smtp(smtp(project.mail.port), 4_000, utc_now())
    assert (well.verdict, well.said) == ("ok", "not encrypted, without a login, takes 0.004 MB")


async def test_it_asks_whether_mail_would_be_taken_and_sends_none() -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        finding = await check_smtp(smtp(port), 0, utc_now(), "Ada <ada@one.example>")

    assert finding.verdict == "ok"
    assert script.verbs == ["EHLO", "MAIL", "RCPT", "RSET", "QUIT"]
    assert b"RCPT TO:<ada@one.example>" in script.in_clear


@pytest.mark.parametrize(
    ("stage", "reply", "verdict", "said"),
    [
        ("MAIL", "550 no", "fail", "the sender was refused: 550 no"),
        ("RCPT", "554 5.7.1 Relay access denied", "fail", "does not pass mail on for us"),
        ("RCPT", "504 5.5.2 <x>: Helo command rejected: bad", "fail", "calls itself"),
        ("RCPT", "550 5.4.5 Daily user sending limit exceeded", "fail", "no more is taken today"),
        ("RCPT", "550 5.1.1 no such user", "warn", "takes nothing for ada@one.example: 550"),
        ("RCPT", "451 4.7.1 greylisted", "ok", "not encrypted"),
    ],
)
async def test_what_it_would_not_take_is_told(
    stage: str, reply: str, verdict: str, said: str
) -> None:
    script = SmtpScript({stage: reply})
    with serving(script.talk) as port:
        finding = await check_smtp(smtp(port), 0, utc_now(), "ada@one.example")

    assert finding.verdict == verdict
    assert said in finding.said
    assert "DATA" not in script.verbs


async def test_the_first_recipient_is_asked_about(project: Project) -> None:
    asked: list[str] = []

    def note(recipient: str) -> str | None:
        asked.append(recipient)
        return None

    project.mail.refuse_recipient = note
    project.feeds.replies["/feed"] = Reply(rss(item(1)))
    project.configure("/feed", send_to="inbox")
    project.command("check", "--online")

    assert asked == ["ada@one.example"]
    assert project.mail.mails == []


async def test_encryption_and_certificate_are_told(certificate: Certificate) -> None:
    with running(server := demanding(certificate)):
        more = {"security": "starttls", "ca_file": str(certificate.path), **LOGIN}
        finding = await check_smtp(smtp(server.port, **more), 0, utc_now())
    assert finding.verdict == "warn"
    assert finding.said.startswith("TLSv1.3, logged in as digest, takes 33.6 MB, certificate good")
    assert "its certificate ends on" in finding.said
    assert finding.remedy == "have whoever runs the server renew it"


def app(server: HttpServer, scopes: str, **channel: Any) -> Any:
    """A Slack channel with a bot token, which has these scopes; and what is said of `channel`."""
    headers = {"Content-Type": "application/json"}
    who = {"ok": True, "user": "digest", "team": "Readers"}
    told = {"ok": True, "channel": {"name": "weekly", "is_member": True, **channel}}
    server.replies |= {
        "/auth.test": Reply(json.dumps(who), headers={**headers, "x-oauth-scopes": scopes}),
        "/conversations.info?channel=C1": Reply(json.dumps(told), headers=headers),
    }
    slack = {"kind": "slack", "bot_token": "t0psecret", "channel": "C1", "api_url": server.url}
    data = {
        "feeds": ["https://a.example"],
        "channels": {"team": slack},
        "digests": {"weekly": {"schedule": "daily at 07:00", "send_to": "team"}},
    }
    settings = Settings.model_validate(data)
    return open_channels(settings)["team"]


@pytest.mark.parametrize(
    ("scopes", "said"),
    [
        ("chat:write", "; the channel was not looked at, which takes channels:read"),
        ("", "; the channel was not looked at, which takes channels:read"),
        ("chat:write,channels:read", "; the channel is #weekly"),
    ],
)
async def test_a_token_is_told_with_its_channel(
    slack_server: HttpServer, scopes: str, said: str
) -> None:
    found = await app(slack_server, scopes).check()
    assert found == f"the token is that of digest in Readers{said}"


@pytest.mark.parametrize(
    ("scopes", "channel", "said"),
    [
        ("channels:read", {}, "missing_scope; give the app the scope chat:write"),
        ("chat:write, channels:read", {"is_archived": True}, "is_archived; name another channel"),
        ("chat:write, groups:read", {"is_member": False}, "not_in_channel; invite the app to"),
    ],
)
async def test_a_token_that_cannot_post_is_told(
    slack_server: HttpServer, scopes: str, channel: dict[str, Any], said: str
) -> None:
    with pytest.raises(ChannelError, match=said) as caught:
        await app(slack_server, scopes, **channel).check()
    assert caught.value.lasting


async def test_an_app_that_may_post_anywhere_need_not_be_a_member(slack_server: HttpServer) -> None:
    scopes = "chat:write,chat:write.public,channels:read"
    assert "#weekly" in await app(slack_server, scopes, is_member=False).check()


def web(folder: Path, url: str | None) -> Settings:
    data = {
        "database": f"sqlite:///{folder}/digest.db",
        "feeds": ["https://a.example"],
        "channels": {"out": {"kind": "file", "path": "/out.md"}},
        "digests": {"weekly": {"schedule": "daily at 07:00", "send_to": "out"}},
        "web": {"public_url": url} if url else None,
    }
    return Settings.model_validate(data, context={"base": folder})


async def test_the_public_address_answers(feed_server: HttpServer, tmp_path: Path) -> None:
    feed_server.replies["/sub/healthz"] = Reply("ok")
    (finding,) = await check_public_url(web(tmp_path, f"{feed_server.url}/sub/"), utc_now())
    assert finding.said == "answers; links in emails lead there in clear"
    assert (finding.verdict, finding.remedy.startswith("serve it over https")) == ("warn", True)
    assert await check_public_url(web(tmp_path, None), utc_now()) == []


@pytest.mark.parametrize(
    ("url", "verdict", "said", "mend"),
    [
        ("https://no.invalid", "fail", "the host name does not resolve", "publish the name in DNS"),
        ("https://127.0.0.1:1", "warn", "cannot connect: connection refused", "`digest run`"),
    ],
)
async def test_what_keeps_readers_from_the_address_is_told_in_words(
    tmp_path: Path, url: str, verdict: str, said: str, mend: str
) -> None:
    (finding,) = await check_public_url(web(tmp_path, url), utc_now())
    assert (finding.verdict, finding.said.partition(", and no daemon")[0]) == (verdict, said)
    assert mend in finding.remedy


async def test_an_address_that_nobody_trusts_is_told(
    certificate: Certificate, tmp_path: Path
) -> None:
    with running(secured := HttpServer()):
        listening = secured._server.socket
        secured._server.socket = certificate.context.wrap_socket(listening, server_side=True)
        url = secured.url.replace("http:", "https:")
        (finding,) = await check_public_url(web(tmp_path, url), utc_now())
    assert (finding.verdict, finding.said) == (
        "fail",
        "the certificate is not valid: self-signed certificate",
    )
    assert finding.remedy == "renew the certificate of what serves it"


async def test_where_the_pages_are_to_be_is_tried(tmp_path: Path, feed_server: HttpServer) -> None:
    def at(listen: str) -> Settings:
        settings = web(tmp_path, "https://reading.example")
        assert settings.web is not None
        listening = settings.web.model_copy(update={"listen": listen})
        return settings.model_copy(update={"web": listening})

    (free,) = await check_listening(at("127.0.0.1:0"))
    assert (free.what, free.verdict) == ("listen", "ok")
    (taken,) = await check_listening(at(feed_server.url.removeprefix("http://")))
    assert (taken.verdict, taken.said) == ("fail", "another program listens there")
    assert taken.remedy == "stop it, or choose another port"
    (foreign,) = await check_listening(at("203.0.113.1:8080"))
    assert foreign.said == "this machine has no such address"
    assert await check_listening(web(tmp_path, None)) == []
