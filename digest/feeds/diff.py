"""Compares the entries of a body with all that were ever seen of its feed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from digest.feeds.aliases import CONTENT_KINDS, DATED, GUID, LINK, TEXT, WHOLE, kind_of
from digest.feeds.identity import candidate_keys, whole_key
from digest.feeds.rereading import names_now, pair_outdated
from digest.feeds.revisions import (
    differ_by_session,
    has_other_guids,
    has_title_or_text_of,
    is_revised,
)

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from digest.model import KeyedEntry, KnownEntry


class RecognisedEntry(Struct, frozen=True):
    """An entry of a body, and the known one that it is."""

    known: KnownEntry
    keyed: KeyedEntry

    @property
    def edited(self) -> bool:
        """Whether it says something else now, or is read otherwise."""
        return self.known.fingerprint != self.keyed.fingerprint

    @property
    def restored(self) -> bool:
        """Whether nobody can tell if its feed edited it: what it said as it is read now is lost."""
        return self.edited and (self.known.outdated or not self.known.fingerprint)

    @property
    def rotates(self) -> bool:
        """Whether its feed gives it another guid again and again: this is the third at least."""
        return has_other_guids(self.keyed, self.known)

    @property
    def new_names(self) -> tuple[str, ...]:
        """The aliases it did not have before; after an edit, all those of its content."""
        return tuple(
            name
            for name in self.keyed.names
            if name not in self.known.names or (self.edited and kind_of(name) in CONTENT_KINDS)
        )


class Changes(Struct, frozen=True):
    """The entries of a body: `new` ones, each under a key of its own, and known ones."""

    new: tuple[KeyedEntry, ...]
    recognised: tuple[RecognisedEntry, ...]

    @property
    def overlaps(self) -> bool:
        """Whether the body shares an entry with the one before."""
        return any(entry.known.in_last_body for entry in self.recognised)


class Overlap(Struct, frozen=True):
    """What is known of a body beside its entries: how many it has, also those that are not read.

    `unchanged` has the ids, by key, of those that the last body had byte for byte.
    """

    size: int
    unchanged: Mapping[str, int] = {}


def diff(
    entries: Sequence[KeyedEntry], known: Iterable[KnownEntry], overlap: Overlap | None = None
) -> Changes:
    """Compare a body's entries with all known ones that share a name or a key with any of them.

    Two are the same where their guids agree. Where one has none that tells it apart, their links
    decide, and without those their title with its date or its text. Where guids differ, the entry
    was given another one only if it is of the same link, and says the same or its guids differ by
    a stamp; or if its title, date and text are the same. What was read otherwise by an earlier
    version is also recognised by its bytes, or by what both readings have in common.
    """
    keys = {entry.key: entry for entry in known}
    same = _pair(entries, keys, overlap or Overlap(len(entries)))
    new, recognised = [], []
    for entry in entries:
        match = same.get(entry.key)
        if match is None and entry.key not in keys:
            new.append(entry)
        elif match is None and (key := _free_key(entry, keys)):
            new.append(replace(entry, key=key))
        else:
            # Without a free key even its whole content is known.
            recognised.append(RecognisedEntry(match or keys[entry.key], entry))
    return Changes(tuple(new), tuple(recognised))


def _free_key(entry: KeyedEntry, taken: Container[str]) -> str | None:
    # No other entry of the body has any of them: what two of them say tells neither apart.
    candidates = candidate_keys(entry)
    return next((key for key in candidates if key not in taken), None)


def _pair(
    entries: Sequence[KeyedEntry], keys: Mapping[str, KnownEntry], overlap: Overlap
) -> dict[str, KnownEntry]:
    """Which known entry each is, by key; the strongest evidence first, and each known one once."""
    if not keys:
        return {}
    holders: dict[str, list[KnownEntry]] = defaultdict(list)
    for known in keys.values():
        for name in names_now(known) if known.outdated else known.names:
            holders[name].append(known)
    claims = [
        (_strength(entry, found, kinds), n, found)
        for n, entry in enumerate(entries)
        for found, kinds in _evidence(entry, holders, keys, overlap.size)
    ]
    by_id = {known.id: known for known in keys.values()}
    paired = {key: by_id[number] for key, number in overlap.unchanged.items() if number in by_id}
    claimed = {known.id for known in paired.values()}
    for _, n, found in sorted(claims, key=lambda claim: claim[0], reverse=True):
        if entries[n].key not in paired and found.id not in claimed:
            paired[entries[n].key] = found
            claimed.add(found.id)
    _give_back(entries, keys, paired)
    outdated = [known for known in by_id.values() if known.outdated and known.in_last_body]
    if outdated:
        rest = [entry for entry in entries if entry.key not in paired]
        paired |= pair_outdated(rest, [known for known in outdated if known.id not in claimed])
    return paired


def _give_back(
    entries: Sequence[KeyedEntry], keys: Mapping[str, KnownEntry], paired: dict[str, KnownEntry]
) -> None:
    """Give a known entry to the one that says what it said when it was new, and has no other key.

    Who was taken for it can have a key of its own, and so is new now that both are there.
    """
    for entry in entries:
        if entry.key in paired or entry.key not in keys or _free_key(entry, keys):
            continue
        own = keys[whole_key(entry)]
        for other in entries:
            if paired.get(other.key) is own and _free_key(other, keys):
                del paired[other.key]
                paired[entry.key] = own


def _evidence(
    entry: KeyedEntry,
    holders: Mapping[str, Sequence[KnownEntry]],
    keys: Mapping[str, KnownEntry],
    size: int,
) -> list[tuple[KnownEntry, frozenset[str]]]:
    """The known entries that this one of `size` may be, and the kinds of names that say so."""
    agreeing: dict[int, set[str]] = defaultdict(set)
    known: dict[int, KnownEntry] = {}
    told_by: set[str] = set()
    decided: set[str] = set()
    for name in entry.telling:
        kind = kind_of(name)
        found = _with_alias(entry, name, holders)
        if len(found) <= 1:
            told_by.add(kind)
        # The exact form comes first, and what it says holds against the folded one.
        if len(found) == 1 and kind not in decided:
            decided.add(kind)
            known[found[0].id] = found[0]
            agreeing[found[0].id].add(kind)
    # What an entry said when it was new is its key for ever, whatever it said since.
    if first := keys.get(whole_key(entry)):
        known[first.id] = first
        agreeing[first.id].add(WHOLE)
    return [
        (candidate, frozenset(agreeing[candidate.id]))
        for candidate in known.values()
        if _is_same(entry, candidate, agreeing[candidate.id], told_by, size)
    ]


def _with_alias(
    entry: KeyedEntry, name: str, holders: Mapping[str, Sequence[KnownEntry]]
) -> Sequence[KnownEntry]:
    """The known entries with this alias, which is evidence only if there is one of them.

    Of several with the same guid, those with another for their key were only given it later. Of
    several with the same link, which a feed with rotating guids has brought, the last is meant. Of
    several that said all of this, the one that was new under the best key of this entry.
    """
    found = holders.get(name, ())
    if len(found) < 2:
        return found
    if kind_of(name) == GUID:
        own = f"guid:{entry.entry.guid}"
        return [known for known in found if known.key == own or not known.key.startswith("guid:")]
    if kind_of(name) == LINK and _tells_guid(entry):
        listed = [known for known in found if known.in_last_body]
        return listed if len(listed) == 1 else found
    if kind_of(name) == WHOLE:
        by_key = {known.key: known for known in found}
        first = [by_key[key] for key in candidate_keys(entry) if key in by_key]
        return first[:1] or found
    return found


def _tells_guid(entry: KeyedEntry) -> bool:
    # The strongest name stands first.
    return kind_of(entry.telling[0]) == GUID if entry.telling else False


def _strength(entry: KeyedEntry, known: KnownEntry, kinds: frozenset[str]) -> tuple[int, ...]:
    """How strong the evidence is that they are the same, as a tuple to sort by."""
    # Where guids are places in a list, what stands there says which entry it is.
    return (
        _tells_guid(entry) and kinds >= {LINK, DATED, TEXT},
        GUID in kinds and entry.key == known.key,
        WHOLE in kinds,
        GUID in kinds,
        kinds >= {DATED, TEXT},
        LINK in kinds,
        len(kinds),
        entry.key == known.key,
    )


def _is_same(
    entry: KeyedEntry,
    known: KnownEntry,
    agreeing: Container[str],
    told_by: Container[str],
    size: int,
) -> bool:
    """By the strongest kind of name that both have; what disagrees there must agree elsewhere."""
    if WHOLE in agreeing or GUID in agreeing:
        return True
    known_by = {kind_of(name) for name in known.names}
    has_links = LINK in told_by and LINK in known_by
    if GUID in told_by and GUID in known_by:
        return _is_renamed(entry, known, agreeing, size, has_links=has_links)
    if LINK in agreeing:
        return True
    if has_links:
        session = differ_by_session(entry.entry.link, known.link)
        return DATED in agreeing and (TEXT in agreeing or session)
    return DATED in agreeing or TEXT in agreeing


def _is_renamed(
    entry: KeyedEntry,
    known: KnownEntry,
    agreeing: Container[str],
    size: int,
    *,
    has_links: bool,
) -> bool:
    """Whether an entry is known under another guid, by its link or by all else that it says."""
    # The title may be unknown, as where there is nothing in it to see.
    says_the_same = DATED in agreeing or TEXT in agreeing or has_title_or_text_of(entry, known)
    if LINK in agreeing:
        # The only entry of a feed may stand at a page that has another every day.
        return says_the_same or (size > 1 and is_revised(entry, known))
    if DATED in agreeing and TEXT in agreeing:
        return True
    return not has_links and says_the_same and is_revised(entry, known)
