"""The fast reader: parses a well-formed RSS, RDF or Atom feed with expat.

feedparser, of which `feedparser_elements` keeps what does not count, stays the reference.
`tests/feeds/parsing/test_fast.py` holds this reader to the same answer, and what feedparser may
read in a way of its own has no rule here, so that it reads it. What it gains is in
docs/performance.md.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.parsers import expat

from digest.feeds.parsing.fast_builder import FeedBuilder
from digest.feeds.parsing.fast_rules import Rule, rule_for
from digest.feeds.parsing.namespaces import ElementNames, NoRuleError
from digest.feeds.parsing.normalise import feed_of
from digest.feeds.parsing.places import PLACES, SKIPPED, WRAPPER

if TYPE_CHECKING:
    from digest.model import ParsedFeed

_ROOT = re.compile(rb"<\w")

# Wherever one of these namespaces is declared, feedparser takes it for the format.
_DECLARED_FORMATS = {
    "http://my.netscape.com/rdf/simple/0.9/": "rss090",
    "http://purl.org/rss/1.0/": "rss10",
    "http://www.w3.org/2005/atom": "atom10",
}
# Its declaration counts as an attribute.
_XLINK = "http://www.w3.org/1999/xlink"
# The formats that a document of a version may declare for feedparser to take it for that.
_FORMATS = {"atom10": ({"atom10"},), "rss10": ({"rss10"},)}
_FORMATS_OF_RSS: tuple[set[str], ...] = (set(), {"atom10"})


def parse(body: bytes, url: str) -> ParsedFeed | None:
    """Parse a well-formed feed in UTF-8 that came from `url`; None for what it has no rule for.

    Raises:
        FeedError: it is larger than `digest.feeds.limits` allows.
    """
    if _may_have_document_type(body):
        return None
    try:
        built = _read(body)
    except (NoRuleError, expat.ExpatError):
        return None
    return feed_of(built.feed, built.entries, built.version, url, body)


def _may_have_document_type(body: bytes) -> bool:
    """Whether feedparser, which looks into comments too, may see one before the root."""
    root = _ROOT.search(body)
    head = body[: root.start()] if root else b""
    return b"<!D" in head or b"<!E" in head


class _Names(ElementNames):
    """The names of elements, and the formats that feedparser takes a document for."""

    def __init__(self) -> None:
        super().__init__()
        self.formats: set[str] = set()

    def declare(self, prefix: str | None, uri: str | None) -> None:
        """Take note of a namespace.

        Raises:
            NoRuleError: feedparser reads it in a way of its own.
        """
        super().declare(prefix, uri)
        folded = (uri or "").lower()
        if folded == _XLINK or " " in folded or not folded.isprintable():
            raise NoRuleError
        if folded in _DECLARED_FORMATS:
            self.formats.add(_DECLARED_FORMATS[folded])


class _PlaceRules(dict[str, Rule]):
    """The rules of a place by expat's names of elements, each looked up once."""

    def __init__(self, place: str, names: ElementNames) -> None:
        super().__init__()
        self._place = place
        self._names = names

    def __missing__(self, expat_name: str) -> Rule:
        uri, _, local = expat_name.rpartition(" ")
        rule = self[expat_name] = rule_for(self._names.name(uri, local), self._place)
        return rule


def _read(body: bytes) -> FeedBuilder:
    """Call the rule of each element as expat comes to it.

    Raises:
        NoRuleError, ExpatError: it is for the tolerant reader.
    """
    names = _Names()
    builder = FeedBuilder()
    places = {place: _PlaceRules(place, names) for place in PLACES}
    counting = PLACES.keys() - {SKIPPED, WRAPPER}
    rules = places["document"]
    opened = builder.open
    forget_text = builder.parts.clear

    # Variables of a function are faster than attributes, and most of the time goes here.
    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal rules
        begin, end, argument, inside = rules[name]
        if attributes and inside in counting:
            attributes = builder.attributes(attributes)
        opened.append((end, argument, rules, builder.base))
        rules = places[inside]
        if begin:
            begin(builder, argument, attributes)
        forget_text()

    def finish(_name: str) -> None:
        nonlocal rules
        end, argument, rules, _ = opened[-1]
        if end:
            end(builder, argument)
        opened.pop()
        builder.base = opened[-1][3] if opened else ""

    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = start
    parser.EndElementHandler = finish
    parser.CharacterDataHandler = builder.parts.append
    parser.StartNamespaceDeclHandler = names.declare
    parser.StartDoctypeDeclHandler = _refuse
    parser.Parse(body, True)
    if not builder.version or names.formats not in _FORMATS.get(builder.version, _FORMATS_OF_RSS):
        raise NoRuleError
    return builder


def _refuse(*_: object) -> None:
    raise NoRuleError
