"""What a feed said, made safe to keep and to show. Runs in a worker process."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3

from digest.feeds.text import one_line, openable
from digest.model import CleanEntry, KeyedEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

EXCERPT_CHARACTERS = 280
_TAGS = {
    *("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl"),
    *("dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img"),
    *("ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong"),
    *("sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var"),
}
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "time": {"datetime"},
}
# Prose only: a listing, a table or a heading makes no excerpt.
_PROSE = {"p", "br", "div", "li", "ul", "ol", "blockquote", "dl", "dt", "dd"}
_NOT_PROSE = {
    *("script", "style", "pre", "table", "figure", "title"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
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
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_SENTENCE_END = re.compile(r"[.!?…]['\"”’)]*(?=\s)|[。!?]")


def clean_entries(entries: Sequence[KeyedEntry]) -> tuple[CleanEntry, ...]:
    """Clean entries that are new or edited."""
    return tuple(_clean(keyed) for keyed in entries)


def _clean(keyed: KeyedEntry) -> CleanEntry:
    said = keyed.entry
    source = _TAG.sub(" ", said.html) if _too_deep(said.html) else said.html
    safe = nh3.clean(
        source,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        url_relative=("rewrite_with_base", said.base) if openable(said.base) else "deny",
    )
    text = _prose(safe)
    return CleanEntry(
        key=keyed.key,
        fingerprint=keyed.fingerprint,
        title=said.title if _visible(said.title) else _title_from(text, said.link),
        link=said.link,
        author=said.author,
        published=said.published,
        html=safe,
        excerpt=excerpt(text, EXCERPT_CHARACTERS),
        words=count_words(one_line(_text(safe), len(safe))),
        names=keyed.names,
        image=said.image,
        seconds=said.seconds,
    )


def _too_deep(html: str) -> bool:
    """Whether elements may nest deeper than _DEEPEST; rather too often than too seldom."""
    opened: list[str] = []
    for match in _TAG.finditer(html):
        name = match[2].lower()
        if name in _FLAT:
            continue
        if match[1]:
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
            opened[at:] = [one for one in inside if one in _FORMATTING]
    elif _INLINE.issuperset(inside):
        del opened[at]


def _text(html: str) -> str:
    # Only worker processes need it; the daemon stays small.
    from inscriptis import get_text

    return str(get_text(html))


def _prose(html: str) -> str:
    prose = nh3.clean(html, tags=_PROSE, clean_content_tags=_NOT_PROSE, attributes={})
    text = _text(prose)
    return one_line(text, len(text))


def _visible(text: str) -> bool:
    """Whether anything of a text shows, and so can be clicked."""
    return any(character.isprintable() and not character.isspace() for character in text)


def _title_from(text: str, link: str) -> str:
    return excerpt(text, 80) or urlsplit(link).path.rpartition("/")[2] or link or "Untitled"


def excerpt(text: str, limit: int) -> str:
    """The whole sentences that fit, or else as many whole words; at most `limit` characters."""
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, limit + 1)]
    fitting = [end for end in ends if limit // 3 <= end <= limit]
    if fitting:
        return text[: fitting[-1]]
    cut = text[: limit - 1]
    words = cut.rpartition(" ")[0]
    return (words if len(words) > limit // 2 else cut).rstrip(" ,;:") + "…"


def count_words(text: str) -> int:
    """Words, two characters a word in scripts that are written without spaces."""
    cjk = len(_CJK.findall(text))
    return len(_CJK.sub(" ", text).split()) + cjk // 2
