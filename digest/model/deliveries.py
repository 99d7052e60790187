"""Deliveries: who gets an edition, in which parts, and what became of each."""

from __future__ import annotations

from datetime import datetime, time
from typing import Literal

from msgspec import Struct

from digest.model.structs import repr_without

DeliveryState = Literal["pending", "sending", "sent", "retrying", "failed", "unknown"]
RecipientState = Literal["active", "paused", "unsubscribed", "bounced"]
Frequency = Literal["each", "weekly"]


class Recipient(Struct, frozen=True):
    """Who gets the editions of an email channel, or did."""

    channel: str
    address: str
    name: str = ""
    state: RecipientState = "active"
    listed: bool = True
    """Whether the store has it on the list, and not only the configuration."""
    reason: str = ""
    """Why it is sent nothing, where a server or a person said so."""
    paused_until: datetime | None = None
    """Of one that is paused; null: until it says otherwise."""
    zone: str | None = None
    """The time zone of `send_at`; null: the digest's."""
    send_at: time | None = None
    """The time of day at which it wants editions; null: when they are published."""
    frequency: Frequency = "each"
    """How often it wants editions, from the end of the week on."""
    gets: Frequency = "each"
    """How often it gets them now."""
    created_at: datetime | None = None
    changed_at: datetime | None = None

    def state_at(self, now: datetime) -> RecipientState:
        """Its state; a pause that is over is none."""
        over = self.paused_until is not None and self.paused_until <= now
        return "active" if self.state == "paused" and over else self.state


class Rendition(Struct, frozen=True):
    """An edition rendered for one channel: one payload a part, and who gets them.

    With `personal` they are people: others beside them may have subscribed, and any may have left.
    """

    channel: str
    kind: str
    recipients: tuple[str, ...]
    parts: tuple[bytes, ...]
    personal: bool = False


class NotGiven(Struct, frozen=True):
    """Entries of an edition that a channel is not given as stories, and why.

    Those that are `counted` are counted there; of the others it says nothing.
    """

    channel: str
    reason: str
    entries: tuple[int, ...]
    counted: bool = False


class Delivery(Struct, frozen=True):
    """One edition x one channel x one recipient x one part, as the ledger has it.

    `doubtful` says that an attempt was made of which nobody knows how it ended; `plainer` that
    the payload as it is was refused, and a plainer form of it is to be sent; `deferred_at` is when
    a server first put it off. `first_receipt` is that of the first part, where this is a later one
    and the first was sent. `token` is what the recipient's own pages go by.
    """

    id: int
    edition_id: int
    digest: str
    channel: str
    recipient: str
    part: int
    state: DeliveryState
    attempts: int
    created_at: datetime
    message_id: str
    error: str | None = None
    doubtful: bool = False
    plainer: bool = False
    deferred_at: datetime | None = None
    first_receipt: str = ""
    token: str = ""
    payload: bytes = b""

    __repr__ = repr_without("token", "payload")


class Outcome(Struct, frozen=True):
    """What became of one attempt; without `next_attempt_at`, nothing more happens by itself.

    With `plainer` the next attempt is made with a plainer form of the payload; `bounced` says that
    nobody is at the address.
    """

    state: DeliveryState
    receipt: str | None = None
    error: str | None = None
    next_attempt_at: datetime | None = None
    plainer: bool = False
    bounced: bool = False


class Backoff(Struct, frozen=True):
    """A channel that takes nothing from anybody: since when, why, and when it is tried again.

    With `lasting` somebody has to mend it.
    """

    since: datetime
    failures: int
    reason: str
    next_attempt_at: datetime
    lasting: bool = False
