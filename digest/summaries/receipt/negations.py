"""A `not` has to stand in a summary where it stands in its article, and nowhere else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.summaries.receipt.common_words import COMMON
from digest.summaries.receipt.table import table
from digest.summaries.receipt.words import stem

if TYPE_CHECKING:
    from collections.abc import Sequence

    Words = Sequence[str]

_NOT = table(
    """
    niemals ni nie senza nao without nenhum aucune geen nooit sans ne nobody nessun nenhuma
    zaden mai zadna keine ninguna ningun aucun not keinem sin nicht personne nunca tampoco
    nowhere nor never nothing niet zonder jamais ninguno kein nessuna keinen pas non nessuno
    jamas no none keiner bez weder ohne sem neither cannot
    """
)
# What has such a word and denies nothing.
NO_DENIAL = re.compile(
    r"\b(?:sans doute|not only|no doubt|no later than|no fewer than|no less than|nicht nur|non solo"
    r"|no solo|non seulement|nao so|niet alleen|no more than|no longer than|whether or not|sin duda"
    r"|senza dubbio|sem duvida|no\.? \d+)\b"
)
# Words that say no without one of those, by their beginnings; `_DENYING` may do so.
_REFUSING = (
    r"refus|reject|den(?:y|ied|ies)|declin|fail|lack|unable|stop|cancel|prevent|prohibit|forbid"
    r"|avoid|exclud|drops?\b|dropp|remov|ends?\b|ended|rul(?:e|ed|ing) out|abandon|scrap|absen"
    r"|only\b|missing|without|nobody|nothing|ablehn|verweiger|verzicht|entfall|interdi|annul|rechaz|rifiut|recus|weiger|odmow"
    r"|instead of|rather than|too \w+ to|yet to|still to"
)
_DENYING = (
    r"ban(?:s|ned)?\b|halt|against|oppos|miss|unlikely|impossible|hardly|rarely|instead|rather"
    r"|un[a-z]{4,}|free of|rid of|only|few|little|withdr|block|lost|losing|empty|zero|skip|omit"
    r"|keep(?:s|ing)? out|off\b|disput|doubt|question|closed|ruht|fehl|gegen|abgesag|verbot"
    r"|neg[oa]|vieta|manca|proib|verbod|zakaz"
)
_REFUSES = re.compile(rf"\b(?:{_REFUSING})")
_DENIES = re.compile(rf"\b(?:{_REFUSING}|{_DENYING})")
# Words after a `not` that it may be about, and how many of them it is; German has them before it.
_AFTER, _BEFORE, _ABOUT = 4, 2, 2
_LAST = ("nicht", "pas", "niet")
_SAME_CLAUSE, _FEW, _SHARED = 0.6, 2, 3
_CONDITIONS = table(
    "who if unless whether whoever wer wenn falls ob qui si chi se quem quien wie als"
)
# `There is no sign` is `there is no evidence`.
_PROOF = table("evidence sign signs indication indications proof hint hints indicio indizien signe")
_SMALL = frozenset(word for word in COMMON if len(word) <= 4) | table(
    "about their there would could should which while being been have will with"
)


def turned_over(words: Words, of_article: Sequence[Words]) -> str:
    """A `not` that is only in a sentence of a summary, or only in the article; or nothing.

    `of_article` are the words of each of its clauses.
    """
    said = _negated(words)
    denied = {word for clause in of_article for word in _negated(clause)}
    if said and not said & denied and not _is_denied(words, said, of_article):
        return "says 'not' where the article does not"
    if _has_not(words) or _REFUSES.search(" ".join(words)):
        return ""
    stems = {stem(word) for word in words if _is_content(word)}
    if any(_is_turned(stems, clause, of_article) for clause in of_article):
        return "leaves out a 'not' of the article"
    return ""


def _is_turned(stems: set[str], clause: Words, of_article: Sequence[Words]) -> bool:
    """Whether a sentence says what a clause of the article denies, and no other clause affirms."""
    negated = _negated(clause) & stems
    content = {stem(word) for word in clause if _is_content(word)}
    shared = stems & content
    if not negated or len(shared) < max(_FEW, len(content) * _SAME_CLAUSE):
        return False
    # `who cannot`, `if it does not`: that is a condition of something else.
    if _CONDITIONS.intersection(clause):
        return False
    others = (set(map(stem, other)) for other in of_article if not _has_not(other))
    return not any(negated & other and len(shared & other) >= len(shared) for other in others)


def _is_denied(words: Words, said: set[str], of_article: Sequence[Words]) -> bool:
    """Whether a clause of the article that says some of this denies something as well.

    One that has what is denied, and does not deny it, speaks against that.
    """
    stems = {stem(word) for word in words if _is_content(word)}
    if _PROOF.intersection(words):
        return any(_has_not(clause) and _PROOF.intersection(clause) for clause in of_article)
    is_denied = False
    for clause in of_article:
        of_it, joined = set(map(stem, clause)), " ".join(clause)
        refuses = _has_not(clause) or bool(_REFUSES.search(joined))
        if said & of_it and not refuses and len(stems & of_it) >= _SHARED:
            return False
        denies = refuses or bool(_DENIES.search(joined))
        is_denied = is_denied or (denies and bool(stems & of_it))
    return is_denied


def _has_not(words: Words) -> bool:
    return any(map(_is_not, words))


def _is_not(word: str) -> bool:
    return word in _NOT or word.endswith("n't")


def _negated(words: Words) -> set[str]:
    """The stems of the words that each `not` is about."""
    found: set[str] = set()
    for at, word in enumerate(words):
        if _is_not(word):
            content = [each for each in words[at + 1 : at + 1 + _AFTER] if _is_content(each)]
            if word in _LAST:
                content += [each for each in words[max(0, at - _BEFORE) : at] if _is_content(each)]
            found.update(map(stem, content[:_ABOUT]))
    return found


def _is_content(word: str) -> bool:
    return len(word) > 2 and word not in _SMALL and word not in _NOT
