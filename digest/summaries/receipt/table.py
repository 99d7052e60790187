"""Tables of words, as they are written in the modules of this package."""

from __future__ import annotations


def table(words: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(words.split())
