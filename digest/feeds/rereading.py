"""Recognises entries that an earlier version of this program read otherwise.

What a feed says is not what is known of it after an upgrade: titles, links, dates and texts are
read better. On the first body after it, what both readings have in common tells.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from digest.feeds.aliases import GUID, TEXT, bare_link, digest_of, link_aliases

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping, Sequence

    from digest.model import KeyedEntry, KnownEntry, ParsedEntry

# Raised by one whenever the same bytes may be read otherwise than before.
READING = 2
_ENOUGH = 2
_LEAST_LETTERS = 6


def names_now(known: KnownEntry) -> frozenset[str]:
    """The aliases of an outdated entry, with those that its link has by today's rules."""
    return known.names.union(link_aliases(known.link, ""))


def pair_outdated(
    entries: Sequence[KeyedEntry], known: Sequence[KnownEntry]
) -> dict[str, KnownEntry]:
    """Which known entry each of a body is, by key, where at least two witnesses say so.

    The witnesses are the date, the title, the link and the text, as far as no reading garbles
    them; the first three count only where one entry of the body has them, and one that is known.
    Another is that both titles have letters that are read otherwise in another encoding.
    """
    witnesses = Counter(
        _shared(
            [set(_traits(entry.entry)) for entry in entries],
            [set(_traits(entry)) for entry in known],
        )
    )
    for n, m in witnesses:
        witnesses[n, m] += _has_text_of(entries[n].entry, known[m])
        witnesses[n, m] += _may_be_garbled(entries[n].entry, known[m])
    paired: dict[str, KnownEntry] = {}
    claimed: set[int] = set()
    for (n, m), count in witnesses.most_common():
        is_free = entries[n].key not in paired and m not in claimed
        if count >= _ENOUGH and is_free and not _has_another_guid(entries[n].entry, known[m]):
            paired[entries[n].key] = known[m]
            claimed.add(m)
    return paired


def _shared(
    left: Sequence[set[Hashable]], right: Sequence[set[Hashable]]
) -> Iterator[tuple[int, int]]:
    """The pairs that share a trait which no other has, once for each such trait."""
    theirs = _owners(right)
    for trait, owners in _owners(left).items():
        others = theirs.get(trait, ())
        if len(owners) == len(others) == 1:
            yield owners[0], others[0]


def _owners(traits: Sequence[set[Hashable]]) -> Mapping[Hashable, list[int]]:
    owners: dict[Hashable, list[int]] = defaultdict(list)
    for n, found in enumerate(traits):
        for trait in found:
            owners[trait].append(n)
    return owners


def _traits(entry: ParsedEntry | KnownEntry) -> Iterator[Hashable]:
    if entry.published:
        yield "date", entry.published
    for kind, text in (("title", entry.title), ("link", bare_link(entry.link))):
        if letters := _letters(text):
            yield kind, letters


def _has_text_of(entry: ParsedEntry, known: KnownEntry) -> bool:
    # A text is known with the title that it had.
    name = f"{TEXT}:{digest_of(known.title, entry.html)}"
    return bool(entry.html) and name in known.names


def _may_be_garbled(entry: ParsedEntry, known: KnownEntry) -> bool:
    """Whether a wrong encoding may be all that two titles differ by; links are read in any."""
    links = {_letters(bare_link(link)) for link in (entry.link, known.link) if link}
    return len(links) < 2 and not entry.title.isascii() and not known.title.isascii()


def _has_another_guid(entry: ParsedEntry, known: KnownEntry) -> bool:
    """Whether both have guids, and these differ though no reading garbles such a guid."""
    kind, _, guid = known.key.partition(":")
    is_plain = entry.guid.isascii() and "&" not in entry.guid
    return kind == GUID and is_plain and entry.guid not in {"", guid}


def _letters(text: str) -> str:
    """The ASCII letters and digits of a text, which no wrong encoding garbles."""
    letters = "".join(sign for sign in text if sign.isascii() and sign.isalnum()).lower()
    return letters if len(letters) >= _LEAST_LETTERS else ""
