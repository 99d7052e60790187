"""What readers say of stories: that they want more like one, or less from its feed."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from msgspec import Struct

# So long a vote counts, and is kept; so long after an edition its stories can be voted on.
FEEDBACK_COUNTS = timedelta(days=90)
FEEDBACK_OPEN = timedelta(days=30)
Vote = Literal["more", "less"]


class Feedback(Struct, frozen=True):
    """The vote of a reader on a story of an earlier edition; `reader` only tells them apart."""

    reader: int
    vote: Vote
    feed_url: str
    title: str


class Leaning(Struct, frozen=True):
    """How votes lean on a story: how many readers are for it, how many against, and their sum."""

    more: int = 0
    less: int = 0
    sum: int = 0

    @property
    def step(self) -> int:
        """The sum by powers of two: the more readers there are, the less each of them moves."""
        return self.sum.bit_length() if self.sum >= 0 else -self.sum.bit_length()


NO_LEANING = Leaning()
