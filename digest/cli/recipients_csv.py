"""Reads and writes recipients as CSV: a header, then a recipient a line."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, TypeGuard, get_args
from unicodedata import category, normalize

from msgspec import Struct
from msgspec.structs import replace

from digest.cli.csv_text import read_rows
from digest.cli.recipient_columns import (
    OWN_COLUMNS,
    columns_of,
    ignored,
    is_header,
    own_cells,
    standing_of,
    told,
)
from digest.cli.recipient_words import STANDINGS
from digest.config.addresses import mail_key, read_mailbox
from digest.config.fields import one_address, zone_name
from digest.config.spelling import nearest
from digest.errors import UsageError
from digest.feeds.text import one_line
from digest.model import Frequency, Recipient, RecipientState
from digest.store.recipients import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from digest.cli.recipient_columns import Column

_STATES = get_args(RecipientState)
_FREQUENCIES = get_args(Frequency)
# What begins a formula in a spreadsheet, however wide it is (NFKC), with the minus sign.
_BEGIN_FORMULA = frozenset("=+-@\u2212")
# RFC 5321, section 4.5.3.1.3
_LONGEST_ADDRESS = 254
_LONGEST_TEXT = 500
# What is copied along with an address, and is not seen.
_INVISIBLE = "\ufeff\u200b\u200e\u200f\u2060"


class RecipientFile(Struct, frozen=True):
    """What a file has of recipients."""

    recipients: list[Recipient]
    columns: list[str]
    """Those of ours that it has something of."""
    ignored_columns: tuple[str, ...] = ()
    """The names of those that mean nothing here."""
    left: int = 0
    """How many it says have left, bounced or are blocked; they are among the recipients."""
    unconfirmed: int = 0
    """How many rows are left out, of people who never confirmed."""
    repeated: int = 0
    """How many rows are of an address that came before."""
    encoding: str = "utf-8"


def write_csv(recipients: Iterable[Recipient]) -> str:
    """Recipients as `read_csv` reads them; no cell is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(OWN_COLUMNS)
    writer.writerows(
        [_guarded(_cell(getattr(recipient, name))) for name in OWN_COLUMNS]
        for recipient in recipients
    )
    return text.getvalue()


def read_csv(text: str, channels: Collection[str], default: str | None = None) -> RecipientFile:
    """The recipients of a file of ours or of another program; `default` is the channel of others.

    Raises:
        UsageError: names every line that is wrong, and what is.
    """
    reading = _Reading(channels, default)
    try:
        for line, cells in read_rows(text, is_header):
            reading.take(line, cells)
    except csv.Error as error:
        reading.problems.append(str(error))
    return reading.finish()


def recipient_of(cells: dict[str, str]) -> Recipient:
    """A recipient as words say it, by column.

    Raises:
        ValueError: a word is wrong.
    """
    mailbox = read_mailbox(one_address(cells["address"]))
    name, address = mailbox.name, mailbox.address
    if len(address) > _LONGEST_ADDRESS:
        raise ValueError(f"the address has more than {_LONGEST_ADDRESS} characters")
    state = cells.get("state") or "active"
    if not _is_state(state):
        raise ValueError(f"{state!r} is no state; it is one of {', '.join(_STATES)}")
    frequency = cells.get("frequency") or "each"
    if not _is_frequency(frequency):
        raise ValueError(f"{frequency!r} is no frequency; it is one of {', '.join(_FREQUENCIES)}")
    zone = cells.get("zone") or None
    if zone:
        zone_name(zone)
    return Recipient(
        channel=cells["channel"],
        address=address,
        name=_line(cells.get("name") or name),
        state=state,
        # The words of a server, which may be anything.
        reason=one_line(cells.get("reason", ""), _LONGEST_TEXT),
        paused_until=_instant(cells.get("paused_until", "")),
        changed_at=_instant(cells.get("changed_at", "")),
        zone=zone,
        send_at=_time(cells.get("send_at", "")),
        frequency=frequency,
    )


