"""What the entries of one feed share at their beginnings and ends: said of each, and of none."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.rendering.paragraphs import paragraphs

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

# So many entries have it, and it is the feed's.
_SHARED_BY = 3
# Paragraphs at either edge that are compared.
_MOST_FIRST, _MOST_LAST = 4, 8
# A beginning that is shorter may be by chance; it ends with one of these, and white space.
_SHORTEST_PREFIX = 12
_PREFIX_ENDS = (". ", ": ", "! ", "? ", "| ", "– ", "— ", "- ", "· ", "。", "：", "】", "] ")


class SharedEdges(Struct, frozen=True):
    """The paragraphs that entries of a feed begin and end with, and a beginning of the first."""

    first: frozenset[str] = frozenset()
    last: frozenset[str] = frozenset()
    prefix: str = ""

    def __bool__(self) -> bool:
        return bool(self.first or self.last or self.prefix)

    def without_prefix(self, text: str) -> str:
        """The first paragraph without the beginning that entries share."""
        return text.removeprefix(self.prefix) if self.prefix else text


NOTHING_SHARED = SharedEdges()


def shared_edges(beginnings: Sequence[str], ends: Sequence[str]) -> SharedEdges:
    """What three or more of these have, the clean HTML that entries of a feed begin and end with.

    Either may be cut anywhere on the side that is no edge.
    """
    starts = [[p.text for p in islice(paragraphs(html), _MOST_FIRST)] for html in beginnings]
    finishes = [[p.text for p in paragraphs(html)][-_MOST_LAST:] for html in ends]
    first, last = _shared(starts), _shared(finishes)
    said = [next((text for text in texts if text not in first), "") for texts in starts]
    return SharedEdges(first, last, _shared_prefix(said))


def _shared(texts: Iterable[Collection[str]]) -> frozenset[str]:
    counts = Counter(text for entry in texts for text in set(entry))
    return frozenset(text for text, number in counts.items() if number >= _SHARED_BY)


def _shared_prefix(texts: Sequence[str]) -> str:
    """The longest beginning of three different texts that ends where something may."""
    ordered = sorted(set(texts))
    groups = zip(ordered, ordered[_SHARED_BY - 1 :], strict=False)
    prefixes = (_whole_prefix(*group) for group in groups)
    return max(prefixes, key=len, default="")


def _whole_prefix(text: str, other: str) -> str:
    """What two texts, and so all between them in order, begin with alike; whole sentences of it."""
    pairs = zip(text, other, strict=False)
    prefix = text[
        : next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(text), len(other)))
    ]
    end = max(prefix.rfind(mark) + len(mark) if mark in prefix else 0 for mark in _PREFIX_ENDS)
    return prefix[:end] if end >= _SHORTEST_PREFIX else ""
