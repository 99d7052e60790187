"""Which entry is which: a stable key for every entry of a feed."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

from digest.model import KeyedEntry, ParsedEntry

if TYPE_CHECKING:
    from collections.abc import Sequence


def identify(entries: Sequence[ParsedEntry]) -> tuple[KeyedEntry, ...]:
    """Key each entry by its guid, else its link, else its content; copies are left out.

    A guid or link that several different entries of the body share tells none of them apart, so
    the next candidate is used for those.
    """
    candidates = [_candidates(entry) for entry in dict.fromkeys(entries)]
    shared = Counter(key for keys in candidates for key in keys)
    keyed: dict[str, KeyedEntry] = {}
    for entry, keys in zip(dict.fromkeys(entries), candidates, strict=True):
        key = next((key for key in keys if shared[key] == 1), keys[-1])
        keyed.setdefault(key, KeyedEntry(key, _fingerprint(entry), entry))
    return tuple(keyed.values())


def _candidates(entry: ParsedEntry) -> list[str]:
    keys = []
    if entry.guid:
        keys.append(f"guid:{_folded(entry.guid)}")
    if entry.link:
        keys.append(f"link:{_folded(entry.link)}")
    keys.append(f"hash:{_digest(entry.title, entry.html)}")
    return keys


def _folded(guid: str) -> str:
    """A web address without what sites change for all their entries in a day; else the guid.

    That is the scheme, the case of the host and a slash at the end.
    """
    scheme, separator, rest = guid.partition("://")
    if not separator or scheme.lower() not in {"http", "https"}:
        return guid
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/")


def _fingerprint(entry: ParsedEntry) -> str:
    return _digest(entry.title, entry.link, entry.author, entry.html)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:32]
