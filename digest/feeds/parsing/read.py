"""A body to keyed entries, all of it in a worker process: long texts take time to hash, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from digest import __version__
from digest.errors import FeedError
from digest.feeds.http.decode import decode_body
from digest.feeds.identity import IdentityChoice, identify
from digest.feeds.parsing.outline import BodyIndex, Outline, cut, outline
from digest.model import PollHints, repr_without

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.model import KeyedEntry


class Body(Struct, frozen=True):
    """A body as it came from `url`, in `charset` where it says no other.

    `coding` is its content-coding, `limit` the most bytes there may be without it; `last` is the
    packed listing of the body before, if that is to be made use of.
    """

    raw: bytes
    coding: str
    limit: int
    url: str
    charset: str | None = None
    how: IdentityChoice = "auto"
    last: bytes | None = None

    __repr__ = repr_without("raw", "last")


class ParsedBody(Struct, frozen=True):
    """What polling takes from a body.

    `entries` are those that the body before had not to the byte, and `kept` the ids of the others
    with their hashes; with any of them, all around the entries is as before, and not told again.
    Where `same`, everything is. `hashes` are those of `entries`, or none where nobody can say
    which bytes are which of them.
    """

    listing: BodyIndex
    title: str = ""
    poll_hints: PollHints = field(default_factory=PollHints)
    entries: tuple[KeyedEntry, ...] = ()
    hashes: tuple[bytes, ...] = ()
    kept: Mapping[bytes, int] = field(default_factory=dict)
    same: bool = False
    home: str = ""


def read_text(body: Body) -> bytes:
    """The body without its content-coding.

    Raises:
        FeedError: it is damaged, too large or empty.
    """
    text = decode_body(body.raw, body.coding, body.limit)
    if not text.strip():
        raise FeedError("answered with an empty body", status=200)
    return text


def read_body(body: Body) -> ParsedBody:
    """Decode and parse a whole body, and key its entries.

    Raises:
        FeedError: it cannot be decoded, or is no feed, or not a whole one.
    """
    text = read_text(body)
    # What else decides how an entry is read, this program included.
    found = outline(text, (__version__, body.url, body.charset or "", body.how))
    last = BodyIndex.unpack(body.last) if body.last else BodyIndex(b"")
    if (last.around, last.hashes) == (found.listing.around, found.listing.hashes):
        return ParsedBody(found.listing, same=True)
    kept = last.kept_in(found.listing)
    return (kept and _read_rest(text, body, found, kept)) or _read_whole(text, body, found)


def _read_rest(
    text: bytes, body: Body, found: Outline, kept: Mapping[bytes, int]
) -> ParsedBody | None:
    """The entries that are not kept; None where they alone do not tell enough."""
    hashes = tuple(one for one in found.listing.hashes if one not in kept)
    if not hashes:
        return ParsedBody(found.listing, kept=kept)
    try:
        rest = _read_whole(cut(text, found, kept), body, found)
    except FeedError:
        return None
    return replace(rest, hashes=hashes, kept=kept) if _are_distinct(rest.entries, hashes) else None


def _read_whole(text: bytes, body: Body, found: Outline) -> ParsedBody:
    # Only worker processes need it; the daemon stays small.
    from digest.feeds.parsing.tolerant import parse_feed

    parsed = parse_feed(text, body.url, body.charset)
    entries = identify(parsed, body.how)
    hashes = found.listing.hashes if len(entries) == len(parsed.entries) else ()
    certain = _are_distinct(entries, hashes)
    return ParsedBody(
        found.listing,
        parsed.title,
        parsed.poll_hints,
        entries,
        hashes if certain else (),
        home=parsed.link,
    )


def _are_distinct(entries: Sequence[KeyedEntry], hashes: Sequence[bytes]) -> bool:
    """Whether each entry has bytes of its own, and no name that another has."""
    names = [name for entry in entries for name in entry.names]
    return len(entries) == len(hashes) and len(names) == len({*names})
