"""The text of clean HTML: all of it, and what of it is prose."""

from __future__ import annotations

import re
from html import unescape

# Clean HTML is a serialisation by the HTML Standard: every `<` begins a tag, values are in double
# quotes, and every element ends, but for those that are empty.
_TAG = re.compile(r'<(/?[a-z0-9]+)[^>"]*+(?:"[^"]*+"[^>"]*+)*+>')
_INLINE = {
    slash + tag
    for slash in ("", "/")
    for tag in (
        *("a", "abbr", "b", "cite", "code", "del", "em", "i", "img", "ins", "kbd", "mark", "q"),
        *("s", "samp", "small", "span", "strong", "sub", "sup", "time", "u", "var"),
    )
}
# Prose only: a listing, a table, a figure or a heading makes no excerpt.
_NOT_PROSE = ("pre", "table", "figure", "h1", "h2", "h3", "h4", "h5", "h6")
_STEP = dict.fromkeys(_NOT_PROSE, 1) | {f"/{tag}": -1 for tag in _NOT_PROSE}
_BETWEEN_ITEMS = re.compile(r"</li>(?=\s*<li\b)")
# The unit separator: white space, so that it never shows.
_MARK = "\x1f"
_UNFINISHED_ITEM = re.compile(rf"(?<=[^\s.,:;!?…。、！？])\s*{_MARK}")


def read_text(html: str) -> tuple[str, str]:
    """The whole text of clean HTML, and its prose.

    Blocks part words, inline elements do not; in prose, items of a list are parted by semicolons
    where they have no marks of their own.
    """
    first, *rest = _TAG.split(_BETWEEN_ITEMS.sub(f"{_MARK}</li>", html))
    whole, prose = [first], [first]
    depth = 0
    for tag, text in zip(rest[::2], rest[1::2], strict=True):
        depth += _STEP.get(tag, 0)
        apart = text if tag in _INLINE else f" {text}"
        whole.append(apart)
        if not depth:
            prose.append(apart)
    return unescape("".join(whole)), _with_semicolons(unescape("".join(prose)))


def _with_semicolons(prose: str) -> str:
    return _UNFINISHED_ITEM.sub(";", prose) if _MARK in prose else prose
