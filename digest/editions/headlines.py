"""Titles and excerpts as an edition shows them: of a length that reads, and without an agency."""

from __future__ import annotations

import re

from digest.editions.mathematics import with_mathematics

_LONGEST_TITLE = 160
# Before the first sentence of a report: its place, if it is told, and who brings it.
_BROUGHT_BY = re.compile(
    r"(?:[^\W\d_][\w .,'’-]{1,40} )?\((?P<agency>\w[\w .&-]{1,30})\)(?: ?[:–—-]{1,2})? +"
    r"(?=[«“„\"'‘]?[A-Z\u00c0-\u00de\d])"
)


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


def without_agency(excerpt: str, feed: str) -> str:
    """An excerpt without the name of its feed in parentheses, and the place before it."""
    match = _BROUGHT_BY.match(excerpt) if "(" in excerpt[:80] else None
    is_told = match and f" {match['agency']} ".casefold() in f" {feed} ".casefold()
    return excerpt[match.end() :] if match and is_told else excerpt
