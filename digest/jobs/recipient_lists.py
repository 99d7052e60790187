"""Who is on the lists of recipients: by the configuration file, and by the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest.config.addresses import mail_key
from digest.errors import UsageError
from digest.store.recipients import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from digest.config import Settings
    from digest.model import Recipient


def check_channel(settings: Settings, channel: str) -> None:
    """Raise a UsageError where there is no such email channel."""
    if channel not in settings.lists():
        raise UsageError(f"there is no email channel {channel!r}")


def named(settings: Settings) -> set[tuple[str, str]]:
    """Whom the configuration file names, as channels and keys of addresses."""
    return {
        (channel, mail_key(address))
        for channel in settings.channels
        for address in settings.audience_of(channel)
    }


def is_kept(recipient: Recipient, named: Collection[tuple[str, str]]) -> bool:
    """Whether a recipient is on a list, has left one, or is in the configuration file."""
    return recipient.listed or recipient.state in SUPPRESSED or recipient_key(recipient) in named


def as_of(recipient: Recipient, now: datetime) -> Recipient:
    """A recipient with the state that it has at a time."""
    return replace(recipient, state=recipient.state_at(now))


def recipient_key(recipient: Recipient) -> tuple[str, str]:
    """The channel of a recipient and the key of its address."""
    return recipient.channel, mail_key(recipient.address)
