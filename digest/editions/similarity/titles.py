"""Titles, read: the same title in other clothes, and what it tells."""

from __future__ import annotations

import re
import unicodedata
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.editions.similarity import constants, numbers
from digest.editions.similarity.stances import read_kinds, read_stances, read_versus
from digest.editions.similarity.stop_words import (
    EVENT_OF,
    EVERGREEN,
    FIRST_PERSON,
    NO_PRODUCT,
    STOP,
)
from digest.editions.similarity.terms import (
    LONGEST,
    MOST_TERMS,
    MOST_TOKENS,
    Token,
    fold,
    tokens,
    word,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from digest.editions.similarity.stances import Stance

_LEADING = re.compile(
    r"^(?:\W*(?:breaking(?: news)?|just in|updated?(?: ?\d+)?|exclusive|watch|vid[eé]o|opinion"
    r"|live(?: updates)?|(?:show|launch) hn|eilmeldung|eil|exklusiv|urgent|en direct|en vivo"
    r"|kommentar|meinung|[uú]ltima hora)(?:\s*[\]):|—–-]+|\.)\s+)+",
    re.IGNORECASE,
)
# What kind of document a title is of, and of which year.
_MARKS = re.compile(
    r"(?:\s*[\[(](?:updated?|video|pdf|gallery|photos|audio|slides|update \d+"
    r"|(?:19|20)\d\d)[\])])+$",
    re.IGNORECASE,
)
_SITE = re.compile(r" [-–—|·»:]{1,2} ([^|–—·»]{2,40})$")
# A name behind a title of this many words or more: that of a site, to all appearances.
_NAME = r"[^\W\d_a-z][^\W\d_]*(?:[.'’&][^\W\d_]+)*"
_SOURCE = re.compile(
    rf"\s(?:[-–—|·»‖]\s+(?P<name>(?:{_NAME}(?:\s(?:{_NAME}|of|the|de|la|der|do|&))*"
    r"|[a-z]+(?:[.-][a-z]+)*\.[a-z]{2,6}|[a-z]+ (?:online|news)))"
    r"|\|\s+(?P<behind_bar>[^\W\d_][^|\d]*))$"
)
# Behind a title these say which of several it is.
_NO_SOURCE = {
    *("part", "parts", "episode", "chapter", "volume", "day", "week", "round", "stage", "session"),
    *("one", "final", "teil", "folge", "tag", "runde", "partie", "parte", "episodio", "capitulo"),
    *numbers.COUNTED, *numbers.MONTHS, *numbers.WEEKDAYS,
}  # fmt: skip
_COUNTRY = re.compile(r"\bU\.?S\.?(?:A\b\.?|\b)(?!-)|\bUnited States\b")
_SHORT = {"federal reserve": "Fed", "grand prix": "GP", "i/o": "IO", "volkswagen": "VW"}
_SPELLED = re.compile(rf"\b(?:{'|'.join(_SHORT)})\b", re.IGNORECASE)
# The first letter of the scripts of Chinese and Japanese.
_UNSPACED = "\u3040"
# How many numbers of a kind are compared.
_MOST_NUMBERS = 6


class Title(Struct, frozen=True):
    """A title as it is compared.

    `key` is the same for the same title, and `source` is what seems to be a site behind it; where
    titles have other ones, these may be what they tell of. `weights` are how much each term tells,
    `sequence` the terms in order, `words` every word there is, `names` the terms that may be names,
    and `events` those that say what happened. An `evergreen` title is of a shape that many have.
    `stances`, `kinds` and `versus` are of `digest.editions.similarity.stances`. A `marked` one is
    said to be of a document, or of a year.
    """

    key: str
    source: str
    sequence: tuple[str, ...]
    weights: Mapping[str, float]
    numbers: Mapping[str, frozenset[str]]
    words: frozenset[str]
    names: frozenset[str]
    events: frozenset[str]
    evergreen: bool
    stances: tuple[Stance, ...] = ()
    kinds: frozenset[int] = frozenset()
    versus: frozenset[str] = frozenset()
    marked: bool = False

    @property
    def terms(self) -> int:
        """How much there is to compare."""
        return len(self.sequence)

    def tells_one(self, part: float = 1.0) -> bool:
        """Whether it is of one piece of news, and no title that two may come up with.

        Where something else speaks for that, `part` of what it has to tell is enough.
        """
        telling = sum(
            min(weight, constants.NAMED)
            for weight in self.weights.values()
            if weight >= constants.PAIR
        )
        if "id" in self.numbers:
            telling += constants.ORDINARY
        if self.evergreen:
            return telling >= constants.TELLING_EVERGREEN * part
        return telling >= part * (constants.TELLING if self.names else constants.TELLING_NAMELESS)

    @property
    def tells(self) -> bool:
        """Whether any word of it tells something."""
        return any(weight >= constants.ORDINARY for weight in self.weights.values())


# A title that nobody has read.
UNREAD = Title("", "", (), {}, {}, frozenset(), frozenset(), frozenset(), evergreen=False)


def read_title(title: str, sites: Collection[str] = ()) -> Title:
    """Read a title; `sites` are the folded names of sites, which some put behind each.

    Of a long one the beginning is compared, and its `key` is all of it.
    """
    text = _without_site(_bare(title[:LONGEST]), sites)
    found = list(_products(tokens(text), text))
    is_whole = len(title) <= LONGEST and len(found) < MOST_TOKENS
    compared, source = _parted(found, text)
    terms = list(islice(_weigh(compared, text), MOST_TERMS))
    read_words = [word(text[token.start : token.end]) for token in compared if token.kind == "word"]
    words = frozenset([token.text for token in found if token.kind == "word"])
    folded = fold(text)
    return Title(
        key=" ".join([token.text for token in compared]) if is_whole else title.casefold(),
        source=source,
        sequence=tuple([term for term, _ in terms]),
        weights=dict(terms),
        numbers=_numbers(found, text),
        words=words,
        names=frozenset(
            [term for read_word in read_words if read_word.name for term, _ in read_word.terms]
        ),
        events=frozenset([term for term, _ in terms if term[0] == "="]),
        evergreen=f"{folded} ".startswith(EVERGREEN) or not words.isdisjoint(FIRST_PERSON),
        stances=read_stances(folded, words),
        kinds=read_kinds(folded, words),
        versus=read_versus(folded),
        marked=_end(text) < len(text),
    )


def _bare(title: str) -> str:
    text = " ".join((title if title.isascii() else _normalised(title)).split())
    text = text.title() if text.isupper() else text
    text = _SPELLED.sub(lambda match: _SHORT[match[0].lower()], _COUNTRY.sub("USA", text))
    return _LEADING.sub("", text)


def _normalised(title: str) -> str:
    """The beginning, compatibility characters resolved: one of them may be eighteen, or a space."""
    begins = unicodedata.normalize("NFKC", title[: LONGEST // 8])
    text = begins if len(begins) >= LONGEST else unicodedata.normalize("NFKC", title)
    return text[:LONGEST]


def _without_site(text: str, sites: Collection[str]) -> str:
    """The text without the name of a site behind it, where that is known."""
    end = _end(text)
    match = _SITE.search(text, max(constants.SHORTEST_TITLE, end - constants.LONGEST_SITE), end)
    if not match or fold(match[1]).strip() not in sites:
        return text
    return text[: match.start()] + text[end:]


def _end(text: str) -> int:
    """Where a title ends before marks of its kind and year, unless it is nothing else."""
    match = _MARKS.search(text) if text.endswith((")", "]")) else None
    return match.start() if match and match.start() else len(text)


def _parted(found: list[Token], text: str) -> tuple[list[Token], str]:
    """The tokens of the title alone, and what seems to be the name of its source behind it."""
    end = _end(text)
    match = _SOURCE.search(text, max(0, end - constants.LONGEST_SITE), end)
    start = match.start() if match else end
    # Marks may stand before the source too.
    before = [token for token in found if token.end <= _end(text[:start])]
    source = fold(match["name"] or match["behind_bar"]) if match else ""
    if source and _words(before) >= constants.LONG_TITLE and _NO_SOURCE.isdisjoint(source.split()):
        return before, source
    return [token for token in found if token.end <= end], ""


def _words(found: Iterable[Token]) -> int:
    """How many words there are, of scripts without spaces as many as there are pairs."""
    return sum(max(1, len(token.text) // 2) if token.text[0] >= _UNSPACED else 1 for token in found)


def _products(found: Iterable[Token], text: str) -> Iterator[Token]:
    """The tokens, a bare number behind a name being a version: `iPhone 17`, `GPT-5`."""
    before: Token | None = None
    for token in found:
        kind = token.kind
        if kind == "count" and before and before.text in {*numbers.MONTHS, "may"}:
            kind = "day"
        elif kind == "count" and before and _is_name(before, token, text):
            kind = "version"
        before = token if kind == token.kind else token._replace(kind=kind)
        yield before


def _is_name(before: Token, token: Token, text: str) -> bool:
    return (
        before.kind == "word"
        and token.start - before.end <= 1
        and not text[before.start : before.end].islower()
        and before.text not in NO_PRODUCT
        and before.text not in STOP
        and before.text not in EVENT_OF
    )


def _weigh(found: Sequence[Token], text: str) -> Iterator[tuple[str, float]]:
    """The terms of a title in order, and how much each tells."""
    name = constants.NAMED if not _in_title_case(found, text) else constants.ORDINARY
    before = ""
    for token in found:
        if token.kind != "word":
            yield from _counted(token, before)
            before = ""
            continue
        read_word = word(text[token.start : token.end])
        if read_word.terms:
            before = read_word.terms[-1][0] if read_word.terms[-1][1] > constants.LITTLE else ""
        if read_word.name and read_word.capital and token.start:
            yield from ((term, max(weight, name)) for term, weight in read_word.terms)
        else:
            yield from read_word.terms


def _counted(token: Token, before: str) -> Iterator[tuple[str, float]]:
    weight = constants.NUMBERS[token.kind]
    if token.kind == "version" and before:
        yield f"{before}{token.text}", constants.MARKED
    if token.kind == "count" and len(token.text) > 2:
        weight = constants.ORDINARY
    yield f"{token.kind} {token.text}", weight


def _in_title_case(found: Sequence[Token], text: str) -> bool:
    """Whether nearly every long word has a capital letter, so that it says nothing."""
    long = [text[token.start] for token in found if token.end - token.start > 3]
    return sum(letter.isupper() for letter in long) > constants.TITLE_CASE * len(long)


def _numbers(found: Sequence[Token], text: str) -> dict[str, frozenset[str]]:
    found_numbers: dict[str, set[str]] = {}
    for token in found:
        number = (token.kind, token.text)
        if token.kind == "word":
            number = word(text[token.start : token.end]).number or ("", "")
        if number[0] and len(found_numbers.setdefault(number[0], set())) < _MOST_NUMBERS:
            found_numbers[number[0]].add(number[1])
    return {kind: frozenset(values) for kind, values in found_numbers.items()}
