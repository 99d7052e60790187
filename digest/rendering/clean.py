"""What a feed said, made safe to keep and to show. Runs in a worker process."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import nh3

from digest.model import CleanEntry, KeyedEntry
from digest.rendering import lazy_pictures
from digest.rendering.content_pictures import (
    content_picture,
    with_captions,
)
from digest.rendering.entry_text import read_entry
from digest.rendering.hidden import without_hidden
from digest.rendering.safe_html import ATTRIBUTES, TAGS, without_users

if TYPE_CHECKING:
    from collections.abc import Sequence

_cleaner = partial(
    nh3.Cleaner, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto"}
)
# Few entries have relative addresses, and a cleaner of their own for these costs about as much as
# cleaning a short text (docs/performance.md).
_UNRESOLVED = _cleaner(url_relative="pass_through")
_LAZY = nh3.Cleaner(
    tags=TAGS | {"noscript"},
    attributes=ATTRIBUTES
    | {"img": ATTRIBUTES["img"].union(lazy_pictures.ADDRESSES, lazy_pictures.SETS)},
    url_relative="pass_through",
)
_RELATIVE = re.compile(r' (?:href|src)="(?!https?:|mailto:)')
_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]*)[^<>]*>?")
# Empty elements, and those that end where the next of their kind begins.
_FLAT = {
    *("area", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "p"),
    *("option", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr"),
}
# These open again, by the HTML Standard, after the block that ended around them.
_FORMATTING = {
    *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt"),
    "u",
}
_INLINE = _FORMATTING | {
    *("abbr", "cite", "del", "ins", "kbd", "label", "mark", "q", "samp", "span", "sub", "sup"),
    *("time", "var"),
}
_BLOCKS = {
    *("address", "article", "aside", "blockquote", "center", "details", "div", "dl", "figcaption"),
    *("figure", "footer", "header", "main", "nav", "ol", "pre", "section", "summary", "ul"),
}
# Cleaning takes time quadratic in the depth, and libxml2 drops what is deeper than 255; nothing
# that people write is nested like this.
_DEEPEST = 200


def clean_entries(entries: Sequence[KeyedEntry]) -> tuple[CleanEntry, ...]:
    """Clean entries that are new or edited."""
    return tuple(_clean(keyed) for keyed in entries)


def _clean(keyed: KeyedEntry) -> CleanEntry:
    parsed = keyed.entry
    seen = without_hidden(parsed.html)
    safe = _safe(with_captions(seen), parsed.base)
    picture = content_picture(safe, seen)
    text = read_entry(parsed, safe, picture.text if picture else "")
    return CleanEntry(
        key=keyed.key,
        fingerprint=keyed.fingerprint,
        title=text.title,
        link=parsed.link,
        author=parsed.author,
        published=parsed.published,
        html=safe,
        excerpt=text.excerpt,
        words=text.words,
        names=keyed.names,
        image=parsed.image or (picture.address if picture else ""),
        seconds=parsed.seconds,
        video=parsed.video,
        categories=parsed.categories,
        facts=parsed.facts,
        discussion=parsed.discussion,
    )


def _safe(html: str, base: str) -> str:
    source = _TAG.sub(" ", html) if _too_deep(html) else html
    safe = _UNRESOLVED.clean(source)
    if lazy_pictures.are_in(source, safe):
        source = lazy_pictures.with_addresses(source, _LAZY)
        safe = _UNRESOLVED.clean(source)
    return without_users(_resolving(base).clean(source) if _RELATIVE.search(safe) else safe)


def _resolving(base: str) -> nh3.Cleaner:
    """A cleaner that makes relative addresses absolute, or drops them where the base is none."""
    try:
        return _cleaner(url_relative=("rewrite_with_base", base))
    except ValueError:
        return _cleaner(url_relative="deny")


def _too_deep(html: str) -> bool:
    """Whether elements may nest deeper than _DEEPEST; rather too often than too seldom."""
    if html.count("<") - html.count("</") <= _DEEPEST:
        return False
    opened: list[str] = []
    for slash, written in _TAG.findall(html):
        name = written.lower()
        if name in _FLAT:
            continue
        if slash:
            _close(opened, name)
        else:
            opened.append(name)
        if len(opened) > _DEEPEST:
            return True
    return False


def _close(opened: list[str], name: str) -> None:
    """Take from the open elements what an end tag is sure to end."""
    if name not in opened:
        return
    at = len(opened) - 1 - opened[::-1].index(name)
    inside = opened[at + 1 :]
    if name in _BLOCKS or name == "table":
        if _INLINE.union(_BLOCKS).issuperset(inside):
            opened[at:] = [name for name in inside if name in _FORMATTING]
    elif _INLINE.issuperset(inside):
        del opened[at]
