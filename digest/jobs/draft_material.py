"""What goes into the drafting of an edition, and what comes out; light to load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from digest.editions.similarity.budget import MOST_TERMS
from digest.model import shown_as

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from digest.editions.compose import Frame
    from digest.editions.filter import Judged, Rules
    from digest.editions.select import Room, Standing
    from digest.editions.thresholds import Reached
    from digest.model import Edition, Entry, Leaning, ShownAs
    from digest.summaries.articles import EntryText


class Filed(Struct, frozen=True):
    """What the configuration calls a feed, if anything, and files it under."""

    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Material(Struct, frozen=True):
    """What an edition is made of: what is pending, and what it is to be like.

    Only what has `reached` the thresholds of its source is looked at further. `filed` is by the
    address of a feed; `terms` is how much may be compared. `topics` are those that a model found
    entries to be about, by their numbers.
    """

    reached: Reached
    frame: Frame
    rules: Rules
    filed: Mapping[str, Filed]
    room: Room
    standing: Standing
    terms: int = MOST_TERMS
    topics: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


class Draft(Struct, frozen=True):
    """An edition that is not stored yet, the entries that it was made from, and what rules said.

    `waiting` has, by number, why it does not show an entry yet that it may have room for. `counted`
    are the numbers of the entries that it takes and shows as no story, `counted_watched` those of
    them that are in stories which a rule raised. `leanings` are what votes come to for entries,
    where there are any. One that `is_short` might have more of its stories together.

    `texts` are of the entries that it shows as summaries, by number; of those in `to_summarise` no
    model has answered, nor for the paragraph on top where it `asks_overview`. `unrated` has the
    entries of which no model has said whether they are about a topic, by topic.
    """

    edition: Edition
    pending: Sequence[Entry]
    judged: Judged
    waiting: Mapping[int, str] = field(default_factory=dict)
    counted: frozenset[int] = frozenset()
    leanings: Mapping[int, Leaning] = field(default_factory=dict)
    is_short: bool = False
    counted_watched: frozenset[int] = frozenset()
    texts: Mapping[int, EntryText] = field(default_factory=dict)
    to_summarise: Collection[int] = ()
    asks_overview: bool = False
    unrated: Mapping[str, Sequence[Entry]] = field(default_factory=dict)

    @property
    def asks_models(self) -> bool:
        """Whether there is something to ask a model for it."""
        return bool(self.to_summarise or self.asks_overview or self.unrated)

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
