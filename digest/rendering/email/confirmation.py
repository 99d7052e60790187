"""The mail that asks an address to confirm that it wants to be subscribed."""

from __future__ import annotations

import hashlib
from email.utils import format_datetime
from typing import TYPE_CHECKING

from digest.feeds.text import one_line
from digest.rendering.columns import wrap
from digest.rendering.email.headers import address_field, field_of, mailbox, text_field
from digest.rendering.email.mime import text_part
from digest.rendering.phrases import inline

if TYPE_CHECKING:
    from datetime import datetime

    from digest.language import Language
    from digest.signing.tokens import Confirmation


def build_confirmation(
    title: str, url: str, never_url: str, sender: str, language: Language, now: datetime
) -> bytes:
    """The message without To and Message-ID; the pages are to confirm on, and never to be asked."""
    shown = inline(title, language.direction)
    subject = language.translate("Confirm: {title}", title=one_line(title, 120))
    asked = language.translate(
        "Somebody, you probably, asked for {title} to be sent to this address. If you want it,"
        " open this page within three days and confirm:",
        title=shown,
    )
    otherwise = language.translate("If you do not want it, do nothing: nothing will be sent.")
    never = language.translate("If you never want to be asked again, open this page:")
    head = (
        text_field("Subject", subject),
        field_of("Content-Language", language.tag),
        address_field("From", mailbox(sender)),
        field_of("Date", format_datetime(now)),
        # RFC 3834: keeps out-of-office replies away.
        field_of("Auto-Submitted", "auto-generated"),
        # RFC 8058
        field_of("List-Unsubscribe", f"<{never_url}>"),
        field_of("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        field_of("MIME-Version", "1.0"),
    )
    text = "\n\n".join((wrap(asked), url, wrap(otherwise), wrap(never), never_url))
    return b"".join(head) + text_part(f"{text}\n", "plain")


def confirmation_id(asked: Confirmation, sender: str) -> str:
    """The Message-ID of the mail that asks."""
    told = f"{asked.channel}\n{asked.address}\n{asked.until.isoformat()}"
    unique = hashlib.sha256(told.encode()).hexdigest()[:24]
    return f"<confirm.{unique}@{mailbox(sender).domain}>"
