"""Reads and writes recipients as CSV (RFC 4180): a header, then a recipient a line."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, TypeGuard, get_args
from unicodedata import category, normalize

from digest.config.addresses import mail_key, read_mailbox
from digest.config.fields import one_address, zone_name
from digest.config.spelling import nearest
from digest.errors import UsageError
from digest.feeds.text import one_line
from digest.model import Frequency, Recipient, RecipientState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

_COLUMNS = (
    *("address", "name", "channel", "state", "reason"),
    *("paused_until", "zone", "send_at", "frequency", "created_at", "changed_at"),
)
_STATES = get_args(RecipientState)
_FREQUENCIES = get_args(Frequency)
# What begins a formula in a spreadsheet, however wide it is (NFKC), with the minus sign.
_BEGIN_FORMULA = frozenset("=+-@\u2212")
# RFC 5321, section 4.5.3.1.3
_LONGEST_ADDRESS = 254
_LONGEST_TEXT = 500


def write_csv(recipients: Iterable[Recipient]) -> str:
    """Recipients as `read_csv` reads them; no cell is a formula to a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    writer.writerows(
        [_guarded(_cell(getattr(recipient, name))) for name in _COLUMNS] for recipient in recipients
    )
    return text.getvalue()


def read_csv(
    text: str, channels: Collection[str], default: str | None = None
) -> tuple[list[Recipient], list[str]]:
    """The recipients of a file, and the columns it has; `default` is the channel of other lines.

    Raises:
        UsageError: names every line that is wrong, and what is.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    reading = _Reading(channels, default)
    header: list[str] = []
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        reading.check_header(header)
        for cells in rows if not reading.problems else ():
            if cells:
                reading.take(rows.line_num, header, cells)
    except csv.Error as error:
        reading.problems.append(f"line {rows.line_num}: {error}")
    if reading.problems:
        raise UsageError("\n".join(reading.problems))
    return reading.found, header


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
        self.found: list[Recipient] = []
        self.problems: list[str] = []
        self._lines: dict[tuple[str, str], int] = {}

    def check_header(self, header: list[str]) -> None:
        needed = ["address"] if self._default else ["address", "channel"]
        for name in needed:
            if name not in header:
                self.problems.append(
                    f"line 1: there is no column {name!r}; the first line names them"
                )
        for name in header:
            if name not in _COLUMNS:
                self.problems.append(f"line 1: unknown column {name!r}{nearest(name, _COLUMNS)}")
            elif header.count(name) > 1:
                self.problems.append(f"line 1: there are two columns {name!r}")

    def take(self, line: int, header: list[str], cells: list[str]) -> None:
        try:
            recipient = self._recipient(header, cells)
        except ValueError as error:
            self.problems.append(f"line {line}: {error}")
            return
        key = recipient.channel, mail_key(recipient.address)
        if key in self._lines:
            first = self._lines[key]
            self.problems.append(f"line {line}: {recipient.address} is on line {first} already")
        self._lines.setdefault(key, line)
        self.found.append(recipient)

    def _recipient(self, header: list[str], cells: list[str]) -> Recipient:
        if len(cells) > len(header):
            raise ValueError(f"has {len(cells)} cells, the header {len(header)}")
        named = {name: _unguarded(cell).strip() for name, cell in zip(header, cells, strict=False)}
        named["channel"] = named.get("channel") or self._default or ""
        faults = []
        if named["channel"] not in self._channels:
            hint = nearest(named["channel"], self._channels)
            faults.append(f"there is no email channel {named['channel']!r}{hint}")
        named = {"address": "", **named}
        try:
            recipient = recipient_of(named)
        except ValueError:
            raise ValueError("; ".join([*faults, *_faults(named)])) from None
        if faults:
            raise ValueError(*faults)
        return recipient


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