class _Reading:
    """What was found in a file so far, and what was wrong with it."""

    def __init__(self, channels: Collection[str], default: str | None) -> None:
        self._channels = channels
        self._default = default
        self._columns: tuple[Column, ...] = ()
        self._found: dict[tuple[str, str], Recipient] = {}
        self._unconfirmed = 0
        self._repeated = 0
        self.problems: list[str] = []
        self._useless = False

    def take(self, line: int, cells: Sequence[str]) -> None:
        """Take the header, or a row behind it."""
        if not self._columns:
            self._columns = columns_of(cells)
            self.problems += [f"line {line}: {fault}" for fault in self._faults_of_header(cells)]
            self._useless = bool(self.problems)
        elif not self._useless:
            try:
                self._take_row([_unguarded(cell).strip() for cell in cells])
            except ValueError as error:
                self.problems.append(f"line {line}: {error}")

    def finish(self) -> RecipientFile:
        """All that was found.

        Raises:
            UsageError: something was wrong.
        """
        if not self._columns:
            self.problems.append("line 1: there is no column 'address' or 'email'; it is empty")
        if self.problems:
            raise UsageError("\n".join(self.problems))
        recipients = list(self._found.values())
        return RecipientFile(
            recipients,
            told(self._columns),
            tuple(ignored(self._columns)),
            sum(recipient.state in SUPPRESSED for recipient in recipients),
            self._unconfirmed,
            self._repeated,
        )

    def _faults_of_header(self, header: Sequence[str]) -> Iterator[str]:
        roles = [column.role for column in self._columns]
        missing = [] if "address" in roles else ["'address' or 'email'"]
        if not self._default and "channel" not in roles:
            missing.append("'channel'; add it, or give --channel")
        for name in missing:
            yield f"there is no column {name}; the first line names them"
        if missing:
            unknown = ignored(self._columns)
            yield from (f"unknown column {name!r}{nearest(name, OWN_COLUMNS)}" for name in unknown)
        names = [name.strip().lower() for name in header]
        for name in dict.fromkeys(names):
            if name in OWN_COLUMNS and names.count(name) > 1:
                yield f"there are two columns {name!r}"

    def _take_row(self, cells: Sequence[str]) -> None:
        if len(cells) > len(self._columns):
            raise ValueError(f"has {len(cells)} cells, the header {len(self._columns)}")
        cells = [*cells, *[""] * (len(self._columns) - len(cells))]
        own = own_cells(self._columns, cells)
        faults = []
        try:
            standing, word = standing_of(self._columns, cells)
        except ValueError as error:
            standing, word = "active", ""
            faults.append(str(error))
        if standing == "unconfirmed":
            self._unconfirmed += 1
            return
        own |= {"state": standing, "reason": own.get("reason") or _reason(standing, word)}
        recipient = self._recipient(own, faults)
        key = recipient.channel, mail_key(recipient.address)
        first = self._found.setdefault(key, recipient)
        if first is recipient:
            return
        self._repeated += 1
        if STANDINGS.index(recipient.state) > STANDINGS.index(first.state):
            self._found[key] = replace(first, state=recipient.state, reason=recipient.reason)

    def _recipient(self, own: dict[str, str], faults: list[str]) -> Recipient:
        channel = own.get("channel") or self._default or ""
        address = own.get("address", "").strip(_INVISIBLE).removeprefix("mailto:").strip()
        named = {**own, "channel": channel, "address": address}
        if channel not in self._channels:
            hint = nearest(channel, self._channels)
            faults.append(f"there is no email channel {channel!r}{hint}")
        try:
            recipient = recipient_of(named)
        except ValueError:
            raise ValueError("; ".join([*faults, *_faults(named)])) from None
        if faults:
            raise ValueError("; ".join(faults))
        return recipient


def _reason(standing: str, word: str) -> str:
    """Another program's word for why somebody is not sent to, where it says more than ours."""
    return word if standing in SUPPRESSED and word.lower() != standing else ""


def _faults(cells: dict[str, str]) -> Iterator[str]:
    """What is wrong with each cell, in a line that is right otherwise."""
    for name, cell in cells.items():
        try:
            recipient_of({"address": "a@a.example", "channel": "", name: cell})
        except ValueError as error:
            yield str(error)


def _guarded(cell: str) -> str:
    """A cell with a ' before it, which spreadsheets do not show, where it would be a formula."""
    return f"'{cell}" if _is_formula(cell) else cell


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _is_formula(cell) else cell


def _is_formula(cell: str) -> bool:
    """Whether some spreadsheet takes it for one, white space or what is invisible before it."""
    bare = cell.lstrip("'")
    seen = next((character for character in bare if category(character)[0] not in "ZC"), "")
    return normalize("NFKC", seen) in _BEGIN_FORMULA or bare.startswith(("\t", "\r"))


def _cell(value: object) -> str:
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, datetime):
        return value.isoformat()
    text = str(value or "")
    return text if text.isprintable() else one_line(text, _LONGEST_TEXT)


def _line(text: str) -> str:
    if not text.isprintable() or len(text) > _LONGEST_TEXT:
        raise ValueError(f"{text[:40]!r} is not one short line")
    return text


def _is_frequency(word: str) -> TypeGuard[Frequency]:
    return word in _FREQUENCIES


def _is_state(word: str) -> TypeGuard[RecipientState]:
    return word in _STATES


def _time(text: str) -> time | None:
    if not text:
        return None
    with suppress(ValueError):
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 - a time of any day
    raise ValueError(f"{text!r} is no time of day like 07:30")


def _instant(text: str) -> datetime | None:
    if not text:
        return None
    with suppress(ValueError):
        at = datetime.fromisoformat(text)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    raise ValueError(f"{text!r} is no time like 2026-11-20T09:00Z")
