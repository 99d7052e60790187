"""Titles and authors as an edition shows them: of a length that reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.editions.mathematics import with_mathematics

if TYPE_CHECKING:
    from digest.language import Language

_LONGEST_TITLE, _MOST_AUTHORS = 160, 3
_PARENTHESES = re.compile(r"\s*\([^()]*\)")
_BETWEEN_NAMES = re.compile(r"\s*[,、،]\s*(?:(?:and|und|et|y|e|en|&)\s+)?|\s+(?:and|und|et|&)\s+")
_SEMICOLON = re.compile(r"\s*;\s*")


def headline(title: str) -> str:
    """A title with simple mathematics in plain characters, cut at a word where it is long."""
    return cut_at_word(with_mathematics(title), _LONGEST_TITLE)


def cut_at_word(text: str, most: int) -> str:
    """At most so many characters; `…` for what is cut off, after a whole word if there is one."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > most // 2 else cut).rstrip(" ,;:.–—-") + "…"


def byline(authors: str, language: Language) -> str:
    """The authors; of more than three the first three, and that there are others."""
    separator = _SEMICOLON if ";" in authors else _BETWEEN_NAMES
    names = [name for name in separator.split(_PARENTHESES.sub("", authors)) if name]
    if len(names) <= _MOST_AUTHORS or not _are_people(names):
        return authors
    return language.translate("{names} et al.", names=language.list_of(names[:_MOST_AUTHORS]))


def _are_people(names: list[str]) -> bool:
    """Whether these are names of several people, not the degrees and places of one."""
    whole = [name for name in names[: _MOST_AUTHORS + 1] if " " in name or not name.isascii()]
    return len(whole) >= _MOST_AUTHORS
