"""Articles with enough to say for a summary, none like another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from tests.store import build

if TYPE_CHECKING:
    from digest.model import CleanEntry

_BEGINNINGS = {
    "Harbour road closes to cars": "The council of Oslo voted on Monday to close the harbour road"
    " to cars from 3 March on. Buses run as before",
    "Eels return to the old canal": "Biologists counted 140 eels in the old canal of Ghent this"
    " spring. They had been gone since 1974",
    "Tram line gets night service": "Line 7 of the Porto tram runs all night from 1 May on. The"
    " city pays 2 million euros for that",
    "Compiler learns to print trees": "Version 4.2.1 of the Fern compiler prints syntax trees in"
    " colour. Ines Okafor wrote most of the code",
    "A library opens on the hill": "Turin opened a library with 90,000 books on the hill above the"
    " river. It is open until midnight",
}


def text_of(title: str) -> str:
    """What an article says, in five sentences and 500 characters."""
    beginning = _BEGINNINGS[title]
    place = beginning.split()[1]
    return (
        f"{beginning}. People who live near {place} had asked for it for years, and wrote letters"
        " about it to whoever would read them. Much of the work was done by volunteers on weekends,"
        " with tools they had brought from home. Those who know the matter call it a small step"
        " that helps more than most large ones do. What comes next is to be decided in the autumn."
    )


def entry(title: str) -> CleanEntry:
    """An article as the store takes it."""
    text = text_of(title)
    return replace(build.entry(title), html=f"<p>{text}</p>", excerpt=text.partition(". ")[0] + ".")


TITLES = tuple(_BEGINNINGS)
ENTRIES = tuple(map(entry, TITLES))
