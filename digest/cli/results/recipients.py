"""What commands print of recipients."""

from __future__ import annotations

from datetime import datetime, time

from digest.cli.results.shape import Shape
from digest.model import Frequency, RecipientState


class Recipient(Shape):
    """Who gets the editions of an email channel, or did."""

    channel: str
    address: str
    name: str
    state: RecipientState
    listed: bool
    """Whether the store has it on the list, and not only the configuration."""
    reason: str
    """Why it is sent nothing, where a server or a person said so."""
    paused_until: datetime | None
    """Of one that is paused; null: until it says otherwise."""
    zone: str | None
    """The time zone of `send_at`; null: the digest's."""
    send_at: time | None
    """The time of day at which it wants editions; null: when they are published."""
    frequency: Frequency
    """How often it wants editions, from the end of the week on."""
    gets: Frequency
    """How often it gets them now."""
    created_at: datetime | None
    changed_at: datetime | None


class Recipients(Shape):
    """`recipients`: those that were asked for, or that something became of."""

    recipients: list[Recipient]


class RecipientsImport(Shape):
    """`recipients import`."""

    added: int
    changed: int
    suppressed: list[str]
    """Addresses that have left, and stay away whatever the file says."""
    removed: list[str]
    """Addresses that were removed since the file was written, and stay away."""


class RecipientsMove(Shape):
    """`recipients move`."""

    before: str
    """The channel that is gone."""
    after: str
    """The channel that its list is of now."""
    readers: int
    """How many of its list were moved."""
    left: int
    """How many had left it, and stay away."""


class RecipientsAllow(Shape):
    """`recipients allow`."""

    address: str
    """What may be asked again."""


class DigestsMove(Shape):
    """`digests move`."""

    before: str
    """The digest that is gone."""
    after: str
    """The digest that it goes on as."""
    editions: int
    """How many editions it had."""


class RecipientsForget(Shape):
    """`recipients forget`."""

    name: str
    """The channel that is gone."""
    readers: int
    """How many were on its list, and are forgotten."""
    left: int
    """How many had left it, and stay away."""


class DigestsForget(Shape):
    """`digests forget`."""

    name: str
    """The digest that is gone."""
    editions: int
    """How many editions it had, which are kept."""
