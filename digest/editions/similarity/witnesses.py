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

_NO_LETTERS = re.compile(r"[\W_]+")
_BY = re.compile(r"^(?:by|von|par|por|di|door)\s+")


def has_text(entry: Entry) -> bool:
    """Whether its text says anything of its own."""
    return len(_beginning(entry)) >= constants.LEAST_WITNESS


def text_witness(entry: Entry, _: Title) -> str:
    """How its text begins, in letters only; nothing of a text that says little."""
    return _beginning(entry)[: constants.LEAST_WITNESS] if has_text(entry) else ""


def same_text(entry: Entry, other: Entry) -> bool:
    """Whether two texts begin alike, as far as both go."""
    mine, theirs = _beginning(entry), _beginning(other)
    return mine.startswith(theirs) or theirs.startswith(mine)


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
