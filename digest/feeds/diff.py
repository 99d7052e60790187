"""What a body changes about what is known of its feed: everything ever seen, not the last body."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from digest.feeds.identity import candidate_keys
from digest.feeds.names import CONTENT_KINDS, DATED, GUID, LINK, TEXT, kind_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from digest.model import KeyedEntry, KnownEntry


@dataclass(frozen=True, slots=True)
class Recognised:
    """An entry of a body that is known."""

    known: KnownEntry
    keyed: KeyedEntry

    @property
    def edited(self) -> bool:
        """Whether it says something else now."""
        return self.known.fingerprint != self.keyed.fingerprint

    @property
    def new_names(self) -> tuple[str, ...]:
        """What it goes by and did not before; after an edit, all that it says counts as new."""
        return tuple(
            name
            for name in self.keyed.names
            if name not in self.known.names or (self.edited and kind_of(name) in CONTENT_KINDS)
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """`new` was never seen before, each under a key of its own."""

    new: tuple[KeyedEntry, ...]
    recognised: tuple[Recognised, ...]

    @property
    def overlaps(self) -> bool:
        """Whether the body shares an entry with the one before."""
        return any(one.known.in_last_body for one in self.recognised)


def diff(entries: Sequence[KeyedEntry], known: Iterable[KnownEntry]) -> Changes:
    """Compare a body's entries with all known ones that share a name with any of them.

    Two are the same where their guids agree. Where one has none that tells it apart, their links
    decide, and without those their title with its date or its text. Where guids differ, the entry
    was given another one only if nothing else changed: title and date, and link or text.
    """
    holders: dict[str, list[KnownEntry]] = defaultdict(list)
    keys: dict[str, KnownEntry] = {}
    for one in known:
        keys[one.key] = one
        for name in one.names:
            holders[name].append(one)
    same = _pair(entries, holders)
    taken = {*keys, *(entry.key for entry in entries)}
    new, recognised = [], []
    for entry in entries:
        match = same.get(entry.key)
        if match is None and entry.key not in keys:
            new.append(entry)
        elif match is None and (key := _free_key(entry, taken)):
            taken.add(key)
            new.append(replace(entry, key=key))
        else:
            # Without a free key even its whole content is known.
            recognised.append(Recognised(match or keys[entry.key], entry))
    return Changes(tuple(new), tuple(recognised))


def _free_key(entry: KeyedEntry, taken: Container[str]) -> str | None:
    candidates = candidate_keys(entry.entry, entry.telling)
    return next((key for key in candidates if key not in taken), None)


def _pair(
    entries: Sequence[KeyedEntry], holders: Mapping[str, Sequence[KnownEntry]]
) -> dict[str, KnownEntry]:
    """Which known entry each is, by key; the strongest evidence first, and each known one once."""
    claims = [
        (_strength(kinds), n, found)
        for n, entry in enumerate(entries)
        for found, kinds in _evidence(entry, holders)
        if _is_same(entry, found, kinds)
    ]
    paired: dict[str, KnownEntry] = {}
    claimed: set[int] = set()
    for _, n, found in sorted(claims, key=lambda claim: (-claim[0], claim[1])):
        if entries[n].key not in paired and found.id not in claimed:
            paired[entries[n].key] = found
            claimed.add(found.id)
    return paired


def _evidence(
    entry: KeyedEntry, holders: Mapping[str, Sequence[KnownEntry]]
) -> list[tuple[KnownEntry, frozenset[str]]]:
    """The known entries that share a telling name with this one, and the kinds they share.

    A name that several known entries go by tells nothing.
    """
    kinds: dict[int, set[str]] = defaultdict(set)
    found: dict[int, KnownEntry] = {}
    decided: set[str] = set()
    for name in entry.telling:
        kind = kind_of(name)
        # The exact form comes first, and what it says holds against the folded one.
        if kind not in decided and len(holders.get(name, ())) == 1:
            one = holders[name][0]
            found[one.id] = one
            kinds[one.id].add(kind)
            decided.add(kind)
    return [(found[n], frozenset(kinds[n])) for n in found]


def _strength(kinds: frozenset[str]) -> int:
    return (8 if GUID in kinds else 0) + (4 if LINK in kinds else 0) + len(kinds)


def _is_same(entry: KeyedEntry, known: KnownEntry, kinds: frozenset[str]) -> bool:
    if GUID in kinds:
        return True
    told_by = {kind_of(name) for name in entry.telling}
    if GUID in told_by and known.key.startswith("guid:"):
        undated = entry.entry.published is None
        return kinds >= {LINK, TEXT} if undated else DATED in kinds and len(kinds) > 1
    if LINK in kinds:
        return True
    if LINK in told_by and known.link:
        return kinds >= {DATED, TEXT}
    return bool(kinds)
