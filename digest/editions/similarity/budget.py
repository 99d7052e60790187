"""How much is compared for one edition: publishers choose the titles, so there is an end to it."""

from __future__ import annotations

# Terms looked at. A thousand titles as people write them take 20,000, and 2,000 that are made to
# take long have all of it within a second.
MOST_TERMS = 250_000


class Budget:
    """So many terms to look at; what would need more than is left is not done."""

    def __init__(self, terms: int = MOST_TERMS) -> None:
        self._left = terms
        self.is_short = False

    def takes(self, terms: int) -> bool:
        """Whether there is room for so many more, which are counted then."""
        if terms > self._left:
            self.is_short = True
            return False
        self._left -= terms
        return True
