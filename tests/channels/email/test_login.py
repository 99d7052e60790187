"""Getting to where mail may be sent: connecting, encryption, a password or a token."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import traceback
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from digest.channels.email.login import first_line
from digest.errors import ChannelError, DeliveryError
from tests import limits
from tests.channels.mailing import (
    LOGIN,
    PASSWORD,
    PAYLOAD,
    email,
    mails_to,
    outcome,
    refused,
    verdict,
)
from tests.channels.making import delivery, send
from tests.channels.scripted import SmtpScript, serving
from tests.servers import MailServer, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.certificates import Certificate


class Accounts:
    """An authenticator that knows one account."""

    def __init__(self, password: str) -> None:
        self.password = password

    def __call__(self, *about: Any) -> AuthResult:
        data = about[-1]
        known = data == LoginPassword(b"digest", self.password.encode())
        return AuthResult(success=known, handled=False)


def demanding(certificate: Certificate, password: str = PASSWORD) -> MailServer:
    """A server that wants encryption and a login."""
    server = MailServer()
    server.smtp_options = {
        "tls_context": certificate.context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": Accounts(password),
    }
    return server


async def test_starttls_and_login(tmp_path: Path, trusted: Certificate) -> None:
    server = demanding(trusted)
    with running(server):
        channel = email(tmp_path, server.port, security="starttls", **LOGIN)
        found = await channel.check()
        await send(channel, delivery("ada@example.com", PAYLOAD))

    assert [mail.recipient for mail in server.mails] == ["ada@example.com"]
    assert found == f"127.0.0.1:{server.port} answers, starttls, logged in as digest"


async def test_a_wrong_password_is_named_for_somebody_to_mend(
    tmp_path: Path, trusted: Certificate
) -> None:
    server = demanding(trusted, password="another one")
    with running(server):
        channel = email(tmp_path, server.port, security="starttls", **LOGIN)
        with pytest.raises(DeliveryError) as checked:
            await channel.check()
        error = await refused(channel)

    for each in (error, checked.value):
        assert verdict(each) == "down until mended"
        assert each.reason.startswith("the login was refused: 535")
        assert each.reason.endswith("; mend smtp.username or smtp.password")
        assert PASSWORD not in f"{each!r} {each}"
    assert server.mails == []


async def test_without_starttls_nothing_is_said_in_clear(tmp_path: Path) -> None:
    script = SmtpScript(capabilities=("AUTH PLAIN LOGIN",))

    error = await outcome(tmp_path, script, security="starttls", **LOGIN)

    assert verdict(error) == "down for now"
    assert error.reason == (
        "the server offers no STARTTLS; turn it on there, or set smtp.security to tls or none"
    )
    assert set(script.verbs) <= {"EHLO", "QUIT"}


async def test_a_refused_starttls_is_not_gone_around(tmp_path: Path) -> None:
    script = SmtpScript(
        {"STARTTLS": "454 TLS not available"}, capabilities=("STARTTLS", "AUTH PLAIN")
    )

    error = await outcome(tmp_path, script, security="starttls", **LOGIN)

    assert (verdict(error), error.reason) == ("down for now", "454 TLS not available")
    assert set(script.verbs) <= {"EHLO", "STARTTLS", "QUIT"}


async def test_credentials_go_only_through_encryption(tmp_path: Path, trusted: Certificate) -> None:
    script = SmtpScript(capabilities=("STARTTLS", "AUTH PLAIN"), tls=trusted.context)
    with serving(script.talk) as port:
        channel = email(tmp_path, port, security="starttls", **LOGIN)
        await send(channel, delivery("ada@example.com", PAYLOAD))

    assert "AUTH" in script.verbs
    assert re.fullmatch(rb"EHLO \S+\nSTARTTLS", script.in_clear)


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_that_nobody_signed_is_refused(
    tmp_path: Path, certificate: Certificate, security: str
) -> None:
    script = SmtpScript(
        capabilities=("STARTTLS", "AUTH PLAIN"),
        tls=certificate.context,
        tls_from_the_start=security == "tls",
    )

    error = await outcome(tmp_path, script, security=security, **LOGIN)

    assert verdict(error) == "down until mended"
    assert error.reason == (
        "the server's certificate is not trusted: self-signed certificate; "
        "mend it, or name who signed it in smtp.ca_file"
    )
    assert set(script.verbs) <= {"EHLO", "STARTTLS"}


async def test_tls_from_the_start(tmp_path: Path, trusted: Certificate) -> None:
    script = SmtpScript(capabilities=("AUTH PLAIN",), tls=trusted.context, tls_from_the_start=True)
    with serving(script.talk) as port:
        channel = email(tmp_path, port, security="tls", **LOGIN)
        await send(channel, delivery("ada@example.com", PAYLOAD))

    assert len(script.messages) == 1
    assert script.in_clear == b""


async def test_a_certificate_for_another_name_is_refused(
    tmp_path: Path, trusted: Certificate
) -> None:
    script = SmtpScript(tls=trusted.context, tls_from_the_start=True)

    error = await outcome(tmp_path, script, security="tls", host="localhost")

    assert verdict(error) == "down until mended"
    assert "not valid for 'localhost'" in error.reason
    assert script.heard == []


@pytest.mark.parametrize("greeting", ["421 busy", "554 go away"])
async def test_a_server_that_does_not_want_us_is_tried_again(tmp_path: Path, greeting: str) -> None:
    error = await outcome(tmp_path, SmtpScript({"connect": greeting}))

    assert (verdict(error), error.reason) == ("down for now", greeting)


async def test_a_server_that_is_not_there_is_tried_again(tmp_path: Path) -> None:
    with serving(lambda _: None) as port:
        pass

    error = await refused(email(tmp_path, port))

    assert verdict(error) == "down for now"
    assert error.reason == "cannot connect: connection refused"


async def test_a_check_logs_in_and_sends_nothing(tmp_path: Path) -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        found = await email(tmp_path, port).check()

    assert found == f"127.0.0.1:{port} answers, without encryption, without a login"
    assert not {"MAIL", "RCPT", "DATA"}.intersection(script.verbs)


def secure(certificate: Certificate, login: str, **replies: str | None) -> SmtpScript:
    """A server with TLS from the start and one kind of login."""
    script = SmtpScript(capabilities=(f"AUTH {login}",), tls=certificate.context)
    script.tls_from_the_start = True
    script.replies |= replies
    return script


@pytest.mark.parametrize(
    ("reply", "then"),
    [
        ("530 encryption first", "down until mended"),
        ("534 too weak", "down until mended"),
        ("535 wrong", "down until mended"),
        ("538 encryption required", "down until mended"),
        ("500 what?", "down until mended"),
        ("454 the directory is away", "down for now"),
        ("421 too many", "down for now"),
        (None, "down for now"),
    ],
)
async def test_a_refused_login_is_for_now_or_until_it_is_mended(
    tmp_path: Path, trusted: Certificate, reply: str | None, then: str
) -> None:
    script = secure(trusted, "PLAIN", AUTH=reply)

    error = await outcome(tmp_path, script, security="tls", **LOGIN)

    assert verdict(error) == then
    assert (reply or "cannot connect") in error.reason
    assert not {"MAIL", "RCPT", "DATA"}.intersection(script.verbs)


@pytest.mark.parametrize("login", ["XOAUTH2", "GSSAPI"])
async def test_a_server_without_a_login_we_know_is_named(
    tmp_path: Path, trusted: Certificate, login: str
) -> None:
    error = await outcome(tmp_path, secure(trusted, login), security="tls", **LOGIN)

    assert verdict(error) == "down for now"
    assert error.reason == "the server offers no login by CRAM-MD5 or PLAIN or LOGIN"


async def test_an_authority_of_ones_own_is_trusted(
    tmp_path: Path, certificate: Certificate
) -> None:
    (tmp_path / "ca.pem").write_bytes(certificate.path.read_bytes())
    script = secure(certificate, "PLAIN")
    with serving(script.talk) as port:
        channel = email(tmp_path, port, security="tls", ca_file="ca.pem", **LOGIN)
        await send(channel, delivery("ada@example.com", PAYLOAD))

    assert len(script.messages) == 1


async def test_no_other_is_trusted_beside_it(
    tmp_path: Path, trusted: Certificate, other_certificate: Certificate
) -> None:
    script = secure(trusted, "PLAIN")

    error = await outcome(
        tmp_path, script, security="tls", ca_file=str(other_certificate.path), **LOGIN
    )

    assert verdict(error) == "down until mended"


TOKEN = "ya29.a0AfH6SMBx-s3cret_token~+/=="
SENT_TOKEN = base64.b64encode(f"user=digest\x01auth=Bearer {TOKEN}\x01\x01".encode())


def tokens(folder: Path, body: str = f"echo '{TOKEN}'; echo more") -> dict[str, str]:
    """Settings with a command that counts how often it was run, then does as told."""
    path = folder / "token command"
    path.write_text(f"#!/bin/sh\necho run >> '{folder}/runs'\n{body}\n")
    path.chmod(0o755)
    return {"username": "digest", "token_command": f"'{path}' --for digest", "security": "tls"}


async def test_a_token_is_a_login(tmp_path: Path, trusted: Certificate) -> None:
    script = secure(trusted, "PLAIN XOAUTH2")
    with serving(script.talk) as port:
        channel = email(tmp_path, port, **tokens(tmp_path))
        found = await channel.check()
        await send(channel, *mails_to("ada", "grace"))

    assert found.endswith("logged in as digest")
    assert script.heard.count((True, b"AUTH XOAUTH2 " + SENT_TOKEN)) == 2
    assert len(script.messages) == 2
    # Once for each connection: tokens do not last.
    assert (tmp_path / "runs").read_text() == "run\n" * script.connections == "run\n" * 2


async def test_a_refused_token_is_named_for_somebody_to_mend(
    tmp_path: Path, trusted: Certificate
) -> None:
    script = secure(trusted, "XOAUTH2", AUTH="334 eyJzdGF0dXMiOiI0MDAifQ==")
    script.replies[""] = f"535 not {TOKEN}, nor {SENT_TOKEN.decode()}"

    error = await outcome(tmp_path, script, **tokens(tmp_path))

    assert verdict(error) == "down until mended"
    assert error.reason == (
        "the login was refused: 535 not ***, nor ***; mend smtp.username or smtp.token_command"
    )
    assert script.verbs == ["EHLO", "AUTH", ""]
    assert TOKEN not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    "login",
    [
        PASSWORD,
        base64.b64encode(f"\0digest\0{PASSWORD}".encode()).decode(),
        base64.b64encode(PASSWORD.encode()).decode(),
    ],
    ids=["bare", "PLAIN", "LOGIN"],
)
@pytest.mark.parametrize("stage", ["AUTH", "MAIL", "RCPT", "."])
@pytest.mark.parametrize("reply", ["535 you said {}", "435 you said {}", "you said {}"])
async def test_a_server_that_repeats_the_login_tells_nobody(
    tmp_path: Path, trusted: Certificate, stage: str, reply: str, login: str
) -> None:
    script = secure(trusted, "PLAIN LOGIN", **{stage: reply.format(login)})

    error = await outcome(tmp_path, script, security="tls", **LOGIN)

    assert "you said ***" in error.reason


async def test_a_receipt_repeats_no_login(tmp_path: Path, trusted: Certificate) -> None:
    script = secure(trusted, "PLAIN", **{".": f"250 queued for {PASSWORD}"})
    with serving(script.talk) as port:
        [receipt] = await send(email(tmp_path, port, security="tls", **LOGIN), *mails_to("ada"))

    assert receipt == "250 queued for ***"


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("echo s3cret; echo s3cret >&2; exit 3", "failed with exit code 3; run it by hand"),
        ("kill -9 $$", "failed with exit code -9; run it by hand"),
        ("true", "wrote no token"),
        ("echo; echo s3cret", "wrote no token"),
    ],
)
async def test_a_command_without_a_token_is_named(
    tmp_path: Path, trusted: Certificate, body: str, says: str
) -> None:
    script = secure(trusted, "XOAUTH2")

    error = await outcome(tmp_path, script, **tokens(tmp_path, body))

    assert verdict(error) == "down for now"
    assert error.reason == f"smtp.token_command ({tmp_path}/token command) {says}"
    assert "AUTH" not in script.verbs


async def test_a_command_that_is_not_there_is_named(tmp_path: Path, trusted: Certificate) -> None:
    login = tokens(tmp_path) | {"token_command": "no-such-program s3cret"}

    error = await outcome(tmp_path, secure(trusted, "XOAUTH2"), **login)

    assert verdict(error) == "down for now"
    assert error.reason == (
        "smtp.token_command (no-such-program) cannot be run: No such file or directory"
    )


async def test_a_server_that_takes_no_tokens_is_named(tmp_path: Path, trusted: Certificate) -> None:
    error = await outcome(tmp_path, secure(trusted, "PLAIN LOGIN"), **tokens(tmp_path))

    assert error.reason == "the server offers no login by XOAUTH2"
    assert not (tmp_path / "runs").exists()


async def test_a_command_that_hangs_is_ended_with_all_it_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "held")
    held = os.open(tmp_path / "held", os.O_RDONLY | os.O_NONBLOCK)
    hanging = f"exec 3> '{tmp_path}/held'; echo up >&3; sleep 20 & wait"

    with pytest.raises(ChannelError, match=r"^smtp.token_command \(sh\) took longer than 0.5 s$"):
        await first_line(["sh", "-c", hanging], 0.5)

    # It comes to its end when nobody is left who could write to it.
    os.set_blocking(held, True)
    with os.fdopen(held, "rb") as file:
        assert await asyncio.wait_for(asyncio.to_thread(file.read), limits.seconds(10)) == b"up\n"


async def test_a_command_is_ended_when_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "held")
    hanging = f"exec 3> '{tmp_path}/held'; sleep 20"
    waiting = asyncio.create_task(first_line(["sh", "-c", hanging]))
    with await asyncio.to_thread((tmp_path / "held").open, "rb") as file:
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await asyncio.wait_for(asyncio.to_thread(file.read), limits.seconds(10)) == b""


@pytest.mark.parametrize("first", ["t0k3n\\n", ""])
async def test_of_what_a_command_writes_no_more_than_the_beginning_is_kept(first: str) -> None:
    flood = f"printf '{first}'; head -c 100000000 /dev/zero"
    tracemalloc.start()
    try:
        line = await first_line(["sh", "-c", flood])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert line[:5] == ("t0k3n" if first else "\0" * 5)
    assert peak < 5_000_000
