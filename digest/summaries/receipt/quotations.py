"""Quotations: what a summary puts in quotation marks has to stand in its article."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from digest.config.rules import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

# Each opening mark with those that close it; an apostrophe is none.
_PAIRS = (
    ('“„"', '”“"'),
    ("«", "»"),
    ("»", "«"),
    ("‘‚", "’‘"),
    ("「", "」"),
    ("『", "』"),
    ("《", "》"),
    ("‹", "›"),
)
_QUOTED = [
    re.compile(rf"(?<!\w)[{opening}]\s?([^{opening}{closing}]{{1,600}}?)\s?[{closing}](?!\w)")
    for opening, closing in _PAIRS
]
_UNSPACED = [
    re.compile(rf"[{opening}]([^{opening}{closing}]{{1,600}}?)[{closing}]")
    for opening, closing in _PAIRS[4:7]
]
_SINGLE = re.compile(r"(?<!\w)'(?!s\b)([^'\n]{2,400}?(?:\w'\w[^'\n]{0,400}?)?)'(?!\w)")
_NO_WORDS = re.compile(r"[^\w\s]+")
# What so few words say may be a name or a term, which an article need not quote.
_TERM = 3


def quotations(text: str) -> Iterator[str]:
    """What stands in quotation marks in a text."""
    for pattern in (*_QUOTED, *_UNSPACED, _SINGLE):
        for match in pattern.finditer(text):
            yield match[1].strip()


def plain_words(text: str) -> str:
    """A text as quotations are compared: its words, without case, marks and spaces around."""
    return " ".join(_NO_WORDS.sub(" ", folded(text).replace("'", "")).split())


def invented_quotation(summary: str, article: str) -> str:
    """A quotation that an article does not have, or only in words of its own; or nothing."""
    found = list(dict.fromkeys(quotations(summary)))
    if not found:
        return ""
    whole = f" {plain_words(article)} "
    quoted = " ".join(f" {plain_words(text)} " for text in quotations(article))
    for quotation in found:
        # An ellipsis leaves words out.
        parts = [plain_words(part) for part in re.split(r"\.\.\.|…|\[.{0,20}\]", quotation)]
        for part in filter(None, parts):
            if not _stands(part, whole):
                return quotation
            if len(part.split()) > _TERM and not _stands(part, quoted):
                return quotation
    return ""


def _stands(part: str, whole: str) -> bool:
    if part.isascii() or " " in part:
        return f" {part} " in whole
    # Scripts without spaces.
    return part.replace(" ", "") in whole.replace(" ", "")
