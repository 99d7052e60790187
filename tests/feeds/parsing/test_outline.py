"""Taking documents apart: what is left says the same of its entries as the whole does."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from msgspec.structs import replace

from digest.errors import FeedError
from digest.feeds.limits import MAX_ENTRIES
from digest.feeds.parsing.body import BodyIndex
from digest.feeds.parsing.outline import cut, outline
from digest.feeds.sources.feed import parse_feed
from tests.feed_xml import item, rss
from tests.feeds.test_mutations import mutate

URL = "https://site.example/feeds/feed.xml"
CASES = Path(__file__).parents[1] / "cases"
RSS = rss(*map(item, range(3))).encode()
ATOM = (
    b"<?xml version='1.0'?>\n<feed xmlns='http://www.w3.org/2005/Atom'><title>A</title>"
    b"<updated>2026-11-16T09:00:00Z</updated>"
    b"<entry><id>1</id><title>One</title></entry>\n <entry><id>2</id><title>Two</title></entry>"
    b"</feed>"
)


def differences(body: bytes, chance: random.Random) -> int:
    """Parse a document without some of its entries, and what is left must be as in the whole.

    Answers how many entries were compared.
    """
    found = outline(body)
    try:
        whole = parse_feed(body, URL)
    except FeedError:
        return 0
    if not found.spans or len(found.spans) != len(whole.entries):
        return 0
    listed = dict(zip(found.index.hashes, whole.entries, strict=True))
    known = {one for one in listed if chance.random() < 0.5}
    rest = parse_feed(cut(body, found, known), URL)
    left = tuple(entry for one, entry in listed.items() if one not in known)
    assert rest == replace(whole, entries=left)
    return len(left)


def corpus(shared: Path) -> list[bytes]:
    folders = (shared / "corpora", shared / "feeds", CASES)
    files = (path for folder in folders for path in sorted(folder.rglob("*")))
    kinds = {".xml", ".rss", ".atom", ".rdf"}
    return [path.read_bytes() for path in files if path.suffix in kinds]


def test_the_rest_of_a_document_says_what_the_whole_says(shared: Path) -> None:
    chance = random.Random(2026)
    compared = [differences(body, chance) for body in corpus(shared)]
    assert sum(compared) > 2_500
    assert sum(count > 0 for count in compared) > 200


def test_the_rest_of_damaged_documents(shared: Path) -> None:
    chance = random.Random(2027)
    bodies = [body for body in corpus(shared) if len(body) < 10_000 and outline(body).spans]
    mutations = (mutate(chance.choice(bodies), chance) for _ in range(1_500))
    assert sum(differences(body, chance) > 0 for body in mutations) > 100


def test_hashes_are_of_the_entries_bytes_alone() -> None:
    before, after = outline(RSS), outline(rss(item(7), item(1), title="Another").encode())
    assert [RSS[start:end] for start, end in before.spans] == [
        item(number).encode() for number in range(3)
    ]
    assert after.index.hashes[1] == before.index.hashes[1]
    assert len({*before.index.hashes, *after.index.hashes}) == 4
    assert before.index.around != after.index.around


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rss(item(1), built="Mon, 16 Nov 2026 08:00:00 GMT"), rss(item(1), built="later")),
        (rss(item(1)), rss(item(1)).replace("</item>", "</item>\n\n  ")),
        (rss(item(1)), rss(item(1), item(2))),
        (rss(item(1)), rss(item(1)) + "<!-- made in 0.2 seconds -->"),
        (ATOM.decode(), ATOM.decode().replace("T09:00", "T10:00")),
    ],
    ids=["built", "space", "entries", "comment", "updated"],
)
def test_what_is_renewed_without_anything_being_new(before: str, after: str) -> None:
    one, other = outline(before.encode()), outline(after.encode())
    assert one.spans
    assert one.index.around == other.index.around
    assert one.index.hashes[0] == other.index.hashes[0]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"<title>A feed", b"<title>Another"),
        (b"<rss ", b"<rss xml:base='https://x.example/' "),
        (b"<link>https://site.example/<", b"<link>https://x.example/<"),
        (b"<description>d", b"<ttl>60</ttl><description>d"),
        (b"</rss>", b"</rss><!-- <skipHours><hour>1</hour></skipHours> -->"),
    ],
)
def test_what_may_change_how_entries_are_read(before: bytes, after: bytes) -> None:
    other = RSS.replace(before, after, 1)
    assert outline(other).index.around != outline(RSS).index.around
    assert outline(other).index.hashes == outline(RSS).index.hashes


def test_the_context_counts_too() -> None:
    at_home, elsewhere = outline(RSS, ["https://a.example/"]), outline(RSS, ["https://b.example/"])
    assert at_home.index.around != elsewhere.index.around
    assert outline(b"{}", ["a"]).index != outline(b"{}", ["b"]).index


def test_an_empty_stamp_is_like_anything_else() -> None:
    found = outline(RSS.replace(b"<item>", b"<lastBuildDate/><item>", 1))
    assert found.index.hashes == outline(RSS).index.hashes
    assert found.index.around != outline(RSS).index.around


ODD = {
    "an entity": RSS.replace(b"<rss", b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss"),
    "a document type": RSS.replace(b"<rss", b"<!DOCTYPE rss><rss"),
    "a namespace on an entry": RSS.replace(b"<item>", b"<item xmlns:x='https://x.example/'>", 1),
    "a namespace in an entry": RSS.replace(
        b"<title>S", b"<x:y xmlns:x='https://x.example/'/><title>S", 1
    ),
    "a prefix of no namespace": RSS.replace(b"<guid>", b"<x:y/><guid>", 1),
    "an entry in an entry": RSS.replace(b"<guid>", b"<item/><guid>", 1),
    "a whole entry in an entry": RSS.replace(b"<guid>", b"<item>x</item><guid>", 1),
    "the last entry in an entry": RSS[::-1].replace(
        b"</item>"[::-1], b"<item>x</item></item>"[::-1], 1
    )[::-1],
    "a stamp in a stamp": RSS.replace(
        b"<item>", b"<pubDate><pubDate>x</pubDate></pubDate><item>", 1
    ),
    "an Atom entry in an item": RSS.replace(b"<guid>", b"<entry>x</entry><guid>", 1),
    "an entry elsewhere": RSS.replace(b"</channel>", b"</channel><item>x</item>"),
    "an empty element": RSS.replace(b"</channel>", b"<item a='>'/></channel>"),
    "two channels": RSS.replace(b"</channel>", b"</channel><channel><title>x</title></channel>"),
    "an item in a namespace": RSS.replace(b"<rss ", b"<rss xmlns='https://x.example/' "),
    "a NUL": RSS.replace(b"A feed", b"A\0feed"),
    "not well-formed": RSS.replace(b"</title>", b"", 1),
    "no end": RSS[:-8],
    "something after the end": RSS + b"x",
    "two entries alike": rss(item(1), item(1)).encode(),
    "more entries than are taken": rss(*map(item, range(MAX_ENTRIES + 1))).encode(),
    "JSON": b'{"version": "https://jsonfeed.org/version/1.1", "items": []}',
    "no feed": b"<opml><body/></opml>",
    "nothing": b"",
}


@pytest.mark.parametrize("body", ODD.values(), ids=ODD)
def test_what_is_odd_is_one_piece(body: bytes) -> None:
    found = outline(body)
    assert (found.spans, found.index.hashes) == ((), ())
    assert found.index == outline(body).index
    assert found.index != outline(body + b" ").index


def test_a_byte_order_mark_moves_nothing() -> None:
    body = b"\xef\xbb\xbf" + RSS
    places = outline(body).spans
    assert [body[start:end] for start, end in places] == [item(n).encode() for n in range(3)]


@pytest.mark.parametrize("body", [RSS, ATOM, b"odd", rss().encode()])
@pytest.mark.parametrize("numbered", [True, False])
def test_a_listing_is_kept_and_found_again(body: bytes, *, numbered: bool) -> None:
    listing = outline(body).index
    ids = tuple(range(7, 7 + len(listing.hashes))) if numbered else ()
    kept = replace(listing, ids=ids)
    assert BodyIndex.unpack(kept.pack()) == kept


def test_only_entries_with_ids_in_the_same_surroundings_are_kept() -> None:
    later = outline(rss(item(3), item(2), item(1)).encode()).index
    before = replace(outline(RSS).index, ids=(10, 11, 12))
    assert list(before.kept_in(later).values()) == [12, 11]
    assert replace(before, ids=()).kept_in(later) == {}
    assert before.kept_in(replace(later, around=b"other surroundings")) == {}
