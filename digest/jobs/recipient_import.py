"""Decides what an import of recipients writes, and who stays away whatever its file says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.jobs.recipient_lists import recipient_key
from digest.store.recipients import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from digest.model import Recipient

    # A channel and the key of an address.
    Key = tuple[str, str]

_COLUMNS = {"address", "name", "state", "reason", "paused_until", "zone", "send_at", "frequency"}


class RecipientsImport(Struct, frozen=True):
    """`recipients import`."""

    added: int
    changed: int
    suppressed: tuple[str, ...]
    """Addresses that have left, and stay away whatever the file says."""
    removed: tuple[str, ...] = ()
    """Addresses that were removed since the file was written, and stay away."""
    left: int = 0
    """How many the file says have left, bounced or are blocked: they are sent nothing."""
    unconfirmed: int = 0
    """How many rows were left out, of people who never confirmed."""
    repeated: int = 0
    """How many rows were left out, since their address came before."""
    ignored_columns: tuple[str, ...] = ()
    """The columns of the file that mean nothing here."""
    encoding: str = "utf-8"
    """What the file was read as."""


class ImportPlan(Struct, frozen=True):
    """Whom an import writes, by key, which of them are new, and what is shown of it."""

    wanted: dict[Key, Recipient]
    new: Collection[Key]
    result: RecipientsImport


def plan_import(
    given: Sequence[Recipient],
    known: Mapping[Key, Recipient],
    void: Mapping[Key, datetime],
    named: Collection[Key],
    columns: Collection[str],
) -> ImportPlan:
    """What to write of the recipients of a file.

    `known` are those of the store, `named` those of the configuration file; `void` has up to when
    what a file has of somebody is void.
    """
    away = [
        recipient
        for recipient in given
        if _stays_away(known.get(recipient_key(recipient)), recipient)
    ]
    removed = [
        recipient
        for recipient in given
        if (key := recipient_key(recipient)) not in known and _is_void(recipient, void.get(key))
    ]
    kept = {recipient_key(recipient) for recipient in (*away, *removed)}
    wanted = {
        key: merged(known.get(key), recipient, columns, named)
        for recipient in given
        if (key := recipient_key(recipient)) not in kept
    }
    new = wanted.keys() - known.keys()
    changed = sum(known[key] != recipient for key, recipient in wanted.items() if key in known)
    result = RecipientsImport(len(new), changed, _shown(away), _shown(removed))
    return ImportPlan(wanted, new, result)


def _shown(recipients: Sequence[Recipient]) -> tuple[str, ...]:
    return tuple(f"{recipient.address} ({recipient.channel})" for recipient in recipients)


def merged(
    known: Recipient | None,
    recipient: Recipient,
    columns: Collection[str],
    named: Collection[Key],
) -> Recipient:
    """What becomes of a recipient that is known, as far as columns tell of it."""
    listed = recipient_key(recipient) not in named
    if known is None:
        return replace(recipient, listed=listed)
    if known.state in SUPPRESSED:
        # To say once more that it has left puts it on no list.
        listed = known.listed
    names = _COLUMNS & set(columns)
    if recipient.state in SUPPRESSED:
        # Whichever column says it.
        names |= {"state", "reason"}
    told = {name: getattr(recipient, name) for name in names}
    return replace(known, listed=listed, **told)


def _is_void(given: Recipient, until: datetime | None) -> bool:
    """Whether a file has somebody on a list that was taken off it since; a no is never void."""
    if given.state in SUPPRESSED or given.changed_at is None or until is None:
        return False
    return given.changed_at <= until


def _stays_away(known: Recipient | None, given: Recipient) -> bool:
    return bool(known and known.state in SUPPRESSED and given.state not in SUPPRESSED)
