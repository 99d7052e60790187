"""Where there are no pages for readers, a message says whom to write to, to be unsubscribed."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default

import pytest

from digest.config.channels.email import SmtpSettings
from digest.language import languages
from digest.rendering.email.headers import check_fields
from digest.rendering.email.message import build_email, text_only
from digest.rendering.email.personal import mail_links, marker_of
from digest.rendering.templates import Templates
from tests.rendering.samples import edition, story

ADDRESS = "ada+news@example.org"
TEMPLATES = Templates()


def built(**changes: str) -> bytes:
    made = edition(story(), **changes)
    links = mail_links(made, ADDRESS)
    html, text = TEMPLATES.fitted(made, links), TEMPLATES.text(made, links)
    return build_email(made, html, text, "News <news@example.com>", links=links, reply_to=ADDRESS)


def test_the_header_opens_a_message_that_says_what_is_wanted() -> None:
    message = built()
    head = message_from_bytes(message, policy=default)

    assert (
        b"List-Unsubscribe: <mailto:ada%2Bnews@example.org?subject=unsubscribe%20weekly>\r\n"
        in (message)
    )
    assert head["List-Unsubscribe-Post"] is None
    assert head["Reply-To"] == ADDRESS
    assert marker_of(message) == b""
    check_fields(message.partition(b"\r\n\r\n")[0])


@pytest.mark.parametrize("language", languages())
def test_the_foot_says_so_in_every_form(language: str) -> None:
    message = message_from_bytes(built(language=language), policy=default)

    for kind in ("plain", "html"):
        body = message.get_body((kind,))
        assert body is not None
        assert ADDRESS in " ".join(body.get_content().split())
        assert "{address}" not in body.get_content()


def test_there_are_no_links_to_pages() -> None:
    made = edition(story())

    assert "Preferences" not in TEMPLATES.html(made, mail_links(made, ADDRESS))
    assert "To unsubscribe, write to ada+news@example.org." in TEMPLATES.html(
        made, mail_links(made, ADDRESS)
    )
    assert "To unsubscribe" not in TEMPLATES.html(made)


def test_the_text_alone_keeps_them() -> None:
    alone = text_only(built())

    assert alone is not None
    assert b"List-Unsubscribe: <mailto:" in alone


@pytest.mark.parametrize(
    ("sender", "reply_to", "read_by"),
    [
        ("News <news@example.com>", None, "news@example.com"),
        ("norbert@example.com", None, "norbert@example.com"),
        ("noreply@example.com", None, None),
        ("No-Reply@example.com", None, None),
        ("do_not_reply@example.com", None, None),
        ("noreply@example.com", "Ada <ada@example.com>", "ada@example.com"),
    ],
)
def test_who_reads_what_readers_write(
    sender: str, reply_to: str | None, read_by: str | None
) -> None:
    settings = SmtpSettings.model_validate(
        {"host": "mail.example.com", "from": sender, "reply_to": reply_to}
    )

    assert settings.read_by == read_by
