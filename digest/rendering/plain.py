"""The text of clean HTML: all of it, and what of it is prose."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Clean HTML is a serialisation by the HTML Standard: every `<` begins a tag, values are in double
# quotes, and every element ends, but for those that are empty.
_REST = r'[^>"]*+(?:"[^"]*+"[^>"]*+)*+>'
_TAG = re.compile(rf"<(/?[a-z0-9]+){_REST}")
_INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|del|em|i|img|ins|kbd|mark|q|s|samp|small|span|strong|sub|sup|time|u"
    rf"|var)\b{_REST}"
)
# Prose only: a listing, a table, a figure or a heading makes no excerpt.
_NOT_PROSE = ("pre", "table", "figure", "h1", "h2", "h3", "h4", "h5", "h6")
_STEP = dict.fromkeys(_NOT_PROSE, 1) | {f"/{tag}": -1 for tag in _NOT_PROSE}
_BETWEEN_ITEMS = re.compile(r"</li>(?=\s*<li\b)")
# The unit separator: white space, so that it never shows.
_MARK = "\x1f"
_MARKS_OF_ITS_OWN = tuple(".,:;!?…。、！？")


def read_text(html: str) -> tuple[str, str]:
    """The whole text of clean HTML, and its prose.

    Blocks part words, inline elements do not; in prose, items of a list are parted by semicolons
    where they have no marks of their own.
    """
    pieces = _TAG.split(_INLINE.sub("", _BETWEEN_ITEMS.sub(f"{_MARK}</li>", html)))
    texts, tags = pieces[::2], pieces[1::2]
    prose = unescape(" ".join(_prose(texts, tags)))
    return unescape(" ".join(texts)), _with_semicolons(prose)


def _prose(texts: Sequence[str], tags: Sequence[str]) -> Sequence[str]:
    """Those of the texts before, between and after the tags that stand in no _NOT_PROSE."""
    if _STEP.keys().isdisjoint(tags):
        return texts
    depth = 0
    prose = [texts[0]]
    for tag, text in zip(tags, texts[1:], strict=True):
        depth += _STEP.get(tag, 0)
        if not depth:
            prose.append(text)
    return prose


def _with_semicolons(prose: str) -> str:
    *items, rest = prose.split(_MARK)
    ended = (item.rstrip() for item in items)
    return (
        "".join(
            item if not item or item.endswith(_MARKS_OF_ITS_OWN) else f"{item};" for item in ended
        )
        + rest
    )
