"""The text of clean HTML: all of it, and what of it is prose."""

from __future__ import annotations

import re
from html import unescape
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_PARAGRAPH = 1_000

# Clean HTML is a serialisation by the HTML Standard: every `<` begins a tag, values are in double
# quotes, and every element ends, but for those that are empty.
_REST = r'[^>"]*+(?:"[^"]*+"[^>"]*+)*+>'
_TAG = re.compile(rf"<(/?[a-z0-9]+){_REST}")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|del|em|i|img|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u"
    rf"|var)\b{_REST}"
)
# Prose only: a listing, a table, a figure or a heading makes no excerpt.
_NOT_PROSE = ("pre", "table", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6")
_STEP = dict.fromkeys(_NOT_PROSE, 1) | {f"/{tag}": -1 for tag in _NOT_PROSE}
_BETWEEN_ITEMS = re.compile(r"(</(?:li|dd|(dt))>)(?=\s*<(?:li|dt|dd)\b)")
# Separators that are white space, so that they never show.
_MARK, _TERM = "\x1f", "\x1e"
_MARKS_OF_ITS_OWN = tuple(".,:;!?…。、！？")


def read_text(html: str) -> tuple[str, Iterator[str]]:
    """The whole text of clean HTML, and the paragraphs of its prose, each on one line.

    Blocks part words, inline elements do not; an item of a list is a paragraph, with a semicolon
    where it has no mark of its own and another follows, a term with a colon. Of a paragraph, no
    more than `LONGEST_PARAGRAPH` characters are read.
    """
    pieces = _TAG.split(_INLINE.sub("", _BETWEEN_ITEMS.sub(_marked, html)))
    texts, tags = pieces[::2], pieces[1::2]
    return unescape(" ".join(texts)), _paragraphs(_prose(texts, tags))


def _marked(ended: re.Match[str]) -> str:
    return f"{_TERM if ended[2] else _MARK}{ended[1]}"


def _prose(texts: Sequence[str], tags: Sequence[str]) -> Iterable[str]:
    """Those of the texts before, between and after the tags that stand in no _NOT_PROSE."""
    if _STEP.keys().isdisjoint(tags):
        return texts
    depth = accumulate((_STEP.get(tag, 0) for tag in tags), initial=0)
    return (text for text, inside in zip(texts, depth, strict=True) if not inside)


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    before = ""
    for text in texts:
        line = " ".join(unescape(text.lstrip()[:LONGEST_PARAGRAPH]).split())
        if line:
            if before:
                yield before
            before = line
        if before and not before.endswith(_MARKS_OF_ITS_OWN):
            before += ":" if _TERM in text else ";" if _MARK in text else ""
    if before:
        yield before
