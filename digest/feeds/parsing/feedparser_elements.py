"""feedparser's two parsers, of which each only sees the elements that count where they stand.

feedparser itself gathers elements by their names, however deep they are and whosever they are.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import unescape
from xml.sax.xmlreader import AttributesNSImpl

from feedparser.api import LooseFeedParser, StrictFeedParser

from digest.feeds.parsing.feedparser_handlers import Handlers
from digest.feeds.parsing.media import is_recording
from digest.feeds.parsing.namespaces import ElementNames
from digest.feeds.parsing.places import (
    ENTRIES,
    LEAF,
    SKIPPED,
    TEXT,
    WRAPPER,
    counts,
    place_within,
)
from digest.feeds.parsing.text_types import DEFAULT_TYPES, text_type

if TYPE_CHECKING:
    from collections.abc import Hashable

    Attributes = list[tuple[str, str]]

# Texts that feedparser has no handlers for, and would lose where they have attributes.
_BARE = {"itunes:duration", "itunes:keywords", "media:keywords"}
# Elements that a text may have, too, where it is markup that was not escaped.
_ALSO_HTML = {"title", "link", "body", "summary", "image"}
_XML = "http://www.w3.org/XML/1998/namespace"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class _Open:
    """An element that is open, or that is skipped with all in it; the first is the document.

    What is open in it and is no such element itself is only counted: markup, and what is skipped.
    """

    __slots__ = ("_inside", "depth", "key", "name", "namespaces", "place")

    def __init__(self, key: Hashable, name: str, place: str, namespaces: dict[str, str]) -> None:
        self.key = key
        self.name = name
        self.place = place
        self.namespaces = namespaces
        self.depth = 0
        self._inside: Counter[Hashable] = Counter()

    @property
    def is_skipped(self) -> bool:
        return self.place in {SKIPPED, WRAPPER}

    def begin(self, key: Hashable) -> None:
        """Count what begins in it."""
        self.depth += 1
        self._inside[key] += 1

    def end(self, key: Hashable) -> bool:
        """Whether what ends had begun in it."""
        if not self._inside[key]:
            return False
        self.depth -= 1
        self._inside[key] -= 1
        return True


class _Elements(Handlers):
    """Hands an element to feedparser only where it counts.

    A mixin before a parser of feedparser's, both of which call these methods for each element.
    """

    def __init__(self, *arguments: Any) -> None:
        self._names = ElementNames()
        self._open = [_Open(None, "", "document", {})]
        self._namespaces: dict[str, str] = {}
        super().__init__(*arguments)

    # What a parser knows of an element.

    def _key(self, tag: str) -> Hashable:
        """What the start and the end of an element have in common."""
        raise NotImplementedError

    def _name(self, tag: str, attributes: dict[str, str]) -> str:
        raise NotImplementedError

    def _close_unclosed(self, name: str) -> None:
        """Close what must have been left open where an element begins."""

    def track_namespace(self, prefix: str | None, uri: str) -> None:
        """Take note of a namespace; of its prefix feedparser would make names of its own."""
        super().track_namespace(prefix, uri)
        self.namespacemap.clear()

    # The elements.

    def unknown_starttag(self, tag: str, attributes: Attributes) -> None:
        """An element begins."""
        written = {name.lower(): value for name, value in attributes}
        name = self._name(tag, written)
        self._close_unclosed(name)
        around = self._open[-1]
        if around.place == TEXT:
            around.begin(self._key(tag))
            super().unknown_starttag(tag, attributes)
            return
        place = self._place(name, written)
        if place in {SKIPPED, WRAPPER} and (around.is_skipped or around.place == "document"):
            around.begin(self._key(tag))
            return
        self._open.append(_Open(self._key(tag), name, place, self._namespaces))
        if not self._open[-1].is_skipped:
            self._begin(name, written)

    def _place(self, name: str, written: dict[str, str]) -> str:
        place = place_within(name, self._open[-1].place)
        if name == "title" and place == TEXT and self._get_context().get("title"):
            return SKIPPED
        if place == TEXT and not text_type(written.get("type", ""), DEFAULT_TYPES[name]):
            return SKIPPED
        return "picture" if place == "media" and not is_recording(written) else place

    def _begin(self, name: str, written: dict[str, str]) -> None:
        if self._open[-1].place == TEXT:
            default = DEFAULT_TYPES["content" if self._is_further(name) else name]
            written["type"] = text_type(written.get("type", ""), default)
        attributes = [] if name in _BARE else list(written.items())
        super().unknown_starttag(name, attributes)

    def _is_further(self, name: str) -> bool:
        """Whether feedparser takes a description for a content, since there was another before."""
        is_description = name in {"description", "dc:description"}
        return is_description and "summary" in self._get_context() and not self.hasContent

    def unknown_endtag(self, tag: str) -> None:
        """An element ends."""
        key = self._key(tag)
        around = self._open[-1]
        if not around.end(key) and any(element.key == key for element in self._open[1:]):
            self._close(key)
            return
        if around.place == TEXT:
            # feedparser would end the title of the entry at the end of one within its text.
            super().unknown_endtag(tag if tag in {"div", "xhtml:div"} else f"markup:{tag}")

    def _close(self, key: Hashable) -> None:
        """Close an element, and what was left open in it."""
        closed = None
        while closed != key:
            element = self._open.pop()
            closed = element.key
            if not element.is_skipped:
                super().unknown_endtag(element.name)

    # Their texts.

    def handle_data(self, text: str, escape: int = 1) -> None:
        """A piece of text."""
        if not self._open[-1].is_skipped:
            super().handle_data(text, escape)

    def handle_charref(self, reference: str) -> None:
        """A reference to a character by its number."""
        if not self._open[-1].is_skipped:
            super().handle_charref(reference)

    def handle_entityref(self, reference: str) -> None:
        """A reference to a character by its name."""
        if not self._open[-1].is_skipped:
            super().handle_entityref(reference)

    @staticmethod
    def looks_like_html(_text: str) -> bool:
        """Never: `text_types` decides that, once for both readers."""
        return False


class StrictParser(_Elements, StrictFeedParser):  # type: ignore[misc]
    """Parses a well-formed document; expat says which namespace each element is in."""

    _element: tuple[str | None, str] = (None, "")

    def startPrefixMapping(self, prefix: str | None, uri: str) -> None:  # noqa: N802
        """A prefix is declared."""
        self._names.declare(prefix, uri)
        super().startPrefixMapping(prefix, uri)

    def startElementNS(  # noqa: N802
        self, name: tuple[str | None, str], qname: str | None, attributes: AttributesNSImpl
    ) -> None:
        """An element begins; attributes that another vendor gave it are none of ours."""
        self._element = name
        if self._open[-1].place != TEXT:
            attributes = _own(attributes, name[0])
        super().startElementNS(name, qname, attributes)

    def endElementNS(self, name: tuple[str | None, str], qname: str | None) -> None:  # noqa: N802
        """An element ends."""
        self._element = name
        super().endElementNS(name, qname)

    def _key(self, _tag: str) -> Hashable:
        return self._element

    def _name(self, _tag: str, _written: dict[str, str]) -> str:
        uri, local = self._element
        return self._names.name(uri or "", local)


def _own(attributes: AttributesNSImpl, namespace: str | None) -> AttributesNSImpl:
    """The attributes without a prefix, and with one that is of the namespace of their element."""
    own = {
        name: (None, name[1]) if name[0] == namespace else name
        for name in attributes.getNames()
        if name[0] in {None, "", _XML, _RDF, namespace}
    }
    return AttributesNSImpl(
        {meant: attributes.getValue(name) for name, meant in own.items()},
        {meant: attributes.getQNameByName(name) for name, meant in own.items()},
    )


class LooseParser(_Elements, LooseFeedParser):  # type: ignore[misc]
    """Parses a document that is not well-formed, as far as it can be told what was meant."""

    def _key(self, tag: str) -> Hashable:
        return tag

    def _name(self, tag: str, written: dict[str, str]) -> str:
        declared = {name: uri for name, uri in written.items() if name.split(":")[0] == "xmlns"}
        for name, uri in declared.items():
            self._names.declare(name.partition(":")[2], uri)
        self._namespaces = self._open[-1].namespaces | declared
        prefix, _, local = tag.rpartition(":")
        uri = self._namespaces.get(f"xmlns:{prefix}" if prefix else "xmlns", "")
        # Prefixes that are not declared mean what they usually do.
        return tag if prefix and not uri else self._names.name(uri, local)

    def decode_entities(self, element: str, text: str) -> str:
        """A text without references; feedparser leaves them in names, ids and the like."""
        text = str(super().decode_entities(element, text))
        return text if self.incontent else unescape(text, {"&quot;": '"', "&apos;": "'"})

    def pop(self, element: str, strip_whitespace: int = 1) -> Any:
        """The end of an element, and its text."""
        is_raw = bool(self.elementstack) and self.elementstack[-1][:2] == [element, 0]
        text = super().pop(element, strip_whitespace)
        return self.decode_entities(element, text) if is_raw else text

    def _close_unclosed(self, name: str) -> None:
        for element, around in zip(self._open[:0:-1], self._open[-2::-1], strict=True):
            if not self._may_be_unclosed(element, name):
                return
            if counts(name, around.place):
                self._close(element.key)
                return

    def _may_be_unclosed(self, element: _Open, name: str) -> bool:
        """Whether the end of an element may be missing where another begins."""
        if element.place == TEXT:
            return not element.depth or name not in _ALSO_HTML
        if element.place == "author":
            # One that is a text has no parts.
            _, _, pieces = self.elementstack[-1]
            return any(piece.strip() for piece in pieces)
        return element.place == LEAF or (name in ENTRIES and element.place != SKIPPED)
