"""The outline of a body: which bytes are which entry, found without parsing any entry.

Entries that the body before had, byte for byte, need not be parsed again: they are cut out, and the
document that is left says the same of the others. What it gains is in docs/performance.md.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING
from xml.parsers import expat

from msgspec import Struct

from digest.feeds.limits import MAX_ENTRIES, MAX_TEXT
from digest.feeds.parsing.body import HASH_BYTES, BodyIndex

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

# Where the entries of a document are, by its root: the way to them, and their name.
_PLACES = {
    "rss": (("rss", "channel"), "item"),
    "RDF": (("RDF",), "item"),
    "feed": (("feed",), "entry"),
}
_ENTRIES = ("item", "entry")
# What publishers renew without anything being new.
_STAMPS = {"lastBuildDate", "pubDate", "updated", "modified", "date"}
_NAMESPACES = {
    "",
    "http://www.w3.org/2005/Atom",
    "http://purl.org/rss/1.0/",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
_END_TAG = re.compile(rb"</(?:[^\s:>]+:)?(?P<name>\w+)\s*>")
_COMMENT = re.compile(rb"<!--[^<>]*-->")


class BodyOutline(Struct, frozen=True):
    """The index of a body, and the spans of its entries, each from a byte to before another.

    Where a body cannot be divided, no spans, and one hash of everything.
    """

    index: BodyIndex
    spans: tuple[tuple[int, int], ...] = ()


def outline(body: bytes, context: Sequence[str] = ()) -> BodyOutline:
    """Find the entries of a body, in one pass, if it is well-formed and nothing in it is ambiguous.

    It is in UTF-8, whatever it declares; `context` is what else decides how an entry is read.
    """
    locator = _EntryLocator(body)
    if not locator.succeeds():
        return undivided([body], context)
    hashes = tuple(_hash_of(body[start:end]) for start, end in locator.spans)
    if len(set(hashes)) < len(hashes):
        return undivided([body], context)
    index = BodyIndex(_hash_of(locator.around(), *_encoded(context)), hashes)
    return BodyOutline(index, tuple(locator.spans))


def undivided(bodies: Iterable[bytes], context: Sequence[str] = ()) -> BodyOutline:
    """The outline of what is not divided, of one or several bodies: one hash of everything."""
    return BodyOutline(BodyIndex(_hash_of(*bodies, *_encoded(context))))


def cut(body: bytes, whole: BodyOutline, known: Container[bytes]) -> bytes:
    """The body without the entries whose hashes are known."""
    kept, at = [], 0
    for (start, end), digest in zip(whole.spans, whole.index.hashes, strict=True):
        if digest in known:
            kept.append(body[at:start])
            at = end
    return b"".join([*kept, body[at:]])


class _AmbiguousError(Exception):
    """feedparser may find other entries in the document than expat does."""


class _EntryLocator:
    """Finds the entries of a document in one pass of expat; `spans` are from byte to byte."""

    def __init__(self, body: bytes) -> None:
        self.spans: list[tuple[int, int]] = []
        self._body = body
        self._stamps: list[tuple[int, int]] = []
        # The elements that are open around the entries, and those in which entries are.
        self._path: list[str] = []
        self._way: tuple[str, ...] = ()
        self._entry = ""
        # The entry, or the stamp, that is open, and where it begins.
        self._inside = ""
        self._begin = 0
        self._spans_found = self.spans
        self._binds_prefix = False

    def succeeds(self) -> bool:
        """Whether all entries were found for sure."""
        if len(self._body) > MAX_TEXT or b"\0" in self._body:
            return False
        # With namespaces, since a prefix that nobody declares makes feedparser read otherwise.
        self._parser = parser = expat.ParserCreate("utf-8", namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartNamespaceDeclHandler = self._bind
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.Parse(self._body, True)
        except (expat.ExpatError, _AmbiguousError):
            return False
        return len(self.spans) <= MAX_ENTRIES

    def around(self) -> bytes:
        """What stands around entries and stamps, without comments and outer white space."""
        outside, at = [], 0
        for start, end in sorted([*self.spans, *self._stamps]):
            outside.append(self._body[at:start])
            at = end
        outside.append(self._body[at:])
        return b"".join(_COMMENT.sub(b"", part).strip() for part in outside)

    def _refuse(self, *_: object) -> None:
        # Entities may stand for anything.
        raise _AmbiguousError

    def _bind(self, *_: object) -> None:
        if self._inside:
            # feedparser holds to a namespace wherever it was declared.
            raise _AmbiguousError
        self._binds_prefix = True

    def _start(self, name: str, attributes: object) -> None:
        del attributes
        local = _local(name)
        if not self._path:
            if local not in _PLACES:
                raise _AmbiguousError
            self._way, self._entry = _PLACES[local]
        at_entries = len(self._path) == len(self._way) and (*self._path,) == self._way
        if local in _ENTRIES or (at_entries and local in _STAMPS):
            self._open(name, local, at_entries=at_entries)
        else:
            if local == "channel" and self.spans:
                raise _AmbiguousError
            self._path.append(local)
        self._binds_prefix = False

    def _open(self, name: str, local: str, *, at_entries: bool) -> None:
        is_entry = local in _ENTRIES
        known = at_entries and name.rpartition(" ")[0] in _NAMESPACES
        if is_entry and (local != self._entry or not known or self._binds_prefix):
            raise _AmbiguousError
        self._inside = name
        self._begin = self._parser.CurrentByteIndex
        self._spans_found = self.spans if is_entry else self._stamps
        # Most of a body is inside, where it is enough to be called at the ends.
        self._parser.StartElementHandler = None

    def _end(self, name: str) -> None:
        if name == self._inside:
            self._close(_local(name))
            self._inside = ""
            self._parser.StartElementHandler = self._start
        elif self._inside:
            if name.endswith(_ENTRIES) and _local(name) in _ENTRIES:
                raise _AmbiguousError
        elif self._path.pop() != _local(name):
            # It began inside another of its name, which was taken for closed.
            raise _AmbiguousError

    def _close(self, local: str) -> None:
        tag = _END_TAG.match(self._body, self._parser.CurrentByteIndex)
        # An empty element has no end tag, and what is found belongs to another.
        if tag and tag["name"].decode() == local:
            self._spans_found.append((self._begin, tag.end()))
        elif self._spans_found is self.spans:
            raise _AmbiguousError


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _hash_of(*parts: bytes) -> bytes:
    hasher = blake2b(digest_size=HASH_BYTES)
    for part in parts:
        hasher.update(len(part).to_bytes(8, "big"))
        hasher.update(part)
    return hasher.digest()


def _encoded(context: Sequence[str]) -> list[bytes]:
    return [text.encode("utf-8", "replace") for text in context]
