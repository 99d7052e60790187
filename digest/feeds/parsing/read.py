"""From a body to keyed entries, all of it in a worker process, since hashing takes time too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from digest import __version__
from digest.errors import FeedError
from digest.feeds.http.decode import decode_body
from digest.feeds.identity import identify
from digest.feeds.parsing.body import Body, BodyIndex, ParsedBody
from digest.feeds.parsing.bounds import bounded_facts
from digest.feeds.parsing.charset import to_utf_8
from digest.feeds.parsing.outline import cut, outline, undivided
from digest.feeds.rereading import READING
from digest.feeds.sources import MOST_FURTHER, Document, kinds, source_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.feeds.parsing.outline import BodyOutline
    from digest.model import Fact, KeyedEntry, ParsedFeed


def read_text(body: Body) -> bytes:
    """The body without its content-coding, in UTF-8.

    Raises:
        FeedError: it is damaged, too large or empty.
    """
    text = decode_body(body.raw, body.coding, body.limit)
    if not text.strip():
        raise FeedError("answered with an empty body", status=200)
    return to_utf_8(text, body.charset)


def further_addresses(body: Body) -> tuple[str, ...]:
    """What its source asks after this body, MOST_FURTHER at most.

    Raises:
        FeedError: it cannot be decoded, or read.
    """
    first = Document(read_text(body), body.url)
    return tuple(source_of(body.kind).further(first, body.options))[:MOST_FURTHER]


def facts_in(body: Body) -> dict[str, tuple[Fact, ...]]:
    """What its source says of entries in answer to `Source.refresh`, by guid.

    Raises:
        FeedError: it cannot be decoded, or read.
    """
    facts = source_of(body.kind).facts(Document(read_text(body), body.url))
    return {guid: bounded_facts(measured) for guid, measured in facts.items()}


def parse_body(body: Body) -> ParsedFeed:
    """Decode and parse a whole body, and those that came with it.

    Raises:
        FeedError: it cannot be decoded, or is not what its kind of source is of.
    """
    return source_of(body.kind).parse(_documents(body), body.options)


def proposed_settings(body: Body) -> dict[str, str]:
    """The settings but `url` by which a kind, its own first, would read a body that is no feed.

    None where no kind sees anything that it could read.

    Raises:
        FeedError: it cannot be decoded.
    """
    document = Document(read_text(body), body.url)
    for kind in dict.fromkeys((body.kind, *kinds())):
        if settings := source_of(kind).proposal(document):
            return {"kind": kind, **settings}
    return {}


def read_body(body: Body) -> ParsedBody:
    """Decode and parse a whole body, and key its entries.

    Raises:
        FeedError: it cannot be decoded, or is no feed, or not a whole one.
    """
    documents = _documents(body)
    first, *further = documents
    # What else decides how an entry is read, this program included.
    context = (
        __version__,
        str(READING),
        body.url,
        body.charset or "",
        body.how,
        body.kind,
        repr(body.options),
    )
    found = undivided(map(_bytes, documents), context) if further else outline(first.body, context)
    last = BodyIndex.unpack(body.last) if body.last else BodyIndex(b"")
    if (last.around, last.hashes) == (found.index.around, found.index.hashes):
        return ParsedBody(found.index, same=True)
    kept = last.kept_in(found.index)
    if kept and (rest := _read_rest(first, body, found, kept)):
        return rest
    whole = _read_whole(documents, body, found)
    return replace(whole, unchanged=_unchanged(whole.entries, found.index.hashes, last))


def _documents(body: Body) -> list[Document]:
    documents, left = [], body.limit
    for part in (body, *body.further):
        text = read_text(replace(part, limit=left))
        documents.append(Document(text, part.url))
        left -= len(text)
    return documents


def _bytes(document: Document) -> bytes:
    return document.body


def _read_rest(
    first: Document, body: Body, found: BodyOutline, kept: Mapping[bytes, int]
) -> ParsedBody | None:
    """Read the entries that are not kept; None where the whole body is needed to tell."""
    hashes = tuple(digest for digest in found.index.hashes if digest not in kept)
    if not hashes:
        return ParsedBody(found.index, kept=kept)
    rest_of_it = replace(first, body=cut(first.body, found, kept))
    try:
        rest = _read_whole([rest_of_it], body, found)
    except FeedError:
        return None
    return replace(rest, hashes=hashes, kept=kept) if _are_distinct(rest.entries, hashes) else None


def _read_whole(documents: Sequence[Document], body: Body, found: BodyOutline) -> ParsedBody:
    parsed = source_of(body.kind).parse(documents, body.options)
    entries = identify(parsed, body.how)
    hashes = found.index.hashes if len(entries) == len(parsed.entries) else ()
    certain = _are_distinct(entries, hashes)
    return ParsedBody(
        found.index,
        parsed.title,
        parsed.poll_hints,
        entries,
        hashes if certain else (),
        home=parsed.link,
        resolved=parsed.resolved,
    )


def _unchanged(
    entries: Sequence[KeyedEntry], hashes: Sequence[bytes], last: BodyIndex
) -> dict[str, int]:
    if not last.ids or len(entries) != len(hashes):
        return {}
    ids = dict(zip(last.hashes, last.ids, strict=True))
    pairs = zip(entries, hashes, strict=True)
    return {entry.key: ids[digest] for entry, digest in pairs if digest in ids}


def _are_distinct(entries: Sequence[KeyedEntry], hashes: Sequence[bytes]) -> bool:
    """Whether each entry has bytes of its own, and no name that another has."""
    names = [name for entry in entries for name in entry.names]
    return len(entries) == len(hashes) and len(names) == len({*names})
