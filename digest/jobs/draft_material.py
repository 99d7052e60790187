"""What goes into the drafting of an edition, and what comes out; light to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from digest.editions.similarity.budget import MOST_TERMS
from digest.model import shown_as

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.editions.compose import Frame
    from digest.editions.filter import Judged, Rules
    from digest.editions.select import Room, Standing
    from digest.editions.thresholds import Reached
    from digest.model import Edition, Entry, Leaning, ShownAs


class Filed(Struct, frozen=True):
    """What the configuration calls a feed, if anything, and files it under."""

    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Material(Struct, frozen=True):
    """What an edition is made of: what is pending, and what it is to be like.

    Only what has `reached` the thresholds of its source is looked at further. `filed` is by the
    address of a feed; `terms` is how much may be compared.
    """

    reached: Reached
    frame: Frame
    rules: Rules
    filed: Mapping[str, Filed]
    room: Room
    standing: Standing
    terms: int = MOST_TERMS


class Draft(Struct, frozen=True):
    """An edition that is not stored yet, the entries that it was made from, and what rules said.

    `waiting` has, by number, why it does not show an entry yet that it may have room for. `counted`
    are the numbers of the entries that it takes and shows as no story, `counted_watched` those of
    them that are in stories which a rule raised. `leanings` are what votes come to for entries,
    where there are any. One that `is_short` might have more of its stories together.
    """

    edition: Edition
    pending: Sequence[Entry]
    judged: Judged
    waiting: Mapping[int, str] = field(default_factory=dict)
    counted: frozenset[int] = frozenset()
    leanings: Mapping[int, Leaning] = field(default_factory=dict)
    is_short: bool = False
    counted_watched: frozenset[int] = frozenset()

    @property
    def counts(self) -> dict[int, bool]:
        """The entries that it only counts, each with whether a rule raised its story."""
        return {number: number in self.counted_watched for number in sorted(self.counted)}

    @property
    def has_candidates(self) -> bool:
        """Whether there was anything that it might show."""
        return len(self.pending) > len(self.waiting)

    @property
    def shown_as(self) -> dict[int, ShownAs]:
        """What it shows the entries as that it takes, by their numbers."""
        return {**dict.fromkeys(self.counted, "counted"), **shown_as(self.edition)}
