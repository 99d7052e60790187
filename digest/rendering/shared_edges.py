"""What the entries of one feed share at their beginnings and ends: said of each, and of none."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.rendering.paragraphs import paragraphs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from digest.rendering.paragraphs import Paragraph

# So many entries have it, and it is the feed's.
_SHARED_BY = 3
# Paragraphs at either edge that are compared.
_MOST_FIRST, _MOST_LAST = 4, 8
# A beginning that is shorter may be by chance; it ends with one of these, and white space.
_SHORTEST_PREFIX = 12
_PREFIX_ENDS = (". ", ": ", "! ", "? ", "| ", "– ", "— ", "- ", "· ", "。", "：", "】", "] ", ") ")
# What is in brackets from the first letter on is by chance nowhere: `(Meridian) `.
_IN_BRACKETS = re.compile(r"\(\w[^()]*\) |\[\w[^\[\]]*\] |【[^【】]+】")


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
    first, sentences = _shared([paragraphs(html) for html in beginnings], _MOST_FIRST)
    last, _ = _shared([paragraphs(html, backwards=True) for html in ends], _MOST_LAST)
    return SharedEdges(first, last, _shared_prefix(sentences))


def _shared(edges: Sequence[Iterator[Paragraph]], most: int) -> tuple[frozenset[str], list[str]]:
    """What is shared from an edge inwards, and what each says that is next and not shared."""
    read: list[list[str]] = [[] for _ in edges]
    shared: frozenset[str] = frozenset()
    for _ in range(most):
        for texts, edge in zip(read, edges, strict=True):
            texts += [paragraph.text for paragraph in islice(edge, 1)]
        counts = Counter(text for texts in read for text in set(texts))
        before, shared = shared, frozenset(t for t, n in counts.items() if n >= _SHARED_BY)
        if shared == before:
            break
    return shared, [next((text for text in texts if text not in shared), "") for texts in read]


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
    is_long_enough = end >= _SHORTEST_PREFIX or _IN_BRACKETS.fullmatch(prefix[:end])
    return prefix[:end] if is_long_enough else ""
