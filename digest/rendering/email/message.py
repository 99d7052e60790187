"""An edition as an email message, whole but for the headers that differ by recipient."""

from __future__ import annotations

import hashlib
import re
from email import message_from_bytes
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING

from digest.feeds.text import one_line
from digest.language import ENGLISH, language_of
from digest.model import NO_PICTURES
from digest.rendering.email.headers import (
    Mailbox,
    address_field,
    encoded,
    field_of,
    is_plain,
    mailbox,
    named_field,
    text_field,
)
from digest.rendering.email.mime import multipart, picture_part, text_part
from digest.rendering.email.personal import marker_of
from digest.rendering.inbox import subject_from
from digest.rendering.phrases import short

if TYPE_CHECKING:
    from datetime import datetime

    from digest.model import Edition, Pictures
    from digest.rendering.email.personal import Links

_SUBJECT_GRAPHEMES = 120
_OF_THE_PARTS = (b"content-type:", b"content-transfer-encoding:")


def build_email(
    edition: Edition,
    html: str,
    text: str,
    sender: str,
    pictures: Pictures = NO_PICTURES,
    links: Links | None = None,
    reply_to: str | None = None,
) -> bytes:
    """The message without To and Message-ID; the same bytes for the same edition.

    Of the pictures it has those that the HTML shows. What is to be filled in where there are
    links, `digest.rendering.email.personal` fills in.
    """
    marker = links.marker if links else ""
    parts = text_part(text, "plain", marker), _with_pictures(html, pictures, marker)
    headers = _headers(edition, mailbox(sender)) + (links.headers if links else b"")
    if reply_to:
        headers += address_field("Reply-To", mailbox(reply_to))
    return headers + b"MIME-Version: 1.0\r\n" + multipart("alternative", *parts)


def text_only(message: bytes) -> bytes | None:
    """A message of `build_email` with the same headers and its text alone; None if it is that."""
    parsed = message_from_bytes(message, policy=SMTP)
    if not parsed.is_multipart():
        return None
    body = parsed.get_body(("plain",))
    assert body is not None
    why = language_of(str(parsed.get("Content-Language", ENGLISH))).translate(
        "The whole edition was too large for the mail server, so this is only its text."
    )
    text = f"{body.get_content().rstrip()}\n\n{why}\n"
    # As they stand: written anew, they would be folded and encoded by the library.
    fields = re.split(rb"\r\n(?![ \t])", message.partition(b"\r\n\r\n")[0])
    kept = [field for field in fields if not field.lower().startswith(_OF_THE_PARTS)]
    return b"\r\n".join([*kept, text_part(text, "plain", marker_of(message).decode())])


def _with_pictures(html: str, pictures: Pictures, marker: str) -> bytes:
    part = text_part(html, "html", marker)
    shown = [(name, picture) for name, picture in pictures.items() if f"cid:{name}" in html]
    if not shown:
        return part
    # RFC 2387: the type is that of the part which the others belong to.
    return multipart(
        'related; type="text/html"', part, *(picture_part(*picture) for picture in shown)
    )


def _headers(edition: Edition, sender: Mailbox) -> bytes:
    named = subject_from(edition, sender.display_name)
    subject = short(one_line(named, 1_000), _SUBJECT_GRAPHEMES)
    list_name = one_line(edition.title, 120).translate(str.maketrans('"<>\\', "    "))
    list_phrase = f'"{list_name}"' if is_plain(list_name) else encoded(list_name, "List-Id")
    return b"".join(
        (
            text_field("Subject", subject),
            # RFC 2919
            named_field("List-Id", list_phrase, f"{edition.digest.lower()}.digest.{sender.domain}"),
            # RFC 3282; `text_only` goes by it too.
            field_of("Content-Language", edition.language),
            address_field("From", sender),
            field_of("Date", format_datetime(edition.composed_at)),
            # RFC 3834: keeps out-of-office replies away.
            field_of("Auto-Submitted", "auto-generated"),
        )
    )


def personal_headers(recipient: str, message_id: str) -> bytes:
    """The headers to put before a message built by `build_email`.

    Raises:
        ValueError: the recipient is no address.
    """
    return address_field("To", mailbox(recipient)) + field_of("Message-ID", message_id)


def message_id(delivery: tuple[str, datetime, str, str, int], domain: str) -> str:
    """An id for (digest, scheduled for, channel, recipient, part): one delivery, every attempt.

    Nothing in it depends on the database, so a new one does not give out old ids again.
    """
    digest, scheduled_for, channel, recipient, part = delivery
    identity = f"{digest}\n{scheduled_for.isoformat()}\n{channel}\n{recipient}\n{part}"
    unique = hashlib.sha256(identity.encode()).hexdigest()[:24]
    return f"<{digest}.{scheduled_for:%Y%m%d%H%M%S}.{unique}@{domain}>"
