"""What goes into the drafting of an edition, and what comes out; light to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from digest.editions.similarity.budget import MOST_TERMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.editions.compose import Frame
    from digest.editions.filter import Judged, Rules
    from digest.model import Edition, Entry


class Filed(Struct, frozen=True):
    """What the configuration calls a feed, if anything, and files it under."""

    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Material(Struct, frozen=True):
    """What an edition is made of: what is pending, and what it is to be like.

    `beyond` has how many of a feed's entries wait that were not read, by address; `filed` and
    `caps` are by address too. `terms` is how much may be compared.
    """

    pending: Sequence[Entry]
    frame: Frame
    rules: Rules
    filed: Mapping[str, Filed]
    most: int
    caps: Mapping[str, int]
    beyond: Mapping[str, int]
    terms: int = MOST_TERMS


class Draft(Struct, frozen=True):
    """An edition that is not stored yet, the entries that it was made from, and what rules said.

    One that `is_short` might have more of its stories together.
    """

    edition: Edition
    pending: Sequence[Entry]
    judged: Judged
    is_short: bool = False
