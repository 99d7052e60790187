"""The paragraphs of clean HTML with their places in it, and HTML without those at its edges."""

from __future__ import annotations

import re
from html import escape, unescape
from itertools import takewhile
from typing import TYPE_CHECKING

from msgspec import Struct

from digest.rendering.plain import INLINE, REST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_TAG = re.compile(rf"<(/?)([a-z0-9]+){REST}")
_EMPTY_TAGS = {"br", "img", "hr"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
# Nothing inside is looked at: what stands there was set so.
_FIXED = {"pre", "table", "figure"}
# What nothing is left in, and lines between what is gone.
_HOLLOW = re.compile(rf"<(p|div|h[1-6]|li|ul|ol|dd|dt|dl|blockquote)(?:\s{REST}|>)\s*</\1>|<[bh]r>")
# Characters before a cut where tags are looked for, and how deep elements may be in one another.
_MET, _DEEPEST = 500, 8
_CLOSING = re.compile(r"\s*</([a-z0-9]+)>")
_LEADING_LINES = re.compile(r"\A(?:\s*<[bh]r>)+")
_TRAILING_LINES = re.compile(r"(?:<[bh]r>\s*)+$")


class Paragraph(Struct, frozen=True):
    """The text between two blocks' tags, on one line, and where its HTML begins and ends.

    One that is `fixed` is to stay: a listing, a table, a picture with words, or half an element.
    """

    start: int
    end: int
    text: str
    fixed: bool = False
    heading: bool = False


def paragraphs(html: str) -> Iterator[Paragraph]:
    """The paragraphs of clean HTML that have text."""
    start = depth = 0
    block = ""
    inside: list[tuple[str, str]] = []
    for tag in _TAG.finditer(html):
        slash, name = tag.groups()
        if name in INLINE:
            inside.append((slash, name))
            continue
        yield from _paragraph(html, (start, tag.start()), block, inside, is_fixed=depth > 0)
        if name in _FIXED:
            depth += -1 if slash else 1
        start, block, inside = tag.end(), slash + name, []
    yield from _paragraph(html, (start, len(html)), block, inside, is_fixed=depth > 0)


def _paragraph(
    html: str,
    place: tuple[int, int],
    block: str,
    tags: Sequence[tuple[str, str]],
    *,
    is_fixed: bool,
) -> Iterator[Paragraph]:
    source = html[slice(*place)]
    text = " ".join(unescape(_TAG.sub("", source) if tags else source).split())
    if text:
        yield Paragraph(*place, text, is_fixed or not _is_whole(tags), block in HEADINGS)


def _is_whole(tags: Sequence[tuple[str, str]]) -> bool:
    """Whether every element that begins ends too, and none is a picture."""
    opened: list[str] = []
    for slash, name in tags:
        if not slash:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened


def without_edges(
    html: str, is_first: Callable[[str], bool], is_last: Callable[[str], bool], *, empty: bool
) -> str:
    """HTML without the paragraphs at its beginning and its end of which these are true.

    Nothing between those that stay is touched. All of it stays where no text would, unless it
    may become `empty`.
    """
    found = list(paragraphs(html))
    gone = list(
        takewhile(lambda paragraph: not paragraph.fixed and is_first(paragraph.text), found)
    )
    if len(gone) < len(found):
        # A heading is of what follows it.
        while gone and gone[-1].heading:
            gone.pop()
    first = gone[-1].end if gone else None
    last = None
    found = found[len(gone) :]
    while found and not found[-1].fixed and is_last(found[-1].text):
        last = found.pop().start
    if not found:
        return "" if empty or not html.strip() else html
    kept = html[first or 0 : last]
    if first is not None:
        kept = _joined(_emptied(html[:first]), _LEADING_LINES.sub("", kept, count=1))
    return kept if last is None else _joined(kept, _emptied(html[last:]))


def _joined(before: str, after: str) -> str:
    """Two parts of HTML, without elements of which the tags alone would meet."""
    kept, met = before[:-_MET], before[-_MET:]
    while closing := _CLOSING.match(after):
        opening = re.search(rf"<{closing[1]}(?:\s[^<>]*)?>\s*$", met)
        if not opening:
            break
        met, after = met[: opening.start()], after[closing.end() :]
    return kept + _TRAILING_LINES.sub("", met) + after


def _emptied(html: str) -> str:
    """The tags alone of an edge, but for elements that nothing is left in."""
    tags = "".join(tag[0] for tag in _TAG.finditer(html) if not _is_text_tag(tag[2]))
    for _ in range(_DEEPEST):
        tags = _HOLLOW.sub("", tags)
    return tags


def _is_text_tag(name: str) -> bool:
    return name in INLINE and name not in _EMPTY_TAGS


def with_first_text(html: str, change: Callable[[str], str]) -> str:
    """HTML whose first paragraph is changed, where there are no tags inside."""
    first = next(paragraphs(html), None)
    if first is None or first.fixed or "<" in html[first.start : first.end]:
        return html
    changed = change(first.text)
    if changed == first.text:
        return html
    return html[: first.start] + escape(changed, quote=False) + html[first.end :]
