"""Tags that do not fit together: mended within the entry that has them, all others as they are."""

from __future__ import annotations

import re
from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOTS = {"rss", "feed", "rdf"}
ENTRIES = {"item", "entry"}
# Comments and CDATA sections, which may hide anything, and the tags of roots and entries.
_BOUNDARY = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
    r"|<(?P<slash>/?)(?P<written>(?:[\w.-]+:)?(?P<name>rss|feed|rdf|channel|item|entry))"
    r"(?:[\s/][^<>]*)?>",
    re.IGNORECASE | re.DOTALL,
)
_NAME = r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?"
_VALUE = r"\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=]+"
_ATTRIBUTE = re.compile(rf"\s({_NAME})(?:\s*=\s*({_VALUE}))?")
_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)|(?P<section><!\[CDATA\[.*?(?:\]\]>|\Z))"
    rf"|<(?P<slash>/?)(?P<name>{_NAME})"
    rf"(?P<attributes>(?:\s+[^\s<>=\"'/]+(?:\s*=\s*(?:{_VALUE}))?)*)\s*(?P<empty>/?)>"
    r"|(?P<text><|\]\]>)",
    re.DOTALL,
)
# Elements of HTML that have no end tag.
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"}
# What ends a field that is not closed: the fields of entries and feeds, beside those with a prefix.
_FIELDS = {
    *("title", "link", "guid", "id", "description", "summary", "content", "pubdate", "published"),
    *("updated", "issued", "modified", "created", "author", "contributor", "category", "comments"),
    *("enclosure", "source", "image", "language", "lastbuilddate", "generator", "ttl", "subtitle"),
    *("rights", "copyright", "managingeditor", "webmaster", "docs", "cloud", "textinput", "items"),
    *("skiphours", "skipdays", "tagline", "logo", "icon"),
}
# Prefixes of what stands in texts: Office, social buttons, formulas.
_IN_TEXTS = {"fb", "g", "m", "mml", "o", "st1", "svg", "v", "w", "xhtml"}
# Far more than the entries that are taken can have.
_MOST_TAGS = 100_000
_PAGE = re.compile(r"<html|<!doctype html", re.IGNORECASE)
_PROLOG = re.compile(r"(?>\s|<!--.*?-->|<\?.*?\?>|<![A-Z][^<>]*>)*+", re.DOTALL)


class _Token(NamedTuple):
    """A piece of markup: `kind` is "start", "end", "empty", or "" for what is no tag.

    `written` is what stands between the angles, `tag` its name, and `name` that in lower case.
    """

    kind: str
    tag: str
    written: str

    @property
    def name(self) -> str:
        return self.tag.lower()


def end_of_root(text: str, roots: set[str]) -> int:
    """Where the last of these roots ends; 0 where an entry begins or ends after it, or it does not.

    Only ever all of it: of an entry that is cut short, even the id may read differently.
    """
    end = 0
    for match in _BOUNDARY.finditer(text):
        name = (match["name"] or "").lower()
        if name in roots | ENTRIES:
            end = match.end() if match["slash"] and name in roots else 0
    return end


def with_fitting_tags(text: str) -> str:
    """A feed whose entries, and what is around them, are each well-formed in themselves.

    As it is where no root of a feed begins, or ends.
    """
    end = end_of_root(text, ROOTS)
    start = next((m.start() for m in _BOUNDARY.finditer(text, 0, end) if _is_root(m)), end)
    if not end or _PAGE.search(text, 0, start) or text.count("<", start, end) > _MOST_TAGS:
        return text
    prolog = text[:start] if _PROLOG.fullmatch(text, 0, start) else ""
    return prolog + "".join(_mended(text[start:end]))


def _is_root(match: re.Match[str]) -> bool:
    return (match["name"] or "").lower() in ROOTS and not match["slash"]


class _OpenTags:
    """The tags that are open, the innermost last; compared in lower case, as feedparser does."""

    def __init__(self) -> None:
        self._tags: list[str] = []
        self._counts: Counter[str] = Counter()

    def start(self, tag: str) -> None:
        self._tags.append(tag)
        self._counts[tag.lower()] += 1

    def close(self, tag: str) -> Iterator[str]:
        """The end tags down to that of this one; none where it is not open."""
        while self._counts[tag.lower()]:
            innermost = self._tags.pop()
            self._counts[innermost.lower()] -= 1
            yield f"</{innermost}>"
            if innermost.lower() == tag.lower():
                return

    def close_all(self) -> Iterator[str]:
        """The end tags of all."""
        for tag in reversed(self._tags):
            yield f"</{tag}>"


def _mended(root: str) -> Iterator[str]:
    """The pieces of a root: its entries, and the structure around them, whose tags fit."""
    structure = _OpenTags()
    for piece, tag in _pieces(root):
        name = tag.removeprefix("/").rpartition(":")[2].lower()
        if tag.startswith("/"):
            # The root ends last, whatever follows its end.
            yield from structure.close(tag[1:]) if name not in ROOTS else ()
        elif _is_well_formed(piece):
            yield piece
        elif name in ENTRIES:
            yield from _entry(tag, _tokens(piece))
        elif tag:
            structure.start(tag)
            yield piece
        else:
            yield from _fields(_tokens(piece))
    yield from structure.close_all()


