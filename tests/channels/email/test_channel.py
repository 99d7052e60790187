"""Email against real servers, and against one that misbehaves as told: who gets what."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from aiosmtplib.protocol import PERIOD_REGEX, normalize_message_line_endings
from hypothesis import example, given
from hypothesis import strategies as st

from digest.channels.email.wire_format import on_the_wire
from tests.channels.mailing import (
    PAYLOAD,
    email,
    mails_to,
    outcome,
    recipients,
    refused,
    verdict,
    verdicts,
)
from tests.channels.making import MESSAGE_ID, deliveries, delivery, send
from tests.channels.scripted import SmtpScript, serving
from tests.rendering.samples import edition, ordinary, story
from tests.servers import MailServer, running

if TYPE_CHECKING:
    from pathlib import Path

HALF_AN_HOUR = timedelta(minutes=30)


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


def test_a_large_edition_is_shown_whole_by_mail_programs(tmp_path: Path) -> None:
    [made] = deliveries(email(tmp_path, 25), ordinary(200))

    html = made.payload.rpartition(b"Content-Type: text/html")[2]
    assert len(html) < 90_500
    assert b"more from" in html


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
    ("reply", "then", "retry_after"),
    [
        ("450 mailbox busy", "retrying", HALF_AN_HOUR),
        ("451 greylisted, come back", "retrying", HALF_AN_HOUR),
        ("452 too many", "retrying", HALF_AN_HOUR),
        ("550 no such user", "failed", None),
        ("552 too large", "refused", None),
        ("554 spam", "failed", None),
    ],
)
async def test_a_refusal_is_for_now_or_for_good(
    tmp_path: Path, stage: str, reply: str, then: str, retry_after: timedelta | None
) -> None:
    error = await outcome(tmp_path, SmtpScript({stage: reply}))

    assert (verdict(error), error.retry_after) == (then, retry_after)
    assert error.reason == reply


@pytest.mark.parametrize(
    ("reply", "then", "reason"),
    [
        ("451 later", "down for now", "451 later"),
        ("550 not your address", "down until mended", "the sender was refused: 550 not your addre"),
        ("552 too large", "refused", "552 too large"),
    ],
)
async def test_a_refused_sender_is_not_held_against_the_recipient(
    tmp_path: Path, reply: str, then: str, reason: str
) -> None:
    error = await outcome(tmp_path, SmtpScript({"MAIL": reply}))

    assert verdict(error) == then
    assert error.reason.startswith(reason)


@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_wants_a_login_first_takes_nothing(tmp_path: Path, stage: str) -> None:
    error = await outcome(tmp_path, SmtpScript({stage: "530 authentication required"}))

    assert verdict(error) == "down until mended"
    assert error.reason == (
        "the server wants encryption or a login: 530 authentication required; mend the section smtp"
    )


@pytest.mark.parametrize("stage", ["connect", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", [None, "421 going down"])
async def test_a_connection_lost_before_the_message_is_nobodys_fault(
    tmp_path: Path, stage: str, reply: str | None
) -> None:
    script = SmtpScript({stage: reply, "HELO": reply})

    error = await outcome(tmp_path, script)

    assert verdict(error) == "down for now"
    assert script.messages == []


async def test_a_server_that_goes_instead_of_taking_the_message_is_tried_again(
    tmp_path: Path,
) -> None:
    error = await outcome(tmp_path, SmtpScript({".": "421 going down"}))

    assert (verdict(error), error.retry_after, error.reason) == ("retrying", None, "421 going down")


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

    found = await verdicts(channel, *deliveries(channel, edition(story())))

    assert found == ["failed", "250 OK: queued"]
    assert [mail.recipient for mail in mail_server.mails] == ["jurgen@xn--bcher-kva.example"]


async def test_an_address_that_needs_smtputf8_is_told_why(tmp_path: Path) -> None:
    with serving(SmtpScript().talk) as port:
        error = await refused(email(tmp_path, port), "jürgen@example.com")

    assert "SMTPUTF8" in error.reason


async def test_an_address_that_needs_smtputf8_gets_it_where_there_is_some(tmp_path: Path) -> None:
    server = MailServer()
    server.smtp_options = {"enable_SMTPUTF8": True}
    with running(server):
        channel = email(tmp_path, server.port, to="Jürgen <jürgen@bücher.example>")
        await send(channel, *deliveries(channel, edition(story())))

    [mail] = server.mails
    assert mail.recipient == "jürgen@xn--bcher-kva.example"
    assert mail.raw.startswith("To: Jürgen <jürgen@xn--bcher-kva.example>\r\n".encode())


async def test_smtputf8_is_asked_for_only_where_it_is_needed(tmp_path: Path) -> None:
    script = SmtpScript(capabilities=("SMTPUTF8", "8BITMIME"))
    with serving(script.talk) as port:
        made = [delivery(to, PAYLOAD) for to in ("ada@bücher.example", "jürgen@example.com")]
        await send(email(tmp_path, port), *made)

    first, second = (line for _, line in script.heard if line.startswith(b"MAIL"))
    assert first == b"MAIL FROM:<d@example.com>"
    assert second == b"MAIL FROM:<d@example.com> SMTPUTF8 BODY=8BITMIME"
    assert "RCPT TO:<jürgen@example.com>".encode() in script.in_clear


@pytest.mark.parametrize("body", [b"", b".", b"..a\r\n.b", b"a\nb"])
async def test_the_size_that_is_announced_is_that_of_what_is_sent(
    tmp_path: Path, body: bytes
) -> None:
    script = SmtpScript(capabilities=("SIZE",))
    with serving(script.talk) as port:
        await send(email(tmp_path, port), delivery("ada@example.com", PAYLOAD + body))

    size = len(script.messages[0].replace(b"\r\n..", b"\r\n."))
    assert f"MAIL FROM:<d@example.com> SIZE={size}".encode() in script.in_clear


@pytest.mark.parametrize(
    ("room", "then"), [(0, "250 queued"), (1, "250 queued"), (-1, "refused")], ids=str
)
async def test_what_a_server_has_no_room_for_is_not_sent(
    tmp_path: Path, room: int, then: str
) -> None:
    script = SmtpScript(capabilities=("SIZE",))
    with serving(script.talk) as port:
        await send(email(tmp_path, port), *mails_to("ada"))
        size = len(script.messages[0])
        script.capabilities = (f"SIZE {size + room}",)
        found = await verdicts(email(tmp_path, port), *mails_to("ada"))

    assert found == [then]
    assert script.verbs.count("MAIL") == (1 if then == "refused" else 2)


async def test_the_sizes_are_named(tmp_path: Path) -> None:
    error = await outcome(tmp_path, SmtpScript(capabilities=("SIZE 20",)))

    assert error.reason.endswith(" bytes, the server takes 20")


@pytest.mark.parametrize("most", ["0", "", "lots", "9" * 5_000])
async def test_a_server_without_a_largest_size_takes_all(tmp_path: Path, most: str) -> None:
    with serving(SmtpScript(capabilities=(f"SIZE {most}",)).talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada"))

    assert found == ["250 queued"]


async def test_an_edition_that_is_too_large_goes_as_text(tmp_path: Path) -> None:
    server = MailServer()
    channel = email(tmp_path, 25)
    [made] = deliveries(channel, ordinary(20))
    plainer = channel.plainer(made.payload)
    assert plainer is not None
    server.smtp_options = {"data_size_limit": len(plainer) + 200}
    with running(server):
        channel = email(tmp_path, server.port)
        found = await verdicts(channel, made, delivery(made.recipient, plainer))

    assert found == ["refused", "250 OK: queued"]
    assert [mail.raw.endswith(plainer) for mail in server.mails] == [True]
    assert channel.plainer(plainer) is None


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

    second = "retrying" if reply.startswith("450") else "failed"
    if stage == "MAIL 2":
        second = "down for now" if reply.startswith("450") else "down until mended"
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


async def test_each_recipient_has_an_outcome_of_their_own(tmp_path: Path) -> None:
    script = SmtpScript({"RCPT 2": "450 busy", "RCPT 4": "550 gone", ". 3": "552 too large"})
    with serving(script.talk) as port:
        names = ("ada", "busy", "grace", "gone", "large", "edith")
        found = await verdicts(email(tmp_path, port), *mails_to(*names))

    taken = "250 queued"
    assert found == [taken, "retrying", taken, "failed", "refused", taken]
    assert recipients(script) == list(names)
    assert script.connections == 1


@pytest.mark.parametrize("reply", ["421 too many messages", None])
async def test_a_server_that_goes_again_is_tried_later(tmp_path: Path, reply: str | None) -> None:
    script = SmtpScript({"MAIL 2": reply, "MAIL 3": reply})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace", "edith"))

    assert found == ["250 queued", "down for now", "250 queued"]
    assert script.connections == 3


@pytest.mark.parametrize(
    ("reply", "then"),
    [(None, "unknown"), ("hello?", "unknown"), ("421 going down", "retrying")],
)
async def test_a_message_is_never_handed_over_twice(
    tmp_path: Path, reply: str | None, then: str
) -> None:
    script = SmtpScript({". 2": reply})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace", "edith"))

    assert found == ["250 queued", then, "250 queued"]
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

    assert (verdict(error), error.reason) == ("down for now", "550 not you")


async def test_an_answer_that_is_none_is_tried_again(tmp_path: Path) -> None:
    error = await outcome(tmp_path, SmtpScript({"RCPT": "hello?"}))

    assert verdict(error) == "down for now"


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
