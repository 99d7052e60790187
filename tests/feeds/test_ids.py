"""The ids of every feed there is to try, pinned: an upgrade may not change one.

`tests/feeds/ids/` has the keys of the project's own cases, and of each corpus how many keys a file
has and a hash of them. To make these files anew, run

    UPDATE_GOLDEN=1 pytest tests/feeds/test_ids.py

and read what changed before it is accepted: whoever has such a feed gets its entries again, unless
their other names tell that they are known.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from digest.errors import FeedError
from digest.feeds.identity import identify
from tests.feed_xml import parse_feed

HERE = Path(__file__).parent
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
URL = "https://site.example/feeds/feed.xml"
NO_FEEDS = {"LICENSE", "README.md", "manifest.json"}


def keys(path: Path) -> list[str] | None:
    """The sorted keys of a file's entries, None where it is no feed."""
    try:
        feed = parse_feed(path.read_bytes(), URL)
    except FeedError:
        return None
    return sorted(one.key for one in identify(feed))


def files(folder: Path) -> list[Path]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path for path in paths if path.name not in NO_FEEDS and "LICENSES" not in path.parts]


def in_short(keys: list[str]) -> str:
    return f"{len(keys)} {hashlib.sha256(json.dumps(keys).encode()).hexdigest()[:12]}"


def compare(name: str, found: dict[str, Any]) -> None:
    golden = HERE / "ids" / f"{name}.json"
    if UPDATE:
        lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in found.items())
        golden.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    assert found == json.loads(golden.read_text("utf-8"))


@pytest.mark.parametrize(
    "folder", ["corpora/timeseries", "corpora/realworld", "corpora/feedparser", "feeds"]
)
def test_ids_of_real_feeds_stay(shared: Path, folder: str) -> None:
    found = {str(path.relative_to(shared / folder)): keys(path) for path in files(shared / folder)}
    compare(Path(folder).name, {file: in_short(ids) for file, ids in found.items() if ids})


def test_ids_of_our_own_cases_stay() -> None:
    cases = sorted((HERE / "cases").glob("*/feed.*"))
    compare("cases", {path.parent.name: keys(path) for path in cases})
    assert cases
