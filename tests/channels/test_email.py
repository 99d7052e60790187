"""Email against real servers, and against one that misbehaves as told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from aiosmtplib.protocol import PERIOD_REGEX, normalize_message_line_endings
from hypothesis import example, given
from hypothesis import strategies as st

from digest.channels.smtp import on_the_wire
from digest.errors import DeliveryError
from tests.channels.making import MESSAGE_ID, deliveries, delivery, open_it, send
from tests.channels.scripted import SmtpScript, serving
from tests.rendering.samples import edition, ordinary, story
from tests.servers import MailServer, running

if TYPE_CHECKING:
    from pathlib import Path

    from digest.channels import Channel
    from digest.model import Delivery
    from tests.certificates import Certificate

PASSWORD = "correct horse battery staple"
LOGIN = {"username": "digest", "password": PASSWORD}
PAYLOAD = b"Subject: Hello\r\n\r\nHello\r\n"
HALF_AN_HOUR = timedelta(minutes=30)


def email(folder: Path, port: int, to: str | list[str] = "ada@example.com", **smtp: Any) -> Channel:
    server = {"host": "127.0.0.1", "port": port, "security": "none", "from": "d@example.com"}
    return open_it(folder, {"kind": "email", "to": to}, server | smtp)


async def refused(channel: Channel, recipient: str = "ada@example.com") -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await send(channel, delivery(recipient, PAYLOAD))
    return caught.value


async def outcome(folder: Path, script: SmtpScript, **smtp: Any) -> DeliveryError:
    """The error of one send to a scripted server."""
    with serving(script.talk) as port:
        return await refused(email(folder, port, **smtp))


async def test_a_message_arrives_as_it_was_built(tmp_path: Path, mail_server: MailServer) -> None:
    channel = email(tmp_path, mail_server.port)
    [made] = deliveries(channel, ordinary(20))

    [receipt] = await send(channel, made)

    [mail] = mail_server.mails
    assert receipt == "250 OK: queued"
    assert mail.sender == "d@example.com"
    assert mail.recipient == "ada@example.com"
    assert mail.raw == b"To: ada@example.com\r\nMessage-ID: " + MESSAGE_ID.encode() + (
        b"\r\n" + made.payload
    )
    assert b"\n" not in mail.raw.replace(b"\r\n", b"")


async def test_to_and_message_id_come_first(tmp_path: Path, mail_server: MailServer) -> None:
    channel = email(tmp_path, mail_server.port, to="Grace Hopper <grace@example.com>")
    [made] = deliveries(channel, edition(story()))

    await send(channel, made)

    first, second, _ = mail_server.mails[0].raw.split(b"\r\n", 2)
    assert first == b"To: Grace Hopper <grace@example.com>"
    assert second == f"Message-ID: {MESSAGE_ID}".encode()


@pytest.mark.parametrize("body", [b".", b"..", b".hidden\r\n.", b"a\r\n.\r\nb", b"no line end"])
async def test_lines_that_begin_with_a_dot_survive(
    tmp_path: Path, mail_server: MailServer, body: bytes
) -> None:
    payload = b"Subject: dots\r\n\r\n" + body

    await send(email(tmp_path, mail_server.port), delivery("ada@example.com", payload))

    assert mail_server.mails[0].raw.rstrip(b"\r\n").endswith(payload)


async def test_dots_are_doubled_on_the_wire(tmp_path: Path) -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        await send(
            email(tmp_path, port),
            delivery("ada@example.com", b"Subject: dots\r\n\r\n.one\r\n..two\r\n.\r\nend\r\n"),
        )

    assert script.messages[0].endswith(b"\r\n\r\n..one\r\n...two\r\n..\r\nend\r\n")


async def test_each_recipient_has_a_message_of_their_own(
    tmp_path: Path, mail_server: MailServer
) -> None:
    to = ["ada@example.com", "Grace <grace@example.com>"]
    channel = email(tmp_path, mail_server.port, to=to)

    await send(channel, *deliveries(channel, edition(story())))

    ada, grace = mail_server.mails
    assert [ada.recipient, grace.recipient] == ["ada@example.com", "grace@example.com"]
    assert b"grace" not in ada.raw
    assert b"ada@" not in grace.raw


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "."])
@pytest.mark.parametrize(
    ("reply", "verdict", "retry_after"),
    [
        ("450 mailbox busy", "retrying", HALF_AN_HOUR),
        ("451 greylisted, come back", "retrying", HALF_AN_HOUR),
        ("452 too many", "retrying", HALF_AN_HOUR),
        ("421 going down", "retrying", None),
        ("550 no such user", "failed", None),
        ("552 too large", "failed", None),
        ("554 spam", "failed", None),
    ],
)
async def test_a_refusal_is_for_now_or_for_good(
    tmp_path: Path, stage: str, reply: str, verdict: str, retry_after: timedelta | None
) -> None:
    error = await outcome(tmp_path, SmtpScript({stage: reply}))

    assert (error.verdict, error.retry_after) == (verdict, retry_after)
    assert error.reason == reply


@pytest.mark.parametrize(
    ("reply", "verdict", "reason"),
    [
        ("451 later", "retrying", "451 later"),
        ("530 authentication required", "retrying", "the sender was refused: 530 authentication"),
        ("550 not your address", "retrying", "the sender was refused: 550 not your address"),
        ("552 too large", "failed", "552 too large"),
    ],
)
async def test_a_refused_sender_is_not_held_against_the_recipient(
    tmp_path: Path, reply: str, verdict: str, reason: str
) -> None:
    error = await outcome(tmp_path, SmtpScript({"MAIL": reply}))

    assert error.verdict == verdict
    assert error.reason.startswith(reason)


@pytest.mark.parametrize("stage", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_a_connection_lost_before_the_message_is_tried_again(
    tmp_path: Path, stage: str
) -> None:
    script = SmtpScript({stage: None, "HELO": None})

    error = await outcome(tmp_path, script)

    assert error.verdict == "retrying"
    assert script.messages == []


async def test_no_answer_to_the_message_is_unknown(tmp_path: Path) -> None:
    script = SmtpScript({".": None})

    error = await outcome(tmp_path, script)

    assert error.verdict == "unknown"
    assert len(script.messages) == 1


async def test_a_real_server_that_hangs_up_instead_of_answering(
    tmp_path: Path, mail_server: MailServer
) -> None:
    mail_server.drop = lambda _: True

    error = await refused(email(tmp_path, mail_server.port))

    assert error.verdict == "unknown"
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize("goodbye", [None, "500 what?", "421 closing"])
async def test_what_follows_the_acceptance_changes_nothing(
    tmp_path: Path, goodbye: str | None
) -> None:
    with serving(SmtpScript({"QUIT": goodbye}).talk) as port:
        [receipt] = await send(email(tmp_path, port), delivery("ada@example.com", PAYLOAD))

    assert receipt == "250 queued"


async def test_an_address_that_needs_smtputf8_fails_alone(
    tmp_path: Path, mail_server: MailServer
) -> None:
    to = ["jürgen@example.com", "jurgen@bücher.example"]
    channel = email(tmp_path, mail_server.port, to=to)
    first, second = deliveries(channel, edition(story()))

    with pytest.raises(DeliveryError) as caught:
        await send(channel, first)
    await send(channel, second)

    assert caught.value.verdict == "failed"
    assert "SMTPUTF8" in caught.value.reason
    assert [mail.recipient for mail in mail_server.mails] == ["jurgen@xn--bcher-kva.example"]


def mails_to(*names: str) -> list[Delivery]:
    return [delivery(f"{name}@example.com", PAYLOAD) for name in names]


async def verdicts(channel: Channel, *made: Delivery) -> list[str]:
    """What became of each of these, sent in one session."""
    found = []
    async with channel.session() as session:
        for each in made:
            try:
                found.append(await session.send(each))
            except DeliveryError as error:
                found.append(error.verdict)
    return found


def recipients(script: SmtpScript) -> list[str]:
    return re.findall(r"RCPT TO:<(.*?)@", script.in_clear.decode())


async def test_a_session_is_one_connection(tmp_path: Path) -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace", "edith"))

    assert found == ["250 queued"] * 3
    assert script.connections == 1
    assert recipients(script) == ["ada", "grace", "edith"]
    assert script.verbs == ["EHLO", *["MAIL", "RCPT", "DATA"] * 3, "QUIT"]


async def test_the_next_session_is_another(tmp_path: Path) -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        channel = email(tmp_path, port)
        for _ in range(2):
            await send(channel, *mails_to("ada"))

    assert script.connections == 2
    assert script.verbs.count("QUIT") == 2


@pytest.mark.parametrize("stage", ["RCPT 2", "DATA 2", ". 2", "MAIL 2"])
@pytest.mark.parametrize("reply", ["450 busy", "550 no"])
async def test_a_refusal_does_not_disturb_the_next(tmp_path: Path, stage: str, reply: str) -> None:
    script = SmtpScript({stage: reply})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace", "edith"))

    second = "failed" if reply.startswith("550") and stage != "MAIL 2" else "retrying"
    assert found == ["250 queued", second, "250 queued"]
    assert script.connections == 1
    # What ended with the message needs no end put to it.
    assert script.verbs.count("RSET") == (0 if stage == ". 2" else 1)
    assert [message.count(b"Subject") for message in script.messages[-1:]] == [1]


async def test_a_server_that_does_not_forget_a_refusal_is_left(tmp_path: Path) -> None:
    script = SmtpScript({"RCPT 1": "550 no", "RSET": "500 what?"})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace"))

    assert found == ["failed", "250 queued"]
    assert script.connections == 2


async def test_a_server_that_closes_after_each_message(tmp_path: Path) -> None:
    script = SmtpScript(messages_per_connection=1)
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace", "edith"))

    assert found == ["250 queued"] * 3
    assert script.connections == 3
    assert len(script.messages) == 3


@pytest.mark.parametrize("stage", ["MAIL 2", "RCPT 2", "DATA 2"])
@pytest.mark.parametrize("reply", ["421 too many messages", None])
async def test_a_server_that_goes_between_messages_is_called_again(
    tmp_path: Path, stage: str, reply: str | None
) -> None:
    script = SmtpScript({stage: reply})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace", "edith"))

    assert found == ["250 queued"] * 3
    assert script.connections == 2
    assert len(script.messages) == 3


@pytest.mark.parametrize("reply", ["421 too many messages", None])
async def test_a_server_that_goes_again_is_tried_later(tmp_path: Path, reply: str | None) -> None:
    script = SmtpScript({"MAIL 2": reply, "MAIL 3": reply})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace", "edith"))

    assert found == ["250 queued", "retrying", "250 queued"]
    assert script.connections == 3


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [(None, "unknown"), ("hello?", "unknown"), ("421 going down", "retrying")],
)
async def test_a_message_is_never_handed_over_twice(
    tmp_path: Path, reply: str | None, verdict: str
) -> None:
    script = SmtpScript({". 2": reply})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace", "edith"))

    assert found == ["250 queued", verdict, "250 queued"]
    assert recipients(script) == ["ada", "grace", "edith"]
    assert script.connections == 2


async def test_a_server_that_knows_no_extensions(tmp_path: Path) -> None:
    script = SmtpScript({"EHLO": "502 what?"})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace"))

    assert found == ["250 queued"] * 2
    assert script.verbs[:3] == ["EHLO", "HELO", "MAIL"]
    assert script.connections == 1


async def test_a_server_that_greets_nobody_is_tried_again(tmp_path: Path) -> None:
    error = await outcome(tmp_path, SmtpScript({"EHLO": "550 no", "HELO": "550 not you"}))

    assert (error.verdict, error.reason) == ("retrying", "550 not you")


async def test_an_answer_that_is_none_is_tried_again(tmp_path: Path) -> None:
    error = await outcome(tmp_path, SmtpScript({"RCPT": "hello?"}))

    assert error.verdict == "retrying"


@given(st.binary(max_size=200) | st.text("\r\n. a", max_size=20).map(str.encode))
@example(b"")
@example(b".\r.\n..\r\n\r.")
def test_the_wire_carries_what_the_library_would_send(message: bytes) -> None:
    normal = normalize_message_line_endings(message)
    assert on_the_wire(message) == PERIOD_REGEX.sub(b"..", normal) + b".\r\n"


@given(st.binary(min_size=1, max_size=200) | st.text("\r\n. a", min_size=1).map(str.encode))
def test_headers_go_before_what_is_prepared(message: bytes) -> None:
    head = b"To: ada@example.com\r\n"
    assert on_the_wire(head + message) == head + on_the_wire(message)


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


async def test_a_wrong_password_is_tried_again_and_named(
    tmp_path: Path, trusted: Certificate
) -> None:
    server = demanding(trusted, password="another one")
    with running(server):
        channel = email(tmp_path, server.port, security="starttls", **LOGIN)
        with pytest.raises(DeliveryError) as checked:
            await channel.check()
        error = await refused(channel)

    for each in (error, checked.value):
        assert each.verdict == "retrying"
        assert each.reason.startswith("the login was refused: 535")
        assert PASSWORD not in f"{each!r} {each}"
    assert server.mails == []


async def test_without_starttls_nothing_is_said_in_clear(tmp_path: Path) -> None:
    script = SmtpScript(capabilities=("AUTH PLAIN LOGIN",))

    error = await outcome(tmp_path, script, security="starttls", **LOGIN)

    assert error.verdict == "retrying"
    assert "STARTTLS" in error.reason
    assert set(script.verbs) <= {"EHLO", "QUIT"}


async def test_a_refused_starttls_is_not_gone_around(tmp_path: Path) -> None:
    script = SmtpScript(
        {"STARTTLS": "454 TLS not available"}, capabilities=("STARTTLS", "AUTH PLAIN")
    )

    error = await outcome(tmp_path, script, security="starttls", **LOGIN)

    assert error.verdict == "retrying"
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

    assert error.verdict == "retrying"
    assert "certificate" in error.reason.lower()
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

    assert error.verdict == "retrying"
    assert script.heard == []


@pytest.mark.parametrize(
    ("greeting", "said"), [("421 busy", "421 busy"), ("554 go away", "554 go away")]
)
async def test_a_server_that_does_not_want_us_is_tried_again(
    tmp_path: Path, greeting: str, said: str
) -> None:
    error = await outcome(tmp_path, SmtpScript({"connect": greeting}))

    assert error.verdict == "retrying"
    assert said in error.reason


async def test_a_check_logs_in_and_sends_nothing(tmp_path: Path) -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        found = await email(tmp_path, port).check()

    assert found == f"127.0.0.1:{port} answers, none, no login"
    assert not {"MAIL", "RCPT", "DATA"}.intersection(script.verbs)
