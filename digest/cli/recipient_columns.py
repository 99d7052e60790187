"""What the columns of a list of recipients mean, as ours or another program calls them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, get_args

from msgspec import Struct

from digest.config.synonyms import plain
from digest.model import RecipientState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OWN_COLUMNS = (
    *("address", "name", "channel", "state", "reason"),
    *("paused_until", "zone", "send_at", "frequency", "created_at", "changed_at"),
)
Standing = Literal["active", "paused", "unconfirmed", "bounced", "unsubscribed"]
"""What a row says of somebody, the least first; `unconfirmed` never was a subscriber."""
STANDINGS: tuple[Standing, ...] = get_args(Standing)
# What a column is for; those of ours are their own role.
_Role = Literal["first", "last", "state", "type", "wanted", "confirmed", "left", "bounced", ""]

# Names of columns and words in cells are all without what `plain` takes away.
# The first of these that a header has is the address: many have one of the street too.
_ADDRESS = (
    *("email", "emailaddress", "emailaddresses", "emails", "mail", "mailaddress"),
    *("subscriberemail", "useremail", "contactemail", "primaryemail", "email1value", "email1"),
    *("emailadresse", "mailadresse", "adresseemail", "adressemail", "courriel"),
    *("correoelectrónico", "correoelectronico", "correo", "indirizzoemail", "endereçodeemail"),
    *("address", "recipient", "subscriber"),
)
_SINGLE = {
    "address": _ADDRESS,
    "name": ("name", "fullname", "displayname", "subscribername", "contactname"),
    "first": ("firstname", "fname", "givenname", "vorname", "prénom", "prenom"),
    "last": ("lastname", "lname", "surname", "familyname", "nachname", "nomdefamille"),
}
_ROLES: dict[_Role, re.Pattern[str]] = {
    # `unsubscribe_url` is where somebody could leave.
    "": re.compile(r".+(link|url|token|key|hash|page)"),
    "state": re.compile(
        r"(subscri(ption|ber)|e?mail(marketing|permission)?|(mailing)?list|member(ship)?|contact"
        r"|marketing|optin|global|sub)?(status|state)"
    ),
    "type": re.compile(r"(subscri(ption|ber)|member)?type|subscription"),
    "wanted": re.compile(
        r"(is)?(subscribed(to(e?mails?|newsletters?))?|active|enabled|(e?mail)?opt(ed)?in)"
        r"|e?mailenabled|accepts(e?mail)?marketing|wantse?mails?"
    ),
    "confirmed": re.compile(r"(is|e?mail)?(confirmed|verified)"),
    "left": re.compile(
        r"(is|has|e?mail)?(unsub\w*|opt(ed)?out\w*|blocked|(block|black)list(ed)?|suppressed"
        r"|banned|deleted(at|on|date)?|archived(at)?|cancell?ed|complain(ed|t)\w*|disabled"
        r"|donot(e?mail|contact)|dnc|spam(report|complaint)?s?)"
    ),
    "bounced": re.compile(
        r"(is|has|e?mail)?((hard)?bounced(at|on|date|time)?|hardbounces?|clean(ed(at)?|\w*time)"
        r"|clean\w*campaign\w*|undeliverab\w*|invalid)"
    ),
}
_TRUE = frozenset(["yes", "true", "1", "y", "t", "on", "x", "ja", "oui", "si", "sí", "sim"])
_FALSE = frozenset(
    (*("no", "false", "0", "n", "f", "off", "nein", "non", "não"), *("none", "null", "never", "na"))
)
_BY_STANDING: dict[Standing, str] = {
    "active": "active enabled subscribed confirmed valid verified regular free paid premium comp"
    " complimentary gifted gift trial trialed optin optedin doubleoptin singleoptin express"
    " implied explicit sendable current ok live new member imported",
    "paused": "paused onhold snoozed temporaryhold",
    "unconfirmed": "unconfirmed notconfirmed pending unactivated notactivated nonsubscribed"
    " notsubscribed transactional validating unverified notverified waiting notset noconsent",
    "bounced": "bounced bouncing hardbounce softbounced cleaned undeliverable undelivered invalid"
    " dropped dead failed nonexistent",
    "unsubscribed": "disabled inactive cancelled canceled removed deleted archived blocked"
    " junk abuse rejected expired churned left",
}
_WORDS = {word: standing for standing, words in _BY_STANDING.items() for word in words.split()}
# What longer words have in them, like `Unsubscribed (by admin)`.
_PARTS: dict[Standing, re.Pattern[str]] = {
    "unsubscribed": re.compile(
        r"unsubscrib|opt(ed)?out|(block|black)list|suppress|complain|spam|banned|donot(e?mail|cont)"
    ),
    "bounced": re.compile(r"bounce|undeliver"),
    "unconfirmed": re.compile(r"unconfirm|confirmationpending|awaiting|pending"),
}
# Unmistakable, in a column that is unknown too.
_GONE: dict[str, Standing] = {
    **dict.fromkeys(("bounced", "hardbounced", "hardbounce", "undeliverable"), "bounced"),
    **dict.fromkeys(
        ("unsubscribed", "optedout", "blocklisted", "blacklisted", "complained"), "unsubscribed"
    ),
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d{1,2}[./]\d{1,2}[./]\d+.*")
_NO_DATE = re.compile(r"0000-00-00.*")


class Column(Struct, frozen=True):
    """A column of a file: its name there, and what it is for; nothing, where that is empty."""

    name: str
    role: str


def is_header(header: Sequence[str]) -> bool:
    """Whether a row names a column of addresses."""
    return not set(_ADDRESS).isdisjoint(map(plain, header))


def columns_of(header: Iterable[str]) -> tuple[Column, ...]:
    """The columns that a header names; of several for the same, the most telling counts."""
    names = [name.strip() for name in header]
    keys = [plain(name) for name in names]
    by_key = {
        next((key for key in wanted if key in keys), ""): role for role, wanted in _SINGLE.items()
    }
    by_key.pop("", None)
    return tuple(
        Column(name, by_key.get(key) or _role(key)) for name, key in zip(names, keys, strict=True)
    )


def _role(key: str) -> str:
    own = {plain(name): name for name in OWN_COLUMNS if name not in {"address", "name"}}
    patterns = (role for role, pattern in _ROLES.items() if pattern.fullmatch(key))
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
    word = plain(cell)
    match role:
        case "state":
            return _state(cell, word)
        case "type":
            return _WORDS.get(word) or _part(word)
        case "wanted" | "confirmed":
            return _answer(cell, word, "unconfirmed" if role == "confirmed" else "unsubscribed")
        case "left" | "bounced":
            no = not word or word in _FALSE or _WORDS.get(word) == "active" or _NO_DATE.match(cell)
            return None if no else "bounced" if role == "bounced" else "unsubscribed"
        case "":
            return _GONE.get(word)
    return None


def _state(cell: str, word: str) -> Standing | None:
    if not word:
        return None
    answer: Standing | None = (
        "active" if word in _TRUE else "unsubscribed" if word in _FALSE else None
    )
    if meant := answer or _WORDS.get(word) or _part(word):
        return meant
    raise ValueError(
        f"{cell!r} is no state; it is one of {', '.join(get_args(RecipientState))}; take the column"
        " out if it means something else"
    )


def _answer(cell: str, word: str, no: Standing) -> Standing:
    """What yes, no, a date or a state says; who has not answered has not confirmed."""
    if not word:
        return "unconfirmed"
    if word in _FALSE:
        return no
    if word in _TRUE or _DATE.fullmatch(cell):
        return "active"
    if meant := _WORDS.get(word) or _part(word):
        return meant
    raise ValueError(f"{cell!r} is neither yes nor no")


def _part(word: str) -> Standing | None:
    return next((meant for meant, part in _PARTS.items() if part.search(word)), None)


def own_cells(columns: Sequence[Column], cells: Sequence[str]) -> dict[str, str]:
    """The cells of a row by our own columns; a name may stand in two."""
    found: dict[str, str] = {}
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
