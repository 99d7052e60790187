"""A structural scan: which bytes of a document are which entry, without reading any of them.

Entries that the last body had to the byte need not be parsed again. They are cut out, and what is
left is a document that says the same of the others.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING
from xml.parsers import expat

from msgspec import Struct

from digest.feeds.limits import MAX_ENTRIES, MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

_HASH = 12
_ID = 8
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
_ENCODINGS = {"utf-8", "utf8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"}
_END_TAG = re.compile(rb"</(?:[^\s:>]+:)?(?P<name>\w+)\s*>")
_COMMENT = re.compile(rb"<!--[^<>]*-->")


class BodyIndex(Struct, frozen=True):
    """A body by hashes: of all around its entries, and of each entry's bytes, in their order.

    `ids` has the entries they are, where each is one that shares no name with another.
    """

    around: bytes
    hashes: tuple[bytes, ...] = ()
    ids: tuple[int, ...] = ()

    def pack(self) -> bytes:
        """As the store keeps it."""
        ids = self.ids or (0,) * len(self.hashes)
        rows = (
            one + number.to_bytes(_ID, "big") for one, number in zip(self.hashes, ids, strict=True)
        )
        return self.around + b"".join(rows)

    def kept_in(self, later: BodyIndex) -> dict[bytes, int]:
        """The entries of this body that a later one has to the byte, and the same around them."""
        if self.around != later.around:
            return {}
        # Without ids there are none.
        ids = dict(zip(self.hashes, self.ids, strict=False))
        return {one: ids[one] for one in later.hashes if one in ids}

    @staticmethod
    def unpack(packed: bytes) -> BodyIndex:
        """The other way round."""
        size = _HASH + _ID
        rows = [packed[at : at + size] for at in range(_HASH, len(packed), size)]
        ids = tuple(int.from_bytes(row[_HASH:], "big") for row in rows)
        hashes = tuple(row[:_HASH] for row in rows)
        return BodyIndex(packed[:_HASH], hashes, ids if all(ids) else ())


class Outline(Struct, frozen=True):
    """Where the entries of a document are, each from a byte to before another, and all by hashes.

    No places, and one hash of everything, where a document cannot be taken apart.
    """

    listing: BodyIndex
    places: tuple[tuple[int, int], ...] = ()


def outline(body: bytes, context: Sequence[str] = ()) -> Outline:
    """Take a document apart, if it is well-formed and in no way odd; linear in its length.

    `context` is what else decides how an entry is read.
    """
    scan = _Scan(body)
    if not scan.succeeds():
        return undivided([body], context)
    hashes = tuple(_hash_of(body[start:end]) for start, end in scan.places)
    if len(set(hashes)) < len(hashes):
        return undivided([body], context)
    return Outline(
        BodyIndex(_hash_of(scan.around(), *_encoded(context)), hashes), tuple(scan.places)
    )


def undivided(bodies: Iterable[bytes], context: Sequence[str] = ()) -> Outline:
    """Several documents that say something together: one hash of everything."""
    return Outline(BodyIndex(_hash_of(*bodies, *_encoded(context))))


def cut(body: bytes, whole: Outline, known: Container[bytes]) -> bytes:
    """The document without the entries whose hashes are known."""
    kept, at = [], 0
    for (start, end), one in zip(whole.places, whole.listing.hashes, strict=True):
        if one in known:
            kept.append(body[at:start])
            at = end
    return b"".join([*kept, body[at:]])


class _OddError(Exception):
    """The document is not one that the scan is sure about."""


class _Scan:
    """One pass over a document; `places` are where its entries are."""

    def __init__(self, body: bytes) -> None:
        self.places: list[tuple[int, int]] = []
        self._body = body
        self._stamps: list[tuple[int, int]] = []
        # The elements that are open around the entries, and the way to where entries may be.
        self._path: list[str] = []
        self._way: tuple[str, ...] = ()
        self._entry = ""
        self._depth = 0
        # The depth of the entry, or of the stamp, that is open, and where it begins.
        self._inside = 0
        self._begin = 0
        self._found = self.places
        self._binds = False

    def succeeds(self) -> bool:
        """Whether the document could be taken apart."""
        if len(self._body) > MAX_TEXT or b"\0" in self._body:
            return False
        # With namespaces, since a prefix that nobody declares makes feedparser read otherwise.
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.XmlDeclHandler = self._declare
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartNamespaceDeclHandler = self._bind
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        try:
            parser.Parse(self._body, True)
        except (expat.ExpatError, _OddError, LookupError, ValueError):
            return False
        return len(self.places) <= MAX_ENTRIES

    def around(self) -> bytes:
        """What stands around entries and stamps, without comments and outer white space."""
        outside, at = [], 0
        for start, end in sorted([*self.places, *self._stamps]):
            outside.append(self._body[at:start])
            at = end
        outside.append(self._body[at:])
        return b"".join(_COMMENT.sub(b"", part).strip() for part in outside)

    def _declare(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        if encoding and encoding.lower() not in _ENCODINGS:
            raise _OddError

    def _refuse(self, *_: object) -> None:
        # Entities may stand for anything.
        raise _OddError

    def _bind(self, *_: object) -> None:
        self._binds = True

    def _start(self, name: str, attributes: object) -> None:
        del attributes
        self._depth += 1
        if self._inside:
            # feedparser holds to a namespace wherever it was declared.
            if self._binds or (name.endswith(_ENTRIES) and _local(name) in _ENTRIES):
                raise _OddError
            return
        self._start_outside(name)
        self._binds = False

    def _start_outside(self, name: str) -> None:
        local = _local(name)
        if self._depth == 1:
            if local not in _PLACES:
                raise _OddError
            self._way, self._entry = _PLACES[local]
        at_entries = len(self._path) == len(self._way) and (*self._path,) == self._way
        if local in _ENTRIES or (at_entries and local in _STAMPS):
            self._open(name, local, at_entries=at_entries)
        else:
            if local == "channel" and self.places:
                raise _OddError
            self._path.append(local)

    def _open(self, name: str, local: str, *, at_entries: bool) -> None:
        is_entry = local in _ENTRIES
        known = at_entries and name.rpartition(" ")[0] in _NAMESPACES
        if is_entry and (local != self._entry or not known or self._binds):
            raise _OddError
        self._inside = self._depth
        self._begin = self._parser.CurrentByteIndex
        self._found = self.places if is_entry else self._stamps

    def _end(self, name: str) -> None:
        if not self._inside:
            self._path.pop()
        elif self._depth == self._inside:
            self._close(_local(name))
            self._inside = 0
        self._depth -= 1

    def _close(self, local: str) -> None:
        tag = _END_TAG.match(self._body, self._parser.CurrentByteIndex)
        # An empty element has no end tag, and what is found belongs to another.
        if tag and tag["name"].decode() == local:
            self._found.append((self._begin, tag.end()))
        elif self._found is self.places:
            raise _OddError


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def _hash_of(*parts: bytes) -> bytes:
    hasher = blake2b(digest_size=_HASH)
    for part in parts:
        hasher.update(len(part).to_bytes(8, "big"))
        hasher.update(part)
    return hasher.digest()


def _encoded(context: Sequence[str]) -> list[bytes]:
    return [one.encode("utf-8", "replace") for one in context]
