"""The quick reader answers what the tolerant one answers, or leaves a body to it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from digest.errors import FeedError
from digest.feeds.parse import parse_tolerantly
from digest.feeds.quick import parse_quickly
from tests.feeds.reshaping import reshape
from tests.feeds.test_mutations import mutate

if TYPE_CHECKING:
    from digest.model import ParsedFeed

URL = "https://site.example/feeds/feed.xml"
CASES = Path(__file__).parent / "cases"
NO_FEEDS = {"LICENSE", "README.md", "manifest.json", "expected.json"}


def tolerantly(body: bytes) -> ParsedFeed | str:
    try:
        return parse_tolerantly(body, URL)
    except FeedError as error:
        return str(error)


def is_taken(body: bytes) -> bool:
    """Whether the quick reader takes a body; it has to read it as the tolerant one does."""
    said: ParsedFeed | str | None
    try:
        said = parse_quickly(body, URL)
    except FeedError as error:
        said = str(error)
    assert said is None or said == tolerantly(body), body[:20_000].decode(errors="replace")
    return said is not None


def bodies(folder: Path, largest: int = 10_000_000) -> list[bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    feeds = [path for path in paths if path.name not in NO_FEEDS and "LICENSES" not in path.parts]
    return [path.read_bytes() for path in feeds if path.stat().st_size <= largest]


@pytest.mark.parametrize(
    ("folder", "taken"),
    [
        ("feeds", 3),
        ("corpora/timeseries", 118),
        # Of 72 that are well-formed feeds.
        ("corpora/realworld", 56),
        # Half of these are Atom 0.3, or made to be odd.
        ("corpora/feedparser", 423),
    ],
)
def test_the_feeds_of_others_read_the_same(shared: Path, folder: str, taken: int) -> None:
    assert sum(is_taken(body) for body in bodies(shared / folder)) >= taken


def test_our_own_cases_read_the_same() -> None:
    assert sum(is_taken(body) for body in bodies(CASES)) >= 11


def test_changed_feeds_read_the_same(shared: Path) -> None:
    small = [
        body
        for name in ("realworld", "feedparser")
        for body in bodies(shared / "corpora" / name, 20_000)
    ]
    taken = [body for body in small if parse_quickly(body, URL)]
    chance = random.Random(2030)
    changed = [reshape(chance.choice(taken), small, chance) for _ in range(1_000)]
    changed += [mutate(chance.choice(taken), chance) for _ in range(500)]
    assert sum(map(is_taken, changed)) > 400
