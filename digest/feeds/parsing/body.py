"""What is handed to a worker process to read, and what it answers with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from digest.model import PollHints, repr_without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.feeds.identity import IdentityChoice
    from digest.feeds.sources import Options
    from digest.model import KeyedEntry

HASH_BYTES = 12
_ID_BYTES = 8


class BodyIndex(Struct, frozen=True):
    """The hashes of a body: of all around its entries, and of the bytes of each, in their order.

    `ids` are the ids of the entries in the store; empty where two entries share a name.
    """

    around: bytes
    hashes: tuple[bytes, ...] = ()
    ids: tuple[int, ...] = ()

    def pack(self) -> bytes:
        """The bytes that the store keeps."""
        ids = self.ids or (0,) * len(self.hashes)
        rows = (
            digest + number.to_bytes(_ID_BYTES, "big")
            for digest, number in zip(self.hashes, ids, strict=True)
        )
        return self.around + b"".join(rows)

    def kept_in(self, later: BodyIndex) -> dict[bytes, int]:
        """The ids, by hash, of the entries that a later body still has; none if else it differs."""
        if self.around != later.around:
            return {}
        # Without ids there are none.
        ids = dict(zip(self.hashes, self.ids, strict=False))
        return {digest: ids[digest] for digest in later.hashes if digest in ids}

    @staticmethod
    def unpack(packed: bytes) -> BodyIndex:
        """The index that was packed."""
        size = HASH_BYTES + _ID_BYTES
        rows = [packed[at : at + size] for at in range(HASH_BYTES, len(packed), size)]
        ids = tuple(int.from_bytes(row[HASH_BYTES:], "big") for row in rows)
        hashes = tuple(row[:HASH_BYTES] for row in rows)
        return BodyIndex(packed[:HASH_BYTES], hashes, ids if all(ids) else ())


class Body(Struct, frozen=True):
    """A body as it came from `url`, in `charset` by what its server says.

    `coding` is its content-coding, `limit` the most bytes there may be without it, those of the
    `further` bodies included; `last` is the packed index of the body before, to read only what
    that did not have. A source of this `kind` reads it, by these `options`.
    """

    raw: bytes
    coding: str
    limit: int
    url: str
    charset: str | None = None
    how: IdentityChoice = "auto"
    last: bytes | None = None
    kind: str = "feed"
    options: Options = field(default_factory=dict)
    further: tuple[Body, ...] = ()

    __repr__ = repr_without("raw", "last", "further")


class ParsedBody(Struct, frozen=True):
    """What polling takes from a body.

    `entries` are those that the body before did not have byte for byte, `kept` the ids of the
    others by their hashes. Where any is kept, all around the entries is as before, and left out
    here; where `same`, everything is as before. `hashes` are those of `entries`, or none where it
    is not certain which bytes are which entry. `unchanged` are the ids, by key, of entries that
    the body before had byte for byte, where all are read all the same.
    """

    index: BodyIndex
    title: str = ""
    poll_hints: PollHints = field(default_factory=PollHints)
    entries: tuple[KeyedEntry, ...] = ()
    hashes: tuple[bytes, ...] = ()
    kept: Mapping[bytes, int] = field(default_factory=dict)
    same: bool = False
    home: str = ""
    resolved: str = ""
    unchanged: Mapping[str, int] = field(default_factory=dict)
