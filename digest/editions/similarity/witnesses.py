"""What else two entries under one title have in common, where the title alone says too little."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from digest.editions.authors import is_nobody
from digest.editions.similarity import constants
from digest.editions.similarity.terms import fold

if TYPE_CHECKING:
    from digest.editions.similarity.titles import Title
    from digest.model import Entry

# The first letter of scripts that do without spaces.
_UNSPACED = "\u3040"
# Spaces of a title of two words, with one at either side: what is shorter may be in any other.
_LEAST_TITLE = 3
_NO_LETTERS = re.compile(r"[\W_]+")
_BY = re.compile(r"^(?:by|von|par|por|di|door)\s+")


def has_text(entry: Entry) -> bool:
    """Whether its text says anything of its own."""
    text = _beginning(entry)
    # A character of a script without spaces says as much as two letters.
    letters = 2 * len(text) if text[:1] >= _UNSPACED else len(text)
    return letters >= constants.LEAST_WITNESS


def text_witness(entry: Entry, _: Title) -> str:
    """How its text begins, in letters only; nothing of a text that says little."""
    return _beginning(entry)[: constants.LEAST_WITNESS] if has_text(entry) else ""


def same_text(entry: Entry, other: Entry) -> bool:
    """Whether two texts begin alike, as far as both go."""
    mine, theirs = _beginning(entry), _beginning(other)
    return mine.startswith(theirs) or theirs.startswith(mine)


def is_in_title(first: Title, second: Title) -> bool:
    """Whether one title is the other with something around it, and both have the same numbers."""
    shorter, longer = sorted((f" {title.key} " for title in (first, second)), key=len)
    is_long_enough = shorter.count(" ") >= _LEAST_TITLE or shorter[1] >= _UNSPACED
    return shorter in longer and is_long_enough and first.numbers == second.numbers


def author_witness(entry: Entry, title: Title) -> str:
    """Who wrote it, if that is somebody and the title tells anything."""
    if not title.tells or is_nobody(entry.author):
        return ""
    return _letters(_BY.sub("", fold(entry.author)))


def picture_witness(entry: Entry, title: Title) -> str:
    """The address of its picture, if the title tells anything."""
    return entry.image if title.tells else ""


def _beginning(entry: Entry) -> str:
    return _letters(entry.excerpt[: constants.WITNESS])


# A text is compared with each other one under its title.
@lru_cache(maxsize=4096)
def _letters(text: str) -> str:
    return _NO_LETTERS.sub(" ", fold(text)).strip()
