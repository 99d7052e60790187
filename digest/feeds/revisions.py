"""Revisions of an entry: what tells that another guid, or another session, means the same one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.feeds.aliases import GUID, TEXT, digest_of, guid_aliases, kind_of, stored_link

if TYPE_CHECKING:
    from digest.model import KeyedEntry, KnownEntry, ParsedEntry

# What generators append to the guid of an entry whenever it is edited: the BBC counts (`#0`, `#1`),
# others append the time, in seconds or more, or written out.
_STAMP = re.compile(
    r"#\d{1,3}"
    r"|[\W_](?:\w{1,12}=)?"
    r"(?:1\d{9}|1\d{12}|1\d{15}|20\d{12}"
    r"|20\d\d-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?)"
)
_LONGEST_STAMP = 48
_SESSION = re.compile(r"(?:s|sid|ses|sess|sessid|session|session_?id)", re.IGNORECASE)
_SESSION_ID = re.compile(r"(?=[a-z]*\d)[0-9a-z]{8,}", re.IGNORECASE)


def has_title_or_text_of(entry: KeyedEntry, known: KnownEntry) -> bool:
    """Whether an entry has the title of a known one, or its text."""
    parsed = entry.entry
    if parsed.title and parsed.title == known.title:
        return True
    return bool(parsed.html) and f"{TEXT}:{digest_of(known.title, parsed.html)}" in known.names


def is_revised(entry: KeyedEntry, known: KnownEntry) -> bool:
    """Whether the guid of an entry is that of a known one but for the stamp at its end."""
    kind, _, first = known.key.partition(":")
    return kind == GUID and (stem := _stem(first)) != "" and stem == _stem(entry.entry.guid)


def has_other_guids(entry: KeyedEntry, known: KnownEntry) -> bool:
    """Whether an entry comes under a guid that is neither its first nor the one after that."""
    kind, _, first = known.key.partition(":")
    guids = {name for name in entry.telling if kind_of(name) == GUID}
    if kind != GUID or not guids or not guids.isdisjoint(known.names):
        return False
    before = {name for name in known.names if kind_of(name) == GUID}
    return bool(before.difference(guid_aliases(first, "", trusting=True)))


def differ_by_session(link: str, other: str) -> bool:
    """Whether two links are the same but for the value of a parameter that is a session's id."""
    address, _, query = stored_link(link).partition("?")
    other_address, _, other_query = stored_link(other).partition("?")
    parts, others = query.split("&"), other_query.split("&")
    if address != other_address or len(parts) != len(others):
        return False
    changed = [pair for pair in zip(parts, others, strict=True) if pair[0] != pair[1]]
    return bool(changed) and all(map(_are_sessions, *zip(*changed, strict=True)))


def _are_sessions(part: str, other: str) -> bool:
    (name, _, value), (other_name, _, other_value) = part.partition("="), other.partition("=")
    return name == other_name and bool(
        _SESSION.fullmatch(name)
        and _SESSION_ID.fullmatch(value)
        and _SESSION_ID.fullmatch(other_value)
    )


def is_stamped(entry: ParsedEntry) -> bool:
    """Whether the guid of an entry ends with a stamp that its link lacks: another at each edit."""
    return bool(entry.link) and entry.guid != entry.link and _stem(entry.guid) != ""


def _stem(guid: str) -> str:
    """What stands before the stamp of a guid; nothing where it has none."""
    # No stamp begins before this, however long the guid.
    for at in range(max(len(guid) - _LONGEST_STAMP, 1), len(guid)):
        if _STAMP.fullmatch(guid, at):
            return guid[:at]
    return ""
