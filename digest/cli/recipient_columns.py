"""What the columns of a list of recipients mean, as ours or another program calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from msgspec import Struct

from digest.cli.recipient_words import (
    ADDRESS,
    DATE,
    FALSE,
    GONE,
    NO_DATE,
    PARTS,
    ROLES,
    SINGLE,
    STANDINGS,
    TRUE,
    WORDS,
    Standing,
    word_of,
)
from digest.config.synonyms import plain
from digest.model import RecipientState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from re import Pattern

OWN_COLUMNS = (
    *("address", "name", "channel", "state", "reason"),
    *("paused_until", "zone", "send_at", "frequency", "created_at", "changed_at"),
)


# What is longer tells a story, in which somebody may have left anything.
_LONGEST_STATE = 40


class Column(Struct, frozen=True):
    """A column of a file: its name there, and what it is for; nothing, where that is empty."""

    name: str
    role: str


def is_header(header: Sequence[str]) -> bool:
    """Whether a row names a column of addresses."""
    return not set(ADDRESS).isdisjoint(map(word_of, header))


def columns_of(header: Iterable[str]) -> tuple[Column, ...]:
    """The columns that a header names; of several for the same, the most telling counts."""
    names = [name.strip() for name in header]
    keys = [word_of(name) for name in names]
    by_key = {
        next((key for key in wanted if key in keys), ""): role for role, wanted in SINGLE.items()
    }
    by_key.pop("", None)
    return tuple(
        Column(name, by_key.get(key) or _role(key)) for name, key in zip(names, keys, strict=True)
    )


def _role(key: str) -> str:
    own = {plain(name): name for name in OWN_COLUMNS if name not in {"address", "name"}}
    patterns = (role for role, pattern in ROLES.items() if pattern.fullmatch(key))
    return own.get(key) or next(patterns, "")


def standing_of(columns: Sequence[Column], cells: Sequence[str]) -> tuple[Standing, str]:
    """What a row says of somebody, and in which word; the worst of all its cells counts.

    Raises:
        ValueError: a cell in a column for that says something else.
    """
    standings = [
        (standing, cell if column.role in {"state", "type"} else "")
        for column, cell in zip(columns, cells, strict=False)
        if (standing := _meant(column.role, cell.strip()))
    ]
    return max(standings, key=lambda each: STANDINGS.index(each[0]), default=("active", ""))


def _meant(role: str, cell: str) -> Standing | None:
    word = word_of(cell)
    match role:
        case "state":
            return _state(cell, word)
        case "type":
            return WORDS.get(word) or _part(word)
        case "wanted" | "consent" | "confirmed":
            return _answer(role, cell, word)
        case "left" | "bounced":
            no = not word or word in FALSE or WORDS.get(word) == "active" or NO_DATE.match(cell)
            return None if no else "bounced" if role == "bounced" else "unsubscribed"
        case "":
            return _part(word, GONE) if len(word) < _LONGEST_STATE else None
    return None


def _state(cell: str, word: str) -> Standing | None:
    if not word:
        return None
    answer: Standing | None = (
        "active" if word in TRUE else "unsubscribed" if word in FALSE else None
    )
    if meant := answer or WORDS.get(word) or _part(word):
        return meant
    raise ValueError(
        f"{cell!r} is no state; it is one of {', '.join(get_args(RecipientState))}; take the column"
        " out if it means something else"
    )


def _answer(role: str, cell: str, word: str) -> Standing:
    """What yes, no, a date or a state says; who has not answered has not confirmed."""
    if not word:
        return "unconfirmed"
    if word in FALSE:
        return "unconfirmed" if role == "confirmed" else "unsubscribed"
    if word in TRUE or DATE.fullmatch(cell):
        return "active"
    # What else stands beside a consent, like a form or a list, is how or to what it was given.
    if meant := WORDS.get(word) or _part(word) or ("active" if role == "consent" else None):
        return meant
    raise ValueError(
        f"{cell!r} is neither yes nor no; take the column out if it means something else"
    )


def _part(word: str, parts: Mapping[Standing, Pattern[str]] = PARTS) -> Standing | None:
    return next((meant for meant, part in parts.items() if part.search(word)), None)


def own_cells(columns: Sequence[Column], cells: Sequence[str]) -> dict[str, str]:
    """The cells of a row by our own columns; a name may stand in two.

    Raises:
        ValueError: it has two addresses.
    """
    found: dict[str, str] = {}
    addresses = {
        cell.casefold(): cell
        for column, cell in zip(columns, cells, strict=False)
        if column.role == "address" and cell
    }
    if len(addresses) > 1:
        both = " and ".join(map(repr, addresses.values()))
        raise ValueError(f"has {both} in two columns of addresses; keep one of them")
    for column, cell in zip(columns, cells, strict=False):
        if column.role in {*OWN_COLUMNS, "first", "last"}:
            found[column.role] = found.get(column.role) or cell
    whole = " ".join(filter(None, (found.pop("first", ""), found.pop("last", ""))))
    return {**found, "name": found.get("name") or whole}


def told(columns: Iterable[Column]) -> list[str]:
    """The columns of ours that a file has something of."""
    roles = {column.role for column in columns if column.role != "state"}
    named = {"name"} if roles & {"first", "last"} else set()
    # Another program's word is no reason to end a pause here; who has left is taken over anyway.
    state = {"state"} if any(plain(column.name) == "state" for column in columns) else set()
    return [name for name in OWN_COLUMNS if name in roles | named | state]


def ignored(columns: Iterable[Column]) -> list[str]:
    """The names of columns that mean nothing here."""
    return [column.name for column in columns if column.name and not column.role]
