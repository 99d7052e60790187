"""The receipt: whether a summary says nothing but what its article does."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from digest.config.rules import folded
from digest.feeds.text import one_line
from digest.summaries.receipt.claims import turned_over
from digest.summaries.receipt.conduct import misconduct
from digest.summaries.receipt.figures import FigureIndex, invented_figure
from digest.summaries.receipt.languages import in_other_language, language_of_text, script_of
from digest.summaries.receipt.names import invented_in_other_scripts, invented_name
from digest.summaries.receipt.quotations import invented_quotation
from digest.summaries.receipt.words import WordIndex, words_of
from digest.untrusted_text import clean_words

if TYPE_CHECKING:
    from digest.summaries.receipt.article import Article

# What is held against summaries, and what of a summary is told.
_READ, _LONGEST_TOLD = 60_000, 40
_LONGEST_SUMMARY = 2_000


def refusal(summary: str, article: Article, language: str = "") -> str:
    """Why a summary may not be shown, as `the summary named 'X', which the article does not`.

    Empty where every number, date, version, name and quotation of it stands in the article, and it
    does nothing that no summary may. `language` is the one that was asked for, where that may
    differ from the article's.
    """
    reason = _reason(summary[:_LONGEST_SUMMARY], article, language)
    return f"the summary {reason}" if reason else ""


def _reason(summary: str, article: Article, language: str) -> str:
    whole, index, figures, of_article = _indexed(article)
    if reason := misconduct(summary, article.title, whole):
        return reason
    if in_other_language(summary, whole, language):
        return "is in another language"
    if quotation := invented_quotation(summary, whole):
        return f"quotes {_told(quotation)}, which the article does not"
    spoken = language_of_text(summary) or of_article
    own = FigureIndex(summary, spoken)
    if spoken != of_article:
        figures = FigureIndex(whole, spoken)
    if figure := invented_figure(own, figures, folded(whole)):
        return f"has the number {_told(figure)}, which the article does not"
    if script_of(summary) == "latin":
        names = WordIndex(" . ".join(article.names))
        name = invented_name(words_of(summary), index, spoken, names=names)
    else:
        name = invented_in_other_scripts(summary, f"{whole} {' '.join(article.names)}")
    if name:
        return f"named {_told(name)}, which the article does not"
    return turned_over(summary, whole, spoken)


# One article has several summaries in a trial, and its index takes longest.
@lru_cache(maxsize=4)
def _indexed(article: Article) -> tuple[str, WordIndex, FigureIndex, str]:
    whole = f"{article.title}\n\n{article.text}"[:_READ]
    language = language_of_text(whole)
    return whole, WordIndex(whole), FigureIndex(whole, language), language


def _told(text: str) -> str:
    return f"'{one_line(clean_words(text), _LONGEST_TOLD)}'"
