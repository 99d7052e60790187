"""Reply codes, the name in EHLO, connections that go: a server that does each as it is told."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from digest.channels.email import ehlo_name
from digest.channels.email.ehlo_name import own_name
from digest.domains import HOST_NAME
from digest.errors import ConfigError, DeliveryError
from tests.channels.mailing import PAYLOAD, email, mails_to, outcome, refused, verdict, verdicts
from tests.channels.making import delivery, send
from tests.channels.scripted import SmtpScript, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


async def hello_of(folder: Path, **smtp: Any) -> str:
    script = SmtpScript()
    with serving(script.talk) as port:
        await send(email(folder, port, **smtp), *mails_to("ada"))
    return script.heard[0][1].decode().removeprefix("EHLO ")


@pytest.mark.parametrize("code", [200, 211, 250, 251, 252, 259, 299])
async def test_2yz_after_the_message_is_sent(tmp_path: Path, code: int) -> None:
    with serving(SmtpScript({".": f"{code} fine"}).talk) as port:
        assert await verdicts(email(tmp_path, port), *mails_to("ada")) == [f"{code} fine"]


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
@pytest.mark.parametrize("code", [250, 251, 252, 255, 259])
async def test_25z_is_accepted(tmp_path: Path, stage: str, code: int) -> None:
    with serving(SmtpScript({stage: f"{code} fine"}).talk) as port:
        assert await verdicts(email(tmp_path, port), *mails_to("ada")) == ["250 queued"]


@pytest.mark.parametrize("stage", ["connect", "MAIL", "RCPT", "."])
@pytest.mark.parametrize("reply", ["SSH-2.0-OpenSSH_9.2", "HTTP/1.1 400 Bad Request", "queued"])
async def test_what_is_no_smtp_is_told_as_it_was_said(
    tmp_path: Path, stage: str, reply: str
) -> None:
    error = await outcome(tmp_path, SmtpScript({stage: reply}))

    assert reply in error.reason
    assert "-1" not in error.reason


@pytest.mark.parametrize("stage", ["MAIL", "RCPT"])
@pytest.mark.parametrize("reply", ["354 go on", "150 wait", "220 ready", "666 what?", "099 no"])
async def test_what_is_no_answer_ends_the_connection_and_blames_nobody(
    tmp_path: Path, stage: str, reply: str
) -> None:
    script = SmtpScript({stage: reply})

    error = await outcome(tmp_path, script)

    assert verdict(error) == "down for now"
    assert script.messages == []


@pytest.mark.parametrize("reply", ["354 go on", "150 wait", "666 what?"])
async def test_no_answer_to_the_message_is_none(tmp_path: Path, reply: str) -> None:
    script = SmtpScript({". 1": reply})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace"))

    assert found == ["unknown", "250 queued"]
    assert script.connections == 2


@contextmanager
def looking_away(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """A time in which the loop, told by another thread, sees nothing of what happens."""
    away, back = threading.Event(), threading.Event()

    def look_away() -> None:
        away.set()
        back.wait()

    loop.call_soon_threadsafe(look_away)
    away.wait()
    yield
    back.set()


@pytest.mark.parametrize("ends", ["fin", "rst"])
async def test_a_connection_that_ends_with_the_invitation_leaves_no_doubt(
    tmp_path: Path, ends: str
) -> None:
    said = {b"EHLO": b"250 OK", b"MAIL": b"250 OK", b"RCPT": b"250 OK", b"DATA": b"354 go on"}
    loop = asyncio.get_running_loop()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listener.accept()
        with listener, connection, connection.makefile("rb") as lines:
            connection.sendall(b"220 ready\r\n")
            for line in lines:
                if line.startswith(b"DATA"):
                    break
                connection.sendall(said[line.split()[0]] + b"\r\n")
            # The end is there as soon as the invitation can be read.
            with looking_away(loop):
                connection.sendall(said[b"DATA"] + b"\r\n")
                if ends == "rst":
                    no_linger = struct.pack("ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_linger)
                lines.close()
                connection.close()

    server = loop.run_in_executor(None, serve)
    error = await refused(email(tmp_path, listener.getsockname()[1]))
    await server

    assert verdict(error) == "down for now"


@pytest.mark.parametrize("reply", ["452 4.5.3 too many recipients", "552 too many recipients"])
async def test_who_has_had_enough_recipients_is_called_again(tmp_path: Path, reply: str) -> None:
    script = SmtpScript({"RCPT 2": reply})
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), *mails_to("ada", "grace", "edith"))

    assert found == ["250 queued"] * 3
    assert script.connections == 2


@pytest.mark.parametrize("reply", ["452 4.5.3 no more", "452 too many recipients"])
async def test_who_has_had_enough_at_once_is_asked_later(tmp_path: Path, reply: str) -> None:
    script = SmtpScript({"RCPT": reply})

    error = await outcome(tmp_path, script)

    assert (verdict(error), error.retry_after) == ("retrying", timedelta(minutes=30))
    assert script.connections == 1


@pytest.mark.parametrize("stage", ["connect", "EHLO", "MAIL", "RCPT", "DATA", "."])
@pytest.mark.parametrize(
    "reply", ["550 5.4.5 Daily user sending limit exceeded", "421 4.7.28 unusual rate of mail"]
)
async def test_a_daily_limit_is_waited_for(tmp_path: Path, stage: str, reply: str) -> None:
    error = await outcome(tmp_path, SmtpScript({stage: reply, "HELO": reply}))

    assert (verdict(error), error.retry_after) == ("down for now", timedelta(days=1))


async def test_what_is_too_large_by_its_enhanced_code_is_shrunk(tmp_path: Path) -> None:
    error = await outcome(tmp_path, SmtpScript({".": "554 5.3.4 message too big"}))

    assert error.verdict == "refused"


@pytest.mark.parametrize("stage", ["connect", "EHLO", "MAIL", "RCPT", "DATA", "."])
async def test_words_are_cleaned_where_they_are_heard(tmp_path: Path, stage: str) -> None:
    reply = "550 a\x1b]0;x\x07\u202e\x9b\0" + "y" * 2_000

    error = await outcome(tmp_path, SmtpScript({stage: reply, "HELO": reply}))

    assert error.reason.isprintable()
    assert len(error.reason) < 700


async def test_a_receipt_is_cleaned_too(tmp_path: Path) -> None:
    with serving(SmtpScript({".": "250 ok\x1b[2J\x07"}).talk) as port:
        [receipt] = await send(email(tmp_path, port), *mails_to("ada"))

    assert receipt == "250 ok\\x1b[2J\\x07"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("mail.example.com", "mail.example.com"),
        ("Mail.faß.example", "mail.xn--fa-hia.example"),
        ("192.0.2.1", "[192.0.2.1]"),
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"),
    ],
)
async def test_it_calls_itself_what_it_is_told_to(tmp_path: Path, given: str, said: str) -> None:
    assert await hello_of(tmp_path, hello=given) == said


@pytest.mark.parametrize("given", ["localhost", "a_b.example", "a b.example", "x\r\nMAIL", "1.2.3"])
def test_a_name_that_servers_refuse_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(ConfigError, match=r"smtp\.hello: must be a full name"):
        email(tmp_path, 25, hello=given)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("mail.example.com", "mail.example.com"),
        ("Mail.Example.COM", "mail.example.com"),
        # A container is called by its id.
        ("3f2a1b4c5d6e", "[127.0.0.1]"),
        ("localhost.localdomain", "[127.0.0.1]"),
        ("my_host.example", "[127.0.0.1]"),
    ],
)
async def test_by_default_it_is_the_full_name_or_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: name)

    assert await hello_of(tmp_path) == said


async def test_a_slow_name_server_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    class End:
        def get_extra_info(self, _: str) -> tuple[str, int]:
            return "2001:db8::1", 25

    monkeypatch.setattr(ehlo_name, "_SECONDS", 0.01)
    monkeypatch.setattr(socket, "gethostname", lambda: "short")
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", never)

    assert await own_name(End()) == "[IPv6:2001:db8::1]"  # type: ignore[arg-type]


async def test_what_it_calls_itself_is_always_valid(tmp_path: Path) -> None:
    said = await hello_of(tmp_path)

    assert HOST_NAME.fullmatch(said) or said == "[127.0.0.1]"


@pytest.mark.parametrize("host", ["::1", "[::1]"])
async def test_a_server_at_an_ipv6_address(tmp_path: Path, host: str) -> None:
    script = SmtpScript()
    with serving(script.talk, "::1") as port:
        channel = email(tmp_path, port, host=host)
        found = await channel.check()
        await send(channel, *mails_to("ada"))

    assert found.startswith(f"[::1]:{port} answers")
    assert len(script.messages) == 1


@pytest.mark.parametrize("recipient", ["ada", "ada@ex..ample", "a\x07b@example.com", ""])
async def test_what_is_no_address_fails_alone_and_is_never_said(
    tmp_path: Path, recipient: str
) -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        found = await verdicts(
            email(tmp_path, port), delivery(recipient, PAYLOAD), *mails_to("grace")
        )

    assert found == ["failed", "250 queued"]
    assert script.verbs.count("RCPT") == 1


@pytest.mark.parametrize(
    "payload",
    [
        b"Subject: a\r\nTo: eve@example.com\r\n\r\nx",
        b"Subject: a\nBcc: eve@example.com\r\n\r\nx",
        b"Subject: a\rBcc: eve@example.com\r\n\r\nx",
        b"Subject: a\0\r\n\r\nx",
    ],
)
async def test_a_spoilt_header_never_reaches_the_wire(tmp_path: Path, payload: bytes) -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        found = await verdicts(email(tmp_path, port), delivery("ada@example.com", payload))

    assert found == ["failed"]
    assert script.connections == 0


async def test_the_domain_of_a_recipient_is_that_of_idna_2008(tmp_path: Path) -> None:
    script = SmtpScript()
    with serving(script.talk) as port:
        await send(email(tmp_path, port), delivery("Ada <ada@faß.example>", PAYLOAD))

    assert "RCPT TO:<ada@xn--fa-hia.example>" in script.in_clear.decode()
    assert script.messages[0].startswith(b"To: Ada <ada@xn--fa-hia.example>\r\n")


async def test_a_session_tells_whether_anything_may_have_left(tmp_path: Path) -> None:
    script = SmtpScript({". 2": None, "RCPT 3": "550 no"})
    begun = []
    with serving(script.talk) as port:
        async with email(tmp_path, port).session() as session:
            for each in (*mails_to("ada", "grace", "edith", "joan"), delivery("nobody", PAYLOAD)):
                with suppress(DeliveryError):
                    await session.send(each)
                begun.append(session.begun)  # type: ignore[attr-defined]

    assert begun == [True, True, False, True, False]
