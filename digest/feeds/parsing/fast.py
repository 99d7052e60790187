"""A body to what the feed said, where it is a whole, well-formed feed without anything odd.

expat reads it many times faster than feedparser does, which stays the reference: what it may read
in a way of its own is left to it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from digest.feeds.parsing.char_refs import without_impossible
from digest.feeds.parsing.fast_builder import FeedBuilder
from digest.feeds.parsing.fast_rules import TABLES, Rule, rule_for
from digest.feeds.parsing.namespaces import Names, OddError
from digest.feeds.parsing.normalise import feed_of

if TYPE_CHECKING:
    from digest.model import ParsedFeed

_OPENING = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:(?!<\?)|<\?xml version=[\"']1\.0[\"']"
    rb"(?: encoding=[\"'](?P<encoding>[A-Za-z0-9-]+)[\"'])?"
    rb"(?: standalone=[\"'](?:yes|no)[\"'])? ?\?>)"
)
_ROOT = re.compile(rb"<\w")
_ENCODINGS = {
    *("utf-8", "us-ascii", "iso-8859-1", "iso-8859-2", "iso-8859-15", "koi8-r"),
    *(f"windows-125{number}" for number in range(9)),
}

# The formats that a document of a version may declare for feedparser to take it for that.
_FORMATS = {"atom10": ({"atom10"},), "rss10": ({"rss10"},)}
_FORMATS_OF_RSS: tuple[set[str], ...] = (set(), {"atom10"})


def parse_quickly(body: bytes, url: str) -> ParsedFeed | None:
    """What `parse_tolerantly` makes of a body that came from `url`; None where that has to tell.

    Raises:
        FeedError: it says too much.
    """
    text = _text(body)
    if text is None:
        return None
    try:
        said = _read(text)
    except (OddError, expat.ExpatError):
        return None
    return feed_of(said.feed, said.entries, said.version, url, text)


def _text(body: bytes) -> str | None:
    """The text of a document whose encoding is beyond doubt, without a byte order mark."""
    opening = _OPENING.match(body)
    root = _ROOT.search(body, opening.end() if opening else 0)
    if not opening or not root:
        return None
    encoding = (opening["encoding"] or b"utf-8").decode().lower()
    marked = body.startswith(b"\xef\xbb\xbf")
    head = body[opening.end() : root.start()]
    # feedparser looks for an encoding in all of the first line, for a document type in the head.
    first_line = body[opening.end() : body.find(b"\n", opening.end())]
    if (
        encoding not in _ENCODINGS
        or (marked and encoding != "utf-8")
        or b"<!D" in head
        or b"<!E" in head
        or b"encoding=" in first_line
        or without_impossible(body) != body
    ):
        return None
    try:
        return body.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None


class _Place(dict[str, Rule]):
    """The rules of a place, by expat's names, as elements ask for them."""

    def __init__(self, name: str, names: Names) -> None:
        super().__init__()
        self._name = name
        self._names = names

    def __missing__(self, said: str) -> Rule:
        name = said if said in TABLES[self._name] else self._names.name(said)
        rule = self[said] = rule_for(name, self._name)
        return rule


def _read(text: str) -> FeedBuilder:
    """Lead expat through a document, from rule to rule.

    Raises:
        OddError, ExpatError: it is not for this reader.
    """
    names = Names()
    said = FeedBuilder()
    places = {name: _Place(name, names) for name in TABLES}
    place = places["document"]
    opened = said.open
    forget = said.parts.clear

    # Variables of a function are faster than attributes, and most of the time goes here.
    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal place
        begin, end, word, inside = place[name]
        if attributes:
            attributes = said.attributes(attributes)
        opened.append((end, word, place, said.base))
        place = places[inside]
        if begin:
            begin(said, word, attributes)
        forget()

    def finish(_name: str) -> None:
        nonlocal place
        end, word, place, _ = opened[-1]
        if end:
            end(said, word)
        opened.pop()
        # As in feedparser, a base outlives its element where no element around it has one.
        if said.base and opened:
            said.base = opened[-1][3] or said.base

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = start
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = said.parts.append
    parser.StartNamespaceDeclHandler = names.declare
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(text, True)
    if names.formats not in _FORMATS.get(said.version, _FORMATS_OF_RSS):
        raise OddError
    return said


def _refuse(*_: object) -> None:
    raise OddError
