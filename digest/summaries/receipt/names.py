"""Names: what a summary writes with a capital has to stand in its article."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from digest.config.rules import folded
from digest.summaries.receipt.common_words import is_common, is_like_a_noun
from digest.summaries.receipt.table import table
from digest.summaries.receipt.tables import MAGNITUDES, MONTHS, NUMBERS, UNITS, WEEKDAYS
from digest.summaries.receipt.words import stem

if TYPE_CHECKING:
    from digest.summaries.receipt.words import Word, WordIndex

# What an acronym may stand for without being its initials.
_SHORT_FORMS = {
    "ceo": ("chief executive", "vorstandsvorsitzend", "geschaftsfuhrer"),
    "cfo": ("chief financial", "finance chief", "finance director", "finanzvorstand"),
    "cto": ("chief technology", "technology chief"),
    "coo": ("chief operating",),
    "uk": ("britain", "united kingdom", "british"),
    "us": ("united states", "american", "u.s", "usa", "america"),
    "usa": ("united states", "u.s", "america"),
    "eu": ("european union", "europaische union", "union europeenne", "union europea", "e.u"),
    "un": ("united nations",),
    "ai": ("artificial intelligence", "kunstliche intelligenz"),
    "ki": ("kunstliche intelligenz",),
    "ia": ("intelligence artificielle", "inteligencia artificial", "intelligenza artificiale"),
    "pm": ("prime minister", "p.m"),
    "tv": ("television", "fernseh"),
    "it": ("information technology", "computer"),
    "pr": ("pull request", "public relations"),
    "nhs": ("national health service",),
    "api": ("programming interface",),
    "gmt": ("utc",),
    "db": ("database",),
    "id": ("identity", "identifier"),
    "dna": ("genetic",),
    "ok": ("okay",),
    "led": ("light-emitting",),
}
_KATAKANA = re.compile("[\u30a1-\u30fa][\u30a1-\u30fa\u30fc\u30fb]{2,}")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9.+#-]*[A-Za-z0-9+#]|[A-Za-z]")
_LEAST_PART, _SHORTEST = 4, 2
_PREPOSITIONS = table("by with in on at to from for as after under off over of into out")


def invented_name(
    summary: list[Word], article: WordIndex, language: str, *, names: WordIndex
) -> str:
    """A name of a summary that neither its article has nor `names`, as written; or nothing."""
    plain = folded(article.text)
    following = [*(word.folded for word in summary[1:]), ""]
    leading = [None, *summary[:-1]]
    for before, word, after in zip(leading, summary, following, strict=True):
        if _is_no_name(word) or _stands(word, article, names, plain, language):
            continue
        is_plain = word.is_first and word.text[1:] == word.text[1:].lower()
        if is_plain and _is_ordinary(word, after, article, language):
            continue
        if language == "de" and _is_german_noun(word, before, article):
            continue
        return word.text
    return _swapped(summary, article, names, language)


def _is_no_name(word: Word) -> bool:
    """Whether a word is not written as a name, or is one of a day, a month or a unit."""
    if not word.is_capital or len(word.folded) < _SHORTEST:
        return True
    if any(word.folded in names for names in (MONTHS, WEEKDAYS, MAGNITUDES, UNITS)):
        return True
    return any(map(str.isdecimal, word.text))


def _stands(word: Word, article: WordIndex, names: WordIndex, plain: str, language: str) -> bool:
    """Whether a name is in the article, in any form, as its parts or as its initials."""
    if article.has(word.folded, language) or names.has(word.folded, language):
        return True
    if word.is_acronym and _is_short_form(word, article, plain):
        return True
    return _parts_stand(word, article, names, language)


def _is_ordinary(word: Word, after: str, article: WordIndex, language: str) -> bool:
    """Whether a word that begins a sentence has its capital from that alone."""
    if is_common(word.folded) or _is_of_family(word, article) or _is_number(word, language):
        return True
    # `Financed by`, which no name goes on like.
    return word.folded.endswith("ed") and after in _PREPOSITIONS


def invented_in_other_scripts(summary: str, article: str) -> str:
    """A word of Latin letters or katakana, in a text of another script, that its article lacks."""
    plain = folded(article)
    for match in (*_LATIN.finditer(summary), *_KATAKANA.finditer(summary)):
        if folded(match[0]) not in plain:
            return match[0]
    return ""


def _parts_stand(word: Word, article: WordIndex, names: WordIndex, language: str) -> bool:
    """Whether each part of a joined word that is written as a name stands there."""
    parts = [part for part in re.split(r"[-'’&.]", word.text) if part]
    capital = [folded(part) for part in parts if part[:1].isupper()]
    return len(parts) > 1 and all(
        article.has(part, language) or names.has(part, language) for part in capital
    )


def _is_number(word: Word, language: str) -> bool:
    numbers = NUMBERS.get(language, NUMBERS["en"])
    return any(part in numbers for part in word.folded.split("-"))


def _is_of_family(word: Word, article: WordIndex) -> bool:
    """Whether a word at the beginning of a sentence is another form of one that is no name."""
    root = stem(word.folded)
    if not word.folded.isascii() or article.has_family(word.folded):
        return article.has_family(word.folded)
    return len(root) >= _LEAST_PART and any(
        other.startswith(root[:6] if len(root) > 6 else root) for other in article.lower
    )


def _is_german_noun(word: Word, before: Word | None, article: WordIndex) -> bool:
    """Whether a word may be a noun of its language: built like one, or of parts that are there.

    What follows another with a capital is a name: `Anna Becker`, `Bürgermeister Becker`.
    """
    whole = word.folded
    if word.is_acronym:
        return False
    if before and _leads_to_a_name(before) and _side_by_side(before, word):
        return article.has_family(whole)
    if is_like_a_noun(whole) or article.has_family(whole):
        return True
    parts = (whole[:cut] for cut in range(_LEAST_PART, len(whole) - 2))
    if any(part in article.forms for part in parts):
        return True
    ends = (whole[cut:] for cut in range(3, len(whole) - _LEAST_PART + 1))
    return any(end in article.forms or is_common(end) for end in ends if len(end) >= _LEAST_PART)


def _leads_to_a_name(before: Word) -> bool:
    """Whether what follows is a name: no `Prozent Strom`, `Ende März` or `Der Bau`."""
    return not _is_no_name(before) and not is_common(before.folded)


def _is_short_form(word: Word, article: WordIndex, plain: str) -> bool:
    """Whether an acronym stands for words of the article."""
    short = word.folded.replace(".", "")
    if any(form in plain for form in _SHORT_FORMS.get(short, ())):
        return True
    initials = (short.removesuffix("s") or short).upper()
    # Of two letters only names count: any two words begin with some.
    found = article.initials if len(initials) == _SHORTEST else article.initials.upper()
    return len(initials) >= _SHORTEST and initials in found


def _swapped(summary: list[Word], article: WordIndex, names: WordIndex, language: str) -> str:
    """Two names side by side of which the article has each beside another one only."""
    is_noun = is_like_a_noun if language == "de" else is_common
    for first, second in pairwise(summary):
        if not (first.is_capital and second.is_capital and _side_by_side(first, second)):
            continue
        if second.is_first or is_noun(first.folded):
            continue
        after = article.after.get(first.folded, set())
        before = article.before.get(second.folded, set())
        if second.folded in after or (names.has(second.folded) and names.has(first.folded)):
            continue
        is_of_another = after and not _follows_alone(first, article)
        has_another = before and not _stands_alone(second, article)
        if is_of_another and has_another:
            return f"{first.text} {second.text}"
    return ""


def _side_by_side(first: Word, second: Word) -> bool:
    return second.start == first.start + len(first.text) + 1


def _follows_alone(first: Word, article: WordIndex) -> bool:
    """Whether a word stands somewhere in the article without a name behind it."""
    return any(
        one.folded == first.folded and not (two.is_capital and not two.is_first)
        for one, two in pairwise(article.words)
    )


def _stands_alone(second: Word, article: WordIndex) -> bool:
    """Whether a word stands somewhere in the article without a name before it."""
    return article.words[:1] != [] and any(
        two.folded == second.folded and not one.is_capital for one, two in pairwise(article.words)
    )
