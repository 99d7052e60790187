"""Entries as somebody makes them who wants an edition to take long."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from msgspec.structs import replace

from tests.editions.entries import entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from digest.model import Entry

_SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]


def word(number: int) -> str:
    """A word that no other number has, written like a name."""
    signs = []
    for _ in range(4):
        number, sign = divmod(number, len(_SYLLABLES))
        signs.append(_SYLLABLES[sign])
    return "".join(signs).capitalize()


def _rare_words(n: int, random: Random) -> str:
    """Words that so many titles share that all are candidates, and none is common."""
    return " ".join(word(n % 40 * 100 + random.randrange(60)) for _ in range(12))


def _many_rare_words(_: int, random: Random) -> str:
    return " ".join(word(random.randrange(4_000)) for _ in range(100))


def _words_of_sixty(_: int, random: Random) -> str:
    """Two feeds of 300 of these once held the store for a minute."""
    return " ".join(word(random.randrange(500)) for _ in range(90))


def _chained_words(n: int, _: Random) -> str:
    return " ".join(word(n // 3 + k) for k in range(14))


def _near_copies(n: int, _: Random) -> str:
    return " ".join(word(n // 50 * 20 + k) for k in range(10)) + f" {word(90_000 + n)}"


def _subjects(_: int, random: Random) -> str:
    return " ".join(word(k) for k in sorted(random.sample(range(14), 7)))


def _long_subjects(_: int, random: Random) -> str:
    return " ".join(word(k) for k in random.choices(range(60), k=100))


def _numbers(n: int, random: Random) -> str:
    amounts = " ".join(f"${random.randrange(10, 99)}.{k}m" for k in range(90))
    return f"{word(n % 500)} {word(n % 499)} {amounts}"


def _versions(_: int, random: Random) -> str:
    return "Acme " + " ".join(f"{random.randrange(50)}.{random.randrange(50)}" for _ in range(150))


def _one_word(n: int, _: Random) -> str:
    return " ".join([word(n % 50)] * 110)


def _one_letter(n: int, _: Random) -> str:
    return "a" * 990 + str(n)


def _unspaced(_: int, random: Random) -> str:
    return "".join(chr(0x4E00 + random.randrange(3_000)) for _ in range(1_000))


def _sides(_: int, random: Random) -> str:
    """Each takes all sides, of many."""
    sides = ("buys", "sells", "wins", "loses", "up", "down", "fails to pass", "bans", "beta", "vs")
    return " ".join(random.choice(sides) for _ in range(100))


def _phrases(n: int, _: Random) -> str:
    return f"{word(n)} " + "lifts old ban stimmt a b c " * 30


def _plain_sources(n: int, _: Random) -> str:
    return f"Notes on bread {word(n % 40)} (1984) [pdf] " * 9 + f"- {word(n)} | {word(n + 1)}"


def _separators(n: int, _: Random) -> str:
    return f"{word(n)} " + " - " * 300


def _brackets(n: int, _: Random) -> str:
    return "[Update] " * 110 + word(n)


def _quotes(n: int, _: Random) -> str:
    return "a'" * 490 + str(n)


def _digits(n: int, _: Random) -> str:
    return "1," * 490 + str(n)


def _expanding(_: int, random: Random) -> str:
    """Normalised, each of these is eighteen characters, with spaces between."""
    return "\ufdfa" * 400 + word(random.randrange(4_000))


def _spaces(n: int, _: Random) -> str:
    """Normalised, each of these begins with a space."""
    return f"{word(n)} " + "\u00a8" * 400 + word(n)


TITLES: dict[str, Callable[[int, Random], str]] = {
    "rare words shared by some": _rare_words,
    "a hundred rare words": _many_rare_words,
    "words that sixty share": _words_of_sixty,
    "words shared in a chain": _chained_words,
    "near copies": _near_copies,
    "shared subjects": _subjects,
    "long shared subjects": _long_subjects,
    "shared amounts": _numbers,
    "shared versions": _versions,
    "one word repeated": _one_word,
    "one endless word": _one_letter,
    "characters without spaces": _unspaced,
    "sides": _sides,
    "phrases": _phrases,
    "sources": _plain_sources,
    "separators": _separators,
    "brackets": _brackets,
    "quotes": _quotes,
    "digits and commas": _digits,
    "ligatures": _expanding,
    "marks that stand alone": _spaces,
    "the same title": lambda _, __: "Boeing strike ends after machinists accept new contract",
}


def titled(kind: str, number: int, feeds: int = 2) -> list[Entry]:
    """So many entries under titles of a kind, of so many feeds in turns."""
    random = Random(kind)
    return [
        entry(n, f"f{n % feeds}", title=TITLES[kind](n, random)[:1_000], hours_ago=n % 100)
        for n in range(number)
    ]


def linked(kind: str, number: int) -> list[Entry]:
    """So many entries, each of a feed of its own, to the same article or nearly."""
    links: dict[str, Callable[[int], str]] = {
        "one article": lambda _: "https://site.example/article",
        "articles in a chain": lambda n: f"https://site.example/{n // 2}",
        "queries": lambda n: "https://site.example/a?" + "&".join(f"{k}={n}" for k in range(400)),
        "wrapped": lambda n: "https://google.com/url?q=" * 3 + f"https://site.example/{n}",
        "slashes": lambda n: "https://site.example/" + "/amp" * 1_000 + f"/{n}",
        "labels": lambda n: "https://" + "www.m.amp." * 300 + f"site.example/{n}",
    }
    return [
        replace(one, link=links[kind](one.id)[:4_096])
        for one in (
            entry(n, f"f{n}", title=f"{word(n // 2)} {word(n)} says", hours_ago=n % 100)
            for n in range(number)
        )
    ]


LINKS = ("one article", "articles in a chain", "queries", "wrapped", "slashes", "labels")
