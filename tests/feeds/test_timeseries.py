"""Real feeds over months: what is new, and what only looks new."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.feed_xml import parse_feed
from tests.feeds.memory import Memory

if TYPE_CHECKING:
    from pathlib import Path


def new_after_first(paths: list[Path]) -> int:
    """How many entries of successive versions are new, those of the first not counted."""
    memory = Memory()
    feeds = (parse_feed(path.read_bytes(), "https://site.example/feed.xml") for path in paths)
    first, *later = [len(memory.read_feed(feed).new) for feed in feeds]
    assert first == len(memory.known) - sum(later)
    return sum(later)


def test_exactly_the_new_entries_are_new(shared: Path) -> None:
    folder = shared / "corpora" / "timeseries"
    sequences = json.loads((folder / "manifest.json").read_text())["sequences"]
    found, expected = {}, {}
    for sequence in sequences:
        name = sequence["feed"]
        found[name] = new_after_first([folder / one["file"] for one in sequence["sequence"]])
        expected[name] = sequence["expected"]["new_notifications_with_url_alias"]
    assert found == expected
    assert sum(found.values()) == 95
