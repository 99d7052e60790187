"""The ids of the messages of an edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.rendering.email.headers import mailbox
from digest.rendering.email.message import message_id

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from digest.config import Settings


def message_ids(
    settings: Settings, digest: str, scheduled_for: datetime
) -> Callable[[str, str, int], str]:
    """What gives each delivery of an edition its id, by channel, recipient and part."""
    domain = mailbox(settings.smtp.sender).domain if settings.smtp else "digest.invalid"
    return lambda channel, recipient, part: message_id(
        (digest, scheduled_for, channel, recipient, part), domain
    )
