"""The paragraphs of clean HTML with their places in it, and HTML without those at its edges."""

from __future__ import annotations

import re
from html import escape, unescape
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from digest.rendering.plain import INLINE, REST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

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


class _Place(NamedTuple):
    """Where something stands between two blocks' tags; the first of them, and what is around."""

    start: int
    end: int
    tag: str
    depth: int


def paragraphs(html: str, *, backwards: bool = False) -> Iterator[Paragraph]:
    """The paragraphs of clean HTML that have text, the first or the last first."""
    places = _places(html)
    return _read(html, reversed([*places]) if backwards else places)


def _read(html: str, places: Iterable[_Place]) -> Iterator[Paragraph]:
    found = (_paragraph(html, place) for place in places)
    return (paragraph for paragraph in found if paragraph.text)


def _places(html: str) -> Iterator[_Place]:
    start = depth = 0
    block = ""
    for tag in _TAG.finditer(html):
        name = tag[2]
        if name in INLINE:
            continue
        slash = tag[1]
        if start < tag.start():
            yield _Place(start, tag.start(), block, depth)
        if name in _FIXED:
            depth += -1 if slash else 1
        start, block = tag.end(), slash + name
    yield _Place(start, len(html), block, depth)


def _paragraph(html: str, place: _Place) -> Paragraph:
    source = html[place.start : place.end]
    tags = _TAG.findall(source) if "<" in source else []
    text = " ".join(unescape(_TAG.sub("", source) if tags else source).split())
    is_fixed = place.depth > 0 or not _is_whole(tags)
    return Paragraph(place.start, place.end, text, is_fixed, place.tag in HEADINGS)


def _is_whole(tags: Iterable[tuple[str, str]]) -> bool:
    """Whether every element that begins ends too, and none is a picture."""
    opened: list[str] = []
    for slash, name in tags:
        if not slash:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened


def without_edges(
    html: str, is_first: Callable[[str], bool], is_last: Callable[[str], bool]
) -> str | None:
    """HTML without the paragraphs at its beginning and its end of which these are true.

    Nothing between those that stay is touched. None where no text would be left.
    """
    places = [*_places(html)]
    first = _edge(_read(html, places), is_first)
    last = _edge(_read(html, reversed(places)), is_last)
    if first is None or last is None:
        # Where there is no text at all, there may be a picture.
        return None if any(_read(html, places)) else html
    # A heading is of what follows it.
    while first and first[-1].heading:
        first.pop()
    kept = html[first[-1].end if first else 0 : last[-1].start if last else None]
    if first:
        kept = _joined(_emptied(html[: first[-1].end]), _LEADING_LINES.sub("", kept, count=1))
    return _joined(kept, _emptied(html[last[-1].start :])) if last else kept


def _edge(found: Iterator[Paragraph], is_gone: Callable[[str], bool]) -> list[Paragraph] | None:
    """The paragraphs to go, from an edge inwards; None where that is all there are."""
    gone: list[Paragraph] = []
    for paragraph in found:
        if paragraph.fixed or not is_gone(paragraph.text):
            return gone
        gone.append(paragraph)
    return None


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
