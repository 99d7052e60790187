"""Small words that turn a claim over: not, former, deputy, per hour."""

from __future__ import annotations

import re

from digest.config.rules import folded
from digest.rendering.sentences import sentences
from digest.summaries.receipt import negations
from digest.summaries.receipt.quotations import quotations
from digest.summaries.receipt.roles import other_role

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
# `n'assistera`, `l'usine`: two words in one.
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|dell|all|nell|sull)'(?=\w{2})")
_CLAUSE = re.compile(r"[,;:]\s|\s[–—-]\s")
_RATE = re.compile(
    r"\b(?:per|par|pro|por|al|alla|each|every|je|jede[rsn]?|an|a|na|ao|cada|chaque|ogni|elke)"
    r" (second|minute|hour|day|week|month|year|sekunde|minute|stunde|tag|woche|monat|jahr|seconde"
    r"|heure|jour|semaine|mois|an|segundo|minuto|hora|dia|semana|mes|ano|secondo|ora|giorno"
    r"|settimana|mese|anno|minuut|uur|dag|maand|jaar|godzine|dzien|tydzien|miesiac|rok)\b"
)
_AS_ADVERB = {
    "hour": "hourly",
    "day": "daily|per diem|jeden tag|nightly|weekday",
    "week": "weekly",
    "month": "monthly",
    "year": "yearly|annual|per annum",
    "tag": "taglich",
    "woche": "wochentlich",
    "monat": "monatlich",
    "jahr": "jahrlich",
}


def turned_over(summary: str, article: str, language: str) -> str:
    """How a summary turns something over that its article says; or nothing."""
    # Portuguese has `no` for `in the`.
    if language == "pt":
        summary, article = (re.sub(r"\b[Nn]o\b", " ", text) for text in (summary, article))
    # What is quoted is held against the article as it stands.
    for quotation in quotations(summary):
        summary = summary.replace(quotation, " ")
    plain = _plain(article)
    of_article = [
        words
        for sentence in sentences(article)
        for clause in _CLAUSE.split(sentence)
        if (words := _words(clause))
    ]
    whole = " ".join(plain.split())
    # What stands there word for word turns nothing over.
    said = (each for each in sentences(summary) if " ".join(_plain(each).split()) not in whole)
    for words in map(_words, said):
        reason = (
            other_role(words, of_article, plain)
            or _rate(words, plain)
            or negations.turned_over(words, of_article)
        )
        if reason:
            return reason
    return ""


def _plain(text: str) -> str:
    return folded(text).replace("’", "'")


def _words(text: str) -> list[str]:
    return _WORD.findall(_ELISION.sub("", negations.NO_DENIAL.sub(" ", _plain(text))))


def _rate(words: list[str], plain: str) -> str:
    """A span of time that something is counted by, and that the article has nowhere."""
    for match in _RATE.finditer(" ".join(words)):
        unit = match[1]
        said = rf"\b(?:{unit[:4]}\w*|{_AS_ADVERB.get(unit, unit)})"
        if not re.search(said, plain):
            return f"counts by the {unit}, which the article does not"
    return ""
