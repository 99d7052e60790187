"""Signatures (DKIM), verified by dkimpy as a receiver would."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from typing import TYPE_CHECKING, Any

import dkim
import pytest
from msgspec.structs import replace

from digest.rendering.email.dkim import Signer
from digest.rendering.email.message import build_email, personal_headers, text_only
from digest.signing.tokens import Tokens
from tests.channels.mailing import email
from tests.channels.making import MESSAGE_ID, deliveries, send
from tests.keys import PRIVATE_KEY, PUBLIC_KEY
from tests.rendering.samples import edition, ordinary, story

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import MailServer

SETTINGS: dict[str, Any] = {
    "dkim": {"domain": "example.com", "selector": "march.2026", "key": PRIVATE_KEY}
}
TOKENS = Tokens(b"k" * 32)
ASKED: list[bytes] = []


def look_up(name: bytes, timeout: int = 5) -> bytes:
    """What DNS says of the only key there is."""
    del timeout
    ASKED.append(name)
    return PUBLIC_KEY.encode() if name == b"march.2026._domainkey.example.com." else b""


def verified(raw: bytes) -> bool:
    return bool(dkim.verify(raw, dnsfunc=look_up))


def built(subject: str = "Weekly: a story") -> bytes:
    return build_email(edition(story(), subject=subject), "<p>Hi</p>\n", "Hi\n", "d@example.com")


def signed(message: bytes, to: str = "ada@example.com", more: bytes = b"") -> bytes:
    headers = personal_headers(to, MESSAGE_ID) + more
    signature = Signer("example.com", "march.2026", PRIVATE_KEY).signature(headers, message)
    return signature + headers + message


async def test_what_arrives_is_signed_for_each_recipient(
    tmp_path: Path, mail_server: MailServer
) -> None:
    to = ["ada@example.com", "Grace Hopper <grace@bücher.example>"]
    channel = email(tmp_path, mail_server.port, to=to, **SETTINGS)

    await send(channel, *deliveries(channel, ordinary(20)))

    assert [verified(mail.raw) for mail in mail_server.mails] == [True, True]
    assert mail_server.mails[0].raw.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; ")


async def test_without_settings_nothing_is_signed(tmp_path: Path, mail_server: MailServer) -> None:
    channel = email(tmp_path, mail_server.port)

    await send(channel, *deliveries(channel, edition(story())))

    assert b"DKIM" not in mail_server.mails[0].raw


async def test_a_message_that_is_sent_again_is_the_same_bytes(
    tmp_path: Path, mail_server: MailServer
) -> None:
    made = deliveries(email(tmp_path, mail_server.port, **SETTINGS), edition(story()))

    for _ in range(2):
        await send(email(tmp_path, mail_server.port, **SETTINGS), *made)

    first, second = mail_server.mails
    assert first.raw == second.raw


async def test_each_recipient_has_links_that_are_signed(
    tmp_path: Path, mail_server: MailServer
) -> None:
    to = ["ada@example.com", "grace@example.com"]
    channel = email(
        tmp_path, mail_server.port, to=to, public_url="https://digest.example.com/", **SETTINGS
    )
    made = [
        replace(one, token=TOKENS.of_recipient("it", one.recipient))
        for one in deliveries(channel, ordinary(20))
    ]

    await send(channel, *made, *made)

    for mail, one in zip(mail_server.mails, made * 2, strict=True):
        assert verified(mail.raw)
        link = f"https://digest.example.com/u/{one.token}"
        parsed = message_from_bytes(mail.raw, policy=default)
        assert parsed["List-Unsubscribe"] == f"<{link}>"
        assert parsed["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        for kind in ("plain", "html"):
            body = parsed.get_body((kind,))
            assert body is not None
            assert link in body.get_content()
        for header in (link.encode(), b"=One-Click"):
            assert not verified(mail.raw.replace(header, header.swapcase(), 1))
    first, second, *again = (mail.raw for mail in mail_server.mails)
    assert again == [first, second]


@pytest.mark.parametrize("public_url", [None, "http://digest.example.com"])
async def test_without_https_a_person_unsubscribes_by_mail(
    tmp_path: Path, mail_server: MailServer, public_url: str | None
) -> None:
    channel = email(tmp_path, mail_server.port, public_url=public_url)

    await send(channel, *deliveries(channel, ordinary(3)))

    raw = mail_server.mails[0].raw
    assert raw.count(b"List-Unsubscribe") == 1
    assert b"List-Unsubscribe: <mailto:d@example.com?subject=unsubscribe%20weekly>\r\n" in raw
    assert b"/u/" not in raw


async def test_each_edition_of_a_session_has_its_own(
    tmp_path: Path, mail_server: MailServer
) -> None:
    channel = email(tmp_path, mail_server.port, **SETTINGS)
    made = [*deliveries(channel, edition(story(1))), *deliveries(channel, edition(story(2)))]
    plainer = channel.plainer(made[0].payload)
    assert plainer is not None

    await send(channel, *made, replace(made[0], payload=plainer))

    assert [verified(mail.raw) for mail in mail_server.mails] == [True] * 3


@pytest.mark.parametrize(
    "subject", ["Plain", "日本語 " * 30, "=?utf-8?q?=0D?=", "A title of many words " * 9]
)
@pytest.mark.parametrize("to", ["ada@example.com", "Jürgen <jürgen@bücher.example>"])
def test_any_message_verifies(subject: str, to: str) -> None:
    message = built(subject)
    plainer = text_only(message)

    assert plainer is not None
    assert verified(signed(message, to))
    assert verified(signed(plainer, to))


@pytest.mark.parametrize(
    ("there", "other"),
    [
        (b"Subject: Weekly", b"Subject: Weakly"),
        (b"To: ada@", b"To: eve@"),
        (b"<p>Hi</p>", b"<p>Ha</p>"),
        (b"Date: Mon, 16", b"Date: Mon, 17"),
        (b"Message-ID: <weekly", b"Message-ID: <weakly"),
    ],
)
def test_what_was_changed_on_the_way_does_not_verify(there: bytes, other: bytes) -> None:
    raw = signed(built())
    assert verified(raw)

    changed = raw.replace(there, other, 1)

    assert changed != raw
    assert not verified(changed)


@pytest.mark.parametrize(
    "field", ["Subject", "From", "To", "Cc", "Reply-To", "List-Unsubscribe", "Content-Type"]
)
def test_nothing_can_be_added_that_readers_see(field: str) -> None:
    raw = signed(built())

    # Programs show the first of two, signatures begin with the last.
    assert not verified(f"{field}: <https://evil.example>\r\n".encode() + raw)


def test_unsubscribing_is_signed_where_there_is_some() -> None:
    """RFC 8058, section 4."""
    fields = (
        b"List-Unsubscribe: <https://digest.example.com/u/1>\r\n"
        b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
    )
    raw = signed(built(), more=fields)

    assert verified(raw)
    assert not verified(raw.replace(b"/u/1>", b"/u/2>"))
    assert not verified(raw.replace(b"=One-Click", b"=Two-Click"))
    assert not verified(raw.replace(fields, b""))


def test_the_time_is_that_of_the_edition() -> None:
    whole = edition(story())
    tags = dict(
        tag.strip().partition(b"=")[::2]
        for tag in signed(built()).partition(b"\r\nTo:")[0].partition(b":")[2].split(b";")
    )

    assert int(tags[b"t"]) == int(whole.composed_at.timestamp())
    assert tags[b"d"] == b"example.com"
    assert tags[b"c"] == b"relaxed/relaxed"


def test_what_all_have_alike_is_looked_at_once() -> None:
    class Counting(Signer):
        looks = 0

        def _take_apart(self, message: bytes) -> None:
            self.looks += 1
            super()._take_apart(message)

    signer = Counting("example.com", "march.2026", PRIVATE_KEY)
    message = built()
    for to in ("ada@example.com", "grace@example.com"):
        headers = personal_headers(to, MESSAGE_ID)
        assert verified(signer.signature(headers, message) + headers + message)

    assert signer.looks == 1


def test_the_key_is_told_to_nobody(tmp_path: Path) -> None:
    channel: Any = email(tmp_path, 25, **SETTINGS)

    inside = PRIVATE_KEY.splitlines()[1]
    assert inside not in repr(channel) + str(vars(channel)) + repr(channel._smtp)
    assert inside not in repr(channel._signer())
