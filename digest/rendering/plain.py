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
REST = r'[^>"]*+(?:"[^"]*+"[^>"]*+)*+>'
_TAG = re.compile(rf"<(/?[a-z0-9]+){REST}")
INLINE = frozenset(
    [
        *("a", "abbr", "b", "cite", "code", "del", "em", "i", "img", "ins", "kbd", "mark", "q"),
        *("s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var"),
    ]
)
_INLINE = re.compile(rf"</?(?:{'|'.join(sorted(INLINE))})\b{REST}")
# Prose only: a listing, a table, a figure or a heading makes no excerpt.
_NOT_PROSE = ("pre", "table", "figure", "figcaption", "h1", "h2", "h3", "h4", "h5", "h6")
_STEP = dict.fromkeys(_NOT_PROSE, 1) | {f"/{tag}": -1 for tag in _NOT_PROSE}
_ITEM_ENDS = re.compile(r"</(?:(li|dd)|dt)>(?=\s*<(?:li|dt|dd|(/[uod]l))\b)")
# Separators that are white space, so that they never show.
_ITEM, _TERM, _LIST = "\x1f", "\x1e", "\x1d"
_MARKS_OF_ITS_OWN = tuple(".,:;!?…。、！？")
# What stands for a listing, and between a list or a table and what follows it.
CODE, BREAK = "[code]", "·"
_LEFT_OUT = {"/pre": CODE, "/table": BREAK}
_TIME_MARK = re.compile(r"\W{0,3}(?:\d{1,2}:)?\d{1,2}:\d\d\b")
_ENDS_A_LINE = tuple(".!?…:。！？")


def read_text(html: str) -> tuple[str, Iterator[str]]:
    """The whole text of clean HTML, and the paragraphs of its prose, each on one line.

    Blocks part words, inline elements do not; an item of a list is a paragraph, with a semicolon
    where it has no mark of its own and another follows, a `BREAK` where something else does, and
    a term with a colon. A listing is the paragraph `CODE`, a table `BREAK`. Of a paragraph, no
    more than `LONGEST_PARAGRAPH` characters are read.
    """
    pieces = _TAG.split(_INLINE.sub("", _ITEM_ENDS.sub(_marked, html)))
    texts, tags = pieces[::2], pieces[1::2]
    return unescape(" ".join(texts)), _paragraphs(_prose(texts, tags))


def _marked(end: re.Match[str]) -> str:
    is_item, is_last = end.groups()
    return f"{(_LIST if is_last else _ITEM) if is_item else _TERM}{end[0]}"


def _prose(texts: Sequence[str], tags: Sequence[str]) -> Iterator[str]:
    """The texts before, between and after the tags, with marks for what stands in _NOT_PROSE."""
    if _STEP.keys().isdisjoint(tags):
        yield from filter(None, texts)
        return
    depth = accumulate((_STEP.get(tag, 0) for tag in tags), initial=0)
    for text, tag, inside in zip(texts, ("", *tags), depth, strict=True):
        if not inside:
            yield from (_LEFT_OUT.get(tag, ""), text)


def _paragraphs(texts: Iterable[str]) -> Iterator[str]:
    before = ""
    for text in texts:
        for line in () if text.isspace() else _lines(text):
            if before:
                yield before
            before = line
        before = _ended(before, text)
    if before:
        yield before


def _ended(paragraph: str, text: str) -> str:
    """A paragraph with the mark that its text asks for, if it has none of its own."""
    mark = ":" if _TERM in text else ";" if _ITEM in text else f" {BREAK}" if _LIST in text else ""
    # An inner list ended where the item around it does.
    bare = paragraph.removesuffix(f" {BREAK}") if mark else paragraph
    return bare + mark if bare and not bare.endswith(_MARKS_OF_ITS_OWN) else bare


def _lines(text: str) -> Iterator[str]:
    """The paragraphs of text without tags: parted where a line of it must have ended."""
    lines = unescape(text.lstrip()[:LONGEST_PARAGRAPH]).split("\n")
    kept: list[str] = []
    for line in lines:
        words = line.split()
        if kept and (not words or _TIME_MARK.match(line) or _must_end(kept[-1])):
            yield " ".join(kept)
            kept = []
        kept += words
    if kept:
        yield " ".join(kept)


def _must_end(word: str) -> bool:
    return word.endswith(_ENDS_A_LINE) or word.startswith(("https://", "http://"))
