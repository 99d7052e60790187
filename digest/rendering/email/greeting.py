"""The mail that says one line: that a channel works."""

from __future__ import annotations

from email.utils import format_datetime
from typing import TYPE_CHECKING

from digest.rendering.columns import wrap
from digest.rendering.email.headers import address_field, field_of, mailbox, text_field
from digest.rendering.email.mime import text_part

if TYPE_CHECKING:
    from datetime import datetime


def build_greeting(line: str, sender: str, now: datetime) -> bytes:
    """The message without To and Message-ID."""
    head = (
        text_field("Subject", "[Test] digest"),
        address_field("From", mailbox(sender)),
        field_of("Date", format_datetime(now)),
        # RFC 3834: keeps out-of-office replies away.
        field_of("Auto-Submitted", "auto-generated"),
        field_of("MIME-Version", "1.0"),
    )
    return b"".join(head) + text_part(f"{wrap(line)}\n", "plain")
