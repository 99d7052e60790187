"""Words and numbers of titles, in order, and what a word is by itself."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, NamedTuple

from digest.editions.similarity import constants, numbers
from digest.editions.similarity.stop_words import EVENT_OF, GENERIC, STOP

if TYPE_CHECKING:
    from collections.abc import Iterator

# What of a title is read, in characters and in words and numbers; people write a third of it.
LONGEST, MOST_TOKENS = 240, 32
# Of scripts without spaces, every two characters are a term.
MOST_TERMS = 48
_QUOTES = re.compile("[’‘`´＇]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200d\u2060\ufe0f]")
_ACCENTS = re.compile("[\u0300-\u036f]")
_SUFFIX = r"(?:[-.]?(?:rc|beta|alpha|preview|dev|b|a)[-.]?\d*)?"
_TOKEN = re.compile(
    rf"""
    (?P<word>(?!ghsa-)[^\W\d_]++(?:['’][^\W\d_]++)*+(?:\+\+|\#(?!\d))?+(?![-. ]?\.?\ ?\#?\d))
    |(?P<id>\b(?:cve-\d{{4}}-\d+|ghsa(?:-\w{{4}}){{3}}|rh[sbe]a-\d{{4}}:\d+
        |(?:usn|dsa|dla|glsa|xsa|zdi)[- ]\d+(?:-\d+)*))
    |(?P<quarter>\b[qh][1-4]\b)
    |(?P<series>\b(?:parts?|pt|episode|ep|vol|volume|chapter|issue|no|week|day|season|round|lesson
        |folge|teil|kapitel|ausgabe|woche|tag|partie|parte|episodio|capitulo|chapitre|kw)
        \.?\s*\#?(?P<nth>\d+|[ivx]{{1,4}}\b)|\#(?P<hash>\d+)|第(?P<dai>\d+))
    |(?P<amount>[$€£¥]\s?(?P<money>\d[\d.,]{{0,24}}\d|\d)\s?(?P<much>(?:{numbers.MAGNITUDE})\b)?
        |\b(?=[\d.,]{{1,26}}+\s?[%a-z])(?P<share>\d[\d.,]{{0,24}}\d|\d)\s?
        (?:%|percent\b|prozent\b|per\ cent\b|(?P<many>(?:{numbers.MAGNITUDE})\b)))
    |(?P<version>\bv\d+(?:\.\d+)*{_SUFFIX}\b|\b\d+(?:\.\d+)+{_SUFFIX}(?![\d,]{{0,24}}\d))
    |(?P<score>(?<![\d-])\d{{1,2}}[-–:]\d{{1,2}}(?![\d-]))
    |(?P<day>\b[0-3]?\d(?=\.?\s(?:{"|".join(numbers.MONTHS)}|may)\b))
    |(?P<year>\b(?:19|20)\d\d\b)
    |(?P<count>\d{{1,3}}(?:[,.]\d{{3}})+\b|\d+)
    |(?P<other>[^\W\d_]+(?:['’][^\W\d_]+)*(?:\+\+|\#)?)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
# Hiragana are endings and particles.
_RUNS = re.compile("[\u30a0-\u30ff]+|[\u3400-\u9fff\uf900-\ufaff]+|[A-Za-z]+")
_KATAKANA = re.compile("[\u30a0-\u30ffA-Za-z]")
_ELIDED = {"jusqu", "lorsqu", "dell", "dall", "nell", "sull", "all"}
_ENDING = re.compile(r"(?<=\w{4})(?:ations?|ments?|ings?|ers?|ed|es|en|em|s|e|n)$|(?<=\w\w\w)s$")


class Token(NamedTuple):
    """A word or number of a title: its kind, its folded form, and where it stands."""

    kind: str
    text: str
    start: int
    end: int


class Word(NamedTuple):
    """What a word is, wherever it stands.

    `terms` are what it is compared by, and how much each tells; none where it tells nothing.
    `capital` and `marked` are how it is written, `name` whether it may be one, and `number` the
    kind and value of a number that it spells.
    """

    terms: tuple[tuple[str, float], ...]
    capital: bool
    marked: bool
    name: bool
    number: tuple[str, str] | None


def fold(text: str) -> str:
    """Lower case without accents, quotes made one."""
    if text.isascii():
        return text.lower()
    text = _INVISIBLE.sub("", _QUOTES.sub("'", text))
    parted = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _ACCENTS.sub("", parted))


def stem(word: str) -> str:
    """A folded word without its ending, roughly."""
    before, _, after = word.partition("'")
    # What is elided stands before, as in French; what is added, behind.
    word = after if after and (len(before) < 3 or before in _ELIDED) else before or word
    return _ENDING.sub("", word) if len(word) > 3 else word


def tokens(text: str) -> Iterator[Token]:
    """The words and numbers of a text, in order; of a long one those at its beginning."""
    for match in islice(_TOKEN.finditer(text, 0, LONGEST), MOST_TOKENS):
        start, end = match.span()
        if match.lastgroup in {"word", "other"}:
            yield Token("word", fold(match[0]), start, end)
        else:
            yield Token(*_number(match), start, end)


# Titles share most of their words (docs/performance.md).
@lru_cache(maxsize=8192)
def word(written: str) -> Word:
    """What a word of a title is, as it is written there."""
    folded = fold(written)
    capital = written[0].isupper()
    marked = len(written) > 1 and not written[1:].islower() and not written.endswith(("’s", "'s"))
    if _CJK.search(folded):
        pairs = tuple(islice(_unspaced(folded), MOST_TERMS))
        return Word(pairs, capital=False, marked=False, name=True, number=None)
    root = stem(folded)
    event = EVENT_OF.get(folded) or EVENT_OF.get(root)
    terms: tuple[tuple[str, float], ...] = ()
    if event:
        terms = ((f"={event}", constants.EVENT),)
    elif folded not in STOP:
        weight = constants.MARKED if marked else constants.ORDINARY
        terms = ((root, constants.LITTLE if folded in GENERIC else weight),)
    named = capital or marked
    return Word(
        terms,
        capital=capital,
        marked=marked,
        name=named and bool(terms) and terms[0][1] >= constants.ORDINARY,
        number=_spelled(folded),
    )


def _unspaced(text: str) -> Iterator[tuple[str, float]]:
    """The terms of a script without spaces: katakana by the word, others by two characters."""
    for run in _RUNS.findall(text):
        if _KATAKANA.match(run):
            yield run, constants.NAMED
        else:
            yield from ((pair, constants.PAIR) for pair in map("".join, pairwise(run)))


def _spelled(folded: str) -> tuple[str, str] | None:
    known = {"count": numbers.COUNTED, "month": numbers.MONTHS, "weekday": numbers.WEEKDAYS}
    return next(
        ((kind, values[folded]) for kind, values in known.items() if folded in values), None
    )


def _number(match: re.Match[str]) -> tuple[str, str]:
    if match["amount"]:
        value = match["money"] or match["share"]
        return "amount", numbers.amount(value, match["much"] or match["many"] or "")
    if match["series"]:
        return "series", numbers.series(match["nth"] or match["hash"] or match["dai"])
    if match["version"]:
        return "version", numbers.version(match["version"])
    if match["count"]:
        return "count", numbers.integer(match["count"])
    if match["score"]:
        return "score", "-".join(sorted(re.findall(r"\d+", match["score"]), key=int))
    kind = next(kind for kind in ("id", "quarter", "year", "day") if match[kind])
    return kind, match[kind].lower()
