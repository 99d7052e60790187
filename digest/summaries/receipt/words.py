"""The words of an article, as those of a summary are looked for among them."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.config.rules import folded
from digest.rendering.sentences import sentences
from digest.summaries.receipt.table import table

if TYPE_CHECKING:
    from collections.abc import Iterator

# A word with what joins its parts: `don't`, `AT&T`, `C++`, `co-founder`, `U.S.`.
_WORD = re.compile(r"[^\W_]+(?:(?:['’.&-]|[’']s-)[^\W_]+)*(?:\+\+|#(?!\w))?")
_PARTS = re.compile(r"[-'’&.]")
_POSSESSIVE = re.compile(r"['’]s?$")
# Endings that a name can have in one text and not in another; in most languages few.
_ENDINGS = ("s", "es")
_ENDINGS_OF = {
    "de": ("s", "es", "n", "en", "er", "ern", "em", "e"),
    "nl": ("s", "se", "en"),
    "pl": ("a", "u", "em", "owi", "ego", "iego", "emu", "im", "y", "i", "ie", "e", "ą", "ę", "ej"),
    "sv": ("s", "en", "et", "n"),
    "da": ("s", "en", "et", "n"),
}
_LONG_ENOUGH = 4


class Word(Struct, frozen=True):
    """A word as it is written, as words are compared, and where it stands."""

    text: str
    folded: str
    start: int
    is_first: bool = False

    @property
    def is_capital(self) -> bool:
        """Whether it is written as a name: it begins with a capital, or has one inside."""
        return any(sign.isupper() for sign in self.text)

    @property
    def is_acronym(self) -> bool:
        """Whether it is all capitals."""
        letters = [sign for sign in self.text if sign.isalpha()]
        return len(letters) > 1 and all(map(str.isupper, letters))


def words_of(text: str) -> list[Word]:
    """The words of a text, the first of each sentence marked."""
    found = []
    for sentence in sentences(text):
        first = True
        for match in _WORD.finditer(sentence):
            word = _POSSESSIVE.sub("", match[0])
            if not word:
                continue
            # What is in quotes, after a colon or a dash begins a sentence too.
            before = sentence[: match.start()].rstrip(" ")[-1:]
            begins = first or before in _OPENING
            found.append(Word(word, folded(word), match.start(), begins))
            first = False
    return found


_OPENING = tuple(':;–—•·"“„«‚‘(')


def stem(word: str) -> str:
    """A folded word without an ending that says how it is used, where it is long enough."""
    for ending in ("ings", "ing", "ed", "ers", "es", "en", "er", "em", "s", "e", "n"):
        if word.endswith(ending) and len(word) - len(ending) >= _LONG_ENOUGH:
            return word[: -len(ending)]
    return word


class WordIndex:
    """The words of a text: which there are, in any form, and which names stand beside which."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words_of(text)

    @cached_property
    def forms(self) -> frozenset[str]:
        """Every word, and every part of one, folded."""
        return frozenset(form for word in self.words for form in _forms(word.folded))

    @cached_property
    def stems(self) -> frozenset[str]:
        """Every word and part of one without its ending."""
        return frozenset(map(stem, self.forms))

    @cached_property
    def lower(self) -> frozenset[str]:
        """The words that are written without a capital somewhere."""
        return frozenset(word.folded for word in self.words if not word.is_capital)

    @cached_property
    def prefixes(self) -> frozenset[str]:
        """How words begin, by which a word of the same family is known."""
        return frozenset(form[:_FAMILY] for form in self.forms if len(form) >= _FAMILY)

    @cached_property
    def after(self) -> dict[str, set[str]]:
        """The capitalised words right after each capitalised word."""
        return _beside(self.words, forward=True)

    @cached_property
    def before(self) -> dict[str, set[str]]:
        """The capitalised words right before each capitalised word."""
        return _beside(self.words, forward=False)

    @cached_property
    def initials(self) -> str:
        """The first letters of the words in order, a space for each that is left out of acronyms.

        Those of capitalised words are capitals.
        """
        return "".join(
            word.folded[:1].upper() if word.is_capital else word.folded[:1]
            for word in self.words
            if word.folded not in _SKIPPED
        )

    def has(self, word: str, language: str = "") -> bool:
        """Whether a folded word is there, in whatever form its language has of it."""
        if word in self.forms:
            return True
        endings = _ENDINGS_OF.get(language, _ENDINGS)
        if any(f"{word}{ending}" in self.forms for ending in endings):
            return True
        return any(
            word.endswith(ending)
            and len(word) - len(ending) >= _LONG_ENOUGH - 1
            and word[: -len(ending)] in self.forms
            for ending in endings
        )

    def has_family(self, word: str) -> bool:
        """Whether a word is there that begins as this one does."""
        return len(word) >= _FAMILY and word[:_FAMILY] in self.prefixes


_FAMILY = 5
_SKIPPED = table("of the for and in on a an to de la le du des et der die das und von")


def _forms(word: str) -> Iterator[str]:
    yield word
    if len(parts := [part for part in _PARTS.split(word) if part]) > 1:
        yield from parts
        yield "".join(parts)


def _beside(words: list[Word], *, forward: bool) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for first, second in pairwise(words):
        if first.is_capital and second.is_capital and not second.is_first:
            one, other = (first, second) if forward else (second, first)
            for form in _forms(one.folded):
                found.setdefault(form, set()).update(_forms(other.folded))
    return found
