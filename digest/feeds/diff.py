"""What a body changes about what is known of its feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.model import KeyedEntry


@dataclass(frozen=True, slots=True)
class Changes:
    """`new` was never seen before, `edited` says something else now, `seen` is every known key."""

    new: tuple[KeyedEntry, ...]
    edited: tuple[KeyedEntry, ...]
    seen: tuple[str, ...]


def diff(entries: Sequence[KeyedEntry], known: Mapping[str, str]) -> Changes:
    """Compare a body's entries with the fingerprints, by key, of all ever seen."""
    return Changes(
        new=tuple(entry for entry in entries if entry.key not in known),
        edited=tuple(
            entry
            for entry in entries
            if known.get(entry.key, entry.fingerprint) != entry.fingerprint
        ),
        seen=tuple(entry.key for entry in entries if entry.key in known),
    )
