"""Damaged feeds: each gives entries that can be kept and shown, or a FeedError.

`tests/benchmarks/mutations.py` does the same at length.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import FeedError
from digest.feeds.identity import identify
from digest.model import as_dict
from digest.rendering.clean import clean_entries
from tests.feed_xml import parse_feed

if TYPE_CHECKING:
    from digest.model import CleanEntry, ParsedFeed

CASES = Path(__file__).parent / "cases"
HOSTILE = [
    *(b"&#55296;", b"&#x110000;", b"&#99999999999;", b"&amp;", b"&", b"<", b">", b'"', b"'"),
    *(b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<!", b"<?", b"<!DOCTYPE x [", b"<![if", b"</title>"),
    *(b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"http://[", b"\\ud800", b"[[[[", b"null"),
    *(b"<entry>", b"<item>", b"</item>", b"<author>", b"<source>", b"<image>", b"<content>"),
    *(b" xml:base='http://['", b" xmlns='x'", b"<svg><title>", b"<x:y a='b'>", b"<guid a='b'/>"),
    *(b"<links>x</links>", b"<links a='b'/>", b"<authors>x</authors>", b"<authors a='b'/>"),
    *(b"<title_detail>x</title_detail>", b"<published_parsed a='b'/>", b"<media_content a='b'/>"),
]


def mutate(body: bytes, chance: random.Random) -> bytes:
    """One to three edits: bytes changed, dropped, doubled, moved or put in, or the end cut off."""
    for _ in range(chance.randint(1, 3)):
        at, size = chance.randrange(len(body) or 1), chance.randint(1, 60)
        match chance.randrange(6):
            case 0:
                body = body[:at] + body[at + size :]
            case 1:
                body = body[:at] + bytes([chance.randrange(256)]) + body[at + 1 :]
            case 2:
                body = body[:at] + chance.choice(HOSTILE) + body[at:]
            case 3:
                body = body[: at + size] + body[at:]
            case 4:
                other = chance.randrange(len(body) or 1)
                body = body[:at] + body[other : other + 10 * size] + body[at:]
            case _:
                body = body[:at] if chance.random() < 0.3 else body
    return body


def digested(body: bytes) -> int:
    """How many entries a body gives in the end, all of them fit to be stored and shown.

    Raises:
        FeedError: it gives none.
    """
    feed = parse_feed(body, "https://site.example/feed.xml")
    cleaned = clean_entries(identify(feed))
    nouns: list[ParsedFeed | CleanEntry] = [feed, *cleaned]
    for noun in nouns:
        text = json.dumps(as_dict(noun), default=str, ensure_ascii=False)
        assert b"\\u0000" not in text.encode("utf-8")
    assert all(entry.title for entry in cleaned)
    return len(cleaned)


def survivors(bodies: list[bytes], mutations: int, seed: int) -> int:
    chance = random.Random(seed)
    parsed = 0
    for _ in range(mutations):
        body = mutate(chance.choice(bodies), chance)
        try:
            digested(body)
        except FeedError:
            continue
        parsed += 1
    return parsed


def test_damage_to_our_own_cases() -> None:
    bodies = [path.read_bytes() for path in sorted(CASES.glob("*/feed.*"))]
    assert 300 < survivors(bodies, 1_500, seed=2026) < 1_500


def test_damage_to_the_feeds_of_others(shared: Path) -> None:
    paths = sorted(
        path
        for name in ("realworld", "feedparser")
        for path in (shared / "corpora" / name).rglob("*")
        if path.suffix in {".xml", ".rss", ".atom", ".rdf", ".json"}
        and path.name != "manifest.json"
    )
    # Large ones cost time and teach nothing more.
    bodies = [path.read_bytes() for path in paths if path.stat().st_size < 20_000]
    assert len(bodies) > 900
    assert 150 < survivors(bodies, 600, seed=2027) < 600