def _pieces(root: str) -> Iterator[tuple[str, str]]:
    """Entries and tags of the structure with their names (`/name` for an end), the rest with ""."""
    at, entry = 0, ""
    for match in _boundaries(root):
        tag, is_end = match["written"], bool(match["slash"])
        is_of_entry = match["name"].lower() in ENTRIES
        # An entry that is not closed ends before the next boundary.
        end = match.end() if entry and is_of_entry and is_end else match.start()
        if at < end:
            yield root[at:end], entry
        at, entry = end, ""
        if is_of_entry and not is_end:
            entry = tag
        elif at < match.end():
            at = match.end()
            yield "" if is_of_entry else match[0], f"/{tag}" if is_end else tag
    if at < len(root):
        yield root[at:], entry


def _boundaries(root: str) -> Iterator[re.Match[str]]:
    """The tags of entries and structure, without empty ones and ends of entries too many."""
    tags = [m for m in _BOUNDARY.finditer(root) if m["name"] and not m[0].endswith("/>")]
    for tag, following in zip_longest(tags, tags[1:]):
        # Where its end comes again, the entry goes on.
        if not (following and _ends_an_entry(tag) and _ends_an_entry(following)):
            yield tag


def _ends_an_entry(tag: re.Match[str]) -> bool:
    return bool(tag["slash"]) and tag["name"].lower() in ENTRIES


def _is_well_formed(piece: str) -> bool:
    if "<" not in piece:
        return "]]>" not in piece
    try:
        expat.ParserCreate("utf-8").Parse(f"<x>{piece}</x>".encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return True


def _tokens(piece: str) -> list[_Token]:
    tokens = []
    at = 0
    for match in _TOKEN.finditer(piece):
        tokens.append(_Token("", "", piece[at : match.start()]))
        at = match.end()
        if match["section"]:
            section = match["section"]
            tokens.append(_Token("", "", section if section.endswith("]]>") else f"{section}]]>"))
        elif match["text"]:
            tokens.append(_Token("", "", match["text"].replace("<", "&lt;").replace(">", "&gt;")))
        elif match["name"]:
            tokens.append(_tag(match))
    return [token for token in (*tokens, _Token("", "", piece[at:])) if token.written]


def _tag(match: re.Match[str]) -> _Token:
    """A tag with quoted attributes, each once."""
    tag = match["name"]
    if match["slash"]:
        return _Token("end", tag, tag)
    attributes: dict[str, str] = {}
    for attribute, value in _ATTRIBUTE.findall(match["attributes"]):
        plain = value[1:-1] if value[:1] in {'"', "'"} else value
        attributes.setdefault(attribute, plain.replace('"', "&quot;"))
    written = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return _Token("empty" if match["empty"] else "start", tag, tag + written)


def _entry(tag: str, tokens: Sequence[_Token]) -> Iterator[str]:
    first, last = tokens[0], tokens[-1]
    yield f"<{first.written if first.kind else tag}>"
    yield from _fields(tokens[1 : len(tokens) - (last.kind == "end" and last.written == tag)])
    yield f"</{tag}>"


def _fields(tokens: Sequence[_Token]) -> Iterator[str]:
    """The fields of an entry, or of a feed between its entries; each ends where it has to."""
    ends = _ends(tokens)
    at = 0
    while at < len(tokens):
        token, end = tokens[at], at + 1
        yield _written(token)
        if token.kind == "start":
            end = ends[at]
            yield from _content(tokens[at + 1 : end])
            yield f"</{token.tag}>"
        at = end


def _ends(tokens: Sequence[_Token]) -> list[int]:
    """For each start tag where the field ends: at its end tag, or before the next field."""
    ends = [len(tokens)] * len(tokens)
    next_field = len(tokens)
    next_of: dict[str, int] = {}
    for at in range(len(tokens) - 1, -1, -1):
        token = tokens[at]
        following = next_of.get(token.name, len(tokens))
        is_closed = following < len(tokens) and tokens[following].kind == "end"
        ends[at] = following if is_closed else next_field
        if token.kind in {"start", "end"}:
            next_of[token.name] = at
        if token.kind in {"start", "empty"} and _is_field(token.name):
            next_field = at
    return ends


def _is_field(name: str) -> bool:
    prefix, colon, _ = name.rpartition(":")
    return prefix not in _IN_TEXTS if colon else name in _FIELDS


def _content(tokens: Sequence[_Token]) -> Iterator[str]:
    """What stands in a field, with all tags closed."""
    opened = _OpenTags()
    for token in tokens:
        if token.kind == "end":
            yield from opened.close(token.tag)
        elif token.kind == "start" and token.name in _VOID:
            yield f"<{token.written}/>"
        else:
            yield _written(token)
            if token.kind == "start":
                opened.start(token.tag)
    yield from opened.close_all()


def _written(token: _Token) -> str:
    """A token as it is written; nothing for an end tag, which belongs to no start."""
    match token.kind:
        case "start":
            return f"<{token.written}>"
        case "empty":
            return f"<{token.written}/>"
        case "end":
            return ""
    return token.written
